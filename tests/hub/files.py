"""The smallest folder that is complete in form: a Qwen3-VL config, tokenizer files and weights of random bytes."""

from __future__ import annotations

import json
import random
import struct

COMMIT = "89644892e4d85e24eaac8bacfd4f463576704203"
NEXT_COMMIT = "0e28a49a1d0d4f3fbc1d5b2c7e6b3a4f5d6c7b8a"


def model_files(weight_bytes: int = 400_000, *, seed: int = 0, shards: int = 1) -> dict[str, bytes]:
    """Files by name, the same bytes for the same arguments. One F32 tensor fills each weight file."""
    files = {
        "config.json": _json({"architectures": ["Qwen3VLForConditionalGeneration"], "model_type": "qwen3_vl"}),
        "generation_config.json": _json({"temperature": 0.7}),
        "tokenizer.json": _json({"model": {"vocab": {}}}),
        "tokenizer_config.json": _json({"eos_token": "<|im_end|>"}),
        "chat_template.json": _json({"chat_template": "{{ messages }}"}),
        "preprocessor_config.json": _json({"patch_size": 16}),
        "vocab.json": _json({}),
        "merges.txt": b"#version: 0.2\n",
        "README.md": b"# A model\n",
        "LICENSE": b"Apache-2.0\n",
        ".gitattributes": b"*.safetensors filter=lfs\n",
        "onnx/model.onnx": b"another format",
        "pytorch_model.bin": b"another format",
    }
    if shards == 1:
        files["model.safetensors"] = _weights({"layer.0": weight_bytes}, seed)
        return files
    names = {f"layer.{i}": f"model-{i + 1:05d}-of-{shards:05d}.safetensors" for i in range(shards)}
    for i, (tensor, name) in enumerate(names.items()):
        files[name] = _weights({tensor: weight_bytes // shards // 4 * 4}, seed + i)
    files["model.safetensors.index.json"] = _json({"metadata": {}, "weight_map": names})
    return files


def _weights(tensors: dict[str, int], seed: int) -> bytes:
    header, offset = {}, 0
    for name, n_bytes in tensors.items():
        header[name] = {"dtype": "F32", "shape": [n_bytes // 4], "data_offsets": [offset, offset + n_bytes]}
        offset += n_bytes
    text = _json(header)
    return struct.pack("<Q", len(text)) + text + random.Random(seed).randbytes(offset)


def _json(tree: object) -> bytes:
    return json.dumps(tree).encode()
