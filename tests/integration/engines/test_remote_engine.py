"""The remote engine against a server that behaves as told."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tiny import picture
from wentu.core.config import Settings
from wentu.core.errors import (
    ContextOverflow,
    EngineBusy,
    EngineError,
    EngineMissing,
    EngineTimeout,
    EngineUnreachable,
)
from wentu.core.types import Chunk, Prompt, SamplingParams, Turn, Usage, VersionSpec
from wentu.engines.remote import RemoteEngine, exchange

SECRET = "sk-very-secret-key"
HELLO = Prompt((Turn("user", ("hello",)),))


def event(content: str) -> bytes:
    return b'data: {"choices": [{"delta": {"content": "%s"}}]}\n\n' % content.encode()


def made(url: str, **remote: object) -> RemoteEngine:
    settings = Settings.model_validate({"remote": {"url": url, "key": SECRET, "timeout_s": 5, **remote}})
    return RemoteEngine.load(VersionSpec("r", "remote"), settings)


@pytest.fixture
def engine(scripted: Any) -> Iterator[RemoteEngine]:
    engine = made(scripted.url)
    yield engine
    engine.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Second and third tries without pauses."""
    monkeypatch.setattr(exchange, "PAUSES_S", (0.0, 0.0))


def test_an_answer_comes_with_reason_usage_and_progress(engine: RemoteEngine) -> None:
    prompt = Prompt((Turn("user", (picture(), "hello")),))
    chunks = [chunk for chunk in engine.stream(prompt, SamplingParams()) if chunk != Chunk()]
    assert [chunk.text for chunk in chunks if chunk.text] == ["Hel", "lo"]
    assert [chunk.progress.stage for chunk in chunks if chunk.progress] == ["encoding", "reading_prompt", "writing"]
    assert chunks[-1] == Chunk(finish_reason="stop", usage=Usage(5, 2))


def test_the_first_model_that_the_server_lists_is_asked(scripted: Any, engine: RemoteEngine) -> None:
    engine.generate(HELLO, SamplingParams())
    assert [(request.method, request.path) for request in scripted.requests] == [
        ("GET", "/v1/models"),
        ("POST", "/v1/chat/completions"),
    ]
    assert scripted.questions[0].body["model"] == "first"


def test_a_named_model_is_asked_without_looking(scripted: Any) -> None:
    engine = made(scripted.url + "/", model="Qwen/Qwen3-VL-8B-Instruct")
    engine.generate(HELLO, SamplingParams())
    engine.close()
    assert [request.path for request in scripted.requests] == ["/v1/chat/completions"]
    assert scripted.questions[0].body["model"] == "Qwen/Qwen3-VL-8B-Instruct"
    assert engine.capabilities.box_scale == 1000


def test_the_key_goes_in_the_header_and_without_one_there_is_no_header(scripted: Any, engine: RemoteEngine) -> None:
    engine.generate(HELLO, SamplingParams())
    open_engine = made(scripted.url, key="")
    open_engine.generate(HELLO, SamplingParams())
    open_engine.close()
    sent = [request.headers.get("Authorization") for request in scripted.questions]
    assert sent == [f"Bearer {SECRET}", None]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("cut", [1, 3, 1000])
def test_the_stream_may_be_cut_anywhere(scripted: Any, engine: RemoteEngine, end: bytes, cut: int) -> None:
    text = b": ping\n\n" + event("图") + b": ping\n\n" + event("🙂") + b"data: [DONE]\n\n"
    data = text.replace(b"\n", end)

    def script(exchange: Any) -> None:
        exchange.begin_stream()
        exchange.say(*(data[at : at + cut] for at in range(0, len(data), cut)))

    scripted.script = script
    assert engine.generate(HELLO, SamplingParams()).text == "图🙂"


