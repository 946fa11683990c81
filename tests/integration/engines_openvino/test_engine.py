"""The whole engine on the tiny checkpoint: the reference's answers, however the work is cut and shared."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from integration.engines_openvino.parts import GREEDY, Watched, ask, load, same
from integration.engines_openvino.reference import Reference
from tiny import make_checkpoint, picture
from wentu.core.errors import BadRequest, ContextOverflow, EngineError, EngineTimeout, WeightsMissing
from wentu.core.types import Chunk, Prompt, SamplingParams, Turn
from wentu.engines.loop.sampling import log_probabilities
from wentu.engines.openvino import OpenVinoEngine

WITH_LOGPROBS = replace(GREEDY, logprobs=0)
LONG = "the picture shows a cat on the table and what is in the picture " * 12


@pytest.fixture(scope="module")
def engine(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenVinoEngine]:
    engine = load(folder, tmp_path_factory.mktemp("data"))
    yield engine
    engine.close()


@pytest.fixture
def fresh(engine: OpenVinoEngine) -> OpenVinoEngine:
    """The engine with nothing remembered."""
    done = threading.Event()
    engine._parts.scheduler.between_rounds(engine._parts.cache.clear)
    engine._parts.scheduler.between_rounds(engine._parts.features._kept.clear)
    engine._parts.scheduler.between_rounds(done.set)
    assert done.wait(5)
    return engine


@pytest.mark.parametrize("sizes", [(), ((300, 200),), ((100, 400), (256, 256))], ids=["text", "one", "two pictures"])
def test_greedy_tokens_and_their_probabilities_are_the_references(
    sizes: tuple[tuple[int, int], ...], fresh: OpenVinoEngine, reference: Reference
) -> None:
    pictures = [picture(width, height, seed) for seed, (width, height) in enumerate(sizes)]
    prompt = ask(*pictures, "图里写了什么?")
    encoded = fresh._parts.encoder.encode(prompt)
    expected = reference.greedy(encoded.ids, pictures, 10)
    answer = fresh.generate(prompt, replace(WITH_LOGPROBS, max_tokens=10))
    names = [fresh._parts.tokenizer.name_of(token) for token in expected]
    assert [token.token for token in answer.logprobs] == names[: len(answer.logprobs)] and len(answer.logprobs) >= 9
    logits = reference.logits([*encoded.ids, *expected], pictures)[len(encoded.ids) - 1 :]
    for index, token in enumerate(answer.logprobs):
        assert token.logprob == pytest.approx(float(log_probabilities(logits[index])[expected[index]]), abs=1e-3)


def test_a_prompt_of_several_chunks_is_answered_like_the_reference(fresh: OpenVinoEngine, reference: Reference) -> None:
    prompt, shown = ask(LONG, picture(256, 256), LONG), [picture(256, 256)]
    encoded = fresh._parts.encoder.encode(prompt)
    watched = Watched(fresh)
    answer = fresh.generate(prompt, replace(WITH_LOGPROBS, max_tokens=4))
    watched.stop()
    assert len(encoded.ids) > 512 and len(watched.rows) > 3
    names = [fresh._parts.tokenizer.name_of(token) for token in reference.greedy(encoded.ids, shown, 4)]
    assert [token.token for token in answer.logprobs] == names[: len(answer.logprobs)] and answer.logprobs


def test_the_second_turn_reads_only_what_is_new_and_says_the_same(fresh: OpenVinoEngine, folder: Path) -> None:
    first = ask(picture(300, 300), "what is in the picture")
    answer = fresh.generate(first, GREEDY)
    turns = (*first.turns, Turn("assistant", (answer.text,)))
    second = ask("and on the table", before=turns)
    reused = fresh.generate(second, WITH_LOGPROBS)
    assert reused.usage.cached_tokens >= len(fresh._parts.encoder.encode(first).ids)
    fresh.forget("")
    alone = fresh.generate(second, WITH_LOGPROBS)
    assert alone.usage.cached_tokens == 0
    assert same(reused, alone)


def test_questions_asked_together_get_the_answers_that_each_gets_alone(fresh: OpenVinoEngine) -> None:
    prompts = [ask(picture(100 + 90 * i, 300, seed=i), f"question {i} " * (1 + 9 * i)) for i in range(6)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda prompt: fresh.generate(prompt, WITH_LOGPROBS), prompts))
    for prompt, answer in zip(prompts, together, strict=True):
        fresh.forget("")
        assert same(answer, fresh.generate(prompt, WITH_LOGPROBS))


def test_a_question_that_arrives_later_joins_the_running_ones(fresh: OpenVinoEngine) -> None:
    watched = Watched(fresh)
    slow = fresh.stream(ask("the cat"), replace(GREEDY, max_tokens=90))
    while not next(slow).text:
        pass
    fresh.generate(ask("on the table"), replace(GREEDY, max_tokens=5))
    slow.close()
    watched.stop()
    assert max(len(call) for call in watched.rows) == 2


def test_the_same_seed_gives_the_same_answer_beside_other_work(fresh: OpenVinoEngine) -> None:
    params = SamplingParams(max_tokens=20, temperature=0.9, top_k=0, top_p=0.95, presence_penalty=0.0, seed=11)
    alone = fresh.generate(ask("图里写了什么?"), params)
    with ThreadPoolExecutor(4) as pool:
        beside = list(
            pool.map(lambda i: fresh.generate(ask("图里写了什么?"), replace(params, seed=11 + i // 2)), range(4))
        )
    assert beside[0].text == beside[1].text == alone.text
    assert beside[2].text == beside[3].text != alone.text


def test_closing_a_stream_frees_the_engine_at_once(fresh: OpenVinoEngine) -> None:
    stream = fresh.stream(ask("cat"), replace(GREEDY, max_tokens=90))
    while not next(stream).text:
        pass
    stream.close()
    deadline = time.monotonic() + 5
    while fresh._parts.scheduler._sequences and time.monotonic() < deadline:
        time.sleep(0.01)
    assert fresh._parts.scheduler._sequences == []
    assert fresh._parts.cache.n_available == fresh._parts.cache.n_blocks


def test_a_picture_whose_question_was_cancelled_is_not_read_to_its_end(fresh: OpenVinoEngine) -> None:
    stream = fresh.stream(ask(picture(512, 512), "?"), GREEDY)
    first = next(stream)
    assert first.progress is not None and first.progress.stage == "encoding" and first.progress.fraction == 0.25
    stream.close()
    fresh.generate(ask("cat"), replace(GREEDY, max_tokens=1))
    assert fresh._parts.scheduler._reader.fraction == {}


def test_stages_are_told_in_their_order(fresh: OpenVinoEngine) -> None:
    chunks = list(fresh.stream(ask(picture(256, 256), LONG), GREEDY))
    stages = [chunk.progress.stage for chunk in chunks if chunk.progress]
    assert [s for i, s in enumerate(stages) if i == 0 or stages[i - 1] != s] == [
        "encoding",
        "reading_prompt",
        "writing",
    ]
    assert chunks[-1].finish_reason is not None and chunks[-1].usage is not None


def test_a_late_answer_ends_with_a_timeout(folder: Path, tmp_path: Path) -> None:
    engine = load(folder, tmp_path, deadline_s=0.3)
    watched = Watched(engine)
    watched.go.clear()
    threading.Timer(0.6, watched.go.set).start()
    with pytest.raises(EngineTimeout):
        engine.generate(ask("cat"), GREEDY)
    engine.close()


SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"invoice_number": {"type": "string", "pattern": "^[0-9]{3}$"}, "paid": {"type": "boolean"}},
        "required": ["invoice_number", "paid"],
        "additionalProperties": False,
    }
)


def test_json_is_valid_and_its_skeleton_costs_few_calls(fresh: OpenVinoEngine) -> None:
    watched = Watched(fresh)
    answer = fresh.generate(ask(picture(256, 256), "fields", schema=SCHEMA), replace(WITH_LOGPROBS, max_tokens=80))
    watched.stop()
    tree = json.loads(answer.text)
    assert list(tree) == ["invoice_number", "paid"] and len(tree["invoice_number"]) == 3
    assert answer.finish_reason == "stop"
    # Every token is reported, forced ones too, though most of them came in one call with others.
    assert "".join(token.token for token in answer.logprobs) == answer.text
    assert len(watched.rows) < len(answer.logprobs) / 2


def test_forced_tokens_have_the_log_probabilities_that_the_model_gives_them(
    fresh: OpenVinoEngine, reference: Reference
) -> None:
    prompt = ask("fields", schema=SCHEMA)
    answer = fresh.generate(prompt, replace(WITH_LOGPROBS, max_tokens=80))
    ids = fresh._parts.encoder.encode(prompt).ids
    by_name = {fresh._parts.tokenizer.name_of(i): i for i in range(fresh._parts.tokenizer.n_tokens)}
    written = [by_name[token.token] for token in answer.logprobs]
    logits = reference.logits([*ids, *written])[len(ids) - 1 :]
    expected = [float(log_probabilities(row)[token]) for row, token in zip(logits, written, strict=False)]
    np.testing.assert_allclose([token.logprob for token in answer.logprobs], expected, atol=2e-3)


def test_an_output_format_that_is_none_is_a_bad_request(engine: OpenVinoEngine) -> None:
    with pytest.raises(BadRequest):
        engine.generate(ask("x", schema="{"), GREEDY)


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_drafts_save_calls_and_change_no_token(fresh: OpenVinoEngine, temperature: float) -> None:
    """The page's text is what the model is about to say: replayed, so that the guesses are right."""
    params = replace(WITH_LOGPROBS, max_tokens=60, temperature=temperature, seed=5, top_k=5)
    plain = fresh.generate(ask("what is in the picture"), params)
    fresh.forget("")
    page = "".join(token.token for token in plain.logprobs if "\ufffd" not in token.token)
    watched = Watched(fresh)
    drafted = fresh.generate(ask("what is in the picture", lines=page or "cat"), params)
    watched.stop()
    assert same(drafted, plain)


