"""Writes the folder that a publisher would: config, weights, tokenizer, preprocessor and sampling defaults."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from tiny.tokenizer import make_tokenizer, write_tokenizer
from wentu.evaluation.shapes import tensor_shapes

Weights = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The numbers of config.json that a test may want to change. Defaults: 0.4 M parameters.

    `mrope_section` sums to head_dim / 2; `vocab_padding` rows have no token, as in the published model.
    """

    hidden: int = 96
    intermediate: int = 160
    layers: int = 3
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 32
    mrope_section: tuple[int, int, int] = (6, 5, 5)
    rope_theta: float = 5_000_000.0
    max_positions: int = 4096
    vocab_padding: int = 6
    merges: int = 40
    vision_hidden: int = 64
    vision_intermediate: int = 96
    vision_depth: int = 4
    vision_heads: int = 4
    vision_positions: int = 64
    deepstack: tuple[int, ...] = (0, 1, 2)
    patch: int = 16
    merge: int = 2
    temporal_patch: int = 2


def make_checkpoint(
    folder: Path,
    seed: int = 0,
    *,
    sizes: Sizes | None = None,
    tie_embeddings: bool = True,
    rope_key: Literal["rope_scaling", "rope_parameters"] = "rope_scaling",
    dtype: Literal["float32", "bfloat16"] = "float32",
    says: str | None = None,
    forever: bool = False,
    shards: int = 1,
    min_pixels: int = 65_536,
    max_pixels: int = 16_777_216,
) -> Path:
    """A tiny random Qwen3-VL in `folder` (made if missing), the same bytes for the same arguments; returns `folder`.

    `rope_key`: how config.json spells the rotary settings ("rope_scaling" as published, "rope_parameters" as
    transformers 5 writes). `says`: the model answers every prompt with exactly this text and ends, or says it again
    and again if `forever`; every token of the text may occur only once (a bigram chain), else ValueError; the
    embeddings are then not tied. `min_pixels` and `max_pixels` go into preprocessor_config.json.
    """
    sizes = sizes or Sizes()
    tied = tie_embeddings and says is None
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = make_tokenizer(sizes.merges)
    vocab = tokenizer.get_vocab_size() + sizes.vocab_padding
    weights = _random_weights(tensor_shapes(sizes, vocab, tied), seed)
    if says is not None:
        _teach(weights, tokenizer, says, forever)
    _write_weights(folder, weights, dtype, shards)
    write_tokenizer(folder, tokenizer)
    _write_json(folder / "config.json", _config(sizes, tokenizer, vocab, tied, rope_key, dtype))
    _write_json(folder / "generation_config.json", _generation_config(tokenizer))
    for name, tree in _preprocessors(sizes, min_pixels, max_pixels).items():
        _write_json(folder / name, tree)
    return folder


def _random_weights(shapes: Mapping[str, tuple[int, ...]], seed: int) -> Weights:
    """Normal weights whose layers keep the size of their input, so that logits spread and pictures matter."""
    random = np.random.default_rng(seed)
    weights: Weights = {}
    for name, shape in shapes.items():
        noise = random.standard_normal(shape, dtype=np.float32)
        if len(shape) == 1:
            weights[name] = 0.1 * noise + np.float32("norm" in name and name.endswith("weight"))
        elif "embed_tokens" in name or "lm_head" in name or "pos_embed" in name:
            weights[name] = 0.3 * noise
        else:
            weights[name] = noise / np.float32(np.sqrt(np.prod(shape[1:])))
    return weights


def _teach(weights: Weights, tokenizer: Tokenizer, says: str, forever: bool) -> None:
    """Make the model a bigram chain: newline (the prompt's last token) -> says -> <|im_end|>, or says once more.

    The layers add nothing to the residual, so the last state is the last token's embedding, and each row of the
    head is the embedding of the token that comes before.
    """
    newline, end = (tokenizer.token_to_id(token) for token in ("Ċ", "<|im_end|>"))
    ids = tokenizer.encode(says, add_special_tokens=False).ids
    if len({newline, *ids}) != len(ids) + 1:
        raise ValueError(f"a token occurs twice in {says!r}")
    for name in weights:
        if name.endswith(("self_attn.o_proj.weight", "mlp.down_proj.weight")):
            weights[name][:] = 0
    embedding = weights["model.language_model.embed_tokens.weight"]
    head = weights["lm_head.weight"]
    head[:] = 0
    # 60 nats above all others: the normalised state has length sqrt(hidden), an embedding .3 sqrt(hidden).
    scale = np.float32(60 / embedding.shape[1] / 0.3)
    for before, after in pairwise([newline, *ids, ids[0] if forever else end]):
        head[after] += embedding[before] * scale
    weights["model.language_model.norm.weight"][:] = 1


