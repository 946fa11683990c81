"""ModelScope's protocol (modelscope_hub 0.5: _legacy_api.py, _download.py)."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from wentu.core.errors import HubUnreachable, ModelNotOnHub
from wentu.models.hubs import HubApi, Listing, hex_digest
from wentu.models.manifest import FileEntry, content_revision
from wentu.models.net import Net


class ModelScope(HubApi):
    """`GET /api/v1/models/{repo}/repo/files` lists with Size and Sha256, `GET .../repo?FilePath=` sends.

    An unknown revision is answered with status 200 and no files. Small files come without a redirect, and then
    Range is ignored. Files are asked for by the revision that the user named; their sha256 pins the content.
    """

    title: ClassVar[str] = "ModelScope"
    official: ClassVar[str] = "https://modelscope.cn"
    default_revision: ClassVar[str] = "master"

    def list_files(self, net: Net, repo: str, revision: str) -> Listing:
        query = urlencode({"Revision": revision, "Recursive": "True"})
        status, body = net.get_json(f"{self.endpoint}/api/v1/models/{repo}/repo/files?{query}", {}, repo)
        if not isinstance(body, dict) or not body.get("Success", False):
            raise HubUnreachable(f"{self.title} answered with something that is not a list of files (status {status})")
        data = body.get("Data")
        entries = data.get("Files") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not entries:
            raise ModelNotOnHub(f"{repo} has no files at revision '{revision}' on {self.title}", hub=self.title)
        blobs = [item for item in entries if isinstance(item, dict) and item.get("Type") != "tree"]
        files = tuple(_entry(item) for item in blobs)
        commit = _commit(data, blobs) or content_revision(files)
        return Listing(repo, "modelscope", self.source, commit, revision, files)

    def file_url(self, listing: Listing, path: str) -> str:
        query = urlencode({"Revision": listing.ref, "FilePath": path})
        return f"{self.endpoint}/api/v1/models/{listing.repo}/repo?{query}"


def _entry(item: dict[str, Any]) -> FileEntry:
    size = item.get("Size")
    return FileEntry(
        path=str(item.get("Path", "")),
        size_bytes=size if isinstance(size, int) and size >= 0 else -1,
        sha256=hex_digest(item.get("Sha256"), 64),
    )


def _commit(data: dict[str, Any], blobs: list[dict[str, Any]]) -> str:
    """The commit of the whole list, or "".

    A file's Revision is the commit that last changed that file, and LatestCommitter gives the newest commit's
    first characters only: the file that carries them has it in full.
    """
    latest = data.get("LatestCommitter")
    short = latest.get("ShortId") if isinstance(latest, dict) else None
    if not isinstance(short, str) or len(short) < 7:
        return ""
    commits = (hex_digest(item.get("Revision"), 40) for item in blobs)
    return next((commit for commit in commits if commit.startswith(short.lower())), "")
