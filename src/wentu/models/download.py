"""One file from a hub to the disk: resumed where it stopped, hashed on the way, put in place when it is right."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from wentu.core.errors import ChecksumMismatch, HubUnreachable, ModelFilesError
from wentu.models.hubs import HubApi, Listing, is_same_host
from wentu.models.manifest import FileEntry, FileHasher, hash_file
from wentu.models.meter import Meter
from wentu.models.net import Net, raise_for_refusal

PART = ".part"


@dataclass(frozen=True, slots=True)
class Download:
    """Brings the listed files of one model into `folder`. Used from several threads at once, a file each."""

    net: Net
    hub: HubApi
    listing: Listing
    folder: Path

    def fetch(self, entry: FileEntry) -> FileEntry:
        """The entry with its sha256, once the file is in place and is what was listed.

        A finished file from an earlier run is hashed and kept; a part is hashed and resumed. Bytes that turn out
        wrong are fetched once more from the start. Raises ChecksumMismatch, the errors of `Net.persist`, and
        OSError for what the disk refuses.
        """
        target, part = self.folder / entry.path, self.folder / (entry.path + PART)
        if target.exists():
            if found := self._check_finished(target, entry):
                return found
            target.unlink()
        for attempt in (1, 2):
            full, hasher = self._complete_part(entry, part)
            if hasher.matches():
                os.replace(part, target)
                return replace(full, sha256=hasher.sha256)
            self._discard(part, entry.path)
            if attempt == 2:
                break
        raise ChecksumMismatch(
            f"{entry.path} came twice with content that differs from what {self.hub.title} lists",
            hint="The hub, mirror or a proxy sends damaged files: try another (HF_ENDPOINT, or --from modelscope).",
            file=entry.path,
        )

    def _check_finished(self, target: Path, entry: FileEntry) -> FileEntry | None:
        """The file's entry if it is already right. Only a listed digest counts: a size proves nothing."""
        if target.stat().st_size != entry.size_bytes or not (entry.sha256 or entry.git_sha1):
            return None
        hasher = hashed(target, entry, self.net.meter)
        if hasher.matches():
            return replace(entry, sha256=hasher.sha256)
        self.net.meter.add(-entry.size_bytes, entry.path)
        return None

    def _complete_part(self, entry: FileEntry, part: Path) -> tuple[FileEntry, FileHasher]:
        """The part with all its bytes, and their digests; connections may be lost on the way."""
        transfer = _Transfer(self, entry, part)
        self.net.persist(transfer.run, lambda: transfer.high_water)
        return transfer.entry, transfer.hasher

    def _discard(self, part: Path, path: str) -> None:
        if part.exists():
            self.net.meter.add(-part.stat().st_size, path)
            part.unlink()


class _Transfer:
    """The state of one file's transfer that outlives a lost connection: bytes on disk and their digests."""

    def __init__(self, download: Download, entry: FileEntry, part: Path) -> None:
        self._download = download
        self._part = part
        self.entry = entry
        if part.exists() and part.stat().st_size > entry.size_bytes:
            part.unlink()
        self.hasher = hashed(part, entry, download.net.meter) if part.exists() else FileHasher(entry)
        self._n_bytes = self.high_water = part.stat().st_size if part.exists() else 0

    def run(self) -> None:
        """One connection's worth of bytes. Raises httpx errors for the caller's patience."""
        if self._part.exists() and self._n_bytes == self.entry.size_bytes and self._has_digest:
            return  # an earlier run ended between the last byte and the renaming
        net, hub = self._download.net, self._download.hub
        headers = hub.headers()
        if self._n_bytes:
            headers["Range"] = f"bytes={self._n_bytes}-"
        with net.stream(hub.file_url(self._download.listing, self.entry.path), headers) as response:
            if response.status_code == 416:
                self._restart()
                raise httpx.RemoteProtocolError("the range was refused")
            self._check_status(response)
            self._learn(response)
            if self._n_bytes and not _continues_at(response, self._n_bytes):
                self._restart()
                if response.status_code == 206:
                    raise httpx.RemoteProtocolError("the body is another range than asked for")
            self._write(response)
        if self._n_bytes < self.entry.size_bytes:
            raise httpx.RemoteProtocolError("the body ended early")

    @property
    def _has_digest(self) -> bool:
        return bool(self.entry.sha256 or self.entry.git_sha1)

    def _check_status(self, response: httpx.Response) -> None:
        hub, path = self._download.hub, self.entry.path
        if response.status_code in (200, 206):
            return
        raise_for_refusal(response, hub.title, f"{path} of {self._download.listing.repo}")
        raise HubUnreachable(f"{hub.title} answered the request for {path} with status {response.status_code}")

    def _learn(self, response: httpx.Response) -> None:
        """Fills in what the list left out (some mirrors list names only) from the hub's own answers."""
        hub = self._download.hub
        if not self._has_digest:
            # Never from the other host that large files are redirected to: its ETag looks like a sha256 and is none.
            own = [step for step in (*response.history, response) if is_same_host(str(step.url), hub.endpoint)]
            named = (hub.digests(step.headers) for step in own)
            sha256, git_sha1 = next((digests for digests in named if any(digests)), ("", ""))
            self.entry = replace(self.entry, sha256=sha256, git_sha1=git_sha1)
        if self.entry.size_bytes < 0:
            size = response.headers.get("Content-Length", "")
            self.entry = replace(self.entry, size_bytes=int(size) if size.isdecimal() else -1)
        if not self._has_digest or self.entry.size_bytes < 0:
            raise ModelFilesError(
                f"{self._download.hub.title} names no checksum and size for {self.entry.path}, so it can't be checked",
                hint="Use another mirror or hub, or bring the files by hand: wentu models add FOLDER.",
                file=self.entry.path,
            )
        if not self._n_bytes:
            self.hasher = FileHasher(self.entry)

    def _write(self, response: httpx.Response) -> None:
        """Appends the body, piece by piece as it comes, so that a lost connection loses nothing.

        A body longer than listed is cut short after the first surplus piece: its digest can't match any more.
        """
        meter = self._download.net.meter
        with self._part.open("ab" if self._n_bytes else "wb") as file:
            for data in response.iter_bytes():
                meter.check()
                file.write(data)
                self.hasher.update(data)
                self._n_bytes += len(data)
                self.high_water = max(self.high_water, self._n_bytes)
                meter.add(len(data), self.entry.path)
                if self._n_bytes > self.entry.size_bytes:
                    break
            file.flush()
            os.fsync(file.fileno())

    def _restart(self) -> None:
        self._download.net.meter.add(-self._n_bytes, self.entry.path)
        self._n_bytes = 0
        self.hasher = FileHasher(self.entry)
        self._part.unlink(missing_ok=True)


def hashed(path: Path, entry: FileEntry, meter: Meter) -> FileHasher:
    """The digests of a file on disk; its bytes are counted. Raises Cancelled."""
    hasher = FileHasher(entry)
    for n_bytes in hash_file(path, hasher, meter.check):
        meter.add(n_bytes, entry.path)
    return hasher


def _continues_at(response: httpx.Response, offset: int) -> bool:
    """Whether the body goes on where the part ends: a 200, or a 206 for another range, starts somewhere else."""
    match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return response.status_code == 206 and match is not None and int(match[1]) == offset
