"""What this machine could do at best: reading memory, multiplying matrices."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import openvino as ov
from openvino import opset15 as ops

_SIDE, _TIMES = 2048, 8
_NUMBERS = 1 << 25


def ceilings() -> dict[str, float]:
    """Bandwidth of all cores (GB/s) and matrix products (GFLOPS) in float32 and bfloat16."""
    return {
        "read_gb_per_s": _read_gb_per_s(),
        "gemm_float32_gflops": _gemm_gflops("f32"),
        "gemm_bfloat16_gflops": _gemm_gflops("bf16"),
    }


def _read_gb_per_s() -> float:
    """Every core sums numbers of its own, 256 MB each: far more than any cache holds."""
    n_threads = os.cpu_count() or 1
    parts = [np.ones(_NUMBERS, np.float64) for _ in range(n_threads)]
    with ThreadPoolExecutor(n_threads) as pool:
        start = time.perf_counter()
        list(pool.map(np.sum, parts))
        return round(n_threads * parts[0].nbytes / 1e9 / (time.perf_counter() - start), 1)


def _gemm_gflops(precision: str) -> float:
    left = ops.parameter([_SIDE, _SIDE], ov.Type.f32)
    weights = ops.constant(np.random.default_rng(0).standard_normal((_SIDE, _SIDE), np.float32))
    model = ov.Model([ops.matmul(left, weights, False, True)], [left])
    request = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": precision}).create_infer_request()
    data = np.ones((_SIDE, _SIDE), np.float32)
    request.infer([data])
    start = time.perf_counter()
    for _ in range(_TIMES):
        request.infer([data], share_inputs=True)
    return round(2 * _SIDE**3 * _TIMES / 1e9 / (time.perf_counter() - start), 1)
