"""A database of the first release, with rows of everything it had, brought forward to this one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from wentu.core.config import Settings
from wentu.core.errors import BadSetting
from wentu.store import Database, open_store
from wentu.store.database import MIGRATIONS, newest
from wentu.store.models import Base

KEY_SECRET = "wt-of-the-first-release"
DIGEST = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
# As the first release wrote them: later ones have more fields.
QUERY = """{"messages":[{"role":"user","parts":["合计?",{"digest":
"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]}],"task":"chat","model":"stable",
"sampling":{"max_tokens":4096,"temperature":null,"top_p":null,"top_k":null,"presence_penalty":null,
"repetition_penalty":null,"seed":7,"stop":[],"logprobs":null},"owner":"key_1","session":"ses_1","options":{}}"""
ANSWER = """{"text":"128 元","status":"verified","evidence":[{"start":0,"end":3,"picture":0,
"polygon":[[0.0,0.0],[1.0,0.0],[1.0,1.0],[0.0,1.0]],"text":"128","score":0.9,"alignment":"exact","source":"ocr"}],
"version":"v1","engine":"reader","finish_reason":"stop",
"usage":{"prompt_tokens":1,"completion_tokens":1,"cached_tokens":0},"timings":{"writing":0.5},
"unsupported":[],"logprobs":[],"result":null}"""
CONTENT = """[{"type":"text","text":"合计?"},{"type":"image_url","image_url":{"url":"wentu:pic_1"}}]"""
ROWS = [
    f"INSERT INTO api_keys VALUES ('key_1','前台','user','{hashlib.sha256(KEY_SECRET.encode()).hexdigest()}',1,NULL)",
    f"INSERT INTO pictures VALUES ('pic_1','key_1','{DIGEST}','票.jpg','image/jpeg',4,3,13,NULL,1,4e9)",
    "INSERT INTO sessions VALUES ('ses_1','key_1','发票','msg_2',1,2)",
    f"INSERT INTO messages VALUES (1,'msg_1','ses_1',NULL,'user','{CONTENT}','合计?','done',NULL,NULL,1)",
    "INSERT INTO messages VALUES "
    """(2,'msg_2','ses_1','msg_1','assistant','[]','128 元','done',NULL,'{"version":"v1"}',2)""",
    "INSERT INTO jobs VALUES "
    f"""('job_1','key_1','done',1,'{QUERY}','["pic_1"]','ses_1','msg_1','msg_2','{ANSWER}',NULL,1,1,2),"""
    f"""('job_2','key_1','queued',0,'{QUERY}','["pic_1"]','ses_1',NULL,NULL,NULL,NULL,3,NULL,NULL),"""
    f"""('job_3','key_1','running',2,'{QUERY}','[]',NULL,NULL,NULL,NULL,NULL,4,4,NULL)""",
]


def first_release(url: str) -> None:
    """Writes rows as that release did."""
    database = Database(url)
    database.upgrade("0001")
    with database.write() as transaction:
        connection = transaction.connection()
        for row in ROWS:
            connection.exec_driver_sql(row)
        if connection.dialect.name == "postgresql":  # what numbering by the sequence would have left
            connection.exec_driver_sql("SELECT setval('messages_number_seq', 2)")
    database.close()


def test_a_database_of_the_first_release_is_brought_forward_with_all_its_rows(empty_url: str, tmp_path: Path) -> None:
    first_release(empty_url)
    store = open_store(Settings(data_dir=tmp_path / "data", database_url=empty_url))
    try:
        with store.database.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        key = store.keys.find(KEY_SECRET)
        assert key is not None and (key.id, key.name, key.role) == ("key_1", "前台", "user")
        assert store.pictures.get("pic_1", owner="key_1").digest == DIGEST
        question, answer = store.sessions.messages("ses_1", owner="key_1")
        assert question.picture_ids == ("pic_1",) and answer.wentu == {"version": "v1"}
        assert [one.title for one in store.sessions.list(owner="key_1", query="128")[0]] == ["发票"]
        done = store.jobs.load("job_1")
        assert done.answer is not None and (done.answer.text, done.answer.review) == ("128 元", None)
        assert (done.priority, done.losses, done.batch) == ("interactive", 0, None)
        # What was open goes on: the one that waited, and the one whose worker is gone.
        assert store.jobs.unfinished() == ("job_2", "job_3")
        started = store.jobs.start("job_2")
        assert started and started.attempt == 1 and started.query.sampling.seed == 7
        assert store.jobs.release("job_3", 2, lost=True) and store.jobs.load("job_3").losses == 1
        asked = store.sessions.ask("ses_1", owner="key_1", parent="msg_2", content=[{"type": "text", "text": "?"}])
        assert store.sessions.get("ses_1", owner="key_1").head == asked.answer_message
    finally:
        store.close()


def test_the_newest_revision_is_the_one_that_alembic_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == newest()


def test_tables_that_are_up_to_date_are_left_alone(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(empty_url)
    try:
        database.upgrade()
        monkeypatch.setattr("wentu.store.upgrade.migrate", None)
        database.upgrade()
    finally:
        database.close()


def test_a_database_of_a_newer_release_is_left_alone_and_said_so(empty_url: str) -> None:
    database = Database(empty_url)
    try:
        database.upgrade()
        with database.write() as transaction:
            transaction.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(BadSetting, match="newer") as caught:
            database.upgrade()
        assert "9999" not in caught.value.message
        with database.read() as transaction:
            assert transaction.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    finally:
        database.close()
