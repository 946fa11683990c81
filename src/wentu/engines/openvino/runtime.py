"""The OpenVINO runtime: one core, its options, and the border at which its errors become ours."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Literal

import openvino as ov

from wentu.engines.loop.border import runtime_errors
from wentu.engines.openvino.formats import Precision


def openvino_errors(doing: str) -> AbstractContextManager[None]:
    """The border of this runtime."""
    return runtime_errors("openvino", doing)


KvPrecision = Literal["u8", "full"]


class Runtime:
    """Compiles graphs for this machine's CPU."""

    def __init__(self, threads: int, precision: Precision, *, kv_precision: KvPrecision = "u8") -> None:
        """`threads` 0 means all cores. Keys and values are kept in 8 bits, or as wide as they are computed."""
        self.core = ov.Core()
        self.precision = precision
        capabilities = self.core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        self.has_bfloat16 = "BF16" in capabilities
        hint = "bf16" if precision.text.kind == "bfloat16" and self.has_bfloat16 else "f32"
        group = precision.activation_group if precision.quantized else 0
        self._options: dict[str, str | int] = {
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": hint,
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": group,
        }
        if threads:
            self._options["INFERENCE_NUM_THREADS"] = threads
        self._kv_precision = "u8" if kv_precision == "u8" else hint

    def compile_text(self, model: ov.Model) -> ov.CompiledModel:
        return self.core.compile_model(model, "CPU", {**self._options, "KV_CACHE_PRECISION": self._kv_precision})

    def compile_vision(self, model: ov.Model) -> ov.CompiledModel:
        options = dict(self._options)
        if self.precision.vision.kind == "int8":
            options["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = 256  # one scale a row; fastest of 32..256 for long inputs
        return self.core.compile_model(model, "CPU", options)
