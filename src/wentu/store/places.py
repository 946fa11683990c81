"""Where picture files are kept, by the settings: a folder, or a bucket that all machines share."""

from __future__ import annotations

import importlib.util
from functools import partial
from typing import TYPE_CHECKING, Any

from wentu.core.config import S3Settings, Settings
from wentu.core.errors import BadSetting
from wentu.store.bucket import BucketFiles
from wentu.store.files import PictureFiles
from wentu.store.folder import FolderFiles

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

VARIABLE = "WENTU_PICTURES_URL"
_SCHEME = "s3://"
_CONNECT_S = 5.0
_TRIES = 3


def picture_files(settings: Settings) -> PictureFiles:
    """The pictures that questions are about. Raises BadSetting."""
    if settings.pictures_url:
        return _bucket(settings, "pictures")
    return FolderFiles(settings.pictures_dir)


def recorded_files(settings: Settings) -> PictureFiles:
    """The masked pictures of recorded questions. Raises BadSetting."""
    if settings.pictures_url:
        return _bucket(settings, "recorded")
    return FolderFiles(settings.recorded_dir)


def _bucket(settings: Settings, name: str) -> PictureFiles:
    root = settings.pictures_url.removeprefix(_SCHEME).strip("/")
    if not settings.pictures_url.startswith(_SCHEME) or not root or "@" in root:
        raise BadSetting(
            f"{VARIABLE} must be s3://bucket or s3://bucket/prefix",
            hint="Keys go into WENTU_S3__KEY and WENTU_S3__SECRET; a shared folder is WENTU_SHARED_DIR.",
            name=VARIABLE,
        )
    if importlib.util.find_spec("s3fs") is None:
        hint = "Install it with: pip install 'wentu[s3]'"
        raise BadSetting(f"{VARIABLE} needs a package that is not installed", hint=hint, name=VARIABLE)
    return BucketFiles(partial(_connect, settings.s3), f"{root}/{name}")


def _connect(settings: S3Settings) -> AbstractFileSystem:
    """A file system without any cache: other machines write here too."""
    from s3fs import S3FileSystem

    client: dict[str, Any] = {"endpoint_url": settings.endpoint, "region_name": settings.region}
    return S3FileSystem(
        key=settings.key or None,
        secret=settings.secret.get_secret_value() or None,
        client_kwargs={name: value for name, value in client.items() if value},
        config_kwargs={
            "connect_timeout": _CONNECT_S,
            "read_timeout": settings.timeout_s,
            "retries": {"max_attempts": _TRIES, "mode": "standard"},
        },
        use_listings_cache=False,
        skip_instance_cache=True,
    )
