"""The queue on a real, embedded Valkey."""

import os
import signal
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from wentu.core.config import QueueSettings, Settings
from wentu.core.errors import BadSetting, Busy, RateLimited, UnknownJob
from wentu.core.types import Answer, Done, Event, Progress, Token, Usage
from wentu.queue import ModelState, Queue, VersionState, WorkerState
from wentu.queue.address import address, secret_file, socket_file
from wentu.queue.valkey import EmbeddedValkey

DONE = Done(Answer("你好", "reader", (), "v", "reader", "stop", Usage(), {}))


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = Settings(data_dir=tmp_path, queue=QueueSettings(max_waiting=3, max_waiting_per_key=2, grace_s=0.2))
    valkey = EmbeddedValkey(made)
    valkey.start()
    try:
        yield made
    finally:
        valkey.stop()


@pytest.fixture
def queue(settings: Settings) -> Queue:
    return Queue(settings)


def read(queue: Queue, job: str, after: str = "0") -> list[tuple[str, Event]]:
    return [entry for entry in queue.events(job, after=after, silence_s=5) if entry is not None]


def test_the_embedded_server_is_private(settings: Settings) -> None:
    assert stat.S_IMODE(secret_file(settings).stat().st_mode) == 0o600
    assert stat.S_IMODE(socket_file(settings).stat().st_mode) == 0o700
    assert stat.S_IMODE(socket_file(settings).parent.stat().st_mode) == 0o700


def test_a_stream_is_read_to_its_end_and_again_from_any_place(queue: Queue) -> None:
    queue.publish("j", [Progress("writing"), Token("你"), Token("好"), DONE])
    entries = read(queue, "j")
    assert [event for _, event in entries] == [Progress("writing"), Token("你"), Token("好"), DONE]
    assert read(queue, "j", after=entries[1][0]) == entries[2:]


def test_a_reader_sees_events_as_they_come_and_a_sign_of_life_in_between(queue: Queue) -> None:
    queue.publish("j", [Progress("queued", position=1)])

    def write_later() -> None:
        time.sleep(0.3)
        queue.publish("j", [DONE])

    threading.Thread(target=write_later).start()
    seen = list(queue.events("j", silence_s=0.1))
    assert seen.count(None) >= 1
    assert seen[0] is not None and seen[0][1] == Progress("queued", position=1)
    assert seen[-1] is not None and seen[-1][1] == DONE


def test_a_stream_that_is_gone_is_said_to_be_gone(queue: Queue) -> None:
    with pytest.raises(UnknownJob):
        read(queue, "never")


def test_a_full_queue_says_busy_and_takes_nothing(queue: Queue) -> None:
    for number in range(3):
        queue.submit(f"job_{number}", owner=f"key_{number}")
    with pytest.raises(Busy) as busy:
        queue.submit("job_3", owner="key_3")
    assert busy.value.retry_after_s > 0 and busy.value.params["waiting"] == "3"
    assert queue.depth().waiting == 3
    queue.submit("job_4", owner="key_3", priority="batch")  # another class has its own bound


def test_one_key_can_t_fill_the_queue(queue: Queue) -> None:
    queue.submit("job_0", owner="a")
    queue.submit("job_1", owner="a")
    with pytest.raises(Busy, match="of this key"):
        queue.submit("job_2", owner="a")
    queue.submit("job_2", owner="b")
    assert queue.line.take("t") == "job_0"
    queue.submit("job_3", owner="a")  # one of its two is no longer waiting


def test_room_is_refused_as_a_place_would_be_and_takes_none(queue: Queue) -> None:
    for number in range(2):
        queue.check_room(owner="a")
        queue.submit(f"job_{number}", owner="a")
    with pytest.raises(Busy, match="of this key"):
        queue.check_room(owner="a")
    queue.check_room(owner="b")
    queue.submit("job_2", owner="b")
    with pytest.raises(Busy) as busy:
        queue.check_room(owner="c")
    assert busy.value.params["waiting"] == "3" and queue.depth().waiting == 3
    queue.check_room(owner="c", priority="batch")
    assert {one.labels: one.total for one in queue.tallies.read() if one.name == "refused"} == {("interactive",): 2.0}


