"""An answer with blocked words through worker, queue, database and API: read live, again, in the history, as a file."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wentu.api import create_app
from wentu.api.service import Service
from wentu.core.config import SafetySettings, Settings, WebSettings
from wentu.core.types import Chunk, Message, Prompt, Query, SamplingParams, VersionSpec
from wentu.engines.fake import FakeEngine
from wentu.intake import Intake
from wentu.pipeline import Parts, answer
from wentu.queue import Queue
from wentu.queue.valkey import EmbeddedValkey
from wentu.rollout import Rollout
from wentu.safety import Safety
from wentu.safety.desk import ReviewDesk
from wentu.safety.folding import fold
from wentu.safety.lexicon import Lexicon
from wentu.store import Store, open_store
from wentu.store.messages import text_content
from wentu.tasks import Chat
from wentu.worker.relay import Relay

WORDS = ("坏词", "三字词", "禁止的话")
PIECES = st.lists(
    st.one_of(
        st.text(alphabet="坏词三字禁止的话好。 a*\u200b\ufe0f壞詞", max_size=5),
        st.sampled_from(["坏", "词", "三*字", "词", "禁止", "的话", "可以说的话。"]),
    ),
    min_size=1,
    max_size=14,
)


class Saying(FakeEngine):
    """Says `pieces`, one a token."""

    pieces: Sequence[str] = ()

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        yield from (Chunk(piece) for piece in self.pieces)
        yield Chunk(finish_reason="stop")


class Engines:
    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine

    def get(self, version: str) -> FakeEngine:
        return self._engine


@dataclass
class Place:
    """A worker, a web process and what is between them."""

    store: Store
    queue: Queue
    relay: Relay
    engine: Saying
    client: FlaskClient
    lexicon: Lexicon

    def answered(self, pieces: Sequence[str]) -> tuple[str, str]:
        """Job and session of an answer in these pieces."""
        self.engine.pieces = pieces
        session = self.store.sessions.create(owner="local", title="").id
        made = self.store.sessions.ask(session, owner="local", parent=None, content=text_content("问"))
        query = Query((Message("user", ("问",)),), session=session)
        job = self.store.jobs.create(query, owner="local", session=session, answer_message=made.answer_message)
        self.queue.submit(job, owner="local")
        assert self.relay.serve() == job
        return job, session

    def read(self, path: str, **headers: str) -> str:
        response = self.client.get(path, headers=headers, buffered=True)
        assert response.status_code == 200, response.text
        return plain(response.text)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder: Path = tmp_path_factory.mktemp("place")
    (folder / "words.txt").write_text("\n".join(WORDS), "utf-8")
    made = Settings(
        data_dir=folder / "data",
        safety=SafetySettings(blocked_words=folder / "words.txt", pictures=False),
        web=WebSettings(requests_per_minute=1_000_000),
    )
    valkey = EmbeddedValkey(made)
    valkey.start()
    store, queue, engine = open_store(made), Queue(made), Saying()
    intake = Intake(made.intake, store.files.read)
    safety = Safety(made.safety, desk=ReviewDesk(store.database, store.reviews, store.audit))
    parts = Parts(
        intake=intake.load,
        safety=safety,
        rollout=Rollout([VersionSpec("v1", "fake")], "v1"),
        tasks={"chat": Chat()},
        ocr=lambda picture: (),
        engines=Engines(engine),
    )
    client = create_app(made, Service(made, store, intake, queue)).test_client()
    client.environ_base["HTTP_HOST"] = "127.0.0.1:8760"
    relay = Relay(lambda query: answer(query, parts), store.jobs, queue, 60)
    yield Place(store, queue, relay, engine, client, safety.screen().lexicon)
    intake.close()
    store.close()
    valkey.stop()


def plain(text: str) -> str:
    """A body with JSON's escapes undone."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)


def holds(text: str) -> bool:
    return any(word in fold(line).text for line in text.splitlines() for word in WORDS)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(pieces=PIECES)
def test_no_blocked_word_is_in_stream_history_export_or_log(
    place: Place, caplog: pytest.LogCaptureFixture, pieces: list[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        job, session = place.answered(pieces)
    events = place.read(f"/v1/jobs/{job}/events")
    entries = re.findall(r"^id: (\S+)", events, re.M)
    seen = {
        "the stream": events,
        "the stream after a reconnect": place.read(
            f"/v1/jobs/{job}/events", **{"Last-Event-ID": entries[len(entries) // 2]}
        ),
        "what the queue keeps": str(place.queue.streams._redis.xrange(f"wentu:stream:{job}")),
        "the job": place.read(f"/v1/jobs/{job}"),
        "the history": place.read(f"/v1/sessions/{session}"),
        "the Markdown export": place.read(f"/v1/sessions/{session}/export"),
        "the JSON export": place.read(f"/v1/sessions/{session}/export?format=json"),
        "the log": caplog.text,
    }
    assert [name for name, text in seen.items() if holds(text)] == []
    if not place.lexicon.scan("".join(pieces)).findings:
        assert place.store.jobs.load(job).answer.text == "".join(pieces)  # type: ignore[union-attr]
