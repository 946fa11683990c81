from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from wentu.core.claims import Claim, Reading
from wentu.core.codec import event_from_json, event_to_json
from wentu.core.config import SafetySettings
from wentu.core.errors import EngineError, UnreadableImage
from wentu.core.results import Extraction, FieldValue
from wentu.core.types import (
    Chunk,
    Done,
    Event,
    Failed,
    Message,
    Page,
    Picture,
    PictureRef,
    Progress,
    Prompt,
    Query,
    SamplingParams,
    Stored,
    TextLine,
    Token,
    Turn,
    VersionSpec,
)
from wentu.engines.base import Capabilities
from wentu.engines.fake import FakeEngine
from wentu.pipeline import Parts, answer
from wentu.rollout import Rollout
from wentu.safety import Safety
from wentu.tasks import Chat, Task, Told, Tools

BOX = ((0.0, 0.0), (80.0, 0.0), (80.0, 20.0), (0.0, 20.0))
LINES = (TextLine("合计 25.00", BOX, 0.9),)


class Seeing(FakeEngine):
    capabilities = Capabilities(sees=True)


class Engines:
    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine

    def get(self, version: str) -> FakeEngine:
        return self.engine


def load(ref: PictureRef) -> Picture:
    assert isinstance(ref, Stored)
    if ref.digest == "broken":
        raise UnreadableImage("the picture is damaged")
    return Picture(ref.digest, np.zeros((20, 100, 3), np.uint8))


def parts(engine: FakeEngine, *more: Task[Any]) -> Parts:
    return Parts(
        intake=load,
        safety=Safety(SafetySettings()),
        rollout=Rollout([VersionSpec("v1", "fake")], "v1"),
        tasks={task.name: task for task in (Chat(), *more)},
        ocr=lambda picture: LINES,
        engines=Engines(engine),
    )


def ask(engine: FakeEngine, *content: Any, **fields: Any) -> list[Event]:
    return list(answer(Query((Message("user", content),), **fields), parts(engine)))


class Total(Task[str]):
    """A task with two readings: the line itself, and what the model says."""

    name = "total"
    spoken = False

    def read(self, query: Query, pages: Sequence[Page], tools: Tools) -> str:
        return pages[0].lines[0].text.split()[-1]

    def prompt(self, query: Query, pages: Sequence[Page], reading: str | None) -> Prompt:
        return Prompt((Turn("user", (pages[0].picture, "合计?")),))

    def claims(self, query: Query, pages: Sequence[Page], reading: str | None, said: str) -> tuple[Claim, ...]:
        assert reading is not None
        vlm = Reading(said, float(said), 0.5) if said else None
        return (Claim("total", "money", Reading(reading, float(reading), 0.9), vlm),)

    def tell(
        self, query: Query, pages: Sequence[Page], reading: str | None, said: str, judged: Mapping[str, FieldValue]
    ) -> Told:
        return Told(f"合计：{judged['total'].raw_text}", Extraction("receipt", judged))


def test_an_answer_goes_through_every_stop_in_order() -> None:
    events = ask(Seeing("合计是 25.00 元"), Stored("a"), "合计多少？")
    stages = list(dict.fromkeys(event.stage for event in events if isinstance(event, Progress)))
    assert stages == ["reading_picture", "reading_text", "encoding", "writing", "checking"]
    done = events[-1]
    assert isinstance(done, Done)
    assert "".join(event.text for event in events if isinstance(event, Token)) == done.answer.text
    assert (done.answer.status, done.answer.version, done.answer.engine) == ("verified", "v1", "fake")
    assert set(done.answer.timings) == {"intake", "safety", "ocr", "engine", "first_token", "verify"}


def total(engine: FakeEngine) -> list[Event]:
    query = Query((Message("user", (Stored("a"),)),), task="total")
    return list(answer(query, parts(engine, Total())))


@pytest.mark.parametrize(("said", "status"), [("25.00", "verified"), ("26.00", "conflict")])
def test_a_models_reading_is_judged_before_anything_of_it_is_shown(said: str, status: str) -> None:
    events = total(Seeing(said))
    assert "".join(event.text for event in events if isinstance(event, Token)) == "合计：25.00"
    done = events[-1]
    assert isinstance(done, Done) and isinstance(done.answer.result, Extraction)
    assert done.answer.result.fields["total"].status == status
    assert event_from_json(event_to_json(done)) == done


def test_an_engine_without_eyes_is_not_asked_for_a_reading() -> None:
    done = total(FakeEngine("crash:"))[-1]
    assert isinstance(done, Done) and isinstance(done.answer.result, Extraction)
    assert done.answer.result.fields["total"].status == "grounded"
    assert done.answer.usage.completion_tokens == 0


def test_an_invented_figure_is_reported_with_the_answer() -> None:
    done = ask(Seeing("合计是 99.00 元"), Stored("a"), "合计多少？")[-1]
    assert isinstance(done, Done)
    assert (done.answer.status, done.answer.unsupported) == ("unverified", ("99.00",))


def test_an_engine_without_eyes_is_never_called_verified() -> None:
    done = ask(FakeEngine("25.00"), Stored("a"), "合计多少？")[-1]
    assert isinstance(done, Done) and done.answer.status == "reader"


