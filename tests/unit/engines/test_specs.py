"""Facts about model families, and how a folder or a name leads to them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wentu.core.errors import EngineMissing, WeightsMissing
from wentu.core.types import Box, SamplingParams
from wentu.engines.specs import QWEN3_VL, family_named, spec_of_folder


def test_a_box_of_the_model_is_a_share_of_the_picture() -> None:
    assert QWEN3_VL.box([100, 250, 500, 1000], width=640, height=400) == Box(64, 100, 320, 400)


def test_a_box_outside_the_picture_or_the_wrong_way_round_is_put_right() -> None:
    assert QWEN3_VL.box([1200, 900, -5, 100], width=100, height=10) == Box(0, 1, 100, 9)


def test_the_checkpoints_own_sampling_wins_over_the_familys() -> None:
    sampling = QWEN3_VL.sampling_of({"temperature": 0.3, "top_k": 5})
    assert (sampling.temperature, sampling.top_k, sampling.top_p) == (0.3, 5, 0.8)


def test_a_checkpoint_that_does_not_sample_is_greedy() -> None:
    assert QWEN3_VL.sampling_of({"do_sample": False, "temperature": 0.7}).temperature == 0


def test_zero_in_a_call_is_a_value_and_none_is_the_default() -> None:
    sampling = QWEN3_VL.sampling.over(SamplingParams(temperature=0, presence_penalty=0.0))
    assert (sampling.temperature, sampling.presence_penalty, sampling.top_p) == (0, 0, 0.8)


def test_a_folder_of_qwen3_vl_is_known(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "qwen3_vl"}')
    assert spec_of_folder(tmp_path) is QWEN3_VL


def test_another_model_type_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llava"}))
    with pytest.raises(EngineMissing, match="'llava'") as caught:
        spec_of_folder(tmp_path)
    assert "WENTU_REMOTE__URL" in caught.value.hint


@pytest.mark.parametrize("content", [None, "", "{", "[]", "\xff"])
def test_a_folder_without_a_readable_config_says_which_file(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "config.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(WeightsMissing, match=r"config\.json"):
        spec_of_folder(tmp_path)


@pytest.mark.parametrize("name", ["Qwen/Qwen3-VL-2B-Instruct", "qwen3vl-q4", "/models/Qwen3_VL"])
def test_a_servers_model_name_tells_the_family(name: str) -> None:
    assert family_named(name) is QWEN3_VL


@pytest.mark.parametrize("name", ["gpt-4o", "qwen2.5-vl-7b", ""])
def test_an_unknown_name_has_no_family(name: str) -> None:
    assert family_named(name) is None