def test_the_bound_holds_against_many_who_knock_at_once(queue: Queue) -> None:
    refused: list[str] = []

    def knock(number: int) -> None:
        try:
            queue.submit(f"job_{number}", owner=f"key_{number}")
        except Busy:
            refused.append(f"job_{number}")

    threads = [threading.Thread(target=knock, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert queue.depth().waiting == 3 and len(refused) == 17


def test_questions_go_before_batches_and_a_lost_job_keeps_its_place(queue: Queue) -> None:
    queue.submit("batch", owner="a", priority="batch")
    queue.submit("first", owner="b")
    queue.submit("second", owner="c")
    assert queue.line.waiting() == ("first", "second", "batch")
    assert queue.line.take("t1") == "first"
    assert queue.line.put_back("first", priority="interactive", token="t1")
    assert not queue.line.put_back("first", priority="interactive", token="t1")
    assert [queue.line.take(f"t{number}") for number in range(2, 6)] == ["first", "second", "batch", None]


def test_only_the_attempt_that_has_the_lease_is_heard(queue: Queue) -> None:
    queue.submit("j", owner="a")
    assert queue.line.take("old") == "j" and queue.wish("j", "old") == "go on"
    assert queue.line.put_back("j", priority="interactive", token="old") and queue.line.take("new") == "j"
    assert queue.wish("j", "old") == "lost" and not queue.line.renew("j", "old") and queue.line.renew("j", "new")
    assert not queue.publish("j", [Token("stale")], "old") and queue.publish("j", [Token("fresh")], "new")
    queue.line.drop("j", "old")
    assert queue.line.running() == {"j": ("new", True)}
    queue.publish("j", [DONE])
    assert [event for _, event in read(queue, "j") if isinstance(event, Token)] == [Token("fresh")]


def test_a_wait_is_told_from_what_answers_took(queue: Queue) -> None:
    queue.submit("j", owner="a")
    assert queue.place("j") == Progress("queued", position=1, wait_s=None)
    for seconds in (2.0, 4.0):
        queue.pace.served(seconds)
    queue.pace.register("w1", 2)
    queue.pace.register("w2", 1)
    assert queue.place("j") == Progress("queued", position=1, wait_s=1.0) and queue.pace.workers() == 2
    queue.submit("k", owner="b")
    assert queue.place("k") == Progress("queued", position=2, wait_s=2.0)
    queue.line.take("t")
    assert queue.place("k") == Progress("queued", position=1, wait_s=1.0) and queue.place("j") is None


def test_a_reader_of_a_waiting_job_sees_its_place_change(queue: Queue) -> None:
    queue.submit("j", owner="a")
    queue.submit("k", owner="b")
    events = queue.events("k", silence_s=9)
    assert next(events) is not None
    queue.line.take("t")
    moved = next(events)
    assert moved == ("", Progress("queued", position=1))


def test_a_reader_who_leaves_is_missed_after_the_grace_time_and_not_before(queue: Queue) -> None:
    queue.submit("j", owner="a")
    assert queue.wish("j") == "go on"  # nobody ever read along: a job that is asked for later
    events = queue.events("j", silence_s=5)
    next(events)
    queue.left("j")
    assert queue.wish("j") == "go on"
    time.sleep(0.3)
    assert queue.wish("j") == "left"
    next(queue.events("j", silence_s=5))
    assert queue.wish("j") == "go on"


def test_a_cancelled_job_gives_its_place_free(queue: Queue) -> None:
    queue.submit("j", owner="a")
    assert queue.cancel("j") and queue.depth().waiting == 0 and queue.place("j") is None
    assert not queue.cancel("j")


def test_a_waiting_question_is_told_its_place(queue: Queue) -> None:
    queue.submit("job_0", owner="local")
    queue.submit("job_1", owner="local")
    queue.publish("job_1", [DONE])
    assert read(queue, "job_1")[0][1] == Progress("queued", position=2)


def test_cancel_is_seen_by_whoever_looks(queue: Queue) -> None:
    assert not queue.cancelled("j")
    queue.cancel("j")
    assert queue.cancelled("j") and not queue.cancelled("k")


def test_requests_are_counted_by_owner_and_minute(queue: Queue) -> None:
    for _ in range(5):
        queue.allow("a", 5)
    with pytest.raises(RateLimited) as limited:
        queue.allow("a", 5)
    assert 0 < limited.value.retry_after_s <= 60
    queue.allow("b", 5)


def test_the_workers_word_is_kept_and_taken_back(queue: Queue) -> None:
    assert queue.worker() is None
    version = VersionState("reader", "reader", False, "ready", "", True)
    state = WorkerState((version,), ModelState("downloading", "Qwen/x", 0.5))
    queue.publish_worker(state)
    assert queue.worker() == state
    queue.forget_worker()
    assert queue.worker() is None


def test_a_worker_that_ends_leaves_the_word_of_the_others(queue: Queue) -> None:
    reader = VersionState("reader", "reader", False, "ready", "", True)
    queue.publish_worker(WorkerState((reader,), ModelState("absent", "r")), "here:1:a")
    queue.publish_worker(WorkerState((reader,), ModelState("ready", "r")), "there:1:b")
    both = queue.worker()
    assert both is not None and both.model.state == "ready" and len(both.versions) == 1
    queue.forget_worker("there:1:b")
    assert queue.speakers() == ("here:1:a",)
    left = queue.worker()
    assert left is not None and left.model.state == "absent"


def test_what_was_queued_survives_a_restart_of_the_server(settings: Settings) -> None:
    first = Queue(settings)
    first.submit("job_0", owner="local")
    first.publish("job_1", [Token("kept")])
    EmbeddedValkey(settings).stop()  # adopts the running server and ends it as wentu would
    again = EmbeddedValkey(settings)
    again.start()
    try:
        after = Queue(settings)
        assert after.depth().waiting == 1
        after.publish("job_1", [DONE])
        assert [event for _, event in read(after, "job_1")] == [Token("kept"), DONE]
    finally:
        again.stop()


def test_a_queue_that_is_gone_is_busy_and_not_a_crash(settings: Settings, queue: Queue) -> None:
    EmbeddedValkey(settings).stop()
    for call in (lambda: queue.submit("j", owner="a"), queue.depth, lambda: queue.allow("a", 1)):
        with pytest.raises(Busy):
            call()
    assert queue.worker() is None


def test_without_a_server_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as missing:
        address(Settings(data_dir=tmp_path))
    assert "wentu serve" in missing.value.hint
    with pytest.raises(BadSetting, match="WENTU_BROKER_URL"):
        address(Settings(data_dir=tmp_path, broker_url="amqp://x"))


def test_a_data_folder_with_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    settings = Settings(data_dir=deep)
    valkey = EmbeddedValkey(settings)
    valkey.start()
    try:
        assert len(str(socket_file(settings))) < 100
        Queue(settings).submit("j", owner="a")
    finally:
        valkey.stop()


def test_a_server_left_behind_is_adopted(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    pid = os.fork()
    if pid == 0:  # a wentu that is killed without the kernel's help to end its children
        from wentu.core import process

        process._die_with_parent = lambda parent: None  # type: ignore[assignment]
        EmbeddedValkey(settings).start()
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    second = EmbeddedValkey(settings)
    second.start()
    assert second.alive and second._child is None
    second.stop()
    assert not second.alive
