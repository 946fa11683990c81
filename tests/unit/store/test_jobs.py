from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from wentu.core.errors import EngineCrashed, UnknownJob
from wentu.core.types import Answer, Evidence, Message, Query, SamplingParams, Stored, Usage
from wentu.store import Asked, Store, StoredMessage
from wentu.store.messages import text_content

QUERY = Query(
    (Message("user", ("合计?", Stored("a" * 64))),),
    sampling=SamplingParams(stop=("。",)),
    options={"json_schema": "{}"},
)
EVIDENCE = Evidence(0, 2, 0, ((0, 0), (1, 0), (1, 1), (0, 1)), "ok", 0.9, "exact", "ocr")


def answer(text: str = "ok", reason: str = "stop") -> Answer:
    return Answer(text, "verified", (EVIDENCE,), "v1", "reader", reason, Usage(1, 1), {"writing": 0.5})  # type: ignore[arg-type]


def asked_job(store: Store) -> tuple[str, str, Asked]:
    session = store.sessions.create(owner="a").id
    asked = store.sessions.ask(session, owner="a", parent=None, content=text_content("合计?"))
    job = store.jobs.create(
        QUERY,
        owner="a",
        session=session,
        user_message=asked.user_message,
        answer_message=asked.answer_message,
        picture_ids=["pic_1"],
    )
    return job, session, asked


def last_message(store: Store, session: str) -> StoredMessage:
    return store.sessions.messages(session, owner="a")[-1]


def test_a_job_comes_back_as_it_was_made(store: Store) -> None:
    job = store.jobs.load(store.jobs.create(QUERY, owner="a"))
    assert job.query == replace(QUERY, job=job.id) and (job.state, job.attempt, job.owner, job.session) == (
        "queued",
        0,
        "a",
        None,
    )
    assert not job.finished and store.jobs.unfinished() == (job.id,)


def test_a_finished_job_writes_its_message_once(store: Store) -> None:
    job, session, asked = asked_job(store)
    assert store.jobs.start(job) and store.jobs.load(job).attempt == 1
    assert store.jobs.finish(job, answer()) is True
    assert store.jobs.finish(job, answer("late")) is False and store.jobs.cancel(job) is False
    assert store.jobs.start(job) is None
    message = last_message(store, session)
    assert message.state == "done" and message.content == text_content("ok") and message.wentu is not None
    assert message.wentu["evidence"][0]["picture_id"] == "pic_1" and message.wentu["message"] == asked.answer_message
    assert store.jobs.load(job).answer == answer() and store.jobs.unfinished() == ()


def test_a_second_start_is_a_second_attempt(store: Store) -> None:
    job, _, _ = asked_job(store)
    assert store.jobs.start(job) and store.jobs.start(job)
    assert store.jobs.load(job).attempt == 2


def test_a_failed_job_keeps_the_error_with_its_message(store: Store) -> None:
    job, session, _ = asked_job(store)
    failed = EngineCrashed("the engine ended", engine="reader").as_event()
    assert store.jobs.fail(job, failed, text="half") is True and store.jobs.fail(job, failed) is False
    message = last_message(store, session)
    assert message.state == "failed" and message.content == text_content("half")
    assert message.error is not None and message.error["code"] == "engine_crashed"
    assert message.error["params"] == {"engine": "reader"} and message.error["hint"]


def test_a_stopped_answer_keeps_what_it_had_said(store: Store) -> None:
    job, session, _ = asked_job(store)
    assert store.jobs.finish(job, answer("half", "cancelled"))
    message = last_message(store, session)
    assert message.state == "cancelled" and message.content == text_content("half") and message.error is None
    other, session, _ = asked_job(store)
    assert store.jobs.cancel(other)
    message = last_message(store, session)
    assert (message.state, message.content, message.error) == ("cancelled", [], None)
    assert store.jobs.load(other).state == "cancelled"


def test_of_many_ends_exactly_one_wins(store: Store) -> None:
    job, session, _ = asked_job(store)
    won: list[str] = []

    def finish(name: str) -> None:
        if store.jobs.finish(job, answer(name)):
            won.append(name)

    threads = [threading.Thread(target=finish, args=(f"worker {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1 and last_message(store, session).content == text_content(won[0])


def test_ended_jobs_are_forgotten_after_an_hour_and_messages_stay(store: Store) -> None:
    job, session, _ = asked_job(store)
    waiting = store.jobs.create(QUERY, owner="a")
    store.jobs.finish(job, answer())
    assert store.jobs.delete_finished(time.time() + 3_500) == 0
    assert store.jobs.delete_finished(time.time() + 3_700) == 1
    assert store.jobs.unfinished() == (waiting,) and last_message(store, session).content == text_content("ok")
    with pytest.raises(UnknownJob):
        store.jobs.load(job)
    assert store.jobs.finish(job, answer()) is False


def test_a_job_is_its_owner_s_alone(store: Store) -> None:
    job = store.jobs.create(QUERY, owner="a")
    assert store.jobs.load(job, owner="a").id == job
    with pytest.raises(UnknownJob):
        store.jobs.load(job, owner="b")


def test_a_withdrawn_job_leaves_the_session_as_it_was(store: Store) -> None:
    job, session, _ = asked_job(store)
    store.jobs.withdraw(job, keep_question=False)
    assert store.sessions.messages(session, owner="a") == () and store.sessions.get(session, owner="a").head is None
    store.jobs.withdraw(job, keep_question=False)


def test_unfinished_jobs_of_one_session_are_told_apart(store: Store) -> None:
    first, session, _ = asked_job(store)
    asked_job(store)
    assert store.jobs.unfinished(session=session) == (first,)
