"""The same tiny checkpoint as GGUF, so that llama.cpp can serve it: a second implementation to talk to.

Tensor and key names as llama.cpp's own converter writes them for Qwen3-VL (conversion classes Qwen3VLTextModel and
Qwen3VLVisionModel): text and vision in two files, temporal patches split into two convolutions.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, TokenType
from numpy.typing import NDArray

from tiny.tokenizer import CHAT_TEMPLATE
from wentu.engines.loop.checkpoint import Checkpoint

Array = NDArray[np.generic]
Encode = Callable[[Array], tuple[Array, GGMLQuantizationType | None]]
"""How a matrix is stored: its bytes, and their type where numpy has none for it."""

TEXT_LAYER = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
VISION_BLOCK = {
    "norm1": "ln1",
    "norm2": "ln2",
    "attn.qkv": "attn_qkv",
    "attn.proj": "attn_out",
    "mlp.linear_fc1": "ffn_up",
    "mlp.linear_fc2": "ffn_down",
}
MERGER = {"norm": "v.post_ln", "linear_fc1": "mm.0", "linear_fc2": "mm.2"}
DEEPSTACK = {"norm": "norm", "linear_fc1": "fc1", "linear_fc2": "fc2"}


def as_it_is(matrix: Array) -> tuple[Array, None]:
    return matrix, None


class Weights:
    """The checkpoint's tensors by name, read when asked for, matrices encoded."""

    def __init__(self, checkpoint: Path, encode: Encode) -> None:
        self._checkpoint = Checkpoint(checkpoint)
        self._encode = encode

    def __contains__(self, name: str) -> bool:
        return name in self._checkpoint

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        return self._checkpoint.float32(name)

    def add(self, writer: GGUFWriter, name: str, source: str) -> None:
        """Writes one tensor under its name in GGUF files."""
        values = self[source]
        stored, kind = self._encode(values) if values.ndim == 2 else (values, None)
        writer.add_tensor(name, stored, raw_dtype=kind)


