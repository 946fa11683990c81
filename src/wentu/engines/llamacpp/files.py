"""Which of a folder's GGUF files is the language model, and which one sees."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from wentu.core.errors import EngineMissing, WeightsMissing
from wentu.engines.specs import ModelSpec, family_named

# Formats of the header: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
_MAGIC = b"GGUF"
_STRING = 8
_SCALAR_BYTES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_MAX_TEXT_BYTES = 65_536
_ARCHITECTURE = "general.architecture"
_VISION = "clip"  # what llama.cpp's converter calls every mmproj file
_LATER_PART = re.compile(r"-(?!00001)\d{5}-of-\d{5}\.gguf$")


@dataclass(frozen=True, slots=True)
class GgufFiles:
    """A model in two files, and its family."""

    text: Path
    vision: Path
    family: ModelSpec


def find_files(place: Path) -> GgufFiles:
    """The model at `place`: a folder, or the language model's file where a folder holds several.

    Raises WeightsMissing that says what is missing or too much, EngineMissing for another family of models.
    """
    folder = place if place.is_dir() else place.parent
    paths = [path for path in sorted(folder.glob("*.gguf")) if not _LATER_PART.search(path.name)]
    architectures = {path: read_architecture(path) for path in paths}
    vision = [path for path in paths if architectures[path] == _VISION]
    text = [path for path in paths if architectures[path] != _VISION and place in (folder, path)]
    model = _only(text, place, "a language model (for example Qwen3VL-2B-Instruct-Q4_K_M.gguf)")
    family = family_named(architectures[model])
    if family is None:
        raise EngineMissing(
            f"the model in '{model.name}' is of type '{architectures[model]}', which this engine does not know",
            hint="Choose Qwen3-VL, or use the remote engine (WENTU_REMOTE__URL) and a llama-server with this model.",
            file=model.name,
        )
    return GgufFiles(model, _only(vision, folder, "the vision model (mmproj-....gguf)"), family)


def read_architecture(path: Path) -> str:
    """`general.architecture` of a GGUF file. Raises WeightsMissing if the file is none, or does not begin with it."""
    try:
        with path.open("rb") as file:
            return _read_architecture(file)
    except (OSError, ValueError, KeyError, struct.error) as exc:
        raise WeightsMissing(f"'{path.name}' is no GGUF file, or is damaged", file=path.name) from exc


def _read_architecture(file: BinaryIO) -> str:
    magic, version, _, n_keys = struct.unpack("<4sIQQ", file.read(24))
    if magic != _MAGIC or version not in (2, 3):
        raise ValueError("another format")
    for _ in range(n_keys):
        key = _read_text(file)
        (kind,) = struct.unpack("<I", file.read(4))
        if kind == _STRING:
            value = _read_text(file)
            if key == _ARCHITECTURE:
                return value
        else:
            file.seek(_SCALAR_BYTES[kind], 1)  # an array: the architecture stands before those in every known file
    raise ValueError("no architecture")


def _read_text(file: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", file.read(8))
    data = file.read(min(length, _MAX_TEXT_BYTES))
    if len(data) != length:
        raise ValueError("cut off")
    return data.decode("utf-8")


def _only(found: list[Path], place: Path, what: str) -> Path:
    if len(found) == 1:
        return found[0]
    if not found:
        raise WeightsMissing(
            f"'{place.name}' holds no GGUF file with {what}",
            hint="Put the model's file and its mmproj file into one folder and set WENTU_ENGINE__MODEL to it.",
        )
    names = ", ".join(path.name for path in found)
    raise WeightsMissing(
        f"'{place.name}' holds more than one file with {what}: {names}",
        hint="Set WENTU_ENGINE__MODEL to the path of the file to use, or leave just one in the folder.",
        files=names,
    )