def test_a_page_that_the_answer_repeats_is_read_off_in_few_calls(tmp_path: Path) -> None:
    says = "the picture"
    folder = make_checkpoint(tmp_path / "model", says=says)
    engine = load(folder, tmp_path / "data")
    n_tokens = len(engine._parts.tokenizer.encode(says))
    calls = {}
    for lines in ("", says):
        engine.forget("")
        watched = Watched(engine)
        answer = engine.generate(ask("?", lines=lines), GREEDY)
        watched.stop()
        assert answer.text == says and answer.finish_reason == "stop"
        calls[lines] = len(watched.rows)
    engine.close()
    assert calls[""] == n_tokens + 1
    assert calls[says] < calls[""]


def test_a_picture_warmed_up_beforehand_is_not_read_again(fresh: OpenVinoEngine) -> None:
    shown, system = picture(400, 300), Turn("system", ("Be brief.",))
    beginning = Prompt((system, Turn("user", (shown,))))
    assert [chunk.finish_reason for chunk in fresh.warm(beginning)][-1] == "length"
    answer = fresh.generate(ask(shown, "what is it", before=(system,)), WITH_LOGPROBS)
    assert answer.usage.cached_tokens == len(fresh._parts.encoder.encode(beginning, complete=False).ids)
    fresh.forget("")
    assert same(answer, fresh.generate(ask(shown, "what is it", before=(system,)), WITH_LOGPROBS))