def test_closing_the_iterator_in_the_middle_closes_the_connection(scripted: Any, engine: RemoteEngine) -> None:
    def script(exchange: Any) -> None:
        exchange.begin_stream()
        exchange.talk_until_hung_up()

    scripted.script = script
    chunks = engine.stream(HELLO, SamplingParams())
    assert next(chunk.text for chunk in chunks if chunk.text) == "x "
    chunks.close()  # type: ignore[attr-defined]
    assert scripted.hung_up.wait(5)


def test_a_wait_for_the_first_byte_can_be_broken_off(scripted: Any, engine: RemoteEngine) -> None:
    scripted.script = lambda exchange: exchange.wait_until_hung_up()
    chunks = engine.stream(HELLO, SamplingParams())
    while not scripted.questions:
        next(chunks)
    begin = time.monotonic()
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]
    assert scripted.hung_up.wait(5)
    assert time.monotonic() - begin < 2


def test_closing_the_engine_ends_an_answer_under_way(scripted: Any, engine: RemoteEngine) -> None:
    scripted.script = lambda exchange: exchange.wait_until_hung_up()
    chunks = engine.stream(HELLO, SamplingParams())
    while not scripted.questions:
        next(chunks)
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        list(chunks)
    assert scripted.hung_up.wait(5)


def test_a_closed_engine_says_so(engine: RemoteEngine) -> None:
    engine.close()
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        engine.generate(HELLO, SamplingParams())


