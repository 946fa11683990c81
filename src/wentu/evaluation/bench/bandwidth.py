"""What bounds decoding: how fast one thread reads memory."""

from __future__ import annotations

import time

import numpy as np

_NUMBERS = 1 << 25  # 256 MB of float64: far more than any cache holds


def read_gb_per_s() -> float:
    """Memory bandwidth of one thread, GB/s. It flips from hour to hour on shared machines: measure before and after."""
    data = np.ones(_NUMBERS, np.float64)
    start = time.perf_counter()
    data.sum()
    return round(data.nbytes / 1e9 / (time.perf_counter() - start), 1)
