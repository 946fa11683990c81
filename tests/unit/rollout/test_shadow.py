"""A shadow answers copies that nobody sees, on spare capacity alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wentu.core.config import Settings
from wentu.core.types import Answer, Done, Event, Message, Query, Token, Usage
from wentu.queue import Depth
from wentu.rollout.pick import SHADOW
from wentu.store import Aliases, Recording, Store, open_store
from wentu.worker import shadow as shadowing
from wentu.worker.shadow import Shadow, busy

SHADOWED = Aliases("old", "new", mode="shadow", run="run_1", salt="s")


class Service:
    """What a shadow stands in front of: answers with three tokens, and notes who was asked what and how it ended."""

    def __init__(self) -> None:
        self.asked: list[Query] = []
        self.finished = 0
        self.dropped = 0
        self.pace_s = 0.0

    def answer(self, query: Query) -> Iterator[Event]:
        copy = query.options.get(SHADOW) == "yes"
        self.asked.append(query)
        try:
            for text in ("一", "二", "三"):
                time.sleep(self.pace_s if copy else 0.0)
                yield Token(text)
            version, reason = ("new", "shadow") if copy else ("old", "stable")
            yield Done(Answer("一二三", "grounded", (), version, "fake", "stop", Usage(), {}, assigned=reason))
            self.finished += copy
        except GeneratorExit:
            self.dropped += copy
            raise

    @property
    def copies(self) -> list[Query]:
        return [query for query in self.asked if query.options.get(SHADOW) == "yes"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Settings(data_dir=tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def crowd() -> threading.Event:
    """Set while somebody asks something."""
    return threading.Event()


@pytest.fixture
def shadow(service: Service, store: Store, crowd: threading.Event, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shadow]:
    monkeypatch.setattr(shadowing, "_LOOK_S", 0.01)
    made = Shadow(service.answer, lambda: SHADOWED, crowd.is_set, store.recordings)
    made.start()
    yield made
    made.stop()


def query(job: str = "job_1") -> Query:
    return Query((Message("user", ("合计多少？",)),), session="ses_1", job=job)


def wait_until(true: Callable[[], bool], within_s: float = 3.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_the_user_gets_the_stable_answer_alone_and_waits_for_nothing(shadow: Shadow, service: Service) -> None:
    service.pace_s = 0.2
    started = time.monotonic()
    events = list(shadow.answer(query()))
    assert time.monotonic() - started < 0.2
    assert [event.text for event in events if isinstance(event, Token)] == ["一", "二", "三"]
    assert isinstance(events[-1], Done) and events[-1].answer.version == "old"
    wait_until(lambda: service.finished == 1)
    (copy,) = service.copies
    assert copy.messages == query().messages and copy.options["record"] == "no"


def test_while_anybody_waits_no_copy_is_begun(shadow: Shadow, service: Service, crowd: threading.Event) -> None:
    crowd.set()
    list(shadow.answer(query()))
    time.sleep(0.1)
    assert service.copies == []
    crowd.clear()
    wait_until(lambda: service.finished == 1)


def test_a_copy_lets_go_at_its_next_token_when_somebody_asks(
    shadow: Shadow, service: Service, crowd: threading.Event
) -> None:
    service.pace_s = 0.05
    list(shadow.answer(query()))
    wait_until(lambda: len(service.copies) == 1)
    crowd.set()
    wait_until(lambda: service.dropped == 1, 0.5)
    assert service.finished == 0


def test_what_it_said_is_kept_only_where_its_question_is(shadow: Shadow, service: Service, store: Store) -> None:
    kept = Recording(query(), "unit", "chat", "local", time.time() + 60, expected="一二三", job="job_kept")
    recording = store.recordings.add(kept)
    for job in ("job_gone", "job_kept"):
        list(shadow.answer(query(job)))
    wait_until(lambda: service.finished == 2)
    wait_until(lambda: bool(store.recordings.replies(["new"])))
    ((key, reply),) = store.recordings.replies(["new"]).items()
    assert key == (recording, "new") and reply.source == "shadow" and reply.right


def test_when_many_ask_the_newest_are_copied(shadow: Shadow, service: Service, crowd: threading.Event) -> None:
    crowd.set()
    for number in range(30):
        list(shadow.answer(query(f"job_{number}")))
    crowd.clear()
    wait_until(lambda: service.finished == 20)
    assert [copy.job for copy in service.copies] == [f"job_{number}" for number in range(10, 30)]


def test_only_what_the_stable_version_answered_is_copied(
    service: Service, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shadowing, "_LOOK_S", 0.01)
    names = Aliases("old", "new", mode="canary", percent=10, run="run_1")
    made = Shadow(service.answer, lambda: names, lambda: False, store.recordings)
    made.start()
    list(made.answer(query()))
    time.sleep(0.1)
    made.stop()
    assert service.copies == []


@pytest.mark.parametrize(("depth", "is_busy"), [(Depth(0, 0), False), (Depth(1, 0), True), (Depth(0, 1), True)])
def test_busy_is_whoever_waits_or_is_answered(depth: Depth, is_busy: bool) -> None:
    class Queue:
        def depth(self) -> Depth:
            return depth

    assert busy(Queue()) is is_busy  # type: ignore[arg-type]