def test_several_questions_at_once_do_not_wait_for_each_other(scripted: Any, engine: RemoteEngine) -> None:
    together = threading.Barrier(4, timeout=10)

    def script(exchange: Any) -> None:
        together.wait()
        exchange.begin_stream()
        exchange.say(event(scripted.questions[0].body["model"]), b"data: [DONE]\n\n")

    scripted.script = script
    texts: list[str] = []
    threads = [
        threading.Thread(target=lambda: texts.append(engine.generate(HELLO, SamplingParams()).text)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == ["first"] * 4


def test_silence_is_a_timeout_and_is_not_tried_again(scripted: Any) -> None:
    scripted.script = lambda exchange: exchange.wait_until_hung_up()
    engine = made(scripted.url, timeout_s=0.3)
    with pytest.raises(EngineTimeout) as caught:
        engine.generate(HELLO, SamplingParams())
    engine.close()
    assert "WENTU_REMOTE__TIMEOUT_S" in caught.value.hint
    assert len(scripted.questions) == 1


def test_silence_in_mid_stream_is_a_timeout(scripted: Any) -> None:
    def script(exchange: Any) -> None:
        exchange.begin_stream()
        exchange.say(event("half"))
        exchange.wait_until_hung_up()

    scripted.script = script
    engine = made(scripted.url, timeout_s=0.3)
    with pytest.raises(EngineTimeout):
        engine.generate(HELLO, SamplingParams())
    engine.close()


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_three_times(scripted: Any, engine: RemoteEngine, at_once: None, status: int) -> None:
    scripted.script = lambda exchange: exchange.answer(status)
    with pytest.raises(EngineBusy) as caught:
        engine.generate(HELLO, SamplingParams())
    assert caught.value.retryable
    assert len(scripted.questions) == 3


def test_a_server_that_was_busy_for_a_moment_answers(scripted: Any, engine: RemoteEngine, at_once: None) -> None:
    hello: Callable[[Any], None] = scripted.script
    scripted.script = lambda exchange: hello(exchange) if len(scripted.questions) > 1 else exchange.answer(503)
    assert engine.generate(HELLO, SamplingParams()).text == "Hello"


def test_a_server_that_asks_for_a_long_pause_is_left_alone(scripted: Any, engine: RemoteEngine, at_once: None) -> None:
    scripted.script = lambda exchange: exchange.answer(429, retry_after="600")
    with pytest.raises(EngineBusy):
        engine.generate(HELLO, SamplingParams())
    assert len(scripted.questions) == 1


def test_a_connection_lost_before_the_first_byte_is_tried_again(
    scripted: Any, engine: RemoteEngine, at_once: None
) -> None:
    hello: Callable[[Any], None] = scripted.script
    scripted.script = lambda exchange: hello(exchange) if len(scripted.questions) > 1 else hang_up(exchange)
    assert engine.generate(HELLO, SamplingParams()).text == "Hello"


def hang_up(exchange: Any) -> None:
    exchange.connection.shutdown(socket.SHUT_RDWR)
    exchange.close_connection = True


def test_a_connection_lost_after_the_first_byte_is_not_tried_again(
    scripted: Any, engine: RemoteEngine, at_once: None
) -> None:
    def script(exchange: Any) -> None:
        exchange.begin_stream()
        exchange.say(event("half"))

    scripted.script = script
    shown: list[str] = []
    with pytest.raises(EngineUnreachable, match="broke off"):
        shown.extend(chunk.text for chunk in engine.stream(HELLO, SamplingParams()))
    assert len(scripted.questions) == 1


def test_a_connection_lost_after_the_reason_loses_only_the_usage(scripted: Any, engine: RemoteEngine) -> None:
    def script(exchange: Any) -> None:
        exchange.send_response(200)
        exchange.send_header("content-type", "text/event-stream")
        exchange.send_header("content-length", "1000")
        exchange.end_headers()
        exchange.say(event("whole"), b'data: {"choices": [{"delta": {}, "finish_reason": "length"}]}\n\n')
        hang_up(exchange)

    scripted.script = script
    found = engine.generate(HELLO, SamplingParams())
    assert (found.text, found.finish_reason, found.usage) == ("whole", "length", Usage())


@pytest.mark.parametrize(
    ("status", "cls", "variable"),
    [
        (400, EngineError, ""),
        (401, EngineError, "WENTU_REMOTE__KEY"),
        (404, EngineError, "WENTU_REMOTE__URL"),
        (500, EngineError, ""),
        (307, EngineError, "WENTU_REMOTE__URL"),
    ],
)
def test_a_refusal_says_what_to_do_and_is_not_tried_again(
    scripted: Any, engine: RemoteEngine, status: int, cls: type[EngineError], variable: str
) -> None:
    scripted.script = lambda exchange: exchange.answer(status, b"private words", location="http://127.0.0.1:9/")
    with pytest.raises(cls) as caught:
        engine.generate(HELLO, SamplingParams())
    assert variable in caught.value.hint
    assert len(scripted.questions) == 1


def test_a_question_that_is_too_long_is_a_context_overflow(scripted: Any, engine: RemoteEngine) -> None:
    scripted.script = lambda exchange: exchange.answer(400, b'{"error": {"code": "context_length_exceeded"}}')
    with pytest.raises(ContextOverflow):
        engine.generate(HELLO, SamplingParams())


def test_an_endless_error_body_is_not_read_to_its_end(scripted: Any, engine: RemoteEngine) -> None:
    def script(exchange: Any) -> None:
        exchange.send_response(400)
        exchange.send_header("connection", "close")
        exchange.end_headers()
        while True:
            exchange.say(b"x" * 10_000)

    scripted.script = script
    with pytest.raises(EngineError, match="HTTP 400"):
        engine.generate(HELLO, SamplingParams())
    assert scripted.hung_up.wait(5)


@pytest.mark.parametrize("content_type", ["text/html", "application/json", ""])
def test_a_body_that_is_no_event_stream_is_an_error(scripted: Any, engine: RemoteEngine, content_type: str) -> None:
    scripted.script = lambda exchange: exchange.answer(200, b"<html>private words</html>", content_type)
    with pytest.raises(EngineError, match="something else than an event stream") as caught:
        engine.generate(HELLO, SamplingParams())
    assert "WENTU_REMOTE__URL" in caught.value.hint


@pytest.mark.parametrize(
    "data",
    [b"data: {\n\n", b"data: <html>\n\n", b'data: {"error": "private words"}\n\n', b"", b"garbage\n\n\x00\xff\n\n"],
)
def test_a_stream_of_rubbish_is_an_engine_error(scripted: Any, engine: RemoteEngine, data: bytes) -> None:
    def script(exchange: Any) -> None:
        exchange.begin_stream()
        exchange.say(data)

    scripted.script = script
    with pytest.raises(EngineError) as caught:
        engine.generate(HELLO, SamplingParams())
    assert "private" not in caught.value.message + caught.value.hint


def test_an_event_without_end_does_not_fill_the_memory(scripted: Any, engine: RemoteEngine) -> None:
    def script(exchange: Any) -> None:
        exchange.begin_stream()
        while True:
            exchange.say(b"data: " + b"x" * 100_000)

    scripted.script = script
    with pytest.raises(EngineError, match="not understood"):
        engine.generate(HELLO, SamplingParams())
    assert scripted.hung_up.wait(5)


@pytest.mark.parametrize("models", [{}, {"data": []}, {"data": [{}]}, {"data": "x"}, [], None])
def test_a_server_without_models_asks_for_a_name(scripted: Any, engine: RemoteEngine, models: object) -> None:
    scripted.models = models
    with pytest.raises(EngineError, match="lists no model") as caught:
        engine.generate(HELLO, SamplingParams())
    assert "WENTU_REMOTE__MODEL" in caught.value.hint


def test_nobody_at_the_address_is_unreachable(at_once: None) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    engine = made(f"http://127.0.0.1:{port}/v1")
    with pytest.raises(EngineUnreachable) as caught:
        engine.generate(HELLO, SamplingParams())
    engine.close()
    assert "WENTU_REMOTE__URL" in caught.value.hint


def test_a_server_that_speaks_no_http_is_unreachable(at_once: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            for _ in range(3):
                client, _address = server.accept()
                client.recv(100)
                client.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")
                client.close()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        engine = made(f"http://127.0.0.1:{server.getsockname()[1]}/v1", model="m")
        with pytest.raises(EngineError):
            engine.generate(HELLO, SamplingParams())
        engine.close()
        thread.join(5)


@pytest.mark.parametrize(
    ("remote", "variable"),
    [
        ({"url": ""}, "WENTU_REMOTE__URL"),
        ({"url": "10.0.0.5:8000"}, "WENTU_REMOTE__URL"),
        ({"url": "ftp://host/v1"}, "WENTU_REMOTE__URL"),
        ({"url": "http://"}, "WENTU_REMOTE__URL"),
        ({"url": "http://user:hidden@host:port/v1"}, "WENTU_REMOTE__URL"),
        ({"url": "http://user:hidden@host/v1"}, "WENTU_REMOTE__URL"),
        ({"url": "http://host/v1", "key": "hidden key"}, "WENTU_REMOTE__KEY"),
        ({"url": "http://host/v1", "key": "hidden\n"}, "WENTU_REMOTE__KEY"),
        ({"url": "http://host/v1", "key": "hidden密"}, "WENTU_REMOTE__KEY"),
    ],
)
def test_settings_that_cannot_work_stop_the_start_by_name_and_not_by_value(
    remote: dict[str, str], variable: str
) -> None:
    with pytest.raises(EngineMissing) as caught:
        RemoteEngine.load(VersionSpec("r", "remote"), Settings.model_validate({"remote": remote}))
    said = f"{caught.value.message} {caught.value.hint} {caught.value.params}"
    assert variable in said
    assert "hidden" not in said


def test_the_key_is_in_no_log_and_no_error(
    scripted: Any, engine: RemoteEngine, at_once: None, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []
    with caplog.at_level(logging.DEBUG):
        for status in (401, 429, 500):
            scripted.script = lambda exchange, status=status: exchange.answer(status, SECRET.encode())
            with pytest.raises(EngineError) as caught:
                engine.generate(HELLO, SamplingParams())
            said += [caught.value.message, caught.value.hint, repr(caught.value), repr(caught.value.params)]
    assert SECRET not in "".join(said) + caplog.text + repr(engine)
