"""Two HTTP servers on loopback: the hub, and the other host to which it redirects large files."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit

from hub.files import COMMIT

_PIECE = 16_384


@dataclass
class Repo:
    """One model on the hub. `branches` are the names that lead to its one commit."""

    files: dict[str, bytes]
    commit: str = COMMIT
    branches: tuple[str, ...] = ("main", "master")
    is_private: bool = False
    is_gated: bool = False


@dataclass
class Faults:
    """What goes wrong. Counters are used up; the rest stays until it is changed."""

    statuses: list[int] = field(default_factory=list)  # answered one by one in place of the next file requests
    retry_after_s: int | None = None
    cut_after: dict[str, list[int]] = field(default_factory=dict)  # path -> bytes of body before each cut
    corrupt: dict[str, int] = field(default_factory=dict)  # path -> how many more times a byte is wrong
    surplus: set[str] = field(default_factory=set)  # one byte more than listed
    ignore_range: bool = False
    wrong_range: int = 0  # how many more ranges are answered from another offset
    pause_s: float = 0.0  # between pieces of a body
    stall: set[str] = field(default_factory=set)  # half the body, then silence
    listing: bytes | None = None  # sent in place of every list
    extra_paths: tuple[str, ...] = ()  # more names in every list
    bare_listing: bool = False  # names only, as some mirrors list
    no_digests: bool = False  # neither in the list nor in headers


@dataclass(frozen=True)
class Seen:
    """One request as it came in; `host` is "hub" or "cdn"."""

    host: str
    path: str
    headers: dict[str, str]


class HubServer:
    """A running stand-in: `url` is the endpoint for both protocols."""

    def __init__(self, repos: dict[str, Repo]) -> None:
        self.repos = repos
        self.faults = Faults()
        self.seen: list[Seen] = []
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self._servers = [_serve(self, "hub"), _serve(self, "cdn")]
        self.url, self.cdn_url = (f"http://127.0.0.1:{server.server_port}" for server in self._servers)

    def requests_for(self, name: str) -> list[Seen]:
        """Requests that brought bytes of this file (its redirects are not counted)."""
        return [seen for seen in self.seen if seen.path.split("?")[0].endswith(f"/bytes/{name}")]

    def close(self) -> None:
        self.closing.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()


@contextmanager
def running_hub(files: dict[str, bytes], repo: str = "Qwen/Qwen3-VL-2B-Instruct") -> Iterator[HubServer]:
    """A hub with one model, stopped at the end."""
    hub = HubServer({repo: Repo(files)})
    try:
        yield hub
    finally:
        hub.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves in the middle is what these tests are about."""


