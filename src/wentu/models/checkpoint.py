"""Whether a folder is a checkpoint that wentu's engines can load, and if not, exactly what is missing and for what."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

from wentu.models.manifest import size_text

ARCHITECTURES = ("Qwen3VLForConditionalGeneration",)
INDEX = "model.safetensors.index.json"
SINGLE = "model.safetensors"
_MAX_HEADER_BYTES = 100_000_000  # the format's own limit: safetensors README, "Format"

# Any one file set of each row will do.
_ROLES: tuple[tuple[tuple[tuple[str, ...], ...], str], ...] = (
    ((("config.json",),), "it describes the network"),
    ((("tokenizer.json",), ("vocab.json", "merges.txt")), "it turns text into tokens"),
    ((("tokenizer_config.json",),), "it names the special tokens"),
    ((("preprocessor_config.json",), ("processor_config.json",)), "it says how pictures are prepared"),
)


def folder_problems(folder: Path) -> tuple[str, ...]:
    """Everything that keeps `folder` from being a complete model, one sentence each; empty when it is one."""
    return tuple(_problems(folder))


def config_problem(data: bytes) -> str:
    """Why no engine here could load a model with this config.json, or ""."""
    try:
        config = json.loads(data)
        names = tuple(config.get("architectures") or ())
    except (ValueError, AttributeError, TypeError):
        return "config.json can't be read"
    if not set(names) & set(ARCHITECTURES):
        named = ", ".join(map(str, names)) or "none"
        return f"config.json names the architecture {named}; wentu runs {', '.join(ARCHITECTURES)}"
    if config.get("quantization_config"):
        return "the weights are quantised already; take the repository with the original bfloat16 weights"
    return ""


def missing_roles(names: Set[str]) -> tuple[str, ...]:
    """What a model with files of these names lacks besides its weights, one sentence each."""
    return tuple(
        f"{' or '.join(' and '.join(files) for files in choices)} is missing: {purpose}"
        for choices, purpose in _ROLES
        if not any(names >= set(files) for files in choices)
    )


def _problems(folder: Path) -> Iterator[str]:
    yield from missing_roles({path.name for path in folder.iterdir() if path.is_file()})
    if (folder / "config.json").is_file() and (problem := config_problem((folder / "config.json").read_bytes())):
        yield problem
    if not _has_chat_template(folder):
        yield "chat_template.json (or .jinja) is missing: it says how a conversation is written for the model"
    yield from _weight_problems(folder)


def _has_chat_template(folder: Path) -> bool:
    if (folder / "chat_template.json").is_file() or (folder / "chat_template.jinja").is_file():
        return True
    config = _read_json(folder / "tokenizer_config.json")
    return bool(config and config.get("chat_template"))


def _weight_problems(folder: Path) -> Iterator[str]:
    if not (folder / INDEX).is_file():
        if not (folder / SINGLE).is_file():
            yield f"{SINGLE} (or {INDEX} with its parts) is missing: the weights"
            return
        yield from _tensor_problems(folder / SINGLE, set())
        return
    index = _read_json(folder / INDEX)
    weights = index.get("weight_map") if index else None
    if not isinstance(weights, dict) or not weights:
        yield f"{INDEX} can't be read: it says which part holds which weights"
        return
    for part in sorted(set(map(str, weights.values()))):
        path = folder / part
        if "/" in part or "\\" in part or not path.is_file():
            yield f"{part} is missing: weights that {INDEX} names"
            continue
        yield from _tensor_problems(path, {str(name) for name, file in weights.items() if file == part})


def _tensor_problems(path: Path, expected: set[str]) -> Iterator[str]:
    """Compares a file with its own header, which a half download or a wrong copy does not survive."""
    header = _read_header(path)
    if header is None:
        yield f"{path.name} is not a safetensors file (a page or a pointer saved in its place?)"
        return
    tensors, start = header
    ends = (entry["data_offsets"][1] for entry in tensors.values())
    size, wanted = path.stat().st_size, start + max(ends, default=0)
    if size != wanted:
        yield f"{path.name} has {size} bytes ({size_text(size)}) in place of {wanted} ({size_text(wanted)})"
    if missing := expected - set(tensors):
        yield f"{path.name} lacks {len(missing)} weights that {INDEX} names, for example {min(missing)}"


def _read_header(path: Path) -> tuple[dict[str, Any], int] | None:
    """Tensors by name, and the offset at which their bytes start (safetensors: 8-byte length, then JSON)."""
    with path.open("rb") as file:
        head = file.read(8)
        n_bytes = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
        if not 2 <= n_bytes <= _MAX_HEADER_BYTES:
            return None
        text = file.read(n_bytes)
    try:
        header = json.loads(text)
        tensors = {name: entry for name, entry in header.items() if name != "__metadata__"}
        if all(len(entry["data_offsets"]) == 2 for entry in tensors.values()):
            return tensors, 8 + n_bytes
    except (ValueError, AttributeError, TypeError, KeyError):
        return None
    return None


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None
