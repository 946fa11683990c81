"""Qwen3-VL, dense sizes (2B, 4B, 8B, 32B) of the Instruct line."""

from __future__ import annotations

from wentu.core.detail import TOKEN_PX
from wentu.engines.specs.base import ModelSpec, Sampling

QWEN3_VL = ModelSpec(
    family="qwen3-vl",
    model_type="qwen3_vl",
    names=("qwen3-vl", "qwen3_vl", "qwen3vl"),
    # 0..1000 relative in both directions; Qwen2.5-VL wrote pixels (QwenLM/Qwen3-VL issues 1486 and 1927).
    box_scale=1000.0,
    # preprocessor_config.json of Qwen/Qwen3-VL-2B-Instruct: size.shortest_edge and size.longest_edge, in pixels.
    min_pixels=65_536,
    max_pixels=16_777_216,
    # smart_resize of the preprocessing refuses more.
    max_aspect=200.0,
    token_px=TOKEN_PX,
    # The maker's model card, "Generation Hyperparameters", vision-language; generation_config.json holds the same
    # apart from the presence penalty, which that file has no word for.
    sampling=Sampling(temperature=0.7, top_p=0.8, top_k=20, presence_penalty=1.5, repetition_penalty=1.0),
)
