"""The worker's relay between a real queue and a real database."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wentu.core.config import Settings
from wentu.core.errors import EngineError
from wentu.core.types import Answer, Done, Event, Failed, Message, Progress, Query, Token, Usage
from wentu.queue import Depth, Queue
from wentu.queue.valkey import EmbeddedValkey
from wentu.store.database import Database
from wentu.store.jobs import Jobs
from wentu.store.messages import text_content
from wentu.store.sessions import Sessions
from wentu.worker.relay import Relay

QUERY = Query((Message("user", ("?",)),))
Answering = Callable[[Query], Iterator[Event]]


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = Settings(data_dir=tmp_path)
    valkey = EmbeddedValkey(made)
    valkey.start()
    try:
        yield made
    finally:
        valkey.stop()


@pytest.fixture
def jobs(settings: Settings) -> Iterator[Jobs]:
    database = Database(settings.database)
    database.upgrade()
    yield Jobs(database)
    database.close()


@pytest.fixture
def queue(settings: Settings) -> Queue:
    return Queue(settings)


def done(text: str) -> Done:
    return Done(Answer(text, "reader", (), "v", "reader", "stop", Usage(), {}))


def events_of(queue: Queue, job: str) -> list[Event]:
    return [entry[1] for entry in queue.events(job, silence_s=5) if entry is not None]


def wait_in_line(jobs: Jobs, queue: Queue, **more: Any) -> str:
    job = jobs.create(QUERY, owner="a", **more)
    queue.submit(job, owner="a")
    return job


def test_tokens_are_joined_and_nothing_is_lost(jobs: Jobs, queue: Queue) -> None:
    def answer(query: Query) -> Iterator[Event]:
        for number in range(500):
            yield Progress("writing")
            yield Token(f"{number},")
        yield done("all")

    job = wait_in_line(jobs, queue)
    assert Relay(answer, jobs, queue, 60).serve() == job
    events = events_of(queue, job)
    assert "".join(event.text for event in events if isinstance(event, Token)) == "".join(f"{n}," for n in range(500))
    assert len(events) < 60 and events.count(Progress("writing")) == 1
    assert events[-1] == done("all")
    kept = jobs.load(job)
    assert (kept.state, kept.answer) == ("done", done("all").answer)


def test_a_job_is_answered_once_however_often_it_is_delivered(jobs: Jobs, queue: Queue) -> None:
    calls = []

    def answer(query: Query) -> Iterator[Event]:
        calls.append(query)
        yield done("once")

    job = wait_in_line(jobs, queue)
    relay = Relay(answer, jobs, queue, 60)
    assert [relay.serve() for _ in range(3)] == [job, None, None]
    queue.submit("job_unknown", owner="a")
    assert relay.serve() == "job_unknown"
    assert len(calls) == 1 and queue.depth() == Depth(0, 0)
    assert sum(isinstance(event, Done) for event in events_of(queue, job)) == 1


def test_a_second_delivery_while_it_is_at_work_adds_nothing(jobs: Jobs, queue: Queue) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def answer(query: Query) -> Iterator[Event]:
        yield Token("half ")
        begun.set()
        go_on.wait(5)
        yield Token("whole")
        yield done("half whole")

    job = wait_in_line(jobs, queue)
    relay = Relay(answer, jobs, queue, 60)
    first = threading.Thread(target=relay.serve)
    first.start()
    assert begun.wait(5)
    assert relay.serve() is None
    go_on.set()
    first.join(5)
    assert "".join(event.text for event in events_of(queue, job) if isinstance(event, Token)) == "half whole"


def endless(ended: list[bool]) -> Answering:
    def answer(query: Query) -> Iterator[Event]:
        try:
            while True:
                time.sleep(0.01)
                yield Token("字")
        finally:
            ended.append(True)

    return answer


def test_a_cancel_ends_the_engines_work_at_once(jobs: Jobs, queue: Queue) -> None:
    ended: list[bool] = []
    job = wait_in_line(jobs, queue)
    thread = threading.Thread(target=Relay(endless(ended), jobs, queue, 60).serve)
    thread.start()
    time.sleep(0.4)
    started = time.monotonic()
    queue.cancel(job)
    thread.join(5)
    assert not thread.is_alive() and ended == [True] and time.monotonic() - started < 0.5
    last = events_of(queue, job)[-1]
    assert isinstance(last, Failed) and last.code == "cancelled"
    assert jobs.load(job).state == "cancelled"


def test_a_stopped_answer_keeps_what_the_user_has_seen(jobs: Jobs, queue: Queue) -> None:
    sessions = Sessions(jobs._database)
    session = sessions.create(owner="a").id
    asked = sessions.ask(session, owner="a", parent=None, content=text_content("?"))
    job = wait_in_line(
        jobs, queue, session=session, user_message=asked.user_message, answer_message=asked.answer_message
    )
    Relay(endless([]), jobs, queue, 0.5).serve()
    seen = "".join(event.text for event in events_of(queue, job) if isinstance(event, Token))
    kept = sessions.messages(session, owner="a")[-1]
    assert seen and kept.content == text_content(seen)


def test_a_deadline_ends_it_too(jobs: Jobs, queue: Queue) -> None:
    ended: list[bool] = []
    job = wait_in_line(jobs, queue)
    Relay(endless(ended), jobs, queue, 0.3).serve()
    last = events_of(queue, job)[-1]
    assert isinstance(last, Failed) and last.code == "engine_timeout" and last.retryable
    assert ended == [True]


def test_a_fault_in_the_pipeline_still_ends_the_job(jobs: Jobs, queue: Queue) -> None:
    def answer(query: Query) -> Iterator[Event]:
        yield Token("half")
        raise RuntimeError("secret")

    job = wait_in_line(jobs, queue)
    Relay(answer, jobs, queue, 60).serve()
    last = events_of(queue, job)[-1]
    assert isinstance(last, Failed) and last.code == "internal_error" and "secret" not in last.message
    assert jobs.load(job).state == "failed"


def test_an_error_of_the_engine_is_kept_with_the_job(jobs: Jobs, queue: Queue) -> None:
    failed = EngineError("out of paper").as_event()
    job = wait_in_line(jobs, queue)
    Relay(lambda query: iter([failed]), jobs, queue, 60).serve()
    assert events_of(queue, job)[-1] == failed
    assert jobs.load(job).error is not None
