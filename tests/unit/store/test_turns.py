"""Two that decide at once: each rests on what the other did, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from wentu.core.errors import AlreadyDecided, UnknownJob, UnknownSession
from wentu.core.types import Answer, Message, Query, Usage
from wentu.store import Aliases, Decision, Exposure, Recording, Reply, Store, SupportCase, Vote
from wentu.store.batches import Item
from wentu.store.erase import Chosen, erase
from wentu.store.messages import picture_part, text_content
from wentu.store.reviews import NewCase
from wentu.store.traffic import recent_texts

DRAFT = Answer("敏感的话", "reader", (), "v", "reader", "stop", Usage(), {})
CASE = NewCase("a", None, "answer", "words", "x", "review", "exact", (0, 2), "问", "话", (), DRAFT)
QUERY = Query((Message("user", ("问",)),))


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call gave or raised, all begun at the same moment."""
    results: list[object] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(number: int) -> None:
        barrier.wait()
        try:
            results[number] = calls[number]()
        except Exception as exc:
            results[number] = exc

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_reviewers_who_decide_at_once_one_wins_and_the_others_are_told(store: Store) -> None:
    case = store.reviews.file(CASE)
    results = at_once(*(lambda n=n: store.reviews.decide(case, "approve", by=f"key_{n}") for n in range(6)))
    assert sum(isinstance(one, AlreadyDecided) for one in results) == 5
    assert store.audit.first_broken() is None and [one.action for one in store.audit.entries()] == ["approved", "held"]


def test_a_rollout_that_is_moved_by_many_at_once_loses_no_move(store: Store) -> None:
    def move(names: Aliases) -> tuple[Aliases, Decision]:
        return replace(names, percent=names.percent + 1), Decision("step", "a", "", percent=names.percent + 1)

    assert not [one for one in at_once(*[lambda: store.aliases.change(move)] * 12) if isinstance(one, Exception)]
    assert store.aliases.read().percent == 12
    assert sorted(one.percent for one in store.aliases.decisions()) == [*range(1, 13)]


def test_the_audit_s_chain_is_one_whoever_writes(store: Store) -> None:
    at_once(*(lambda n=n: store.audit.note(f"key_{n}", "tried", "x" * 200) for n in range(12)))
    assert [one.number for one in store.audit.entries()] == [*range(12, 0, -1)] and store.audit.first_broken() is None


def test_a_reply_and_a_vote_that_come_twice_at_once_are_kept_once(store: Store) -> None:
    recording = Recording(QUERY, "unit", "chat", "a", expires_at=4e9, id="rec_1")
    replies = [lambda n=n: store.recordings.reply(Reply("rec_1", "v1", f"{n}", True, 0.1)) for n in range(4)]
    votes = [lambda: store.recordings.vote(Vote("rec_1", "v1", "v2", "key_1", "v1"))] * 4
    results = at_once(*[lambda: store.recordings.add(recording)] * 4, *replies, *votes)
    assert [one for one in results if isinstance(one, Exception)] == []
    assert store.recordings.count() == len(store.recordings.votes()) == len(store.recordings.replies(["v1"])) == 1


def test_a_conversation_that_is_deleted_while_it_is_asked_in_breaks_nothing(store: Store) -> None:
    for _ in range(5):
        session = store.sessions.create(owner="a").id
        asked = store.sessions.ask(session, owner="a", parent=None, content=text_content("问"))
        job = store.jobs.create(QUERY, owner="a", session=session, answer_message=asked.answer_message)
        store.jobs.start(job)
        _, again, ended = at_once(
            lambda session=session: store.sessions.delete(session, owner="a"),
            lambda session=session: store.sessions.ask(session, owner="a", parent=None, content=text_content("又问")),
            lambda job=job: store.jobs.finish(job, DRAFT),
        )
        assert isinstance(ended, bool) and not (isinstance(again, Exception) and not isinstance(again, UnknownSession))
        with pytest.raises(UnknownJob):
            store.jobs.load(job)


def test_a_question_in_a_conversation_that_is_gone_is_refused_by_name(store: Store) -> None:
    with pytest.raises(UnknownSession):
        store.jobs.create(QUERY, owner="a", session="ses_gone")