@pytest.mark.parametrize(
    ("content", "fields", "code"),
    [
        ((Stored("broken"), "?"), {}, "unreadable_image"),
        (("?",), {"model": "v9"}, "unknown_version"),
        (("?",), {"task": "dance"}, "unknown_task"),
        (("fail: no",), {}, "engine_error"),
    ],
)
def test_what_goes_wrong_ends_the_question_with_its_own_error(content: Any, fields: Any, code: str) -> None:
    failed = ask(FakeEngine(), *content, **fields)[-1]
    assert isinstance(failed, Failed)
    assert failed.code == code and failed.hint


def test_a_fault_inside_never_shows_its_text(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FakeEngine):
        def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
            raise RuntimeError("secret /home/me/path")

    failed = ask(Broken(), "?")[-1]
    assert isinstance(failed, Failed)
    assert failed.code == "internal_error" and "secret" not in failed.message + failed.hint
    assert "a question failed" in caplog.text


def test_leaving_in_the_middle_ends_the_engines_work() -> None:
    ended = []

    class Long(FakeEngine):
        def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
            try:
                while True:
                    yield Chunk("字")
            finally:
                ended.append(True)

    events = answer(Query((Message("user", ("?",)),)), parts(Long()))
    while not isinstance(next(events), Token):
        pass
    events.close()  # type: ignore[attr-defined]
    assert ended == [True]


def test_an_engine_that_stops_without_a_word_is_an_error() -> None:
    class Mute(FakeEngine):
        def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
            yield Chunk("half")

    with pytest.raises(EngineError):
        Mute().generate(Prompt(()), SamplingParams())
    failed = ask(Mute(), "?")[-1]
    assert isinstance(failed, Failed) and failed.code == "engine_error"


def test_chat_keeps_turns_and_pictures_in_their_places() -> None:
    messages = (
        Message("user", ("第一", Stored("a"))),
        Message("assistant", ("好",)),
        Message("user", (Stored("b"), "第二")),
    )
    pictures = [load(Stored("a")), load(Stored("b"))]
    prompt = Chat().prompt(Query(messages), [Page(pictures[0], LINES), Page(pictures[1], ())], None)
    assert [turn.role for turn in prompt.turns] == ["system", "user", "assistant", "user"]
    assert prompt.turns[1].parts == ("第一", pictures[0])
    assert prompt.turns[3].parts == (pictures[1], "第二")
    assert prompt.lines == (LINES, ())


def test_the_users_own_system_message_replaces_ours() -> None:
    prompt = Chat().prompt(Query((Message("system", ("只说是或否",)), Message("user", ("?",)))), [], None)
    assert [turn.text for turn in prompt.turns] == ["只说是或否", "?"]


class Looking(Seeing):
    """Remembers the pictures that it was shown, and answers with a box."""

    capabilities = Capabilities(sees=True, box_scale=1000.0, token_px=32)

    def __init__(self) -> None:
        super().__init__('{"bbox_2d": [0, 0, 500, 500]}')
        self.sizes: list[tuple[int, int]] = []

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        self.sizes = [(picture.width, picture.height) for picture in prompt.pictures]
        return super().stream(prompt, params)


def small_print(picture: Picture) -> tuple[TextLine, ...]:
    def line(y: float) -> TextLine:
        return TextLine("一行很小的字" * 8, ((50.0, y), (1900.0, y), (1900.0, y + 20), (50.0, y + 20)), 0.9)

    return tuple(line(float(y)) for y in range(50, 2900, 40))


def test_the_dial_decides_how_many_pixels_the_model_sees() -> None:
    engine = Looking()
    large = Picture("a", np.zeros((3000, 2000, 3), np.uint8))
    made = replace(parts(engine), intake=lambda ref: large, ocr=small_print)
    seen = []
    for detail in ("quick", "balanced", "precise"):
        done = list(answer(Query((Message("user", (Stored("a"), "看")),), options={"detail": detail}), made))[-1]
        assert isinstance(done, Done)
        # A box of the model may be meant in an enlarged part: it is no evidence then.
        assert any(item.source == "model" for item in done.answer.evidence) == (len(engine.sizes) == 1)
        seen.append(sum(width * height for width, height in engine.sizes))
    assert seen == sorted(seen) and seen[0] <= 576 * 32**2 and seen[2] > 2 * seen[0]


def test_a_picture_without_text_takes_fewer_tokens() -> None:
    engine = Looking()
    scene = replace(parts(engine), intake=lambda ref: Picture("a", np.zeros((2000, 2000, 3), np.uint8)))
    large = TextLine("合计 25.00", ((0, 0), (900, 0), (900, 90), (0, 90)), 0.9)
    pixels = []
    for lines in ((), (large,)):
        made = replace(scene, ocr=lambda picture, lines=lines: lines)
        list(answer(Query((Message("user", (Stored("a"), "看")),)), made))
        pixels.append(engine.sizes[0][0] * engine.sizes[0][1])
    assert pixels[0] <= 576 * 32**2 < pixels[1] <= 1024 * 32**2


def test_a_wrong_setting_of_the_dial_is_the_fault_of_the_question() -> None:
    failed = ask(Looking(), Stored("a"), "看", options={"detail": "ultra"})[-1]
    assert isinstance(failed, Failed) and failed.code == "bad_request"
