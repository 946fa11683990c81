"""Hugging Face's protocol, which its mirrors speak too (huggingface_hub 2.4: hf_api.py, file_download.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from wentu.core.errors import HubUnreachable
from wentu.models.hubs import HubApi, Listing, hex_digest, may_carry_token
from wentu.models.manifest import FileEntry
from wentu.models.net import Net


class HuggingFace(HubApi):
    """`GET /api/models/{repo}/revision/{revision}?blobs=true` lists, `GET /{repo}/resolve/{commit}/{path}` sends.

    Large files are redirected to another host. Their sha256 stands in the list (`lfs.sha256`) and in the header
    X-Linked-Etag of the redirect, not in the ETag of the host that sends the bytes. Small files have git's blob id.
    """

    title: ClassVar[str] = "Hugging Face"
    official: ClassVar[str] = "https://huggingface.co"
    default_revision: ClassVar[str] = "main"

    def __init__(self, endpoint: str, token: str = "") -> None:
        super().__init__(endpoint)
        self._token = token

    def list_files(self, net: Net, repo: str, revision: str) -> Listing:
        url = f"{self.endpoint}/api/models/{repo}/revision/{quote(revision, safe='')}?blobs=true"
        status, body = net.get_json(url, self.headers(), repo)
        siblings = body.get("siblings") if isinstance(body, dict) else None
        if status != 200 or not isinstance(siblings, list):
            raise HubUnreachable(f"{self.title} answered with something that is not a list of files (status {status})")
        commit = hex_digest(body.get("sha"), 40) or revision
        files = tuple(_entry(item) for item in siblings if isinstance(item, dict))
        return Listing(repo, "huggingface", self.source, commit, commit, files)

    def file_url(self, listing: Listing, path: str) -> str:
        return f"{self.endpoint}/{listing.repo}/resolve/{quote(listing.ref, safe='')}/{quote(path)}"

    def headers(self) -> dict[str, str]:
        if self._token and may_carry_token(self.endpoint):
            return {"Authorization": f"Bearer {self._token}"}
        return {}

    def digests(self, headers: Mapping[str, str]) -> tuple[str, str]:
        linked, etag = headers.get("X-Linked-Etag", ""), headers.get("ETag", "")
        return hex_digest(linked, 64) or hex_digest(etag, 64), hex_digest(linked, 40) or hex_digest(etag, 40)


def _entry(item: dict[str, Any]) -> FileEntry:
    lfs = item.get("lfs") or {}
    size = lfs.get("size", item.get("size"))
    return FileEntry(
        path=str(item.get("rfilename", "")),
        size_bytes=size if isinstance(size, int) and size >= 0 else -1,
        sha256=hex_digest(lfs.get("sha256"), 64),
        # With large-file storage the blob id is that of the pointer, not of the content.
        git_sha1="" if lfs else hex_digest(item.get("blobId"), 40),
    )
