"""A folder like the published Qwen3-VL-2B-Instruct with random weights: 4.3 GB that cost as much to compute.

    PYTHONPATH=tests python -m bench.engine.full_size FOLDER

Random numbers say nothing about accuracy, and everything about time and memory. The small tokenizer of the tests
comes with it, so texts have more tokens than they would have.
"""

from __future__ import annotations

import json
import math
import struct
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tiny import Sizes, make_checkpoint
from tiny.shapes import tensor_shapes

VOCABULARY = 151_936
# config.json of Qwen/Qwen3-VL-2B-Instruct
SIZES = Sizes(
    hidden=2048,
    intermediate=6144,
    layers=28,
    heads=16,
    kv_heads=8,
    head_dim=128,
    mrope_section=(24, 20, 20),
    max_positions=262_144,
    vision_hidden=1024,
    vision_intermediate=4096,
    vision_depth=24,
    vision_heads=16,
    vision_positions=2304,
    deepstack=(5, 11, 17),
)

_POOL = 1 << 24  # random numbers made once; every tensor is cut from them at another place
_SPREAD = 0.02  # initializer_range of the published config


def make_full_size(folder: Path, seed: int = 0) -> Path:
    """Writes the folder unless it is there already; returns it."""
    if (folder / "model.safetensors").is_file():
        return folder
    make_checkpoint(folder)
    _grow_config(folder / "config.json")
    partial = folder / "model.safetensors.partial"
    _write_weights(partial, np.random.default_rng(seed))
    partial.replace(folder / "model.safetensors")
    return folder


def _grow_config(path: Path) -> None:
    """The tiny folder's config with the published sizes; token ids stay those of its tokenizer."""
    tree = json.loads(path.read_text("utf-8"))
    full = {
        "text_config": {
            "hidden_size": SIZES.hidden,
            "intermediate_size": SIZES.intermediate,
            "num_hidden_layers": SIZES.layers,
            "num_attention_heads": SIZES.heads,
            "num_key_value_heads": SIZES.kv_heads,
            "head_dim": SIZES.head_dim,
            "max_position_embeddings": SIZES.max_positions,
            "vocab_size": VOCABULARY,
            "dtype": "bfloat16",
        },
        "vision_config": {
            "hidden_size": SIZES.vision_hidden,
            "intermediate_size": SIZES.vision_intermediate,
            "depth": SIZES.vision_depth,
            "num_heads": SIZES.vision_heads,
            "num_position_embeddings": SIZES.vision_positions,
            "deepstack_visual_indexes": list(SIZES.deepstack),
            "out_hidden_size": SIZES.hidden,
        },
    }
    for part, values in full.items():
        tree[part].update(values)
    tree["text_config"]["rope_scaling"]["mrope_section"] = list(SIZES.mrope_section)
    path.write_text(json.dumps(tree, indent=2) + "\n", "utf-8")


def _write_weights(path: Path, random: np.random.Generator) -> None:
    """One safetensors file in bfloat16, a tensor at a time."""
    shapes = tensor_shapes(SIZES, VOCABULARY, tied=True)
    header, offset = {}, 0
    for name, shape in shapes.items():
        end = offset + 2 * math.prod(shape)
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    pool = _bfloat16(_SPREAD * random.standard_normal(_POOL, dtype=np.float32))
    one = _bfloat16(np.ones(1, np.float32))
    with path.open("wb") as stream:
        stream.write(struct.pack("<Q", len(text)) + text)
        for name, shape in shapes.items():
            count = math.prod(shape)
            if len(shape) == 1 and "norm" in name and name.endswith("weight"):
                stream.write(np.repeat(one, count).tobytes())
                continue
            while count > 0:
                start = int(random.integers(0, _POOL // 2))
                part = pool[start : start + count]
                stream.write(part.tobytes())
                count -= len(part)


def _bfloat16(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    return (values.view(np.uint32) >> 16).astype(np.uint16)


if __name__ == "__main__":
    print(make_full_size(Path(sys.argv[1])))
