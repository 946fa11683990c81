"""The model's numbers, read from the checkpoint's config.json and never assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wentu.core.errors import WeightsMissing
from wentu.engines.specs import spec_of_folder
from wentu.engines.specs.find import read_json

DEFAULT_ROPE_THETA = 500_000.0  # transformers 5.23, Qwen3VLTextConfig.default_theta
VISION_ROPE_THETA = 10_000.0  # transformers 5.23, axial rotary of Qwen3-VL's vision model


@dataclass(frozen=True, slots=True)
class TextConfig:
    """The language model: a decoder with grouped-query attention and interleaved MRoPE."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    n_layers: int
    n_heads: int
    n_kv_heads: int
    head_dim: int
    rms_eps: float
    rope_theta: float
    mrope_section: tuple[int, int, int]
    max_positions: int
    tied_embeddings: bool


@dataclass(frozen=True, slots=True)
class VisionConfig:
    """The vision transformer; `deepstack_layers` are the layers whose features are handed to the first text layers."""

    depth: int
    hidden_size: int
    intermediate_size: int
    n_heads: int
    patch_size: int
    merge_size: int
    temporal_patch_size: int
    n_positions: int
    out_hidden_size: int
    deepstack_layers: tuple[int, ...]

    @property
    def head_dim(self) -> int:
        return self.hidden_size // self.n_heads

    @property
    def factor_px(self) -> int:
        """Picture sides are multiples of this many pixels: one visual token is `factor_px` squared."""
        return self.patch_size * self.merge_size


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """One checkpoint's architecture and the ids of the tokens that frame a picture."""

    text: TextConfig
    vision: VisionConfig
    image_token: int
    vision_start_token: int
    vision_end_token: int

    @property
    def n_deepstack(self) -> int:
        return len(self.vision.deepstack_layers)


def read_config(model_dir: Path) -> ModelConfig:
    """The architecture of the checkpoint in `model_dir`.

    Raises WeightsMissing (no config.json, or one that lacks a value) and EngineMissing (another kind of model).
    """
    spec_of_folder(model_dir)
    try:
        return _parse(read_json(model_dir / "config.json"))
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise WeightsMissing(f"config.json of '{model_dir.name}' lacks a number", model=model_dir.name) from exc


def _parse(tree: Mapping[str, Any]) -> ModelConfig:
    text, vision = tree["text_config"], tree["vision_config"]
    return ModelConfig(
        text=_parse_text(text, tied=bool(tree.get("tie_word_embeddings", text.get("tie_word_embeddings", False)))),
        vision=VisionConfig(
            depth=int(vision["depth"]),
            hidden_size=int(vision["hidden_size"]),
            intermediate_size=int(vision["intermediate_size"]),
            n_heads=int(vision["num_heads"]),
            patch_size=int(vision["patch_size"]),
            merge_size=int(vision["spatial_merge_size"]),
            temporal_patch_size=int(vision["temporal_patch_size"]),
            n_positions=int(vision["num_position_embeddings"]),
            out_hidden_size=int(vision["out_hidden_size"]),
            deepstack_layers=tuple(int(layer) for layer in vision["deepstack_visual_indexes"]),
        ),
        image_token=int(tree["image_token_id"]),
        vision_start_token=int(tree["vision_start_token_id"]),
        vision_end_token=int(tree["vision_end_token_id"]),
    )


def _parse_text(text: Mapping[str, Any], *, tied: bool) -> TextConfig:
    # Published Qwen3-VL files say `rope_scaling` beside `rope_theta`; transformers 5 writes `rope_parameters`.
    rope: Mapping[str, Any] = text.get("rope_parameters") or text.get("rope_scaling") or {}
    if (kind := rope.get("rope_type", rope.get("type", "default"))) not in ("default", "mrope"):
        raise ValueError(f"rope type {kind}")
    temporal, height, width = (int(n) for n in rope.get("mrope_section", (24, 20, 20)))
    n_heads = int(text["num_attention_heads"])
    return TextConfig(
        vocab_size=int(text["vocab_size"]),
        hidden_size=int(text["hidden_size"]),
        intermediate_size=int(text["intermediate_size"]),
        n_layers=int(text["num_hidden_layers"]),
        n_heads=n_heads,
        n_kv_heads=int(text.get("num_key_value_heads") or n_heads),
        head_dim=int(text.get("head_dim") or int(text["hidden_size"]) // n_heads),
        rms_eps=float(text.get("rms_norm_eps", 1e-6)),
        rope_theta=float(rope.get("rope_theta") or text.get("rope_theta") or DEFAULT_ROPE_THETA),
        mrope_section=(temporal, height, width),
        max_positions=int(text["max_position_embeddings"]),
        tied_embeddings=tied,
    )
