"""The maker of tiny checkpoints that so many tests stand on."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from tiny import SPECIAL_TOKENS, Sizes, make_checkpoint


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def header(path: Path) -> dict[str, dict[str, object]]:
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    tree = json.loads(data[8 : 8 + size])
    tree.pop("__metadata__")
    return tree


def test_the_same_arguments_give_the_same_bytes_and_another_seed_other_weights(tmp_path: Path) -> None:
    first, second, third = (make_checkpoint(tmp_path / str(n), seed=n // 2) for n in range(3))
    assert contents(first) == contents(second)
    assert contents(first)["model.safetensors"] != contents(third)["model.safetensors"]


def test_the_folder_holds_what_a_publisher_ships(tmp_path: Path) -> None:
    assert set(contents(make_checkpoint(tmp_path))) == {
        "chat_template.json",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "preprocessor_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "video_preprocessor_config.json",
    }


def test_ids_in_the_config_are_those_of_the_tokenizer(tmp_path: Path) -> None:
    make_checkpoint(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    added = json.loads((tmp_path / "tokenizer.json").read_text())["added_tokens"]
    ids = {token["content"]: token["id"] for token in added}
    assert set(ids) == set(SPECIAL_TOKENS)
    assert config["image_token_id"] == ids["<|image_pad|>"]
    assert config["text_config"]["vocab_size"] > max(ids.values())


@pytest.mark.parametrize("tie", [True, False])
def test_tied_embeddings_leave_the_head_out_of_the_file(tmp_path: Path, tie: bool) -> None:
    names = header(make_checkpoint(tmp_path, tie_embeddings=tie) / "model.safetensors")
    assert ("lm_head.weight" in names) is not tie


def test_bfloat16_is_the_nearest_and_half_the_size(tmp_path: Path) -> None:
    wide, narrow = (make_checkpoint(tmp_path / dtype, dtype=dtype) for dtype in ("float32", "bfloat16"))  # type: ignore[arg-type]
    name = "model.language_model.norm.weight"
    values = []
    for folder, kind in ((wide, np.float32), (narrow, np.uint16)):
        data = (folder / "model.safetensors").read_bytes()
        begin, end = header(folder / "model.safetensors")[name]["data_offsets"]  # type: ignore[misc]
        start = 8 + struct.unpack("<Q", data[:8])[0]
        values.append(np.frombuffer(data[start + begin : start + end], kind))
    back = (values[1].astype(np.uint32) << 16).view(np.float32)
    assert np.abs(back / values[0] - 1).max() <= 2**-8


def test_shards_are_listed_in_the_index(tmp_path: Path) -> None:
    make_checkpoint(tmp_path, shards=3)
    index = json.loads((tmp_path / "model.safetensors.index.json").read_text())["weight_map"]
    assert len(set(index.values())) == 3
    assert all(name in header(tmp_path / file) for name, file in index.items())


@pytest.mark.parametrize("key", ["rope_scaling", "rope_parameters"])
def test_both_spellings_of_the_rotary_settings_can_be_written(tmp_path: Path, key: str) -> None:
    make_checkpoint(tmp_path, rope_key=key, sizes=Sizes(rope_theta=1e4))  # type: ignore[arg-type]
    text = json.loads((tmp_path / "config.json").read_text())["text_config"]
    assert text[key]["mrope_section"] == [6, 5, 5]
    assert (text if key == "rope_scaling" else text[key])["rope_theta"] == 1e4


def test_a_text_with_a_token_twice_cannot_be_taught(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="twice"):
        make_checkpoint(tmp_path, says="好好")
