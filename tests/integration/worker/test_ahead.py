"""Pictures that are read before they are asked about."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from wentu.core.config import Settings
from wentu.core.errors import UnknownPicture
from wentu.core.types import Chunk, Picture, Prompt, Stored, TextLine
from wentu.engines.base import Capabilities
from wentu.queue import Queue
from wentu.queue.valkey import EmbeddedValkey
from wentu.tasks import Chat
from wentu.worker.ahead import ReadAhead

OLD, NEW = "a" * 64, "b" * 64


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Queue]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("ahead"))
    valkey = EmbeddedValkey(settings)
    valkey.start()
    yield Queue(settings)
    valkey.stop()


class Machine:
    """A worker's parts that note what they are asked: intake, OCR and an engine that reads ahead."""

    def __init__(self) -> None:
        self.kept = {OLD, NEW}
        self.read: list[str] = []
        self.forgotten: list[str] = []
        self.warmed: list[Prompt] = []
        self.warm_s = 0.0
        self.stopped_early = False
        host = SimpleNamespace(capabilities=Capabilities(sees=True, warms=True), warm=self.warm)
        fleet = SimpleNamespace(get=lambda name: host, forget=self.forgotten.append)
        ocr = SimpleNamespace(read=self.lines, forget=self.forgotten.append)
        parts = SimpleNamespace(intake=self.intake, tasks={"chat": Chat()})
        self.service: Any = SimpleNamespace(parts=parts, ocr=ocr, fleet=fleet, rollout=SimpleNamespace(current="v"))

    def intake(self, ref: Stored) -> Picture:
        if ref.digest not in self.kept:
            raise UnknownPicture("gone")
        return Picture(ref.digest, np.zeros((8, 8, 3), np.uint8))

    def lines(self, picture: Picture) -> tuple[TextLine, ...]:
        self.read.append(picture.digest)
        return ()

    def warm(self, prompt: Prompt) -> Generator[Chunk]:
        self.warmed.append(prompt)
        try:
            until = time.monotonic() + self.warm_s
            while time.monotonic() < until:
                time.sleep(0.01)
                yield Chunk()
            yield Chunk(finish_reason="stop")
        except GeneratorExit:
            self.stopped_early = True
            raise


def eventually(found: Callable[[], object], within_s: float = 5.0) -> None:
    until = time.monotonic() + within_s
    while not found():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_the_newest_picture_is_read_first_and_only_while_nobody_asks(queue: Queue) -> None:
    machine, busy = Machine(), [True]
    ahead = ReadAhead(machine.service, queue, lambda: busy[0], machine.kept.__contains__)
    for digest in (OLD, NEW, OLD, NEW):  # twice is once
        queue.expect(digest)
    ahead.start()
    time.sleep(0.5)
    assert machine.read == []
    busy[0] = False
    eventually(lambda: len(machine.warmed) == 2)
    ahead.stop()
    assert machine.read == [NEW, OLD]
    (system, user) = machine.warmed[0].turns
    assert system.role == "system" and [part.digest for part in user.parts if isinstance(part, Picture)] == [NEW]


def test_a_dropped_picture_is_not_read_and_what_is_known_of_it_is_forgotten(queue: Queue) -> None:
    machine = Machine()
    ahead = ReadAhead(machine.service, queue, lambda: False, machine.kept.__contains__)
    after, _ = queue.eraser.to_forget("0")
    queue.expect(OLD)
    queue.drop_picture(OLD)
    assert queue.ahead.take(wait_s=0.1) is None and queue.eraser.to_forget(after)[1] == [OLD]
    machine.kept.discard(OLD)
    ahead.read(OLD)
    assert machine.read == [] and machine.warmed == []
    machine.warm_s = 5.0
    queue.expect(NEW)
    ahead.start()
    eventually(lambda: machine.warmed)
    machine.kept.discard(NEW)  # in the middle of the engine's part
    eventually(lambda: machine.forgotten)
    ahead.stop()
    assert machine.stopped_early and machine.forgotten == [NEW, NEW]


def test_a_question_stops_what_the_engine_reads_ahead(queue: Queue) -> None:
    machine, asked = Machine(), [False]
    machine.warm_s = 5.0
    ahead = ReadAhead(machine.service, queue, lambda: asked[0], machine.kept.__contains__)
    queue.expect(NEW)
    ahead.start()
    eventually(lambda: machine.warmed)
    asked[0] = True
    eventually(lambda: machine.stopped_early)
    ahead.stop()
    assert machine.forgotten == []


def test_a_picture_without_a_worker_waits_for_a_while_only(queue: Queue) -> None:
    for number in range(100):
        queue.expect(f"{number:064x}")
    taken = [queue.ahead.take(wait_s=0.1) for _ in range(65)]
    assert taken[0] == f"{99:064x}" and taken[63] == f"{36:064x}" and taken[64] is None
