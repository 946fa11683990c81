"""Reading ahead of the question, through the process border as the worker does it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path

import pytest

from integration.engines_openvino.parts import GREEDY, Watched, ask, load
from tiny import picture
from wentu.core.config import EngineSettings, OpenVinoSettings, Settings
from wentu.core.types import Chunk, Prompt, Turn, VersionSpec
from wentu.engines.host import Fleet, Host
from wentu.engines.host.__main__ import _answer
from wentu.engines.host.wire import Warm, receive_chunk, send_request

SHOWN = picture(400, 300)
BEGINNING = Prompt((Turn("user", (SHOWN,)),))
LONG = "the picture shows a cat on the table and what is in the picture " * 40


@pytest.fixture(scope="module")
def fleet(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    made = Fleet(
        Settings(
            data_dir=tmp_path_factory.mktemp("data"),
            engine=EngineSettings(threads=2),
            openvino=OpenVinoSettings(weights="float32", kv_cache_mb=40),
        )
    )
    made.set([VersionSpec("tiny", "openvino", folder)])
    yield made
    made.close()


@pytest.fixture
def host(fleet: Fleet) -> Host:
    host = fleet.get("tiny")
    host.start()
    return host


def cached(host: Host, prompt: Prompt) -> int:
    return host.generate(prompt, replace(GREEDY, max_tokens=1)).usage.cached_tokens


def test_a_picture_read_ahead_is_forgotten_when_it_is_told(fleet: Fleet, host: Host) -> None:
    assert host.capabilities.warms
    stages = {chunk.progress.stage for chunk in host.warm(BEGINNING) if chunk.progress}
    assert "encoding" in stages
    assert cached(host, ask(SHOWN, "what is it")) > 100
    fleet.forget(SHOWN.digest)
    assert cached(host, ask(SHOWN, "what is it")) == 0


def test_hanging_up_ends_reading_ahead_even_while_it_waits(folder: Path, tmp_path: Path) -> None:
    """A question is being answered all the time, so the reading never gets its turn and has nothing to say."""
    engine = load(folder, tmp_path)
    watched = Watched(engine)
    watched.go.clear()
    asking = threading.Thread(target=lambda: engine.generate(ask("the cat"), GREEDY))
    asking.start()
    while not engine._parts.scheduler._sequences:
        time.sleep(0.005)
    ours, theirs = Pipe()
    answering = threading.Thread(target=_answer, args=(theirs, engine))
    answering.start()
    send_request(ours, Warm(ask(LONG)))
    assert receive_chunk(ours) == Chunk()
    ours.close()
    answering.join(5)
    assert not answering.is_alive()
    watched.go.set()
    asking.join()
    watched.stop()
    assert engine.generate(ask(LONG), GREEDY).usage.cached_tokens < 32
    engine.close()