def test_background_work_waits_for_questions_and_then_goes_on(fresh: OpenVinoEngine) -> None:
    watched = Watched(fresh)
    watched.go.clear()
    question = fresh.stream(ask("the cat"), replace(GREEDY, max_tokens=8))
    reader = threading.Thread(target=lambda: list(question))
    reader.start()
    while not fresh._parts.scheduler._sequences:
        time.sleep(0.005)
    warming = fresh.warm(ask(LONG))
    assert next(warming) == Chunk()
    watched.go.set()
    reader.join()
    asked = len(watched.rows)
    list(warming)
    watched.stop()
    assert all(rows < 64 for call in watched.rows[: asked - 1] for rows in call)
    assert fresh.generate(ask(LONG), replace(GREEDY, max_tokens=1)).usage.cached_tokens > 300


def test_background_work_that_nobody_lets_through_does_not_pile_up(fresh: OpenVinoEngine) -> None:
    watched = Watched(fresh)
    watched.go.clear()
    question = threading.Thread(target=lambda: fresh.generate(ask("the cat"), replace(GREEDY, max_tokens=8)))
    question.start()
    while not fresh._parts.scheduler._sequences:
        time.sleep(0.005)
    warmings = [fresh.warm(ask(f"{i} ", LONG)) for i in range(12)]
    for warming in warmings:
        next(warming)
    watched.go.set()
    question.join()
    ends = [list(warming)[-1].finish_reason for warming in warmings]
    assert ends == ["cancelled"] * 4 + ["length"] * 8
    watched.stop()
    cached = [fresh.generate(ask(f"{i} ", LONG), replace(GREEDY, max_tokens=1)).usage.cached_tokens for i in range(12)]
    assert max(cached[:4]) < 10 and min(cached[4:]) > 300


