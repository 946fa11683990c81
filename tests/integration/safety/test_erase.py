"""`wentu erase` and taken-back text, on a real queue, a real database and real files: searched byte by byte."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wentu.cli.app import app
from wentu.core.config import Settings
from wentu.core.types import Answer, Done, Message, Query, Retract, Stored, Token, Usage
from wentu.queue import Queue
from wentu.queue.valkey import EmbeddedValkey
from wentu.store import Store, open_store
from wentu.store.messages import picture_part, text_content
from wentu.store.reviews import NewCase

MARK = "别处没有的一串话"
KEPT = "另一个人的话"


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = Settings(data_dir=tmp_path / "data")
    valkey = EmbeddedValkey(made)
    valkey.start()
    yield made
    valkey.stop()


def lives(store: Store, queue: Queue, owner: str, words: str) -> str:
    """Everything that a user leaves behind; the id of their conversation."""
    digest = ("ab" if words == MARK else "cd") * 32
    picture = store.pictures.add(
        words.encode(), owner=owner, digest=digest, media_type="image/png", width=4, height=3, name=words
    )
    session = store.sessions.create(owner=owner, title=words).id
    content = [*text_content(words), picture_part(picture.id)]
    made = store.sessions.ask(session, owner=owner, parent=None, content=content)
    query = Query((Message("user", (words, Stored(digest))),), owner=owner, session=session)
    answer = Answer(words, "reader", (), "v", "reader", "stop", Usage(), {})
    job = store.jobs.create(
        query, owner=owner, session=session, answer_message=made.answer_message, picture_ids=[picture.id]
    )
    store.jobs.start(job)
    queue.publish(job, [Token(words), Done(answer)])
    case = NewCase(owner, session, "answer", "words", "x", "review", "exact", (0, 2), words, words, (digest,), answer)
    store.jobs.finish(job, replace(answer, review=store.reviews.file(case)))
    return session


def found(folder: Path, words: str) -> list[str]:
    """Files that hold the words in any form that we write: UTF-8, or JSON's escapes."""
    forms = (words.encode(), json.dumps(words)[1:-1].encode())
    return [str(path) for path in folder.rglob("*") if path.is_file() and any(f in path.read_bytes() for f in forms)]


@pytest.mark.parametrize("by", ["user", "session", "before"])
def test_what_is_erased_is_nowhere(settings: Settings, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    store, queue = open_store(settings), Queue(settings)
    user = store.keys.make("user", name=MARK).key.id
    session = lives(store, queue, user, MARK)
    cut = time.time()
    other = store.keys.make("user", name="b").key.id if by != "before" else ""
    if other:
        lives(store, queue, other, KEPT)
    time.sleep(1.1)  # the queue's file is written once a second
    assert len(found(settings.data_dir, MARK)) >= 3
    monkeypatch.setenv("WENTU_DATA_DIR", str(settings.data_dir))
    option = {"user": user, "session": session, "before": "2999-01-01"}[by]
    assert cut
    done = CliRunner().invoke(app, ["erase", f"--{by}", option, "--yes", "--json"])
    assert done.exit_code == 0, done.output
    counts = json.loads(done.stdout)
    assert counts["sessions"] == counts["jobs"] == counts["pictures"] == counts["reviews"] == counts["files"] == 1
    left = found(settings.data_dir, MARK)
    if by == "user":
        assert left == []
    else:  # the key's name is the administrator's own note, and goes with the user
        store.keys.revoke(user)
        assert all(Path(path).name.startswith("wentu.db") for path in left)
        with store.database.read() as transaction:
            for table in ("sessions", "messages", "jobs", "pictures", "reviews"):
                rows = transaction.connection().exec_driver_sql(f"SELECT * FROM {table}").fetchall()
                assert MARK not in str(rows)
    if other:
        assert found(settings.data_dir, KEPT)
        assert len(store.sessions.list(owner=other)[0]) == 1
    _, digests = queue.eraser.to_forget("0")
    assert digests == ["ab" * 32]
    assert store.audit.entries()[0].action == "erased" and store.audit.first_broken() is None
    store.close()


def test_nothing_and_two_things_at_once_are_wrong_usage() -> None:
    assert CliRunner().invoke(app, ["erase", "--yes"]).exit_code == 1
    assert CliRunner().invoke(app, ["erase", "--user", "a", "--session", "b", "--yes"]).exit_code == 1


@pytest.mark.parametrize("offset", [0, 3, 4, 6, 9])
def test_text_that_is_taken_back_cannot_be_read_again(settings: Settings, offset: int) -> None:
    queue, said = Queue(settings), "甲乙丙丁戊己庚辛壬"
    for at in range(0, 9, 2):
        queue.publish("job_1", [Token(said[at : at + 2])])
    retract = Retract(offset, "text", "")
    queue.publish("job_1", [queue.eraser.take_back("job_1", retract)])
    assert queue.streams.text("job_1") == said[:offset]
    replayed = [entry[1] for entry in queue.streams._redis.xrange("wentu:stream:job_1")]
    assert not any(character in str(replayed) for character in said[offset:])
    # Who had read everything before the retraction ends with the same text.
    last = queue.streams._redis.xrevrange("wentu:stream:job_1", count=1)[0][1]["e"]
    event = json.loads(last)
    assert said[: event["offset"]] + event["replacement"] == said[:offset]
