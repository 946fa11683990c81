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
from wentu.knowledge import KnowledgeBase
from wentu.queue import Queue
from wentu.queue.valkey import EmbeddedValkey
from wentu.store import Exposure, Recording, Reply, Store, SupportCase, Vote, open_store
from wentu.store.batches import Item
from wentu.store.folder import FolderFiles
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


def lives(store: Store, queue: Queue, settings: Settings, owner: str, words: str) -> str:
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
    serves(store, settings, owner, words, job)
    return session


def serves(store: Store, settings: Settings, owner: str, words: str, job: str) -> None:
    """What customer service, batches and the comparison of versions keep of a user."""
    digest = ("12" if words == MARK else "34") * 32
    FolderFiles(settings.recorded_dir).put(words.encode(), digest)
    recorded = Query((Message("user", (words, Stored(digest))),), owner=owner)
    recording = store.recordings.add(Recording(recorded, "u", "s", owner, time.time() + 900, words, job))
    store.recordings.reply(Reply(recording, "v1", words, True, 1.0))
    store.recordings.vote(Vote(recording, "v1", "v2", owner, "v1"))
    store.exposures.add(Exposure("run", job, owner, "u", "v1", "stable", "chat", "answered"))
    store.batches.create([Item(words, recorded, ())], owner=owner, name=words, task="chat")
    about = ("answered", "", words, {"seen": words}, {"answer": words}, "replied", words, "agent", True)
    store.cases.add(SupportCase(f"sup_{owner}", owner, words, words, (), *about, 1.0, 1.0, time.time(), None))
    KnowledgeBase(settings).correct(words, words, author="agent")


def found(folder: Path, words: str) -> list[str]:
    """Files that hold the words in any form that we write: UTF-8, or JSON's escapes."""
    forms = (words.encode(), json.dumps(words)[1:-1].encode())
    return [str(path) for path in folder.rglob("*") if path.is_file() and any(f in path.read_bytes() for f in forms)]


@pytest.mark.parametrize("by", ["user", "session", "before"])
def test_what_is_erased_is_nowhere(settings: Settings, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    store, queue = open_store(settings), Queue(settings)
    user = store.keys.make("user", name=MARK).key.id
    session = lives(store, queue, settings, user, MARK)
    cut = time.time()
    other = store.keys.make("user", name="b").key.id if by != "before" else ""
    if other:
        lives(store, queue, settings, other, KEPT)
    time.sleep(1.1)  # the queue's file is written once a second
    assert len(found(settings.data_dir, MARK)) >= 3
    monkeypatch.setenv("WENTU_DATA_DIR", str(settings.data_dir))
    option = {"user": user, "session": session, "before": "2999-01-01"}[by]
    assert cut
    done = CliRunner().invoke(app, ["erase", f"--{by}", option, "--yes", "--json"])
    assert done.exit_code == 0, done.output
    counts = json.loads(done.stdout)
    once = ("sessions", "pictures", "reviews", "files", "recordings")
    assert [counts[name] for name in once] == [1] * len(once)
    assert (counts["jobs"], counts["cases"]) == ((1, 0) if by == "session" else (2, 1))
    left = found(settings.data_dir, MARK)
    if by == "user":
        assert left == []
        assert [name for name, rows in tables(store) if user in rows] == []
    else:  # the key's name is the administrator's own note, and goes with the user like a correction that they made
        assert {Path(path).name.removesuffix("-wal") for path in left} <= {"wentu.db", "knowledge.db"}
        beside = {"support_cases", "batches", "jobs"} if by == "session" else set()
        assert {name for name, rows in tables(store) if MARK in rows} <= {"api_keys"} | beside
    if other:
        assert found(settings.data_dir, KEPT)
        assert len(store.sessions.list(owner=other)[0]) == 1
    _, digests = queue.eraser.to_forget("0")
    assert digests == ["ab" * 32]
    assert store.audit.entries()[0].action == "erased" and store.audit.first_broken() is None
    store.close()


def tables(store: Store) -> list[tuple[str, str]]:
    """Every table but the audit, whose entries name ids for good, with its rows as text."""
    with store.database.read() as transaction:
        run = transaction.connection().exec_driver_sql
        names = [row[0] for row in run("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [(name, str(run(f"SELECT * FROM {name}").fetchall())) for name in names if name != "audit"]


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
