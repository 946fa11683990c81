"""Reading published files: exact numbers, and clear errors for damaged ones."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from tiny import make_checkpoint
from wentu.core.errors import EngineMissing, WeightsMissing
from wentu.engines.loop.checkpoint import Checkpoint
from wentu.engines.loop.config import read_config

NAME = "model.language_model.layers.0.mlp.up_proj.weight"


def test_every_tensor_of_several_files_reads_as_safetensors_reads_it(tmp_path: Path) -> None:
    checkpoint = Checkpoint(make_checkpoint(tmp_path, shards=3))
    assert len(checkpoint.files) == 3
    for file in checkpoint.files:
        for name, expected in load_file(file).items():
            np.testing.assert_array_equal(checkpoint.float32(name), expected)


def test_bfloat16_reads_as_the_float32_it_stands_for(tmp_path: Path) -> None:
    exact = Checkpoint(make_checkpoint(tmp_path / "a")).float32(NAME)
    rounded = Checkpoint(make_checkpoint(tmp_path / "b", dtype="bfloat16")).float32(NAME)
    assert rounded.dtype == np.float32
    assert np.abs(rounded - exact).max() <= np.abs(exact).max() * 2**-8
    assert not (rounded.view(np.uint32) & 0xFFFF).any()


def test_single_rows_equal_those_of_the_whole_matrix(tmp_path: Path) -> None:
    checkpoint = Checkpoint(make_checkpoint(tmp_path))
    np.testing.assert_array_equal(checkpoint.rows(NAME, [7, 0, 7]), checkpoint.float32(NAME)[[7, 0, 7]])


def test_a_folder_without_weights_is_said_to_lack_them(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="no safetensors"):
        Checkpoint(tmp_path)


def test_a_file_cut_off_in_a_download_is_incomplete(tmp_path: Path) -> None:
    file = make_checkpoint(tmp_path) / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(WeightsMissing, match=r"model\.safetensors"):
        Checkpoint(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xff" * 64, b"\x02\0\0\0\0\0\0\0[]", b"\x40\0\0\0\0\0\0\0{"])
def test_a_file_that_is_no_safetensors_is_incomplete_and_not_a_crash(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(WeightsMissing):
        Checkpoint(tmp_path)


def test_a_missing_tensor_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match=r"blocks\.99"):
        Checkpoint(make_checkpoint(tmp_path)).float32("blocks.99")


@pytest.mark.parametrize("rope_key", ["rope_scaling", "rope_parameters"])
def test_both_spellings_of_the_rotary_settings_are_read(tmp_path: Path, rope_key: str) -> None:
    config = read_config(make_checkpoint(tmp_path, rope_key=rope_key))  # type: ignore[arg-type]
    assert config.text.rope_theta == 5_000_000.0
    assert config.text.mrope_section == (6, 5, 5)
    assert config.vision.deepstack_layers == (0, 1, 2)
    assert config.text.tied_embeddings


def test_a_config_lacking_a_number_is_incomplete(tmp_path: Path) -> None:
    path = make_checkpoint(tmp_path) / "config.json"
    tree = json.loads(path.read_text())
    del tree["text_config"]["hidden_size"]
    path.write_text(json.dumps(tree))
    with pytest.raises(WeightsMissing):
        read_config(tmp_path)


def test_another_kind_of_model_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(EngineMissing, match="llama"):
        read_config(tmp_path)
