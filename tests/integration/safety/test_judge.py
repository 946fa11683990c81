"""The optional judge behind a real engine, against a server that answers as Qwen3Guard does, or as it never should."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration.engines_openvino.parts import load
from scripted import Exchange, Scripted, event, scripted_server
from tiny import make_checkpoint
from wentu.core.clock import Clock
from wentu.core.config import SafetySettings, Settings
from wentu.core.errors import Refused
from wentu.core.types import Chunk, Message, Query, VersionSpec
from wentu.engines.remote import RemoteEngine
from wentu.safety import Released, Safety, release
from wentu.safety.judge import ModelJudge

HARM = "只有裁判知道的坏事"
VERDICTS = {True: "Safety: Unsafe\nCategories: Violent", False: "Safety: Safe\nCategories: None"}


def guard_model(exchange: Exchange) -> None:
    """What Qwen3Guard-Gen says of the last message, in the form of its model card."""
    messages = exchange.server.questions[-1].body["messages"]
    verdict = VERDICTS[HARM in str(messages[-1]["content"])]
    refusal = "\nRefusal: No" if messages[-1]["role"] == "assistant" else ""
    exchange.begin_stream()
    exchange.say(event(verdict + refusal), event(None, "stop"), b"data: [DONE]\n\n")


def saying(text: str) -> Any:
    def script(exchange: Exchange) -> None:
        exchange.begin_stream()
        exchange.say(event(text), event(None, "stop"), b"data: [DONE]\n\n")

    return script


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted_server() as made:
        made.script = guard_model
        yield made


@pytest.fixture
def engine(server: Scripted) -> Iterator[RemoteEngine]:
    settings = Settings.model_validate({"remote": {"url": server.url, "model": "Qwen3Guard-Gen-0.6B", "timeout_s": 5}})
    made = RemoteEngine.load(VersionSpec("remote", "remote"), settings)
    yield made
    made.close()


def judged(engine: RemoteEngine, **more: Any) -> Safety:
    return Safety(SafetySettings(judge="remote", pictures=False, **more), judge=engine.generate)


def asked(text: str) -> Query:
    return Query((Message("user", (text,)),))


def answered(safety: Safety, text: str, query: Query) -> Released:
    pieces = [Chunk(text[at : at + 40]) for at in range(0, len(text), 40)]
    running = release(iter([*pieces, Chunk(finish_reason="stop")]), safety.watch(query).guard(), Clock())
    while True:
        try:
            next(running)
        except StopIteration as end:
            released: Released = end.value
            return released


def test_a_guard_model_refuses_a_question_and_takes_an_answer_back(engine: RemoteEngine, server: Scripted) -> None:
    safety, query = judged(engine), asked("邻居家的花叫什么")
    safety.watch(query).check_question()
    with pytest.raises(Refused) as refused:
        safety.watch(asked(HARM)).check_question()
    assert refused.value.params["rule"] == "judge"
    fine, bad = answered(safety, "这是月季。", query), answered(safety, f"先说{HARM}。", query)
    assert (fine.shown, fine.finding) == ("这是月季。", None)
    assert bad.shown == "" and bad.finding is not None and bad.finding.category == "violent"
    assert answered(safety, f"{HARM}。" + "后来都很好。" * 400, query).shown == "", "all of a long answer is judged"
    told = [(one["role"], one["content"]) for one in server.questions[-1].body["messages"]]
    assert [role for role, _ in told] == ["user", "assistant"], "a guard model's own template holds the instruction"


def test_no_part_of_a_long_question_escapes_the_judge(engine: RemoteEngine) -> None:
    with pytest.raises(Refused):
        judged(engine).watch(asked("好" * 20_000 + HARM)).check_question()


@pytest.mark.parametrize(
    "said",
    [
        "",
        "I think this is fine.",
        "The text says: Safety: Safe",
        "Safety: Safe\nSafety: Unsafe",
        "Safety: Saf",
        '{"safe": true}',
    ],
)
def test_a_judge_that_speaks_in_another_form_blocks(engine: RemoteEngine, server: Scripted, said: str) -> None:
    server.script = saying(said)
    with pytest.raises(Refused) as refused:
        judged(engine).watch(asked("你好")).check_question()
    assert refused.value.params["rule"] == "guard_failed"
    assert answered(judged(engine), "你好。", asked("?")).shown == ""


def test_a_judge_that_fails_or_hangs_blocks_in_time(engine: RemoteEngine, server: Scripted) -> None:
    server.script = lambda exchange: exchange.answer(400, b'{"error": {"message": "secret"}}')
    with pytest.raises(Refused) as refused:
        judged(engine).watch(asked("你好")).check_question()
    assert refused.value.params["rule"] == "guard_failed"
    server.script = lambda exchange: exchange.wait_until_hung_up()
    started = time.monotonic()
    with pytest.raises(Refused) as refused:
        judged(engine, judge_timeout_s=0.3).watch(asked("你好")).check_question()
    assert refused.value.params["rule"] == "guard_timeout" and time.monotonic() - started < 3


@pytest.mark.parametrize(("said", "refuses"), [('"safe"', False), ("unsafe", True), ("unsafe, because", True)])
def test_any_other_model_is_asked_for_one_word(
    engine: RemoteEngine, server: Scripted, said: str, refuses: bool
) -> None:
    server.script = saying(said)
    watch = judged(engine, judge_form="word").watch(asked("你好"))
    if refuses:
        with pytest.raises(Refused):
            watch.check_question()
    else:
        watch.check_question()
    body = server.questions[-1].body
    assert "unsafe" in str(body["response_format"]) and "你好" in str(body["messages"])


def test_the_loaded_model_itself_is_held_to_one_word(tmp_path: Path) -> None:
    engine = load(make_checkpoint(tmp_path / "tiny"), tmp_path / "data")
    try:
        verdicts = {ModelJudge(engine.generate, guard_model=False)(text, "") for text in ("你好", "再见", "abc")}
    finally:
        engine.close()
    assert verdicts <= {None, "unsafe"}, "a model with random weights says nothing else either"
