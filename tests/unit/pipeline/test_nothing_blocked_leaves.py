"""Whatever an engine says and a task finds: no blocked word is in any event, in what is kept, or in the log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wentu.core.codec import event_to_json
from wentu.core.config import SafetySettings
from wentu.core.results import Extraction, FieldValue
from wentu.core.types import (
    Chunk,
    Done,
    Message,
    Page,
    Prompt,
    Query,
    Retract,
    SamplingParams,
    Token,
    Turn,
    VersionSpec,
)
from wentu.engines.fake import FakeEngine
from wentu.pipeline import Parts, answer
from wentu.rollout import Rollout
from wentu.safety import Safety
from wentu.safety.folding import fold
from wentu.store.answers import wentu_object
from wentu.tasks import Chat, Task, Told

WORDS = ("坏词", "forbidden", "三字词")
PIECES = st.lists(st.text(alphabet="坏词三字好。 a*\u200bＦforbidden壞", max_size=5), min_size=1, max_size=20)


class Saying(FakeEngine):
    """Says the pieces, one a token."""

    def __init__(self, pieces: Sequence[str]) -> None:
        super().__init__()
        self._pieces = pieces

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        yield from (Chunk(piece) for piece in self._pieces)
        yield Chunk(finish_reason="stop")


class Field(Task[None]):
    """Finds the question itself as the value of a field."""

    name = "field"
    spoken = False

    def prompt(self, query: Query, pages: Sequence[Page], reading: None) -> Prompt:
        return Prompt((Turn("user", ("?",)),))

    def tell(
        self, query: Query, pages: Sequence[Page], reading: None, said: str, judged: Mapping[str, FieldValue]
    ) -> Told:
        value = query.options["value"]
        found = FieldValue(value, value, value, "text", "grounded", 1.0)
        return Told("读到一个字段。", Extraction("receipt", {"name": found}))


class Engines:
    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine

    def get(self, version: str) -> FakeEngine:
        return self._engine


@pytest.fixture(scope="module")
def safety(tmp_path_factory: pytest.TempPathFactory) -> Safety:
    words: Path = tmp_path_factory.mktemp("words") / "words.txt"
    words.write_text("\n".join(WORDS), "utf-8")
    return Safety(SafetySettings(blocked_words=words))


def run(safety: Safety, pieces: Sequence[str], task: str, value: str = "") -> tuple[str, str]:
    """What a client ends up with, and everything that left the pipeline as one text."""
    parts = Parts(
        intake=lambda ref: (_ for _ in ()).throw(AssertionError),
        safety=safety,
        rollout=Rollout([VersionSpec("v1", "fake")], "v1"),
        tasks={one.name: one for one in (Chat(), Field())},
        ocr=lambda picture: (),
        engines=Engines(Saying(pieces)),
    )
    query = Query((Message("user", ("问",)),), task=task, options={"value": value})
    shown, left = "", []
    for event in answer(query, parts):
        left.append(event_to_json(event))
        if isinstance(event, Token):
            shown += event.text
        elif isinstance(event, Retract):
            shown = shown[: event.offset] + event.replacement
        elif isinstance(event, Done):
            assert event.answer.text == shown
            left.append(json.dumps(wentu_object(event.answer), ensure_ascii=False))
    return shown, "\n".join(left)


def holds(text: str) -> bool:
    plain = fold(text).text
    return any(word in plain for word in WORDS)


@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(pieces=PIECES)
def test_no_blocked_word_of_an_answer_leaves(
    safety: Safety, caplog: pytest.LogCaptureFixture, pieces: list[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        shown, left = run(safety, pieces, "chat")
    whole = "".join(pieces)
    assert not holds(shown) and not holds(caplog.text)
    assert not any(holds(line) for line in left.splitlines())
    if not holds(whole) and not safety.screen().lexicon.scan(whole).findings:
        assert whole.startswith(shown)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=st.text(alphabet="坏词三字好。 a*\u200bforbidden壞", max_size=14))
def test_no_blocked_word_of_a_field_leaves(safety: Safety, value: str) -> None:
    _, left = run(safety, ["x"], "field", value)
    assert not holds(left)
    assert ('"kind":"extraction"' in left) == (not safety.screen().lexicon.scan(value).findings)