def _write_weights(folder: Path, weights: Weights, dtype: str, shards: int) -> None:
    names = sorted(weights)
    files = {name: _shard_name(index * shards // len(names), shards) for index, name in enumerate(names)}
    for file in sorted(set(files.values())):
        _write_safetensors(folder / file, {name: weights[name] for name in names if files[name] == file}, dtype)
    if shards > 1:
        total = sum(len(_as_bytes(array, dtype)) for array in weights.values())
        _write_json(folder / "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": files})


def _write_safetensors(path: Path, weights: Weights, dtype: str) -> None:
    """The format by hand (huggingface/safetensors README): its Python API has no bfloat16 without torch."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    blobs, offset = [], 0
    for name, array in weights.items():
        blob = _as_bytes(array, dtype)
        code = "F32" if dtype == "float32" else "BF16"
        header[name] = {"dtype": code, "shape": list(array.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def _shard_name(index: int, shards: int) -> str:
    return "model.safetensors" if shards == 1 else f"model-{index + 1:05d}-of-{shards:05d}.safetensors"


def _as_bytes(array: NDArray[np.float32], dtype: str) -> bytes:
    if dtype == "float32":
        return array.tobytes()
    bits = array.view(np.uint32)
    rounded = bits + 0x7FFF + ((bits >> 16) & 1)  # to nearest even: bfloat16 is the upper half of float32
    return (rounded >> 16).astype(np.uint16).tobytes()


def _config(sizes: Sizes, tokenizer: Tokenizer, vocab: int, tied: bool, rope_key: str, dtype: str) -> dict[str, object]:
    rope: dict[str, object] = {
        "mrope_interleaved": True,
        "mrope_section": list(sizes.mrope_section),
        "rope_type": "default",
    }
    if rope_key == "rope_parameters":
        rotary: dict[str, object] = {"rope_parameters": {**rope, "rope_theta": sizes.rope_theta}}
    else:
        rotary = {"rope_scaling": rope, "rope_theta": sizes.rope_theta}
    text = {
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": tokenizer.token_to_id("<|endoftext|>"),
        "dtype": dtype,
        "eos_token_id": tokenizer.token_to_id("<|im_end|>"),
        "head_dim": sizes.head_dim,
        "hidden_act": "silu",
        "hidden_size": sizes.hidden,
        "initializer_range": 0.02,
        "intermediate_size": sizes.intermediate,
        "max_position_embeddings": sizes.max_positions,
        "model_type": "qwen3_vl_text",
        "num_attention_heads": sizes.heads,
        "num_hidden_layers": sizes.layers,
        "num_key_value_heads": sizes.kv_heads,
        "rms_norm_eps": 1e-06,
        **rotary,
        "tie_word_embeddings": tied,
        "use_cache": True,
        "vocab_size": vocab,
    }
    vision = {
        "deepstack_visual_indexes": list(sizes.deepstack),
        "depth": sizes.vision_depth,
        "hidden_act": "gelu_pytorch_tanh",
        "hidden_size": sizes.vision_hidden,
        "in_channels": 3,
        "initializer_range": 0.02,
        "intermediate_size": sizes.vision_intermediate,
        "model_type": "qwen3_vl",
        "num_heads": sizes.vision_heads,
        "num_position_embeddings": sizes.vision_positions,
        "out_hidden_size": sizes.hidden,
        "patch_size": sizes.patch,
        "spatial_merge_size": sizes.merge,
        "temporal_patch_size": sizes.temporal_patch,
    }
    return {
        "architectures": ["Qwen3VLForConditionalGeneration"],
        "image_token_id": tokenizer.token_to_id("<|image_pad|>"),
        "model_type": "qwen3_vl",
        "text_config": text,
        "tie_word_embeddings": tied,
        "transformers_version": "4.57.0",
        "video_token_id": tokenizer.token_to_id("<|video_pad|>"),
        "vision_config": vision,
        "vision_end_token_id": tokenizer.token_to_id("<|vision_end|>"),
        "vision_start_token_id": tokenizer.token_to_id("<|vision_start|>"),
    }


def _generation_config(tokenizer: Tokenizer) -> dict[str, object]:
    """The maker's published defaults with this vocabulary's ids."""
    pad, end = tokenizer.token_to_id("<|endoftext|>"), tokenizer.token_to_id("<|im_end|>")
    return {
        "bos_token_id": pad,
        "do_sample": True,
        "eos_token_id": [end, pad],
        "pad_token_id": pad,
        "repetition_penalty": 1.0,
        "temperature": 0.7,
        "top_k": 20,
        "top_p": 0.8,
        "transformers_version": "4.56.0",
    }


def _preprocessors(sizes: Sizes, min_pixels: int, max_pixels: int) -> dict[str, dict[str, object]]:
    common: dict[str, object] = {
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        "merge_size": sizes.merge,
        "patch_size": sizes.patch,
        "processor_class": "Qwen3VLProcessor",
        "temporal_patch_size": sizes.temporal_patch,
    }
    image = {
        **common,
        "image_processor_type": "Qwen2VLImageProcessorFast",
        "size": {"longest_edge": max_pixels, "shortest_edge": min_pixels},
    }
    video = {
        **common,
        "size": {"longest_edge": 25_165_824, "shortest_edge": 4096},
        "video_processor_type": "Qwen3VLVideoProcessor",
    }
    return {"preprocessor_config.json": image, "video_preprocessor_config.json": video}


def _write_json(path: Path, tree: object) -> None:
    path.write_text(json.dumps(tree, ensure_ascii=False, indent=2) + "\n", "utf-8")
