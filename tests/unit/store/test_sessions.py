from __future__ import annotations

import pytest

from wentu.core.errors import UnknownMessage, UnknownSession
from wentu.store import Store
from wentu.store.messages import text_content
from wentu.store.sessions import title_from


def test_a_branch_is_the_path_from_the_root(store: Store) -> None:
    session = store.sessions.create(owner="a").id
    first = store.sessions.ask(session, owner="a", parent=None, content=text_content("one"))
    second = store.sessions.ask(session, owner="a", parent=first.answer_message, content=text_content("two"))
    other = store.sessions.ask(session, owner="a", parent=first.answer_message, content=text_content("other"))

    def ids(end: str | None) -> list[str]:
        return [message.id for message in store.sessions.path(session, end, owner="a")]

    begin = [first.user_message, first.answer_message]
    assert ids(second.answer_message) == [*begin, second.user_message, second.answer_message]
    assert ids("head") == [*begin, other.user_message, other.answer_message]
    assert ids(None) == []
    with pytest.raises(UnknownMessage):
        ids("msg_nothing")


def test_a_message_of_another_session_is_unknown(store: Store) -> None:
    mine, other = store.sessions.create(owner="a").id, store.sessions.create(owner="a").id
    asked = store.sessions.ask(other, owner="a", parent=None, content=text_content("q"))
    with pytest.raises(UnknownMessage):
        store.sessions.ask(mine, owner="a", parent=asked.answer_message, content=text_content("q"))
    with pytest.raises(UnknownMessage):
        store.sessions.ask_again(mine, asked.user_message, owner="a")
    with pytest.raises(UnknownMessage):
        store.sessions.update(mine, owner="a", head=asked.answer_message)


def test_a_session_is_its_owner_s_alone(store: Store) -> None:
    session = store.sessions.create(owner="a", title="x").id
    assert store.sessions.list(owner="b") == ((), False)
    for attempt in (
        lambda: store.sessions.get(session, owner="b"),
        lambda: store.sessions.messages(session, owner="b"),
        lambda: store.sessions.path(session, owner="b"),
        lambda: store.sessions.update(session, owner="b", title="y"),
        lambda: store.sessions.delete(session, owner="b"),
        lambda: store.sessions.ask(session, owner="b", parent=None, content=[]),
        lambda: store.sessions.list(owner="b", after=session),
    ):
        with pytest.raises(UnknownSession):
            attempt()
    assert store.sessions.get(session, owner="a").title == "x"


def test_the_title_comes_from_the_first_question_and_stays(store: Store) -> None:
    session = store.sessions.create(owner="a").id
    store.sessions.ask(session, owner="a", parent=None, content=text_content("\n  合计多少?  \nmore"))
    store.sessions.ask(session, owner="a", parent=None, content=text_content("second"))
    assert store.sessions.get(session, owner="a").title == "合计多少?"
    assert title_from("x" * 100) == "x" * 59 + "…" and title_from("  \n ") == ""


def test_deleting_a_session_deletes_its_messages_and_jobs(store: Store) -> None:
    from sqlalchemy import text

    session = store.sessions.create(owner="a").id
    store.sessions.ask(session, owner="a", parent=None, content=text_content("private"))
    store.sessions.delete(session, owner="a")
    with store.database.read() as transaction:
        assert transaction.scalar(text("SELECT count(*) FROM messages")) == 0