def test_a_picture_known_from_another_conversation_is_not_encoded_again(fresh: OpenVinoEngine) -> None:
    shown = picture(300, 300)
    fresh.generate(ask(shown, "one"), GREEDY)
    chunks = list(fresh.stream(ask("another beginning", shown, "two"), GREEDY))
    assert not any(chunk.progress and chunk.progress.stage == "encoding" for chunk in chunks)


def test_a_forgotten_picture_is_read_anew(fresh: OpenVinoEngine) -> None:
    shown = picture(300, 300)
    fresh.generate(ask(shown, "one"), GREEDY)
    fresh.forget(shown.digest)
    chunks = list(fresh.stream(ask(shown, "one"), GREEDY))
    assert any(chunk.progress and chunk.progress.stage == "encoding" for chunk in chunks)
    assert chunks[-1].usage is not None and chunks[-1].usage.cached_tokens == 0


def test_a_small_cache_takes_turns_and_still_gives_every_right_answer(folder: Path, tmp_path: Path) -> None:
    engine = load(folder, tmp_path, kv_cache_mb=1)  # 20 blocks: 640 tokens for four conversations of about 300
    prompts = [ask(f"{i} ", picture(256, 256, seed=i), LONG[: 200 + 30 * i]) for i in range(4)]
    params = replace(WITH_LOGPROBS, max_tokens=40)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda prompt: engine.generate(prompt, params), prompts))
    for prompt, answer in zip(prompts, together, strict=True):
        engine.forget("")
        assert same(answer, engine.generate(prompt, params))
    assert engine._parts.cache.n_available == engine._parts.cache.n_blocks
    with pytest.raises(ContextOverflow, match="room for 640"):
        engine.generate(ask(LONG * 2), GREEDY)
    engine.close()


def test_a_fault_in_one_call_ends_its_questions_and_not_the_engine(fresh: OpenVinoEngine) -> None:
    scheduler = fresh._parts.scheduler
    run, scheduler._run = scheduler._run, lambda batch: 1 / 0
    with pytest.raises(EngineError) as caught:
        fresh.generate(ask("cat"), GREEDY)
    scheduler._run = run
    assert "division" not in caught.value.message
    assert fresh.generate(ask("cat"), GREEDY).text
    assert fresh._parts.cache.n_available == fresh._parts.cache.n_blocks


def test_nobody_waits_for_an_engine_whose_thread_has_died(folder: Path, tmp_path: Path) -> None:
    engine = load(folder, tmp_path)

    def die(sequences: object, work: object) -> None:
        raise AssertionError("a fault in the scheduler itself")

    engine._parts.scheduler._guarded = die  # type: ignore[method-assign, assignment]
    with pytest.raises(EngineError, match="closed"):
        engine.generate(ask("cat"), GREEDY)
    with pytest.raises(EngineError, match="closed"):
        engine.generate(ask("cat"), GREEDY)
    engine.close()


def test_a_closed_engine_says_so_and_leaves_no_thread(folder: Path, tmp_path: Path) -> None:
    engine = load(folder, tmp_path)
    running = engine.stream(ask("cat"), replace(GREEDY, max_tokens=200))
    next(running)
    engine.close()
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        list(running)
    with pytest.raises(EngineError, match="closed"):
        engine.generate(ask("cat"), GREEDY)
    assert not engine._parts.scheduler._thread.is_alive()


def test_a_folder_without_weights_is_said_to_lack_them(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing):
        load(tmp_path, tmp_path / "data")


@pytest.mark.parametrize(("weights", "kv_precision"), [("int4", "u8"), ("int8", "u8"), ("bfloat16", "full")])
def test_small_weights_answer_too(folder: Path, tmp_path: Path, weights: str, kv_precision: str) -> None:
    engine = load(folder, tmp_path, weights=weights, kv_precision=kv_precision)
    answers = [engine.generate(ask(picture(256, 256), "cat"), GREEDY) for _ in range(2)]
    assert answers[0].usage.completion_tokens > 0 and answers[1].usage.cached_tokens > 0
    engine.close()
