"""Names and shapes of every tensor of a Qwen3-VL checkpoint, as published in model.safetensors."""

from __future__ import annotations

from dataclasses import dataclass

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The numbers of config.json. Defaults: Qwen/Qwen3-VL-2B-Instruct."""

    vocabulary: int = 151_936
    hidden: int = 2048
    intermediate: int = 6144
    layers: int = 28
    heads: int = 16
    kv_heads: int = 8
    head_dim: int = 128
    mrope_section: tuple[int, int, int] = (24, 20, 20)
    rope_theta: float = 5_000_000.0
    max_positions: int = 262_144
    vision_hidden: int = 1024
    vision_intermediate: int = 4096
    vision_depth: int = 24
    vision_heads: int = 16
    vision_positions: int = 2304
    deepstack: tuple[int, ...] = (5, 11, 17)
    patch: int = 16
    merge: int = 2
    temporal_patch: int = 2


def tensor_shapes(sizes: Sizes, vocab: int, tied: bool) -> Shapes:
    """All tensors; with tied embeddings there is no lm_head, as in the published 2B."""
    shapes: Shapes = {"model.language_model.embed_tokens.weight": (vocab, sizes.hidden)}
    for layer in range(sizes.layers):
        shapes |= _with_prefix(f"model.language_model.layers.{layer}.", _text_layer(sizes))
    shapes["model.language_model.norm.weight"] = (sizes.hidden,)
    if not tied:
        shapes["lm_head.weight"] = (vocab, sizes.hidden)
    return shapes | _with_prefix("model.visual.", _vision(sizes))


def _text_layer(sizes: Sizes) -> Shapes:
    hidden, queries, keys = sizes.hidden, sizes.heads * sizes.head_dim, sizes.kv_heads * sizes.head_dim
    return {
        "input_layernorm.weight": (hidden,),
        "self_attn.q_proj.weight": (queries, hidden),
        "self_attn.k_proj.weight": (keys, hidden),
        "self_attn.v_proj.weight": (keys, hidden),
        "self_attn.o_proj.weight": (hidden, queries),
        "self_attn.q_norm.weight": (sizes.head_dim,),
        "self_attn.k_norm.weight": (sizes.head_dim,),
        "post_attention_layernorm.weight": (hidden,),
        "mlp.gate_proj.weight": (sizes.intermediate, hidden),
        "mlp.up_proj.weight": (sizes.intermediate, hidden),
        "mlp.down_proj.weight": (hidden, sizes.intermediate),
    }


def _vision(sizes: Sizes) -> Shapes:
    width = sizes.vision_hidden
    shapes: Shapes = {
        "patch_embed.proj.weight": (width, 3, sizes.temporal_patch, sizes.patch, sizes.patch),
        "patch_embed.proj.bias": (width,),
        "pos_embed.weight": (sizes.vision_positions, width),
    }
    for block in range(sizes.vision_depth):
        shapes |= _with_prefix(f"blocks.{block}.", _vision_block(sizes))
    merged = width * sizes.merge**2
    shapes |= _with_prefix("merger.", _merger(width, merged, sizes.hidden))
    for index in range(len(sizes.deepstack)):
        shapes |= _with_prefix(f"deepstack_merger_list.{index}.", _merger(merged, merged, sizes.hidden))
    return shapes


def _vision_block(sizes: Sizes) -> Shapes:
    width, inner = sizes.vision_hidden, sizes.vision_intermediate
    return {
        **_affine("norm1", width),
        **_affine("norm2", width),
        **_linear("attn.qkv", width, 3 * width),
        **_linear("attn.proj", width, width),
        **_linear("mlp.linear_fc1", width, inner),
        **_linear("mlp.linear_fc2", inner, width),
    }


def _merger(norm: int, merged: int, out: int) -> Shapes:
    return {
        **_affine("norm", norm),
        **_linear("linear_fc1", merged, merged),
        **_linear("linear_fc2", merged, out),
    }


def _linear(name: str, inputs: int, outputs: int) -> Shapes:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def _affine(name: str, width: int) -> Shapes:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def _with_prefix(prefix: str, shapes: Shapes) -> Shapes:
    return {prefix + name: shape for name, shape in shapes.items()}
