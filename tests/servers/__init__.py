"""Servers from Debian's packages for tests: PostgreSQL and Redis, each in a folder and on a port of its own.

`tools/servers.sh` installs them; a test that misses one fails and says what to install.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis

from running import free_port

START_S = 30.0
SECRET = "only-for-tests"


@dataclass
class Server:
    """A running server; `url` is what wentu's setting takes."""

    url: str
    process: subprocess.Popen[bytes]
    command: list[str]
    user: str | None
    answers: Callable[[str], bool]
    crash: signal.Signals  # what ends it at once: a killed PostgreSQL would leave its children for a moment

    def stop(self) -> None:
        """Ends it as a machine that loses its power does; what it kept stays."""
        self.process.send_signal(self.crash)
        self.process.wait(20)

    def start(self) -> None:
        """Starts it again on the same folder and port."""
        self.process = _started(self.command, self.user)
        _wait_until_it_answers(self)


@contextlib.contextmanager
def redis_server(certificate: Path | None = None) -> Iterator[Server]:
    """A Redis with a password that keeps what it is told; with a PEM file (key and certificate) over TLS alone."""
    program = _program("redis-server", "redis-server")
    with _folder(None) as folder:
        port = free_port()
        options = ["--bind", "127.0.0.1", "--dir", str(folder), "--requirepass", SECRET]
        if certificate is None:
            options += ["--port", str(port)]
        else:
            options += ["--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no"]
            options += ["--tls-cert-file", str(certificate), "--tls-key-file", str(certificate)]
            options += ["--tls-ca-cert-file", str(certificate)]
        command = [program, *options, "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"]
        url = f"{'redis' if certificate is None else 'rediss'}://:{SECRET}@127.0.0.1:{port}/0"
        with _running(command, None, url, _redis_answers, signal.SIGKILL) as server:
            yield server


@contextlib.contextmanager
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL with an empty database `wentu`; it survives a crash of its own, though not the machine's."""
    initdb, program, user = _program("initdb", "postgresql"), _program("postgres", "postgresql"), _other_user()
    with _folder(user) as folder:
        password, data = folder / "password", folder / "data"
        password.write_text(SECRET)
        if user is not None:
            shutil.chown(password, user)
        options = ["--username", "wentu", "--pwfile", str(password), "--auth", "scram-sha-256", "--no-sync"]
        subprocess.run(
            [initdb, "-D", str(data), "--encoding", "UTF8", "--locale", "C.UTF-8", *options],
            user=user, check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
        port = free_port()
        settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off"}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [program, "-D", str(data), *words, "-c", "full_page_writes=off"]
        url = f"postgresql://wentu:{SECRET}@127.0.0.1:{port}/postgres"
        with _running(command, user, url, _postgres_answers, signal.SIGQUIT) as server:
            yield server


@contextlib.contextmanager
def _running(
    command: list[str], user: str | None, url: str, answers: Callable[[str], bool], crash: signal.Signals
) -> Iterator[Server]:
    server = Server(url, _started(command, user), command, user, answers, crash)
    try:
        _wait_until_it_answers(server)
        yield server
    finally:
        server.stop()


def _started(command: list[str], user: str | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _wait_until_it_answers(server: Server) -> None:
    """After a crash both read their logs first, with their ports open already."""
    until = time.monotonic() + START_S
    while not server.answers(server.url):
        assert server.process.poll() is None and time.monotonic() < until, f"{server.command[0]} did not start"
        time.sleep(0.02)


def _redis_answers(url: str) -> bool:
    if url.startswith("rediss"):
        url += "?ssl_cert_reqs=none"  # who it is is not asked here
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _postgres_answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
        return True
    except psycopg.OperationalError:
        return False


@contextlib.contextmanager
def _folder(user: str | None) -> Iterator[Path]:
    """A folder of that user, outside pytest's own, which no other user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="wentu-server-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return pwd.getpwnam("nobody").pw_name


def _program(name: str, package: str) -> str:
    """Where a program is; Debian keeps those of PostgreSQL out of the PATH."""
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if found is None:
        pytest.fail(f"{name} is missing: run 'bash tools/servers.sh', or apt-get install {package} on Debian")
    return found