def make_gguf(
    checkpoint: Path, folder: Path, *, text_as: Encode = as_it_is, vision_as: Encode = as_it_is
) -> tuple[Path, Path]:
    """Writes model.gguf and mmproj.gguf of a checkpoint, in float32 unless told otherwise; returns their paths.

    llama.cpp (b11549) ends the process unless the text has more layers than DeepStack: Sizes(layers=4) at least.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = json.loads((checkpoint / "config.json").read_text("utf-8"))
    text, vision = folder / "model.gguf", folder / "mmproj.gguf"
    _write_text(text, config, Weights(checkpoint, text_as), checkpoint)
    _write_vision(vision, config, Weights(checkpoint, vision_as))
    return text, vision


def _write_text(path: Path, config: dict[str, Any], weights: Weights, checkpoint: Path) -> None:
    text = config["text_config"]
    rope = text.get("rope_parameters") or {**text["rope_scaling"], "rope_theta": text["rope_theta"]}
    writer = GGUFWriter(path, "qwen3vl")
    writer.add_context_length(text["max_position_embeddings"])
    writer.add_embedding_length(text["hidden_size"])
    writer.add_block_count(text["num_hidden_layers"])
    writer.add_feed_forward_length(text["intermediate_size"])
    writer.add_head_count(text["num_attention_heads"])
    writer.add_head_count_kv(text["num_key_value_heads"])
    writer.add_key_length(text["head_dim"])
    writer.add_value_length(text["head_dim"])
    writer.add_layer_norm_rms_eps(text["rms_norm_eps"])
    writer.add_rope_freq_base(rope["rope_theta"])
    writer.add_rope_dimension_sections([*rope["mrope_section"], 0])
    writer.add_num_deepstack_layers(len(config["vision_config"]["deepstack_visual_indexes"]))
    _add_tokenizer(writer, checkpoint, text["vocab_size"])
    prefix = "model.language_model."
    weights.add(writer, "token_embd.weight", prefix + "embed_tokens.weight")
    weights.add(writer, "output_norm.weight", prefix + "norm.weight")
    if "lm_head.weight" in weights:
        weights.add(writer, "output.weight", "lm_head.weight")
    for layer in range(text["num_hidden_layers"]):
        for theirs, ours in TEXT_LAYER.items():
            weights.add(writer, f"blk.{layer}.{ours}.weight", f"{prefix}layers.{layer}.{theirs}.weight")
    _finish(writer)


def _add_tokenizer(writer: GGUFWriter, checkpoint: Path, vocab_size: int) -> None:
    tree = json.loads((checkpoint / "tokenizer.json").read_text("utf-8"))
    config = json.loads((checkpoint / "tokenizer_config.json").read_text("utf-8"))
    control = {token["id"]: token["content"] for token in tree["added_tokens"]}
    names = {number: name for name, number in tree["model"]["vocab"].items()} | control
    kinds = {**dict.fromkeys(names, TokenType.NORMAL), **dict.fromkeys(control, TokenType.CONTROL)}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list([names.get(number, f"[PAD{number}]") for number in range(vocab_size)])
    writer.add_token_types([kinds.get(number, TokenType.UNUSED) for number in range(vocab_size)])
    # llama.cpp refuses a vocabulary without merges; a pair of NUL bytes has no token of its own, so it joins nothing.
    merges = tree["model"]["merges"] or [("\u0100", "\u0100")]
    writer.add_token_merges([" ".join(pair) for pair in merges])
    ids = {name: number for number, name in control.items()}
    writer.add_eos_token_id(ids[config["eos_token"]])
    writer.add_pad_token_id(ids[config.get("pad_token", config["eos_token"])])
    writer.add_add_bos_token(False)
    writer.add_chat_template(config.get("chat_template", CHAT_TEMPLATE))


def _write_vision(path: Path, config: dict[str, Any], weights: Weights) -> None:
    vision = config["vision_config"]
    deepstack = vision["deepstack_visual_indexes"]
    writer = GGUFWriter(path, "clip")
    writer.add_type("mmproj")
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_projector_type("qwen3vl_merger")
    writer.add_vision_image_size(round(vision["num_position_embeddings"] ** 0.5) * vision["patch_size"])
    writer.add_vision_patch_size(vision["patch_size"])
    writer.add_vision_embedding_length(vision["hidden_size"])
    writer.add_vision_feed_forward_length(vision["intermediate_size"])
    writer.add_vision_block_count(vision["depth"])
    writer.add_vision_head_count(vision["num_heads"])
    writer.add_vision_projection_dim(vision["out_hidden_size"])
    writer.add_vision_attention_layernorm_eps(1e-6)
    writer.add_vision_spatial_merge_size(vision["spatial_merge_size"])
    writer.add_vision_use_gelu(True)
    writer.add_vision_image_mean([0.5, 0.5, 0.5])
    writer.add_vision_image_std([0.5, 0.5, 0.5])
    writer.add_vision_is_deepstack_layers([layer in deepstack for layer in range(vision["depth"])])
    prefix = "model.visual."
    patch = weights[prefix + "patch_embed.proj.weight"]
    writer.add_tensor("v.patch_embd.weight", np.ascontiguousarray(patch[:, :, 0]))
    writer.add_tensor("v.patch_embd.weight.1", np.ascontiguousarray(patch[:, :, 1]))
    writer.add_tensor("v.patch_embd.bias", weights[prefix + "patch_embed.proj.bias"])
    writer.add_tensor("v.position_embd.weight", weights[prefix + "pos_embed.weight"])
    for block in range(vision["depth"]):
        _add_affine(writer, weights, f"{prefix}blocks.{block}.", VISION_BLOCK, f"v.blk.{block}.")
    _add_affine(writer, weights, f"{prefix}merger.", MERGER, "")
    for index, layer in enumerate(deepstack):
        source = f"{prefix}deepstack_merger_list.{index}."
        _add_affine(writer, weights, source, DEEPSTACK, f"v.deepstack.{layer}.")
    _finish(writer)


def _add_affine(writer: GGUFWriter, weights: Weights, source: str, names: dict[str, str], target: str) -> None:
    for theirs, ours in names.items():
        for part in ("weight", "bias"):
            weights.add(writer, f"{target}{ours}.{part}", f"{source}{theirs}.{part}")


def _finish(writer: GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
