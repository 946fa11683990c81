"""Finding the two files of a GGUF model by what they say they are, not by their names."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from wentu.core.errors import EngineMissing, WeightsMissing
from wentu.engines.llamacpp.files import find_files, read_architecture


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def gguf(path: Path, architecture: str, before: bytes = b"", n_before: int = 0) -> Path:
    """The head of a GGUF file."""
    head = struct.pack("<4sIQQ", b"GGUF", 3, 0, 1 + n_before)
    path.write_bytes(head + before + text("general.architecture") + struct.pack("<I", 8) + text(architecture))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    gguf(tmp_path / "Qwen3VL-2B-Instruct-Q4_K_M.gguf", "qwen3vl")
    gguf(tmp_path / "mmproj-Qwen3VL-2B-Instruct-F16.gguf", "clip")
    (tmp_path / "README.md").write_text("x")
    return tmp_path


def test_model_and_vision_are_told_apart_whatever_they_are_called(folder: Path) -> None:
    (folder / "mmproj-Qwen3VL-2B-Instruct-F16.gguf").rename(folder / "a.gguf")
    files = find_files(folder)
    assert (files.text.name, files.vision.name) == ("Qwen3VL-2B-Instruct-Q4_K_M.gguf", "a.gguf")
    assert files.family.box_scale == 1000


def test_of_several_quantisations_the_path_chooses_one(folder: Path) -> None:
    eight = gguf(folder / "Qwen3VL-2B-Instruct-Q8_0.gguf", "qwen3vl")
    with pytest.raises(WeightsMissing, match=r"more than one .*Q4_K_M\.gguf, .*Q8_0\.gguf"):
        find_files(folder)
    assert find_files(eight).text == eight


def test_a_model_in_parts_is_named_by_its_first(folder: Path) -> None:
    (folder / "Qwen3VL-2B-Instruct-Q4_K_M.gguf").unlink()
    first = gguf(folder / "Q-00001-of-00002.gguf", "qwen3vl")
    gguf(folder / "Q-00002-of-00002.gguf", "qwen3vl")
    assert find_files(folder).text == first


@pytest.mark.parametrize(("name", "what"), [("Qwen3VL-2B-Instruct-Q4_K_M.gguf", "language"), ("mmproj-", "vision")])
def test_a_missing_half_is_named(folder: Path, name: str, what: str) -> None:
    next(path for path in folder.iterdir() if path.name.startswith(name)).unlink()
    with pytest.raises(WeightsMissing, match=what) as caught:
        find_files(folder)
    assert "WENTU_ENGINE__MODEL" in caught.value.hint


def test_another_family_is_refused_by_its_name(folder: Path) -> None:
    gguf(folder / "Qwen3VL-2B-Instruct-Q4_K_M.gguf", "llama")
    with pytest.raises(EngineMissing, match="'llama'"):
        find_files(folder)


@pytest.mark.parametrize(
    "data",
    [b"", b"GGUF", b"version https://git-lfs", struct.pack("<4sIQQ", b"GGUF", 3, 0, 1) + struct.pack("<Q", 1 << 60)],
    ids=["empty", "cut off", "a pointer", "a text longer than the file"],
)
def test_what_is_no_gguf_file_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.gguf").write_bytes(data)
    with pytest.raises(WeightsMissing, match=r"a\.gguf"):
        read_architecture(tmp_path / "a.gguf")


def test_numbers_and_texts_before_the_architecture_are_passed_over(tmp_path: Path) -> None:
    number = text("general.alignment") + struct.pack("<II", 4, 32)
    name = text("general.name") + struct.pack("<I", 8) + text("Qwen")
    assert read_architecture(gguf(tmp_path / "a.gguf", "qwen3vl", number + name, 2)) == "qwen3vl"
