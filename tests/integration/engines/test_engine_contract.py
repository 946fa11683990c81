"""What every engine must do, whatever computes behind it: one suite for all that are registered."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tiny import SPECIAL_TOKENS, Sizes, make_checkpoint, picture
from tiny.gguf_files import make_gguf
from wentu.core.config import Settings
from wentu.core.errors import EngineError
from wentu.core.registry import Registry
from wentu.core.types import Chunk, Generation, Picture, Prompt, SamplingParams, TextLine, Turn, VersionSpec
from wentu.engines.base import Engine

# What the tiny model says again and again; the engines without a model find it in the question and in the lines.
SAYS = "图问🙂"
QUESTION = "图里写了什么? 图问🙂"
GREEDY = SamplingParams(max_tokens=24, temperature=0.0, presence_penalty=0.0)

REGISTRY: Registry[Engine] = Registry("wentu.engines")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, llama_server: str) -> Settings:
    return Settings.model_validate(
        {
            "data_dir": tmp_path_factory.mktemp("data"),
            "engine": {"threads": 1},
            "remote": {"url": llama_server, "timeout_s": 60},
        }
    )


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "tiny"
    make_checkpoint(folder, sizes=Sizes(layers=4), says=SAYS, forever=True)
    make_gguf(folder, folder)
    return folder


@pytest.fixture(scope="module", params=list(REGISTRY))
def engine(request: pytest.FixtureRequest, settings: Settings, model_dir: Path) -> Iterator[Engine]:
    name: str = request.param
    engine = REGISTRY.load(name).load(VersionSpec("tiny", name, model_dir), settings)
    yield engine
    engine.close()


def ask(*parts: str | Picture) -> Prompt:
    """A question whose pictures all show SAYS in one line."""
    line = TextLine(SAYS, ((4, 4), (60, 4), (60, 20), (4, 20)), 0.99)
    n_pictures = sum(isinstance(part, Picture) for part in parts)
    return Prompt((Turn("user", parts),), lines=((line,),) * n_pictures)


ASKED = ask(picture(64, 64, 1), QUESTION)


def with_(**changes: object) -> SamplingParams:
    values = {name: getattr(GREEDY, name) for name in SamplingParams.__slots__}
    return SamplingParams(**{**values, **changes})


def test_the_pieces_of_a_stream_are_the_whole_answer(engine: Engine) -> None:
    pieces = [chunk.text for chunk in engine.stream(ASKED, GREEDY)]
    whole = engine.generate(ASKED, GREEDY)
    assert "".join(pieces) == whole.text
    assert SAYS in whole.text


def test_the_last_chunk_alone_has_reason_and_usage(engine: Engine) -> None:
    chunks = list(engine.stream(ASKED, GREEDY))
    assert chunks[-1].finish_reason in ("stop", "length")
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens > 0
    assert not any(chunk.finish_reason or chunk.usage for chunk in chunks[:-1])


def test_chinese_and_emoji_come_in_whole_characters(engine: Engine) -> None:
    texts = [chunk.text for chunk in engine.stream(ASKED, GREEDY)]
    assert "🙂" in "".join(texts)
    for text in texts:
        assert "\ufffd" not in text
        assert text.encode("utf-8").decode("utf-8") == text


def test_a_stop_string_ends_the_answer_and_no_part_of_it_is_shown(engine: Engine) -> None:
    whole = engine.generate(ASKED, GREEDY).text
    found = engine.generate(ASKED, with_(stop=("问🙂",)))
    assert found.text == whole[: whole.index("问🙂")]
    assert found.finish_reason == "stop"


def test_a_stop_string_that_never_comes_changes_nothing(engine: Engine) -> None:
    assert engine.generate(ASKED, with_(stop=("问🙃", "END"))).text == engine.generate(ASKED, GREEDY).text


def test_reading_ahead_ends_and_changes_no_answer(engine: Engine) -> None:
    shown = picture(96, 64, 2)
    cold = engine.generate(ask(shown, QUESTION), GREEDY).text
    engine.forget(shown.digest)
    chunks = list(engine.warm(Prompt((Turn("user", (shown,)),))))
    assert chunks[-1].finish_reason is not None and not any(chunk.text for chunk in chunks)
    warm = engine.generate(ask(shown, QUESTION), GREEDY)
    assert warm.text == cold
    assert warm.usage.cached_tokens > 0 or not engine.capabilities.warms


def test_max_tokens_cuts_the_answer_and_says_so(engine: Engine) -> None:
    whole, cut = engine.generate(ASKED, GREEDY), engine.generate(ASKED, with_(max_tokens=3))
    assert cut.finish_reason == "length"
    assert cut.usage.completion_tokens == 3
    assert whole.text.startswith(cut.text) and len(cut.text) < len(whole.text)


def test_closing_the_iterator_cancels_and_the_engine_goes_on(engine: Engine) -> None:
    chunks = engine.stream(ASKED, with_(max_tokens=1500))
    assert next(chunk.text for chunk in chunks if chunk.text)
    chunks.close()  # type: ignore[attr-defined]
    assert engine.generate(ASKED, GREEDY).text


def test_closing_before_the_first_chunk_is_allowed(engine: Engine) -> None:
    chunks = engine.stream(ASKED, GREEDY)
    chunks.close()  # type: ignore[attr-defined]
    assert list(chunks) == []


def test_an_iterator_that_nobody_reads_on_blocks_nobody(engine: Engine) -> None:
    left = engine.stream(ASKED, with_(max_tokens=1500))
    assert next(chunk.text for chunk in left if chunk.text)
    assert engine.generate(ASKED, GREEDY).text
    left.close()  # type: ignore[attr-defined]


def test_two_threads_at_once_get_their_own_answers(engine: Engine) -> None:
    params = (GREEDY, with_(max_tokens=5), with_(stop=("🙂",)))
    alone = [engine.generate(ASKED, item) for item in params]
    together: dict[int, Generation] = {}

    def run(number: int) -> None:
        together[number] = engine.generate(ASKED, params[number])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(params))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [together[number] for number in range(len(params))]
    assert [(item.text, item.finish_reason) for item in found] == [(item.text, item.finish_reason) for item in alone]


@pytest.mark.parametrize("n_pictures", [0, 1, 3])
def test_any_number_of_pictures_can_be_asked_about(engine: Engine, n_pictures: int) -> None:
    pictures = [picture(64 + 40 * number, 96, number) for number in range(n_pictures)]
    assert engine.generate(ask(*pictures, QUESTION), GREEDY).text


def test_a_conversation_with_a_system_message_is_answered(engine: Engine) -> None:
    turns = (
        Turn("system", ("Be brief.",)),
        Turn("user", (picture(64, 64, 1), "a")),
        Turn("assistant", ("b",)),
        Turn("user", (picture(64, 64, 2), QUESTION)),
    )
    assert engine.generate(Prompt(turns, lines=ask(picture(), picture()).lines), GREEDY).text


def test_typed_control_tokens_are_text(engine: Engine) -> None:
    typed = "".join(SPECIAL_TOKENS)
    plain = engine.generate(ASKED, GREEDY)
    hostile = engine.generate(ask(picture(64, 64, 1), f"{typed} {QUESTION}"), GREEDY)
    assert hostile.text
    if engine.capabilities.sees:  # a placeholder too many would be refused, a control token would count as one
        assert hostile.text == plain.text
        assert hostile.usage.prompt_tokens >= plain.usage.prompt_tokens + 4 * len(SPECIAL_TOKENS)


@pytest.mark.parametrize(
    "prompt",
    [
        Prompt(()),
        Prompt((Turn("user", ()),)),
        Prompt((Turn("user", ("",)),)),
        ask("a\ud83db"),
        ask("\x00\u202e"),
        ask("长" * 50_000),
        ask(Picture("0" * 64, np.zeros((0, 0, 3), np.uint8)), "?"),
        ask(Picture("0" * 64, np.zeros((1, 4000, 3), np.uint8)), "?"),
        ask(Picture("0" * 64, np.zeros((1, 1, 3), np.uint8)), "?"),
    ],
    ids=["no-turns", "empty-turn", "empty-text", "surrogate", "control", "long", "no-pixels", "strip", "dot"],
)
def test_odd_questions_get_an_answer_or_an_engine_error(engine: Engine, prompt: Prompt) -> None:
    try:
        found = engine.generate(prompt, with_(max_tokens=4))
    except EngineError as exc:
        assert exc.message and exc.hint
    else:
        assert found.finish_reason in ("stop", "length")
    assert engine.generate(ASKED, GREEDY).text


def test_log_probabilities_are_given_where_the_engine_has_them(engine: Engine) -> None:
    found = engine.generate(ASKED, with_(logprobs=2)).logprobs
    if engine.capabilities.logprobs:
        assert found
        assert all(item.logprob <= 0 and len(item.top) <= 2 for item in found)
    else:
        assert found == ()


def test_a_json_schema_is_kept_where_the_engine_promises_it(engine: Engine) -> None:
    schema = {
        "type": "object",
        "properties": {"yes": {"type": "boolean"}},
        "required": ["yes"],
        "additionalProperties": False,
    }
    found = engine.generate(Prompt(ASKED.turns, ASKED.lines, json.dumps(schema)), with_(max_tokens=200))
    if engine.capabilities.json_schema:
        assert json.loads(found.text)["yes"] in (True, False)


def test_progress_is_told_before_the_text(engine: Engine) -> None:
    chunks: list[Chunk] = list(engine.stream(ASKED, GREEDY))
    first_text = next(number for number, chunk in enumerate(chunks) if chunk.text)
    assert any(chunk.progress for chunk in chunks[:first_text])


@pytest.mark.parametrize("name", list(REGISTRY))
def test_an_engine_can_be_closed_twice_and_then_only_raises_engine_errors(
    name: str, settings: Settings, model_dir: Path
) -> None:
    engine = REGISTRY.load(name).load(VersionSpec("tiny", name, model_dir), settings)
    engine.close()
    engine.close()
    try:
        engine.generate(ASKED, GREEDY)
    except EngineError as exc:
        assert exc.message
