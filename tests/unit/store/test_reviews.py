from dataclasses import replace

import pytest
from sqlalchemy import text as sql

from wentu.core.errors import AlreadyDecided, BadRequest, UnknownReview
from wentu.core.types import Answer, Message, Query, Usage
from wentu.store import Store
from wentu.store.messages import text_content
from wentu.store.reviews import NewCase

DRAFT = Answer("先说一句。然后是疑词。", "reader", (), "v", "reader", "stop", Usage(), {})
CASE = NewCase("key_a", None, "answer", "words", "x", "review", "exact", (8, 10), "问", DRAFT.text, (), DRAFT)


def waiting(store: Store) -> tuple[str, str, str]:
    """A conversation whose answer waits: case, session, job."""
    session = store.sessions.create(owner="key_a").id
    made = store.sessions.ask(session, owner="key_a", parent=None, content=text_content("问"))
    query = Query((Message("user", ("问",)),), owner="key_a", session=session)
    job = store.jobs.create(
        query, owner="key_a", session=session, user_message=made.user_message, answer_message=made.answer_message
    )
    store.jobs.start(job)
    case = store.reviews.file(replace(CASE, session=session))
    store.jobs.finish(job, replace(DRAFT, text="先说一句。", finish_reason="blocked", review=case))
    return case, session, job


def last(store: Store, session: str):  # type: ignore[no-untyped-def]
    return store.sessions.messages(session, owner="key_a")[-1]


def test_what_waits_says_so_and_shows_only_what_was_released(store: Store) -> None:
    case, session, _ = waiting(store)
    message = last(store, session)
    assert message.content == text_content("先说一句。")
    assert message.wentu["review"] == {"id": case, "state": "waiting"}
    assert store.reviews.waiting() == 1


@pytest.mark.parametrize(
    ("verdict", "edited", "shown", "state"),
    [
        ("approve", None, DRAFT.text, "approved"),
        ("edit", "换个说法。", "换个说法。", "edited"),
        ("reject", None, "先说一句。", "rejected"),
    ],
)
def test_the_decision_reaches_whoever_asked(store: Store, verdict, edited, shown: str, state: str) -> None:  # type: ignore[no-untyped-def]
    case, session, job = waiting(store)
    decided = store.reviews.decide(case, verdict, by="key_admin", text=edited)
    assert (decided.state, decided.draft) == (state, None)
    message = last(store, session)
    assert message.content == text_content(shown) and message.wentu["review"] == {"id": case, "state": state}
    kept = store.jobs.load(job).answer
    assert kept is not None and kept.text == shown


def test_a_decision_that_was_faster_than_the_job_is_delivered_at_its_end(store: Store) -> None:
    session = store.sessions.create(owner="key_a").id
    made = store.sessions.ask(session, owner="key_a", parent=None, content=text_content("问"))
    job = store.jobs.create(Query(()), owner="key_a", session=session, answer_message=made.answer_message)
    store.jobs.start(job)
    case = store.reviews.file(CASE)
    store.reviews.decide(case, "approve", by="key_admin")
    store.jobs.finish(job, replace(DRAFT, text="", review=case))
    assert last(store, session).content == text_content(DRAFT.text)


def test_a_case_is_decided_once(store: Store) -> None:
    case, _, _ = waiting(store)
    with pytest.raises(BadRequest):
        store.reviews.decide(case, "edit", by="a")
    store.reviews.decide(case, "reject", by="a")
    with pytest.raises(AlreadyDecided):
        store.reviews.decide(case, "approve", by="b")


def test_another_owners_case_is_unknown(store: Store) -> None:
    case, _, _ = waiting(store)
    assert store.reviews.get(case, owner="key_a").id == case
    with pytest.raises(UnknownReview):
        store.reviews.get(case, owner="key_b")


def test_old_cases_go_by_themselves(store: Store) -> None:
    waiting(store)
    store.sweep(now=store.reviews.list()[0].created_at + 31 * 86_400)
    assert store.reviews.list() == ()


def test_every_decision_is_in_the_audit_and_a_changed_entry_shows(store: Store) -> None:
    case, _, _ = waiting(store)
    store.reviews.decide(case, "approve", by="key_admin")
    newest, first = store.audit.entries()
    assert (newest.actor, newest.action, newest.subject) == ("key_admin", "approved", case)
    assert first.action == "held" and newest.previous == first.hash
    assert store.audit.first_broken() is None
    with store.database.write() as transaction:
        transaction.execute(sql("UPDATE audit SET actor = 'somebody' WHERE number = 1"))
    assert store.audit.first_broken() == 1


def test_a_removed_entry_shows(store: Store) -> None:
    for number in range(4):
        store.audit.note("a", "x", str(number))
    with store.database.write() as transaction:
        transaction.execute(sql("DELETE FROM audit WHERE number = 2"))
    assert store.audit.first_broken() == 2


def test_the_audit_holds_digests_and_no_content(store: Store) -> None:
    store.audit.note("a", "refused", "question:words", "很秘密的话")
    [entry] = store.audit.entries()
    assert "秘密" not in str(entry) and len(entry.digest) == 64
