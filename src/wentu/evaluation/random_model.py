"""A folder like the published Qwen3-VL-2B-Instruct with random weights: 4.3 GB that cost as much to compute.

Random numbers say nothing about accuracy, and everything about time and memory. The tokenizer has one token a byte,
so texts have some four times the tokens that they would have.
"""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wentu.engines.specs.vocabulary import byte_values
from wentu.evaluation.shapes import Sizes, tensor_shapes

_POOL = 1 << 24  # random numbers made once; every tensor is cut from them at another place
_SPREAD = 0.02  # initializer_range of the published config
_CONTROLS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
_IDS = {name: 256 + number for number, name in enumerate(_CONTROLS)}


def n_bytes(sizes: Sizes) -> int:
    """Size of the weights, in bfloat16."""
    return sum(2 * math.prod(shape) for shape in tensor_shapes(sizes, sizes.vocabulary, tied=True).values())


def make_random_model(folder: Path, sizes: Sizes, seed: int = 0) -> Path:
    """Writes the folder (made if missing) and returns it. The same bytes for the same arguments."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, tree in _small_files(sizes).items():
        (folder / name).write_text(json.dumps(tree, indent=2) + "\n", "utf-8")
    _write_weights(folder / "model.safetensors", sizes, np.random.default_rng(seed))
    return folder


def _small_files(sizes: Sizes) -> dict[str, object]:
    end, pad = _IDS["<|im_end|>"], _IDS["<|endoftext|>"]
    picture = {"merge_size": sizes.merge, "patch_size": sizes.patch, "temporal_patch_size": sizes.temporal_patch}
    return {
        "config.json": _config(sizes),
        "tokenizer.json": _tokenizer(),
        "tokenizer_config.json": {"eos_token": "<|im_end|>", "tokenizer_class": "Qwen2Tokenizer"},
        "generation_config.json": {"eos_token_id": [end, pad], "pad_token_id": pad},
        "preprocessor_config.json": {
            **picture,
            "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5],
            "image_processor_type": "Qwen2VLImageProcessorFast",
            "size": {"longest_edge": 16_777_216, "shortest_edge": 65_536},
        },
    }


def _config(sizes: Sizes) -> dict[str, object]:
    """config.json as published."""
    return {
        "architectures": ["Qwen3VLForConditionalGeneration"],
        "image_token_id": _IDS["<|image_pad|>"],
        "model_type": "qwen3_vl",
        "text_config": {
            "dtype": "bfloat16",
            "eos_token_id": _IDS["<|im_end|>"],
            "head_dim": sizes.head_dim,
            "hidden_act": "silu",
            "hidden_size": sizes.hidden,
            "intermediate_size": sizes.intermediate,
            "max_position_embeddings": sizes.max_positions,
            "model_type": "qwen3_vl_text",
            "num_attention_heads": sizes.heads,
            "num_hidden_layers": sizes.layers,
            "num_key_value_heads": sizes.kv_heads,
            "rms_norm_eps": 1e-06,
            "rope_scaling": {
                "mrope_interleaved": True,
                "mrope_section": list(sizes.mrope_section),
                "rope_type": "default",
            },
            "rope_theta": sizes.rope_theta,
            "tie_word_embeddings": True,
            "vocab_size": sizes.vocabulary,
        },
        "tie_word_embeddings": True,
        "video_token_id": _IDS["<|video_pad|>"],
        "vision_config": {
            "deepstack_visual_indexes": list(sizes.deepstack),
            "depth": sizes.vision_depth,
            "hidden_act": "gelu_pytorch_tanh",
            "hidden_size": sizes.vision_hidden,
            "intermediate_size": sizes.vision_intermediate,
            "model_type": "qwen3_vl",
            "num_heads": sizes.vision_heads,
            "num_position_embeddings": sizes.vision_positions,
            "out_hidden_size": sizes.hidden,
            "patch_size": sizes.patch,
            "spatial_merge_size": sizes.merge,
            "temporal_patch_size": sizes.temporal_patch,
        },
        "vision_end_token_id": _IDS["<|vision_end|>"],
        "vision_start_token_id": _IDS["<|vision_start|>"],
    }


def _tokenizer() -> dict[str, object]:
    """tokenizer.json of byte-level BPE without a single merge."""
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": number, "content": name, **flags} for name, number in _IDS.items()],
        "normalizer": {"type": "NFC"},
        "pre_tokenizer": byte_level,
        "post_processor": None,
        "decoder": byte_level,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": byte_values(),
            "merges": [],
        },
    }


def _write_weights(path: Path, sizes: Sizes, random: np.random.Generator) -> None:
    """One safetensors file in bfloat16 (format: huggingface/safetensors README), a piece at a time."""
    shapes = tensor_shapes(sizes, sizes.vocabulary, tied=True)
    header, offset = {}, 0
    for name, shape in shapes.items():
        end = offset + 2 * math.prod(shape)
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    pool = _bfloat16(np.float32(_SPREAD) * random.standard_normal(min(_POOL, 2 * offset), dtype=np.float32))
    one = _bfloat16(np.ones(1, np.float32))
    with path.open("wb") as stream:
        stream.write(struct.pack("<Q", len(text)) + text)
        for name, shape in shapes.items():
            count = math.prod(shape)
            if len(shape) == 1 and "norm" in name and name.endswith("weight"):
                stream.write(np.repeat(one, count).tobytes())
                continue
            while count > 0:
                start = int(random.integers(0, len(pool) // 2))
                part = pool[start : start + count]
                stream.write(part.tobytes())
                count -= len(part)


def _bfloat16(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    """The upper halves of float32 numbers, as 16-bit integers."""
    return (values.view(np.uint32) >> 16).astype(np.uint16)
