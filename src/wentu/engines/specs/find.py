"""From a model folder, or a model's bare name, to its family."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wentu.core.errors import EngineMissing, WeightsMissing
from wentu.engines.specs.base import ModelSpec
from wentu.engines.specs.qwen3_vl import QWEN3_VL

FAMILIES = (QWEN3_VL,)


def spec_of_folder(folder: Path) -> ModelSpec:
    """The family that config.json names. Raises WeightsMissing without a readable one, EngineMissing if unknown."""
    model_type = str(read_json(folder / "config.json").get("model_type", ""))
    for spec in FAMILIES:
        if spec.model_type == model_type:
            return spec
    known = ", ".join(spec.model_type for spec in FAMILIES)
    raise EngineMissing(
        f"the model in '{folder.name}' is of type '{model_type}'; this engine knows: {known}",
        hint="Choose a Qwen3-VL model folder (WENTU_ENGINE__MODEL), or serve this one elsewhere and use the remote "
        "engine (WENTU_REMOTE__URL).",
        model=folder.name,
        type=model_type,
        known=known,
    )


def family_named(name: str) -> ModelSpec | None:
    """The family whose name is part of `name`, as in "Qwen/Qwen3-VL-2B-Instruct"; None where nothing fits."""
    return next((spec for spec in FAMILIES if any(part in name.lower() for part in spec.names)), None)


def read_json(path: Path) -> dict[str, Any]:
    """One of a model's JSON files. Raises WeightsMissing that names it if it is missing or no JSON object."""
    try:
        tree = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as exc:
        raise WeightsMissing(f"the model folder has no {path.name}", file=path.name) from exc
    except (OSError, ValueError) as exc:
        raise WeightsMissing(f"{path.name} of the model can't be read", file=path.name) from exc
    if not isinstance(tree, dict):
        raise WeightsMissing(f"{path.name} of the model is no JSON object", file=path.name)
    return tree
