"""Events of a streamed completion, well-formed and otherwise."""

from __future__ import annotations

import json

import pytest

from wentu.core.errors import ContextOverflow, EngineBusy, EngineError, EngineUnreachable
from wentu.core.types import Chunk, TokenLogprob, Usage
from wentu.engines.remote.reply import Reply


def delta(content: object, reason: str | None = None, **more: object) -> str:
    return json.dumps({"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": reason}], **more})


def text_of(reply: Reply, *events: str) -> str:
    return "".join(chunk.text for event in events for chunk in reply.take(event))


def test_text_reason_and_usage_are_taken() -> None:
    reply = Reply(())
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}
    events = (delta(None), delta("图"), delta("🙂"), delta(None, "length"), json.dumps({"choices": [], "usage": usage}))
    assert text_of(reply, *events) == "图🙂"
    assert not reply.complete
    assert reply.take("[DONE]") == []
    assert reply.complete
    assert reply.last() == Chunk(finish_reason="length", usage=Usage(9, 2, 4))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("stop", "stop"), ("length", "length"), ("content_filter", "blocked"), ("tool_calls", "stop"), ("eos", "stop")],
)
def test_reasons_are_put_into_our_words(theirs: str, ours: str) -> None:
    reply = Reply(())
    reply.take(delta("", theirs))
    assert reply.last().finish_reason == ours


def test_done_without_a_reason_is_a_normal_end() -> None:
    reply = Reply(())
    reply.take("[DONE]")
    assert reply.last().finish_reason == "stop"


def test_an_end_without_reason_and_without_done_is_a_broken_answer() -> None:
    reply = Reply(())
    reply.take(delta("half an ans"))
    with pytest.raises(EngineUnreachable, match="broke off"):
        reply.last()


def test_a_stop_string_that_the_server_sends_along_is_kept_back() -> None:
    reply = Reply(("END",))
    assert text_of(reply, delta("so E"), delta("ND more")) == "so "
    assert reply.complete
    assert reply.last().finish_reason == "stop"


def test_a_character_in_two_events_is_whole() -> None:
    reply = Reply(())
    halves = ('{"choices": [{"delta": {"content": "a\\ud83d"}}]}', '{"choices": [{"delta": {"content": "\\ude42"}}]}')
    assert [chunk.text for half in halves for chunk in reply.take(half)] == ["a", "🙂"]


def test_log_probabilities_come_with_their_alternatives() -> None:
    content = [{"token": "a", "logprob": -0.5, "top_logprobs": [{"token": "b", "logprob": -1}, {"token": "c"}]}]
    event = json.dumps({"choices": [{"delta": {"content": "a"}, "logprobs": {"content": content}}]})
    assert Reply(()).take(event) == [Chunk("a", (TokenLogprob("a", -0.5, (("b", -1.0),)),))]


@pytest.mark.parametrize(
    "event",
    [
        "{}",
        "[]",
        "7",
        '"x"',
        "null",
        '{"choices": null}',
        '{"choices": [7]}',
        '{"choices": [{"delta": 7}]}',
        '{"choices": [{"delta": {"content": ["x"]}, "logprobs": {"content": [7, {"token": 1}]}}], "usage": 7}',
    ],
)
def test_events_of_another_shape_bring_nothing_and_break_nothing(event: str) -> None:
    assert Reply(()).take(event) == []


@pytest.mark.parametrize("event", ["{", "", "hello", "[" * 200_000])
def test_an_event_that_is_no_json_is_an_error(event: str) -> None:
    with pytest.raises(EngineError, match="no JSON"):
        Reply(()).take(event)


@pytest.mark.parametrize(
    ("error", "cls"),
    [
        ({"message": "private words"}, EngineError),
        ("private words", EngineError),
        ({"message": "private words", "code": 503}, EngineBusy),
        ({"message": "private words", "type": "exceed_context_size_error", "code": 400}, ContextOverflow),
        ({"message": "private words", "code": "context_length_exceeded"}, ContextOverflow),
    ],
)
def test_an_error_in_mid_stream_is_ours_without_its_words(error: object, cls: type[EngineError]) -> None:
    with pytest.raises(EngineError) as caught:
        Reply(()).take(json.dumps({"error": error}))
    assert type(caught.value) is cls
    assert "private" not in f"{caught.value.message} {caught.value.hint} {caught.value.params}"
