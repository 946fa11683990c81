"""`wentu bench` on tiny models: every figure, every way to ask."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tiny import Sizes as TinySizes
from tiny import make_checkpoint
from wentu.cli.app import app
from wentu.core.config import Settings
from wentu.core.errors import WeightsMissing
from wentu.core.types import Prompt, SamplingParams, Turn, VersionSpec
from wentu.engines.openvino import OpenVinoEngine
from wentu.engines.transformers import TransformersEngine
from wentu.evaluation import shapes
from wentu.evaluation.bench import STEPS
from wentu.evaluation.random_model import make_random_model, n_bytes
from wentu.store.reports import read_report

TINY = shapes.Sizes(
    **{name: getattr(TinySizes(), name) for name in TinySizes.__slots__ if name in shapes.Sizes.__slots__},
    vocabulary=300,
)


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("WENTU_ENGINE__NAME", "WENTU_ENGINE__MODEL", "WENTU_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WENTU_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["bench", "--runs", "1", "--json", *arguments])
    assert result.exit_code == 0, f"{result.output} {result.exception!r}"
    tree: dict[str, Any] = json.loads(result.stdout)
    return tree


def test_the_installed_model_gets_every_figure_with_what_it_depends_on(tmp_path: Path) -> None:
    CliRunner().invoke(app, ["models", "add", str(make_checkpoint(tmp_path / "Tiny"))])
    out = tmp_path / "result.json"
    tree = run("--out", str(out))
    assert json.loads(out.read_text()) == tree
    assert tree["models"] == {"openvino": "tiny"}
    assert (tree["openvino_weights"], tree["runs"], tree["random"]) == ("int4", 1, False)
    assert tree["machine"]["cores_logical"] >= 1
    assert {"python", "wentu", "openvino"} <= tree["versions"].keys()
    (before, after) = tree["read_gb_per_s"]
    assert before > 0 and after > 0
    figures = tree["engines"]["openvino"]
    assert tuple(figures) == STEPS
    assert all(value > 0 for value in figures.values())
    assert figures["peak_1024_mb"] >= figures["peak_448_mb"] > 20
    kept = read_report(tmp_path / "data", "bench")
    assert kept is not None and kept["found"] == tree
    again = run()["engines"]["openvino"]
    assert again["convert_s"] is None, "it was converted before"


def test_random_weights_are_made_measured_and_gone(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "Sizes", lambda: TINY)
    tree = run("--random")
    assert (tree["models"], tree["random"]) == ({"openvino": "random"}, True)
    assert all(value > 0 for value in tree["engines"]["openvino"].values())
    assert [one.name for one in data_dir.iterdir()] == ["reports"]


def test_people_get_a_table_of_the_engines_side_by_side() -> None:
    result = CliRunner().invoke(app, ["bench", "--runs", "1", "--engine", "fake", "--engine", "reader"])
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["figure", "fake", "reader"]
    assert any(line.startswith("first_token_448_cold_s") for line in lines)
    assert not any(line.startswith("convert_s") for line in lines), "no engine here converts"


def test_without_a_model_random_weights_are_proposed() -> None:
    result = CliRunner().invoke(app, ["bench"])
    assert isinstance(result.exception, WeightsMissing)
    assert "--random" in result.exception.hint


def test_an_engine_that_cannot_load_says_why() -> None:
    result = CliRunner().invoke(app, ["bench", "--engine", "llamacpp"])
    assert isinstance(result.exception, WeightsMissing)
    assert "WENTU_ENGINE__MODEL" in result.exception.hint


@pytest.mark.parametrize(
    "arguments",
    [
        ["--engine", "nothing"],
        ["--model", "x", "--random"],
        ["--engine", "llamacpp", "--random"],
        ["--out", "/nowhere/at/all.json"],
        ["--runs", "0"],
    ],
)
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, ["bench", *arguments]).exit_code == 2


def test_a_random_model_is_one_that_engines_load_alike(tmp_path: Path) -> None:
    folder = make_random_model(tmp_path / "random", TINY)
    assert (folder / "model.safetensors").stat().st_size > n_bytes(TINY)
    exact = {"weights": "float32", "kv_precision": "full", "kv_cache_mb": 40}
    settings = Settings.model_validate(
        {"data_dir": tmp_path / "data", "openvino": exact, "engine": {"dtype": "float32"}}
    )
    prompt = Prompt((Turn("user", ("图里写了什么?",)),))
    params = SamplingParams(max_tokens=12, temperature=0.0, presence_penalty=0.0, logprobs=1)
    answers = []
    for name, engine_class in (("openvino", OpenVinoEngine), ("transformers", TransformersEngine)):
        engine = engine_class.load(VersionSpec("random", name, folder), settings)
        answers.append(engine.generate(prompt, params))
        engine.close()
    ours, theirs = answers
    assert ours.usage.prompt_tokens == theirs.usage.prompt_tokens
    assert [item.logprob for item in ours.logprobs] == pytest.approx(
        [item.logprob for item in theirs.logprobs], abs=0.01
    )


def test_the_full_size_is_that_of_the_published_files() -> None:
    """model.safetensors of Qwen/Qwen3-VL-2B-Instruct holds 2,127,532,032 parameters in bfloat16."""
    assert n_bytes(shapes.Sizes()) == 2 * 2_127_532_032
