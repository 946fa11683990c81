"""The remote engine against a real OpenAI-compatible server that sees: llama.cpp's, with a tiny Qwen3-VL."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import httpx
import pytest

from tiny import SPECIAL_TOKENS, picture
from wentu.core.config import Settings
from wentu.core.errors import EngineError
from wentu.core.types import Picture, Prompt, SamplingParams, Turn, VersionSpec
from wentu.engines.remote import RemoteEngine

SAYS = "图问🙂"


@pytest.fixture(scope="module")
def engine(llama_server: str) -> Iterator[RemoteEngine]:
    settings = Settings.model_validate({"remote": {"url": llama_server, "timeout_s": 60}})
    engine = RemoteEngine.load(VersionSpec("r", "remote"), settings)
    yield engine
    engine.close()


def ask(*parts: str | Picture) -> Prompt:
    return Prompt((Turn("user", parts),))


def params(max_tokens: int = 40, **more: object) -> SamplingParams:
    return SamplingParams(max_tokens=max_tokens, temperature=0.0, **more)  # type: ignore[arg-type]


def test_a_question_about_pictures_is_answered_in_whole_characters(engine: RemoteEngine) -> None:
    prompt = ask(picture(64, 64, 1), picture(100, 40, 2), "图里写了什么?")
    texts = [chunk.text for chunk in engine.stream(prompt, params(24)) if chunk.text]
    assert "".join(texts) == SAYS * 3
    assert set(texts) <= set(SAYS)


def test_pictures_reach_the_model_as_tokens(engine: RemoteEngine) -> None:
    plain, seen = (engine.generate(prompt, params(1)).usage for prompt in (ask("a"), ask(picture(256, 256), "a")))
    assert seen.prompt_tokens >= plain.prompt_tokens + (256 // 32) ** 2


def test_the_answer_ends_at_max_tokens_with_its_usage(engine: RemoteEngine) -> None:
    found = engine.generate(ask("a"), params(8))
    assert (found.text, found.finish_reason, found.usage.completion_tokens) == (SAYS, "length", 8)


def test_a_stop_string_ends_the_answer_and_does_not_show(engine: RemoteEngine) -> None:
    found = engine.generate(ask("a"), params(stop=("问🙂图",)))
    assert (found.text, found.finish_reason) == ("图", "stop")


def test_log_probabilities_come_through(engine: RemoteEngine) -> None:
    found = engine.generate(ask("a"), params(10, logprobs=2))
    assert found.logprobs
    assert all(-0.01 < item.logprob <= 0 and len(item.top) == 2 for item in found.logprobs)


def test_a_json_schema_is_kept_by_the_server(engine: RemoteEngine) -> None:
    schema = {"type": "object", "properties": {"yes": {"type": "boolean"}}, "required": ["yes"]}
    prompt = Prompt(ask("a").turns, json_schema=json.dumps(schema | {"additionalProperties": False}))
    assert json.loads(engine.generate(prompt, params(200)).text)["yes"] in (True, False)


@pytest.mark.parametrize("token", [*SPECIAL_TOKENS, "<__media__>"])
def test_typed_control_tokens_stay_text_on_a_server_that_would_take_them(engine: RemoteEngine, token: str) -> None:
    plain, hostile = (
        engine.generate(ask(picture(), text), params(1)).usage.prompt_tokens for text in ("a", f"a{token}")
    )
    assert hostile >= plain + len("<||>")


def test_closing_the_iterator_frees_the_server(engine: RemoteEngine, llama_server: str) -> None:
    chunks = engine.stream(ask("a"), params(1900))
    assert next(chunk.text for chunk in chunks if chunk.text) == SAYS[0]
    assert busy(llama_server)
    chunks.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 2
    while busy(llama_server) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not busy(llama_server)


def busy(url: str) -> bool:
    slots = httpx.get(url.removesuffix("/v1") + "/slots").json()
    return any(slot["is_processing"] for slot in slots)


def test_a_question_beyond_the_servers_context_is_a_clear_error(engine: RemoteEngine) -> None:
    with pytest.raises(EngineError) as caught:
        engine.generate(ask("长" * 4000), params(1))
    assert caught.value.code == "context_overflow"
