"""Servers that the engines talk to: one that says what a test tells it to, and llama.cpp's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripted import Scripted, scripted_server
from tiny import Sizes, make_checkpoint
from tiny.gguf_files import make_gguf

# Every token once, so that a bigram model can say it; three bytes, three bytes and four.
SAYS = "图问🙂"

TESTS = Path(__file__).parents[2]


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with scripted_server() as server:
        yield server


@pytest.fixture(scope="session")
def llama_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of llama.cpp's own server. Its Qwen3-VL says SAYS without end, a few hundred tokens a second."""
    folder = tmp_path_factory.mktemp("llama")
    sizes = Sizes(layers=8, intermediate=8192)
    files = make_gguf(make_checkpoint(folder / "tiny", sizes=sizes, says=SAYS, forever=True), folder)
    with subprocess.Popen(
        [sys.executable, "-m", "tiny.llama_server", *map(str, files)],
        cwd=TESTS,
        env={**os.environ, "GGML_NO_BACKTRACE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), "the server did not start"
        yield f"{address}/v1"
        process.stdin.close()
        process.wait(20)
