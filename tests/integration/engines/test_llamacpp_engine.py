"""The llamacpp engine's own quirks: whose server it is, where its files lie, how it ends."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tiny import Sizes, make_checkpoint, picture
from tiny.gguf_files import make_gguf
from wentu.core.config import Settings
from wentu.core.errors import ContextOverflow, EngineError, WeightsMissing
from wentu.core.types import Prompt, SamplingParams, Turn, VersionSpec
from wentu.engines.host import Host
from wentu.engines.llamacpp import LlamaCppEngine
from wentu.safety.judge import ModelJudge

SAYS = "图问🙂"
ASKED = Prompt((Turn("user", (picture(64, 64, 1), "图里写了什么?")),))
SHORT = SamplingParams(max_tokens=8, temperature=0.0, presence_penalty=0.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gguf")
    make_gguf(make_checkpoint(folder / "tiny", sizes=Sizes(layers=4), says=SAYS, forever=True), folder)
    return folder


def settings_for(place: Path, **more: object) -> Settings:
    return Settings.model_validate({"engine": {"model": str(place), "threads": 1}, **more})


def load(place: Path, **more: object) -> LlamaCppEngine:
    return LlamaCppEngine.load(VersionSpec("llamacpp", "llamacpp"), settings_for(place, **more))


@pytest.fixture
def engine(folder: Path) -> Iterator[LlamaCppEngine]:
    engine = load(folder)
    yield engine
    engine.close()


def address(engine: LlamaCppEngine) -> str:
    return str(engine._server.listening_address)  # type: ignore[union-attr, attr-defined]


def test_the_folder_that_the_settings_point_to_is_loaded(engine: LlamaCppEngine) -> None:
    assert engine.generate(ASKED, SHORT).text == SAYS
    assert engine.capabilities.box_scale == 1000


def test_pictures_reach_the_model_as_tokens_between_the_makers_least_and_our_most(folder: Path) -> None:
    engine = load(folder, engine={"model": str(folder), "max_pixels": 65_536 * 2})
    plain, *seen = (
        engine.generate(Prompt((Turn("user", parts),)), SHORT).usage.prompt_tokens
        for parts in (("a",), (picture(64, 64), "a"), (picture(320, 320), "a"), (picture(640, 640), "a"))
    )
    frame = 2  # a token before the picture and one after
    assert [n - plain - frame for n in seen] == [64, 100, 121]
    engine.close()


def test_a_repetition_penalty_reaches_the_model(engine: LlamaCppEngine) -> None:
    """Without one the tiny model says the same again and again."""
    plain, varied = (
        engine.generate(ASKED, replace(SHORT, max_tokens=24, repetition_penalty=penalty)).text
        for penalty in (None, 1000.0)
    )
    assert plain == SAYS * 3
    assert varied != plain


def test_nobody_without_the_key_is_answered(engine: LlamaCppEngine) -> None:
    url = address(engine)
    assert url.startswith("http://127.0.0.1:")
    body = {"messages": [{"role": "user", "content": "?"}], "max_tokens": 2}
    for headers in ({}, {"Authorization": "Bearer guess"}):
        with httpx.Client(base_url=url, headers=headers, trust_env=False) as http:
            assert http.post("/v1/chat/completions", json=body).status_code == 401
            assert http.get("/slots").status_code in (401, 404)


def test_a_proxy_of_the_environment_is_not_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would see the key and the pictures."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    engine = load(folder)
    assert engine.generate(ASKED, SHORT).text == SAYS
    engine.close()


def test_closing_ends_the_server_and_its_threads_even_in_the_middle_of_an_answer(folder: Path) -> None:
    n_before = len(os.listdir("/proc/self/task"))
    engine = load(folder)
    url = address(engine)
    left = engine.stream(ASKED, SamplingParams(max_tokens=1500, temperature=0.0))
    assert next(chunk.text for chunk in left if chunk.text)
    engine.close()
    with pytest.raises(EngineError):
        list(left)
    with pytest.raises(httpx.ConnectError), httpx.Client(trust_env=False) as http:
        http.get(url)
    deadline = time.monotonic() + 5
    while len(os.listdir("/proc/self/task")) > n_before and time.monotonic() < deadline:
        time.sleep(0.02)
    # The first load of a process leaves the library's own pool; each server alone has some ten threads.
    assert len(os.listdir("/proc/self/task")) <= n_before + 4


def test_a_question_beyond_the_context_names_the_setting(folder: Path) -> None:
    engine = load(folder, llamacpp={"context_tokens": 512})
    with pytest.raises(ContextOverflow) as caught:
        engine.generate(Prompt((Turn("user", ("长" * 3000,)),)), SHORT)
    assert "WENTU_LLAMACPP__CONTEXT_TOKENS" in caught.value.hint
    assert engine.generate(ASKED, SHORT).text == SAYS
    engine.close()


def test_a_damaged_file_is_an_error_that_names_it_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    for name in ("model.gguf", "mmproj.gguf"):
        shutil.copy(folder / name, tmp_path / name)
    data = (tmp_path / "model.gguf").read_bytes()
    (tmp_path / "model.gguf").write_bytes(data[: len(data) // 2])
    with pytest.raises(EngineError, match=r"'model\.gguf'") as caught:
        load(tmp_path)
    assert str(tmp_path) not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("model", ["", "/nowhere/at/all"])
def test_without_files_it_says_where_to_put_them(model: str) -> None:
    settings = Settings.model_validate({"engine": {"model": model}})
    with pytest.raises(WeightsMissing) as caught:
        LlamaCppEngine.load(VersionSpec("llamacpp", "llamacpp"), settings)
    assert "WENTU_ENGINE__MODEL" in caught.value.hint


def test_as_a_judge_it_is_heard_only_in_the_form_that_was_asked_for(engine: LlamaCppEngine) -> None:
    with pytest.raises(ValueError, match="verdict"):  # the guard takes that as a no
        ModelJudge(engine.generate, guard_model=True)("你好", "")
    assert ModelJudge(engine.generate, guard_model=False)("你好", "") in (None, "unsafe"), "held to one word"


def test_in_a_process_of_its_own_it_answers_and_leaves_no_process(folder: Path, tmp_path: Path) -> None:
    settings = settings_for(folder, data_dir=tmp_path / "data")
    host = Host(VersionSpec("llamacpp", "llamacpp"), settings, LlamaCppEngine.capabilities)
    try:
        assert host.generate(ASKED, SHORT).text == SAYS
        child = host._child
        assert child is not None
    finally:
        host.close()
    assert child.poll() is not None
