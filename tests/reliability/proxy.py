"""A network that can fail: relays TCP on loopback, and does to its connections what networks and middle boxes do."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from typing import Self

_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: closing resets the connection instead of ending it politely


class Proxy:
    """Listens on `port`. One fault at a time; `mend` ends it."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._changed = threading.Condition()
        self._refuses = self._holds = False
        self._delay_s = 0.0
        self._half_replies = 0
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._dead: set[socket.socket] = set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Every connection is reset, and new ones are as soon as they are made."""
        with self._changed:
            self._refuses = True
            for pair in self._pairs:
                _reset(pair)

    def delay(self, seconds: float) -> None:
        """Everything takes so much longer, in both directions."""
        with self._changed:
            self._delay_s = seconds

    def hold(self) -> None:
        """Nothing comes through, and nobody is told: a black hole. What was sent arrives after `mend`."""
        with self._changed:
            self._holds = True

    def lose(self) -> None:
        """As `hold`, but those connections stay dead for ever: half-open, as after a firewall forgot them."""
        with self._changed:
            self._holds = True
            self._dead |= {one for pair in self._pairs for one in pair}

    def cut_replies(self, number: int) -> None:
        """The next replies of the server break off in the middle, and their connections with them."""
        with self._changed:
            self._half_replies = number

    def mend(self) -> None:
        with self._changed:
            self._refuses = self._holds = False
            self._delay_s, self._half_replies = 0.0, 0
            self._changed.notify_all()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._join(client)

    def _join(self, client: socket.socket) -> None:
        with self._changed:
            if self._refuses:
                _reset((client,))
                return
            try:
                server = socket.create_connection(self._target)
            except OSError:
                _reset((client,))
                return
            pair = (client, server)
            self._pairs.add(pair)
        for source, sink in (pair, pair[::-1]):
            threading.Thread(target=self._pump, args=(source, sink, pair), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, pair: tuple[socket.socket, socket.socket]) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._pass_on(data, sink, reply=sink is pair[0])
        with self._changed:
            self._pairs.discard(pair)
        _reset(pair)

    def _pass_on(self, data: bytes, sink: socket.socket, *, reply: bool) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._holds)
            if sink in self._dead:
                return
            delay_s = self._delay_s
            half = reply and self._half_replies > 0
            self._half_replies -= half
        time.sleep(delay_s)
        sink.sendall(data[: len(data) // 2] if half else data)
        if half:
            raise ConnectionResetError


def _reset(sockets: tuple[socket.socket, ...]) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            one.shutdown(socket.SHUT_RDWR)
        one.close()
