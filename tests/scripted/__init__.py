"""A small HTTP server that says exactly what a test tells it to, well-behaved or not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[["Exchange"], None]


class Exchange(BaseHTTPRequestHandler):
    """One request and the ways to answer it."""

    protocol_version = "HTTP/1.1"
    server: Scripted

    def do_GET(self) -> None:
        self.server.requests.append(Request("GET", self.path, dict(self.headers), None))
        self.answer(200, json.dumps(self.server.models).encode())

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["content-length"]))
        self.server.requests.append(Request("POST", self.path, dict(self.headers), json.loads(data)))
        try:
            self.server.script(self)
        except OSError:
            self.server.hung_up.set()

    def answer(self, status: int, data: bytes = b"", content_type: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def begin_stream(self, content_type: str = "text/event-stream; charset=utf-8") -> None:
        """Headers of a stream that ends with the connection."""
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def say(self, *pieces: bytes, pause_s: float = 0.0) -> None:
        """Bytes as separate writes."""
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(pause_s)

    def talk_until_hung_up(self) -> None:
        """Tokens without end, until nobody listens."""
        while True:
            self.say(event("x "), pause_s=0.01)

    def wait_until_hung_up(self) -> None:
        """Says nothing until the other side closes; `hung_up` then tells."""
        self.connection.settimeout(20)
        if self.connection.recv(1) == b"":
            raise ConnectionResetError

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: tests read results, not logs."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Scripted(ThreadingHTTPServer):
    """`script` answers every POST; `requests` are all that came; `hung_up` is set when a client went away."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.models: object = {"object": "list", "data": [{"id": "first"}, {"id": "second"}]}
        self.requests: list[Request] = []
        self.hung_up = threading.Event()
        self.script: Script = say_hello

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def questions(self) -> list[Request]:
        return [request for request in self.requests if request.method == "POST"]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what many tests are about."""


def event(content: str | None, reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {} if content is None else {"content": content}, "finish_reason": reason}
    return f"data: {json.dumps({'choices': [choice]}, ensure_ascii=False)}\n\n".encode()


def say_hello(exchange: Exchange) -> None:
    """A well-behaved answer."""
    exchange.begin_stream()
    usage = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}
    exchange.say(event("Hel"), event("lo"), event(None, "stop"), f"data: {json.dumps(usage)}\n\n".encode())
    exchange.say(b"data: [DONE]\n\n")


@contextmanager
def scripted_server() -> Iterator[Scripted]:
    """A running server, ended with the block."""
    server = Scripted()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
