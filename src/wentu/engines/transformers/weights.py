"""Everything that is read from a model folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wentu.core.config import EngineSettings
from wentu.core.errors import WeightsMissing
from wentu.engines.specs import ModelSpec, Sampling, spec_of_folder
from wentu.engines.specs.find import read_json
from wentu.engines.specs.vocabulary import Vocabulary

# What torch's bfloat16 matrix products need to be faster than float32 (torch.cpu.get_capabilities).
BFLOAT16_SETS = ("avx512_bf16", "amx_bf16", "bf16", "sve_bf16")


@dataclass(frozen=True, slots=True)
class Weights:
    """A loaded model with what belongs to it. `model` and `image_processor` are transformers' own objects.

    `end_ids` end an answer; `max_positions` is the longest sequence, prompt and answer, in tokens.
    `pixel_budget` is (least, most) pixels of one picture after resizing.
    """

    model: Any
    image_processor: Any
    vocabulary: Vocabulary
    spec: ModelSpec
    sampling: Sampling
    end_ids: frozenset[int]
    max_positions: int
    pixel_budget: tuple[int, int]


def load_weights(folder: Path, settings: EngineSettings) -> Weights:
    """Reads a published folder; nothing is fetched from anywhere. Raises WeightsMissing, EngineMissing, OutOfMemory."""
    spec = spec_of_folder(folder)
    config = read_json(folder / "config.json")
    vocabulary = Vocabulary.of_folder(folder)
    model = _model(folder, settings, pick_dtype(settings.dtype, config, _cpu_capabilities()))
    # AutoProcessor would also build the video processor, which needs torchvision; pictures have a way without it.
    from transformers import AutoImageProcessor

    image_processor = AutoImageProcessor.from_pretrained(folder, backend="pil", local_files_only=True)
    generation = read_json(folder / "generation_config.json") if (folder / "generation_config.json").exists() else {}
    return Weights(
        model=model,
        image_processor=image_processor,
        vocabulary=vocabulary,
        spec=spec,
        sampling=spec.sampling_of(generation),
        end_ids=_end_ids(generation, vocabulary),
        max_positions=int(config["text_config"]["max_position_embeddings"]),
        pixel_budget=_pixel_budget(read_json(folder / "preprocessor_config.json"), spec, settings.max_pixels),
    )


def pick_dtype(asked: str, config: Mapping[str, Any], capabilities: Mapping[str, Any]) -> str:
    """ "float32" or "bfloat16". "auto" takes the checkpoint's type, and float32 where the CPU computes no bfloat16.

    Without those instructions torch emulates bfloat16 in float32: no gain, and less exact.
    """
    if asked != "auto":
        return asked
    text = config.get("text_config", {})
    written = text.get("dtype") or text.get("torch_dtype") or config.get("dtype") or config.get("torch_dtype")
    able = any(capabilities.get(name) for name in BFLOAT16_SETS)
    return "bfloat16" if written == "bfloat16" and able else "float32"


def _cpu_capabilities() -> Mapping[str, Any]:
    import torch

    capabilities: Mapping[str, Any] = torch.cpu.get_capabilities()
    return capabilities


def _model(folder: Path, settings: EngineSettings, dtype: str) -> Any:
    import torch
    from transformers import Qwen3VLForConditionalGeneration
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    if settings.threads:
        torch.set_num_threads(settings.threads)
    model, report = Qwen3VLForConditionalGeneration.from_pretrained(
        folder,
        dtype=getattr(torch, dtype),
        local_files_only=True,
        output_loading_info=True,
        **_offload(settings),
    )
    if report["missing_keys"]:  # transformers would fill them with random numbers and go on
        raise WeightsMissing(
            f"{len(report['missing_keys'])} tensors are missing in the model's files",
            n_tensors=len(report["missing_keys"]),
        )
    return model.eval()


def _offload(settings: EngineSettings) -> dict[str, Any]:
    """With an offload folder no weight stays in memory: each layer's are mapped from disk while it computes.

    transformers maps the model's own safetensors files and writes only what it had to convert into the folder.
    """
    if settings.offload_dir is None:
        return {}
    return {"device_map": {"": "disk"}, "offload_folder": str(settings.offload_dir)}


def _pixel_budget(preprocessor: Mapping[str, Any], spec: ModelSpec, max_pixels: int) -> tuple[int, int]:
    """The checkpoint's own budget (older files call it min_pixels and max_pixels), and no more than the setting."""
    size = preprocessor.get("size") or {}
    least = size.get("shortest_edge") or preprocessor.get("min_pixels") or spec.min_pixels
    most = size.get("longest_edge") or preprocessor.get("max_pixels") or spec.max_pixels
    return min(int(least), max_pixels), min(int(most), max_pixels)


def _end_ids(generation: Mapping[str, Any], vocabulary: Vocabulary) -> frozenset[int]:
    """The ids that generation_config.json names, and always the end of a ChatML turn."""
    named = generation.get("eos_token_id", [])
    return frozenset([*(named if isinstance(named, list) else [named]), vocabulary.control("<|im_end|>")])
