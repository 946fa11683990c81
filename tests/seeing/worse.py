"""A worse copy of the tiny trained checkpoint, for whatever has to notice that it is worse."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import numpy as np

from seeing import CHECKPOINT


def make_worse(folder: Path, noise: float = 1.0, seed: int = 0) -> Path:
    """The checkpoint with noise in its MLP weights (`noise` times their standard deviation), in `folder`."""
    shutil.copytree(CHECKPOINT, folder)
    path = folder / "model.safetensors"
    data = bytearray(path.read_bytes())
    start = 8 + struct.unpack("<Q", data[:8])[0]  # safetensors: 8-byte length, JSON header, tensors
    header = json.loads(data[8:start])
    random = np.random.default_rng(seed)
    for name, tensor in header.items():
        if "mlp" not in name:
            continue
        first, last = (start + offset for offset in tensor["data_offsets"])
        wide = (np.frombuffer(bytes(data[first:last]), np.uint16).astype(np.uint32) << 16).view(np.float32)
        noisy = wide + random.normal(0, noise * wide.std(), wide.shape).astype(np.float32)
        data[first:last] = (noisy.view(np.uint32) >> 16).astype(np.uint16).tobytes()
    path.write_bytes(data)
    return folder