def _serve(hub: HubServer, host: str) -> ThreadingHTTPServer:
    class Handler(_Handler):
        pass

    Handler.hub, Handler.host = hub, host
    server = _Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    hub: HubServer
    host: str
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the tests look at `HubServer.seen`."""

    def do_GET(self) -> None:
        with self.hub.lock:
            self.hub.seen.append(Seen(self.host, self.path, dict(self.headers)))
        address = urlsplit(self.path)
        parts = [unquote(part) for part in address.path.strip("/").split("/")]
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if "bytes" in parts:
            self._bytes("/".join(parts[: parts.index("bytes")]), "/".join(parts[parts.index("bytes") + 1 :]))
        elif parts[:3] == ["api", "v1", "models"]:
            self._modelscope(parts, query)
        elif parts[:2] == ["api", "models"] and parts[4:5] == ["revision"]:
            self._huggingface_list("/".join(parts[2:4]), parts[5])
        elif parts[2:3] == ["resolve"]:
            self._huggingface_file("/".join(parts[:2]), parts[3], "/".join(parts[4:]))
        else:
            self._send(404, b"not found")

    def do_HEAD(self) -> None:
        """huggingface_hub asks for headers first; wentu does not, but the stand-in serves both."""
        self.do_GET()

    # --- Hugging Face

    def _huggingface_list(self, name: str, revision: str) -> None:
        repo = self.hub.repos.get(name)
        if repo is None or (repo.is_private and not self._has_token()):
            return self._send(401, b'{"error":"Repository not found"}', {"X-Error-Code": "RepoNotFound"})
        if revision not in (*repo.branches, repo.commit):
            return self._send(404, b'{"error":"Invalid rev id"}', {"X-Error-Code": "RevisionNotFound"})
        siblings = [self._sibling(path, data) for path, data in sorted(repo.files.items())]
        siblings += [{"rfilename": path, "size": 1, "blobId": "0" * 40} for path in self.hub.faults.extra_paths]
        return self._send_json({"id": name, "sha": repo.commit, "siblings": siblings})

    def _sibling(self, path: str, data: bytes) -> dict[str, object]:
        if self.hub.faults.bare_listing:
            return {"rfilename": path}
        if _is_large(path):
            lfs = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 135}
            return {"rfilename": path, "size": len(data), "blobId": "f" * 40, "lfs": lfs}
        return {"rfilename": path, "size": len(data), "blobId": _blob_id(data)}

    def _huggingface_file(self, name: str, revision: str, path: str) -> None:
        repo = self.hub.repos.get(name)
        if repo is None or revision not in (*repo.branches, repo.commit) or path not in repo.files:
            return self._send(404, b"Entry not found", {"X-Error-Code": "EntryNotFound"})
        if repo.is_gated and not self._has_token():
            return self._send(401, b"Access is restricted", {"X-Error-Code": "GatedRepo"})
        data = repo.files[path]
        headers = {"X-Repo-Commit": repo.commit}
        if _is_large(path):
            headers |= {"Location": f"{self.hub.cdn_url}/{name}/bytes/{quote(path)}?Signature=once"}
            headers |= {"X-Linked-Etag": f'"{hashlib.sha256(data).hexdigest()}"', "X-Linked-Size": str(len(data))}
        else:
            headers |= {"Location": f"/{name}/bytes/{quote(path)}"}
        if self.hub.faults.no_digests:
            headers = {key: value for key, value in headers.items() if key == "Location"}
        return self._send(302 if _is_large(path) else 307, b"", headers)

    # --- ModelScope

    def _modelscope(self, parts: list[str], query: dict[str, str]) -> None:
        name, action = "/".join(parts[3:5]), parts[5:]
        repo = self.hub.repos.get(name)
        if repo is None or repo.is_private:
            body = {"Code": 10010205001, "Message": "record not found", "Success": False, "Data": None}
            return self._send(404, json.dumps(body).encode(), {"Content-Type": "application/json"})
        known = query.get("Revision") in (*repo.branches, repo.commit)
        if action == ["repo", "files"]:
            files = self._modelscope_files(repo) if known else None
            data = {"Files": files, "LatestCommitter": {"Id": "", "ShortId": repo.commit[:8]}}
            return self._send_json({"Code": 200, "Success": True, "Message": "", "Data": data})
        path = query.get("FilePath", "")
        if not known or path not in repo.files:
            return self._send(404, b'{"Code":10010205001,"Success":false}')
        if _is_large(path):
            return self._send(302, b"", {"Location": f"{self.hub.cdn_url}/{name}/bytes/{quote(path)}?Expires=1"})
        return self._bytes(name, path, ranges=False)

    def _modelscope_files(self, repo: Repo) -> list[dict[str, object]]:
        entries: list[dict[str, object]] = [{"Path": "onnx", "Name": "onnx", "Type": "tree", "Size": 0}]
        for i, (path, data) in enumerate(sorted(repo.files.items())):
            entry = {"Path": path, "Name": path, "Type": "blob", "Size": len(data), "IsLFS": _is_large(path)}
            revision = repo.commit if i == 2 else "a" * 40
            entries.append(entry | {"Sha256": hashlib.sha256(data).hexdigest(), "Revision": revision})
        return entries + [{"Path": path, "Type": "blob", "Size": 1} for path in self.hub.faults.extra_paths]

    # --- bytes

    def _bytes(self, name: str, path: str, *, ranges: bool = True) -> None:
        faults = self.hub.faults
        with self.hub.lock:
            if faults.statuses:
                after = {} if faults.retry_after_s is None else {"Retry-After": str(faults.retry_after_s)}
                return self._send(faults.statuses.pop(0), b"try later", after)
            data = self._damaged(path, self.hub.repos[name].files[path])
        start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-")) if self.headers["Range"] else 0
        if start and ranges and not faults.ignore_range:
            if start >= len(data):
                return self._send(416, b"", {"Content-Range": f"bytes */{len(data)}"})
            if faults.wrong_range:
                faults.wrong_range -= 1
                start = 1
            headers = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
            return self._body(206, path, data[start:], headers)
        return self._body(200, path, data, {})

    def _damaged(self, path: str, data: bytes) -> bytes:
        faults = self.hub.faults
        if faults.corrupt.get(path, 0) > 0:
            faults.corrupt[path] -= 1
            return data[:-1] + bytes([data[-1] ^ 1])
        return data + b"x" if path in faults.surplus else data

    def _body(self, status: int, path: str, data: bytes, headers: dict[str, str]) -> None:
        faults = self.hub.faults
        with self.hub.lock:
            cuts = faults.cut_after.get(path)
            n_bytes = cuts.pop(0) if cuts else len(data)
        self.send_response(status)
        for key, value in (headers | self._file_headers(data)).items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if path in faults.stall:
            n_bytes = len(data) // 2
        for offset in range(0, n_bytes, _PIECE):
            self.wfile.write(data[offset : min(offset + _PIECE, n_bytes)])
            time.sleep(faults.pause_s)
        self.wfile.flush()
        if path in faults.stall:
            self.hub.closing.wait(30)
        if n_bytes < len(data):
            self.close_connection = True

    def _file_headers(self, data: bytes) -> dict[str, str]:
        """The other host's ETag has the form of a sha256 and is none (a Xet hash): only the hub's own can be used."""
        headers = {"Content-Length": str(len(data))}
        if self.host == "cdn":
            return headers | {"ETag": f'"{"7" * 64}"'}
        if self.hub.faults.no_digests:
            return headers
        return headers | {"ETag": f'"{_blob_id(data)}"', "X-Repo-Commit": COMMIT}

    def _has_token(self) -> bool:
        return self.headers.get("Authorization") == "Bearer hf_secret"

    def _send_json(self, tree: object) -> None:
        body = self.hub.faults.listing
        self._send(200, json.dumps(tree).encode() if body is None else body, {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _is_large(path: str) -> bool:
    """Kept in large-file storage, as .gitattributes of real model repositories says."""
    return path.endswith((".safetensors", ".bin", ".onnx", "tokenizer.json"))


def _blob_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
