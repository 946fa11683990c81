"""A slower copy of the tiny trained checkpoint that says the same, for whatever has to notice that it is slow."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import numpy as np

from seeing import CHECKPOINT

# The axis of each MLP weight that counts the neurons.
_NEURONS = {"gate_proj.weight": 0, "up_proj.weight": 0, "down_proj.weight": 1}


def make_wider(folder: Path, times: int = 64) -> Path:
    """The checkpoint in `folder`, its language model's MLPs `times` as wide; the weights of the new neurons are 0."""
    shutil.copytree(CHECKPOINT, folder)
    path = folder / "config.json"
    config = json.loads(path.read_text("utf-8"))
    config["text_config"]["intermediate_size"] *= times
    path.write_text(json.dumps(config, indent=2), "utf-8")
    _widen(folder / "model.safetensors", times)
    return folder


def _widen(path: Path, times: int) -> None:
    data = path.read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]  # safetensors: 8-byte length, JSON header, tensors
    header, tensors, end = json.loads(data[8:start]), [], 0
    header.pop("__metadata__", None)
    for name, tensor in header.items():
        first, last = (start + offset for offset in tensor["data_offsets"])
        values = np.frombuffer(data[first:last], np.uint16).reshape(tensor["shape"])  # bfloat16, whose 0 is 0
        axis = next((axis for part, axis in _NEURONS.items() if "language" in name and name.endswith(part)), None)
        if axis is not None:
            more = [(0, (times - 1) * size if place == axis else 0) for place, size in enumerate(values.shape)]
            values = np.pad(values, more)
        tensors.append(values.tobytes())
        tensor |= {"shape": list(values.shape), "data_offsets": [end, end + values.nbytes]}
        end += values.nbytes
    told = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(told)) + told + b"".join(tensors))
