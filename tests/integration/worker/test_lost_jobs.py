"""Workers that die, stall or stop, played with real tokens on a real queue and a real database."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis

from wentu.core.config import QueueSettings, Settings
from wentu.core.errors import Busy, EngineCrashed
from wentu.core.types import RESTARTED, Answer, Done, Event, Failed, Message, Query, Retract, Token, Usage, VersionSpec
from wentu.queue import Queue, keys
from wentu.queue.valkey import EmbeddedValkey
from wentu.store.batches import Batches, Item
from wentu.store.database import Database
from wentu.store.jobs import Jobs
from wentu.worker.beat import STUCK, Beat
from wentu.worker.feeder import Feeder
from wentu.worker.identity import Identity
from wentu.worker.leases import Leases
from wentu.worker.reaper import Reaper
from wentu.worker.relay import Relay
from wentu.worker.writing import Stream

QUERY = Query((Message("user", ("?",)),))
ME = Identity("here/1", os.getpid(), "me")
TEXT = "一二三四五六"


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = Settings(data_dir=tmp_path, queue=QueueSettings(grace_s=0.1))
    valkey = EmbeddedValkey(made)
    valkey.start()
    yield made
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


@pytest.fixture
def reaper(jobs: Jobs, queue: Queue) -> Reaper:
    return Reaper(jobs, queue, ME, max_wait_s=60)


def redis_of(queue: Queue) -> Redis:
    return queue._redis


def wait_in_line(jobs: Jobs, queue: Queue) -> str:
    job = jobs.create(QUERY, owner="a")
    queue.submit(job, owner="a")
    return job


def saying(*texts: str, then: Event | None = None) -> Callable[[Query], Iterator[Event]]:
    def answer(query: Query) -> Iterator[Event]:
        for text in texts:
            yield Token(text)
        whole = "".join(texts)
        yield then or Done(Answer(whole, "reader", (), "v", "reader", "stop", Usage(), {}))

    return answer


def die_after(jobs: Jobs, queue: Queue, who: Identity, *tokens: str) -> str:
    """A worker that takes the next job, says something, and is never heard of again."""
    token = who.token()
    job = queue.line.take(token)
    assert job is not None and jobs.start(job)
    queue.publish(job, [Token(text) for text in tokens], token)
    return job


def events_of(queue: Queue, job: str) -> list[Event]:
    return [entry[1] for entry in queue.events(job, silence_s=5) if entry is not None]


def seen(events: list[Event]) -> str:
    text = ""
    for event in events:
        if isinstance(event, Token):
            text += event.text
        elif isinstance(event, Retract):
            text = text[: event.offset] + event.replacement
    return text


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_job_of_a_dead_neighbour_is_answered_at_once_and_its_words_are_not_said_twice(
    jobs: Jobs, queue: Queue, reaper: Reaper
) -> None:
    job = wait_in_line(jobs, queue)
    die_after(jobs, queue, Identity("here/1", dead_pid(), "old"), "一二", "三")
    reaper.round()
    assert Relay(saying(*TEXT), jobs, queue, 60, who=ME).serve() == job
    events = events_of(queue, job)
    assert seen(events) == TEXT and not any(isinstance(event, Retract) for event in events)
    kept = jobs.load(job)
    assert (kept.state, kept.attempt, kept.losses) == ("done", 2, 1)


def test_where_the_second_attempt_says_something_else_the_rest_is_taken_back(
    jobs: Jobs, queue: Queue, reaper: Reaper
) -> None:
    job = wait_in_line(jobs, queue)
    die_after(jobs, queue, Identity("here/1", dead_pid(), "old"), "一二", "三")
    reaper.round()
    Relay(saying("一二", "八九"), jobs, queue, 60, who=ME).serve()
    events = events_of(queue, job)
    assert Retract(2, RESTARTED, "") in events and seen(events) == "一二八九"


def test_a_job_of_a_worker_elsewhere_waits_for_the_end_of_its_lease(jobs: Jobs, queue: Queue, reaper: Reaper) -> None:
    job = wait_in_line(jobs, queue)
    die_after(jobs, queue, Identity("there/1", 1, "old"))
    reaper.round()
    assert queue.line.place(job) is None
    redis_of(queue).delete(keys.lease(job))  # 15 s later
    reaper.round()
    assert queue.line.place(job) == 1 and jobs.load(job).state == "queued"


def test_a_job_that_is_lost_twice_is_set_aside(jobs: Jobs, queue: Queue, reaper: Reaper) -> None:
    job = wait_in_line(jobs, queue)
    for _ in range(2):
        die_after(jobs, queue, Identity("here/1", dead_pid(), "old"), "一")
        reaper.round()
    last = events_of(queue, job)[-1]
    assert isinstance(last, Failed) and last.code == "engine_crashed" and "2 times" in last.message
    assert jobs.load(job).state == "failed" and queue.depth().waiting == 0 and queue.depth().running == 0


def test_an_engine_that_crashes_is_asked_once_more_and_not_for_ever(jobs: Jobs, queue: Queue) -> None:
    calls: list[Query] = []

    def answer(query: Query) -> Iterator[Event]:
        calls.append(query)
        return saying("一", then=EngineCrashed("it crashed").as_event())(query)

    job = wait_in_line(jobs, queue)
    relay = Relay(answer, jobs, queue, 60)
    assert [relay.serve() for _ in range(3)] == [job, job, None]
    assert len(calls) == 2 and calls[0].sampling.seed == calls[1].sampling.seed is not None
    last = events_of(queue, job)[-1]
    assert isinstance(last, Failed) and last.code == "engine_crashed"


def test_an_attempt_that_was_overtaken_says_nothing_more(jobs: Jobs, queue: Queue, reaper: Reaper) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(query: Query) -> Iterator[Event]:
        yield Token("旧")
        begun.set()
        go_on.wait(10)
        time.sleep(0.15)
        yield Token("的")
        yield Done(Answer("旧的", "reader", (), "v", "reader", "stop", Usage(), {}))

    job = wait_in_line(jobs, queue)
    stalled = threading.Thread(target=Relay(slow, jobs, queue, 60).serve)
    stalled.start()
    assert begun.wait(10)
    redis_of(queue).delete(keys.lease(job))
    reaper.round()
    assert Relay(saying("新", "的"), jobs, queue, 60).serve() == job
    go_on.set()
    stalled.join(10)
    events = events_of(queue, job)
    assert seen(events) == "新的" and sum(isinstance(event, Done) for event in events) == 1
    answer = jobs.load(job).answer
    assert answer is not None and answer.text == "新的"


def test_a_worker_that_stops_gives_its_job_back_and_no_loss_is_counted(
    jobs: Jobs, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wentu.worker.relay._STOP_S", 0.0)
    closed = threading.Event()

    def endless(query: Query) -> Iterator[Event]:
        try:
            while True:
                time.sleep(0.02)
                yield Token("字")
        finally:
            closed.set()

    job = wait_in_line(jobs, queue)
    relay = Relay(endless, jobs, queue, 60)
    thread = threading.Thread(target=relay.serve)
    thread.start()
    time.sleep(0.3)
    relay.stop()
    thread.join(5)
    kept = jobs.load(job)
    assert closed.is_set() and queue.line.place(job) == 1 and (kept.state, kept.losses) == ("queued", 0)
    assert relay.serve() is None


def test_a_queue_that_lost_its_memory_is_told_what_the_database_knows(
    jobs: Jobs, queue: Queue, reaper: Reaper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wentu.worker.reaper._SETTLED_S", 0.0)
    waiting, running = wait_in_line(jobs, queue), wait_in_line(jobs, queue)
    assert jobs.start(running)
    redis_of(queue).flushall()
    reaper.round()
    assert set(queue.line.waiting()) == {waiting, running} and queue.tickets() >= 2
    assert jobs.load(running).losses == 1 and jobs.load(waiting).losses == 0


def test_tickets_that_died_with_a_worker_are_sent_again(jobs: Jobs, queue: Queue, reaper: Reaper) -> None:
    wait_in_line(jobs, queue)
    redis_of(queue).delete("wentu")
    assert queue.tickets() == 0
    reaper.round()
    reaper.round()
    assert queue.tickets() == 1


def test_a_waiting_job_whose_reader_is_gone_is_cancelled(jobs: Jobs, queue: Queue, reaper: Reaper) -> None:
    job, other = wait_in_line(jobs, queue), wait_in_line(jobs, queue)
    next(queue.events(job, silence_s=1))
    queue.left(job)
    time.sleep(0.2)
    reaper.round()
    assert jobs.load(job).state == "cancelled" and queue.line.waiting() == (other,)


def test_a_running_job_whose_reader_is_gone_is_cancelled(jobs: Jobs, queue: Queue) -> None:
    def endless(query: Query) -> Iterator[Event]:
        while True:
            time.sleep(0.02)
            yield Token("字")

    job = wait_in_line(jobs, queue)
    thread = threading.Thread(target=Relay(endless, jobs, queue, 60).serve)
    thread.start()
    time.sleep(0.3)
    assert thread.is_alive()  # nobody has read along, so nobody is missed
    next(queue.events(job, silence_s=1))
    queue.left(job)
    thread.join(5)
    assert not thread.is_alive() and jobs.load(job).state == "cancelled"


def test_a_lease_is_held_up_to_the_deadline_and_not_beyond(jobs: Jobs, queue: Queue) -> None:
    wait_in_line(jobs, queue)
    token = ME.token()
    job = queue.line.take(token)
    assert job is not None
    leases = Leases(queue)
    leases.hold(job, token, at_most_s=60)
    redis_of(queue).pexpire(keys.lease(job), 50)
    leases.renew()
    time.sleep(0.1)
    assert queue.line.running() == {job: (token, True)}
    leases.hold(job, token, at_most_s=0)
    redis_of(queue).pexpire(keys.lease(job), 50)
    leases.renew()
    time.sleep(0.1)
    assert queue.line.running() == {job: (token, False)}


def test_one_worker_at_a_time_reaps(jobs: Jobs, queue: Queue) -> None:
    assert queue.reaps("one") and not queue.reaps("two") and queue.reaps("one")


def test_who_is_surely_dead_and_who_is_not() -> None:
    assert ME.knows_dead(replace(ME, start="before").token())  # my own number, used by my predecessor
    assert ME.knows_dead(replace(ME, pid=dead_pid(), start="x").token())
    assert not ME.knows_dead(replace(ME, pid=os.getppid(), start="x").token())
    assert not ME.knows_dead(replace(ME, where="there/1", start="x").token())
    assert not ME.knows_dead(ME.token()) and not ME.knows_dead("nonsense")


def test_a_second_attempt_asks_the_version_of_the_first(jobs: Jobs, queue: Queue) -> None:
    asked: list[str] = []
    stable = ["big"]

    def answer(query: Query) -> Iterator[Event]:
        asked.append(query.model)
        stable[0] = "reader"
        return saying(then=EngineCrashed("it crashed").as_event())(query)

    wait_in_line(jobs, queue)
    relay = Relay(answer, jobs, queue, 60, pick=lambda query: VersionSpec(stable[0], "fake"))
    relay.serve()
    relay.serve()
    assert asked == ["stable", "big"]


def test_a_batch_goes_through_the_queue_a_few_at_a_time_and_survives_a_crash_between_two_steps(
    settings: Settings, jobs: Jobs, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wentu.worker.reaper._SETTLED_S", 0.0)
    batches = Batches(jobs._database)
    batch = batches.create([Item(f"{n}", QUERY, ()) for n in range(5)], owner="a", name="", task="chat")
    batches.release(1)  # and the worker that did this died before it told the queue
    reaper = Reaper(jobs, queue, ME, max_wait_s=60, feeder=Feeder(batches, queue, window=2))
    reaper.round()
    assert queue.line.waiting_of("batch") == 2
    relay = Relay(saying("好"), jobs, queue, 60)
    answered = []
    while (job := relay.serve()) is not None:
        answered.append(job)
        reaper.round()
    assert len(answered) == len(set(answered)) == 5
    assert batches.get(batch, owner="a").counts == {"done": 5}


def test_a_worker_that_takes_nobody_although_somebody_waits_ends_itself(
    jobs: Jobs, queue: Queue, tmp_path: Path
) -> None:
    ended: list[int] = []
    relay = Relay(saying("一"), jobs, queue, 60)
    beat = Beat(tmp_path / "run" / "beat", relay, queue, places=1, stuck_s=0.3, end=ended.append)
    beat.look()
    assert (tmp_path / "run" / "beat").exists()
    wait_in_line(jobs, queue)
    time.sleep(0.4)
    beat.look()  # it is still starting: not stuck
    relay.listens()
    until = time.monotonic() + 0.5
    while time.monotonic() < until:  # tickets come, and it takes them: not stuck
        relay.listens()
        beat.look()
        time.sleep(0.02)
    relay.running = 1  # all places are taken: not stuck
    time.sleep(0.4)
    beat.look()
    relay.running = 0
    beat.look()
    assert ended == []
    time.sleep(0.4)
    beat.look()
    assert ended == [STUCK]


def test_a_batch_of_events_whose_reply_was_lost_is_not_written_twice(queue: Queue) -> None:
    redis_of(queue).set(keys.lease("job_1"), "me")
    stream = Stream("job_1", queue, token="me")
    publish, calls = queue.publish, []

    def losing(job: str, events: Sequence[Event], token: str = "", *, batch: str = "") -> bool:
        calls.append(publish(job, events, token, batch=batch))
        if len(calls) in (1, 3):
            raise Busy("the reply was lost")
        return calls[-1]

    queue.publish = losing  # type: ignore[method-assign]
    for text in TEXT:
        stream.add(Token(text))
        stream.flush()
    stream.end(Done(Answer(TEXT, "reader", (), "v", "reader", "stop", Usage(), {})), patience_s=5)
    assert seen(events_of(queue, "job_1")) == TEXT


def test_a_lease_that_lapsed_while_the_queue_was_away_is_had_again_unless_another_took_the_job(
    jobs: Jobs, queue: Queue
) -> None:
    job = wait_in_line(jobs, queue)
    assert queue.line.take("mine") == job
    redis_of(queue).delete(keys.lease(job))
    assert queue.line.renew(job, "mine") and redis_of(queue).get(keys.lease(job)) == "mine"
    redis_of(queue).delete(keys.lease(job))
    assert queue.line.put_back(job, priority="interactive") and not queue.line.renew(job, "mine")
    assert queue.line.take("another's") == job and not queue.line.renew(job, "mine")


def test_readers_have_a_moment_to_say_that_they_are_there_after_the_queue_was_away(jobs: Jobs, queue: Queue) -> None:
    away = [True]
    wish = queue.wish

    def wished(job: str, token: str = "") -> object:
        if away.pop() if away else False:
            raise Busy("the queue does not answer")
        return wish(job, token)

    queue.wish = wished  # type: ignore[method-assign, assignment]
    job = wait_in_line(jobs, queue)
    redis_of(queue).set(keys.followed(job), "1")  # and its reader's sign has lapsed

    def slow(query: Query) -> Iterator[Event]:
        for text in TEXT:
            time.sleep(0.1)
            yield Token(text)
        yield Done(Answer(TEXT, "reader", (), "v", "reader", "stop", Usage(), {}))

    Relay(slow, jobs, queue, 60).serve()
    assert jobs.load(job).state == "done"
    other = wait_in_line(jobs, queue)
    redis_of(queue).set(keys.followed(other), "1")
    Relay(slow, jobs, queue, 60).serve()
    assert jobs.load(other).state == "cancelled"


def test_a_job_that_was_taken_without_a_reply_is_put_back_at_the_second_look(jobs: Jobs, queue: Queue) -> None:
    job, leases = wait_in_line(jobs, queue), Leases(queue)
    reaper = Reaper(jobs, queue, ME, max_wait_s=60, leases=leases)
    token = ME.token()
    assert queue.line.take(token) == queue.line.take(token) == job  # asked again: the same one
    reaper.round()
    assert queue.line.place(job) is None
    reaper.round()
    assert queue.line.place(job) == 1 and jobs.load(job).losses == 0
    token = ME.token()
    assert queue.line.take(token) == job
    leases.hold(job, token, at_most_s=60)
    for _ in range(3):
        reaper.round()
    assert queue.line.place(job) is None


def test_a_job_that_was_let_in_and_taken_is_not_let_in_again(jobs: Jobs, queue: Queue) -> None:
    job = wait_in_line(jobs, queue)
    assert queue.line.take("t") == job
    queue.line.admit(job, owner="a", priority="interactive")  # the first reply was lost
    assert queue.line.waiting() == ()
