"""Pictures in a bucket: the contract of a folder's files, over S3's protocol and over fsspec's memory."""

from __future__ import annotations

import hashlib
import logging
import time
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from running import free_port
from wentu.core.config import S3Settings, Settings, load_settings
from wentu.core.errors import BadSetting, StorageUnreachable, UnknownPicture
from wentu.store import PictureFiles, open_store
from wentu.store.bucket import BucketFiles
from wentu.store.folder import FolderFiles
from wentu.store.places import picture_files, recorded_files

from .conftest import KEY, SECRET

DATA = b"clean picture"
DIGEST = hashlib.sha256(DATA).hexdigest()
SOON = 60.0


@pytest.fixture(params=["folder", "memory", "s3"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> PictureFiles:
    if request.param == "folder":
        return FolderFiles(tmp_path)
    if request.param == "memory":
        memory = MemoryFileSystem(global_store=False, skip_instance_cache=True)
        return BucketFiles(lambda: memory, "bucket/pictures")
    settings: S3Settings = request.getfixturevalue("s3")
    url = f"s3://{request.getfixturevalue('bucket')}/wentu"
    return picture_files(Settings(data_dir=tmp_path, pictures_url=url, s3=settings))


def test_a_file_is_whole_or_absent(files: PictureFiles) -> None:
    assert DIGEST not in files
    with pytest.raises(UnknownPicture):
        files.read(DIGEST)
    for _ in range(2):
        files.put(DATA, DIGEST)
        assert DIGEST in files and files.read(DIGEST) == DATA
    assert [*files.digests(before=time.time() + SOON)] == [DIGEST] and [*files.digests(before=1.0)] == []


def test_only_a_digest_becomes_a_name(files: PictureFiles) -> None:
    for digest in ("", "../../etc/passwd", "a" * 63, "A" * 64, f"{DIGEST}\n", f"{DIGEST}?versionId=1"):
        for call in (files.read, files.__contains__, lambda one: files.put(DATA, one)):
            with pytest.raises(UnknownPicture):
                call(digest)


def test_a_file_goes_unless_it_is_wanted(files: PictureFiles) -> None:
    assert files.delete_unless(DIGEST, lambda: False) is True  # there is none
    files.put(DATA, DIGEST)
    assert files.delete_unless(DIGEST, lambda: True) is False and files.read(DIGEST) == DATA
    assert files.delete_unless(DIGEST, lambda: False) is True and DIGEST not in files
    assert [*files.digests(before=time.time() + SOON)] == []


def test_a_picture_taken_in_while_its_file_is_deleted_keeps_its_file(files: PictureFiles) -> None:
    files.put(DATA, DIGEST)

    def rows_are_looked_for() -> bool:
        assert DIGEST not in files
        files.put(DATA, DIGEST)  # a row written after the look: its file is put anew
        return False

    assert files.delete_unless(DIGEST, rows_are_looked_for) is True
    assert files.read(DIGEST) == DATA


def test_of_two_that_delete_at_once_neither_takes_the_other_s_file(files: PictureFiles) -> None:
    files.put(DATA, DIGEST)

    def another_deletes_too() -> bool:
        assert files.delete_unless(DIGEST, lambda: True) is True
        return True

    assert files.delete_unless(DIGEST, another_deletes_too) is False
    assert files.read(DIGEST) == DATA


def test_what_a_killed_process_left_is_swept(files: PictureFiles) -> None:
    class Killed(BaseException):
        pass

    def killed() -> bool:
        raise Killed

    files.put(DATA, DIGEST)
    with pytest.raises(Killed):
        files.delete_unless(DIGEST, killed)
    files.delete_unfinished(before=1.0)
    files.delete_unfinished(before=time.time() + SOON)
    assert DIGEST not in files and files.delete_unless(DIGEST, lambda: True) is True


def test_pictures_and_recorded_ones_share_a_bucket_and_no_name(s3: S3Settings, bucket: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, pictures_url=f"s3://{bucket}", s3=s3)
    recorded_files(settings).put(DATA, DIGEST)
    assert DIGEST not in picture_files(settings) and DIGEST in recorded_files(settings)


def test_a_store_keeps_and_sweeps_its_pictures_in_the_bucket(s3: S3Settings, bucket: str, tmp_path: Path) -> None:
    store = open_store(Settings(data_dir=tmp_path, pictures_url=f"s3://{bucket}/a/b", s3=s3))
    mine = store.pictures.add(DATA, owner="a", digest=DIGEST, media_type="image/png", width=4, height=3)
    theirs = store.pictures.add(DATA, owner="b", digest=DIGEST, media_type="image/png", width=4, height=3)
    store.pictures.delete(mine.id, owner="a")
    assert store.pictures.read(theirs.id, owner="b") == DATA
    store.sweep(theirs.expires_at + 3_700)
    assert DIGEST not in store.files and not (tmp_path / "pictures").exists()
    store.close()


def test_a_bucket_that_can_t_be_reached_is_said_so_without_its_key(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    settings = S3Settings(endpoint=f"http://127.0.0.1:{free_port()}", region="x", key=KEY, secret=SECRET, timeout_s=1)
    files = picture_files(Settings(data_dir=tmp_path, pictures_url="s3://b", s3=settings))
    started = time.monotonic()
    with pytest.raises(StorageUnreachable) as caught:
        files.read(DIGEST)
    assert caught.value.retryable and "127.0.0.1" not in caught.value.message
    assert time.monotonic() - started < 20
    said = caplog.text + "".join(capfd.readouterr()) + repr(settings)
    assert SECRET not in said and KEY not in caplog.text


def test_a_bucket_that_is_not_there_takes_no_picture(s3: S3Settings, tmp_path: Path) -> None:
    files = picture_files(Settings(data_dir=tmp_path, pictures_url="s3://no-such-bucket", s3=s3))
    with pytest.raises(StorageUnreachable):
        files.put(DATA, DIGEST)


@pytest.mark.parametrize("url", ["/a/folder", "gs://bucket", "s3://", "s3://key:hidden@bucket", "memory://x"])
def test_a_wrong_address_stops_the_start_and_keeps_its_secret(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="WENTU_PICTURES_URL") as caught:
        open_store(Settings(data_dir=tmp_path, pictures_url=url))
    assert "hidden" not in caught.value.message + caught.value.hint + str(caught.value.params)


def test_keys_are_settings_that_are_never_printed() -> None:
    settings = load_settings({"WENTU_S3__KEY": KEY, "WENTU_S3__SECRET": SECRET, "WENTU_PICTURES_URL": "s3://b"})
    assert settings.s3.secret.get_secret_value() == SECRET
    assert SECRET not in repr(settings) + str(settings) + settings.model_dump_json()