def test_batch_jobs_are_let_go_once_and_in_their_order(store: Store) -> None:
    store.batches.create([Item(f"{n}", QUERY, ()) for n in range(40)], owner="a", name="", task="chat")
    results = at_once(*[lambda: store.batches.release(10)] * 4)
    released = [job for one in results if isinstance(one, tuple) for job, _ in one]
    rest = [job for _ in range(4) for job, _ in store.batches.release(10)]
    assert len({*released, *rest}) == len([*released, *rest]) == 40
    assert [store.jobs.load(job).number for job in rest] == sorted(store.jobs.load(job).number or 0 for job in rest)


def test_texts_may_hold_any_character_and_ids_that_can_t_be_are_unknown(store: Store) -> None:
    title = "字 🙂 ' ; -- %s :x \0"
    session = store.sessions.create(owner="a", title=title).id
    assert store.sessions.get(session, owner="a").title.replace("\ufffd", "\0") == title
    assert [one.id for one in store.sessions.list(owner="a", query="字 🙂")[0]] == [session]
    with pytest.raises(UnknownSession):
        store.sessions.get(f"{session}\0", owner="a")


def test_everything_that_is_counted_is_counted_in_this_database_too(store: Store) -> None:
    first = Exposure("run", "job_1", "a", "unit", "v1", "control", "chat", "answered")
    number = store.exposures.add(first)
    store.exposures.add(replace(first, job="job_2", version="v2", thumb=-1))
    store.exposures.asked_again([number])
    assert store.exposures.pulse("run") == (2, 3) and len(store.exposures.of_run("run", ["control"])) == 2
    case = SupportCase(
        id="case_1", owner="a", conversation="c", question="问", picture_ids=("pic_1",), outcome="handoff",
        reason="unknown", summary="", seen={}, shown={"outcome": "handoff"}, state="waiting", reply="", replied_by="",
        solved=None, seconds=1.0, work_s=0.5, created_at=1.0, replied_at=None,
    )  # fmt: skip
    store.cases.add(case)
    assert store.cases.reply("case_1", "答", author="b").state == "replied"
    assert store.cases.figures(0.0).conversations == 1
    session = store.sessions.create(owner="a").id
    store.sessions.ask(session, owner="a", parent=None, content=text_content("最近的"))
    assert recent_texts(store.database, 5) == ("最近的",)


@pytest.mark.parametrize("by", ["owner", "session", "before"])
def test_what_is_erased_is_gone_and_what_is_another_s_stays(store: Store, by: str) -> None:
    mine = lives(store, "key_a", "ab" * 32)
    theirs = lives(store, "key_b", "cd" * 32)
    chosen = {"owner": Chosen(owner="key_a"), "session": Chosen(session=mine), "before": Chosen(before=4e9)}[by]
    gone = erase(store.database, store.files, store.recordings, store.audit, chosen, by="command line")
    both = 2 if by == "before" else 1
    assert (gone.sessions, gone.messages, gone.pictures, gone.reviews) == (both, 2 * both, both, both)
    assert len(gone.jobs) == len(gone.digests) == both and "ab" * 32 not in store.files
    with pytest.raises(UnknownSession):
        store.sessions.get(mine, owner="key_a")
    if by != "before":
        assert "cd" * 32 in store.files and store.sessions.messages(theirs, owner="key_b")
        assert len(store.jobs.unfinished()) == 0 and len(store.reviews.list()) == 1


def test_more_can_be_erased_than_a_statement_takes_values(store: Store) -> None:
    n = 33_000
    rows = [{"id": f"ses_{i}", "owner": "a", "title": "", "created_at": 1.0, "updated_at": 1.0} for i in range(n)]
    with store.database.write() as transaction:
        transaction.execute(sessions_table().insert(), rows)
    assert erase(store.database, store.files, store.recordings, store.audit, Chosen(owner="a"), by="x").sessions == n


def lives(store: Store, owner: str, digest: str) -> str:
    """A conversation about a picture with an answer that was held; its id."""
    picture = store.pictures.add(b"x", owner=owner, digest=digest, media_type="image/png", width=4, height=3)
    session = store.sessions.create(owner=owner).id
    content = [*text_content("问"), picture_part(picture.id)]
    asked = store.sessions.ask(session, owner=owner, parent=None, content=content)
    job = store.jobs.create(
        QUERY, owner=owner, session=session, answer_message=asked.answer_message, picture_ids=[picture.id]
    )
    store.jobs.start(job)
    case = store.reviews.file(replace(CASE, owner=owner, session=session))
    assert store.jobs.finish(job, replace(DRAFT, review=case))
    return session


def sessions_table():  # type: ignore[no-untyped-def]
    from wentu.store.models import SessionRow

    return SessionRow.__table__
