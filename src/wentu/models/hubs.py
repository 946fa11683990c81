"""What every hub has in common: a list of files at a revision, and an address for each of them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import ClassVar
from urllib.parse import urlsplit

from wentu.core.errors import BadSetting, ModelFilesError
from wentu.models.manifest import OWN_FILES, FileEntry, Hub, Source
from wentu.models.net import Net

# What Qwen3-VL's processors, tokenizer and engines read, plus the terms it is under. Only in the top folder:
# sub-folders hold other formats (onnx, original) that would double the download.
NEEDED = (
    "*.safetensors",
    "*.json",
    "tokenizer*",
    "merges.txt",
    "vocab.*",
    "*.jinja",
    "LICENSE*",
    "README.md",
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHA1 = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a hub says a model consists of.

    `revision` is the commit, or a name made from the content where the hub tells no commit; `ref` is what requests
    for its files name.
    """

    repo: str
    hub: Hub
    source: Source
    revision: str
    ref: str
    files: tuple[FileEntry, ...]


class HubApi(ABC):
    """One hub's protocol. `endpoint` has no slash at its end."""

    title: ClassVar[str]
    official: ClassVar[str]
    default_revision: ClassVar[str]

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    @property
    def source(self) -> Source:
        return "official" if self.endpoint == self.official else "mirror"

    @abstractmethod
    def list_files(self, net: Net, repo: str, revision: str) -> Listing:
        """All files of `repo` at `revision`. Raises HubUnreachable, HubRefused, ModelNotOnHub, ModelFilesError."""

    @abstractmethod
    def file_url(self, listing: Listing, path: str) -> str:
        """Where the bytes of one listed file are."""

    def headers(self) -> dict[str, str]:
        """What is sent along to this hub, and to no other host."""
        return {}

    def digests(self, headers: Mapping[str, str]) -> tuple[str, str]:
        """sha256 and git blob id that the hub's own answer names for a file, "" where it names none."""
        return "", ""


def endpoint_of(*candidates: str) -> str:
    """The first that is set, without the slash at its end. Raises BadSetting unless it is an http(s) address."""
    value = next(filter(None, (candidate.strip() for candidate in candidates)))
    try:
        parts = urlsplit(value)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        valid = False
    if not valid:
        raise BadSetting("the hub's address must begin with https:// (or http://) and name a host", name="HF_ENDPOINT")
    return value.rstrip("/")


def may_carry_token(endpoint: str) -> bool:
    """A token travels encrypted, or not further than this machine."""
    parts = urlsplit(endpoint)
    return parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1")


def is_same_host(url: str, endpoint: str) -> bool:
    """Whether an address lies on the hub itself (its host and port)."""
    return urlsplit(url).netloc.lower() == urlsplit(endpoint).netloc.lower()


def hex_digest(value: object, length: int) -> str:
    """`value` as lower-case hex if it is a digest of that many characters, else ""."""
    text = value.strip().removeprefix("W/").strip('"').lower() if isinstance(value, str) else ""
    pattern = _SHA256 if length == 64 else _SHA1
    return text if pattern.fullmatch(text) else ""


def needed(entries: tuple[FileEntry, ...]) -> tuple[FileEntry, ...]:
    """The files that wentu takes, small ones first."""
    chosen = [
        entry
        for entry in entries
        if "/" not in entry.path
        and entry.path not in OWN_FILES
        and any(fnmatchcase(entry.path, pattern) for pattern in NEEDED)
    ]
    return tuple(sorted(chosen, key=lambda entry: (entry.size_bytes, entry.path)))


def check_path(path: str) -> None:
    """Raises ModelFilesError for a path that could leave the model's folder on any system."""
    parts = path.split("/")
    if not path or {"", ".", ".."} & set(parts) or re.search(r'[\\:*?"<>|\x00-\x1f]', path) or len(path) > 240:
        raise ModelFilesError(
            "the hub lists a file with a path that would leave the model's folder; nothing was downloaded",
            hint="Don't use this repository or mirror; report it to the hub.",
        )
