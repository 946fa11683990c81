"""ONNX Runtime: sessions and their options, and the border at which its errors become ours."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import onnxruntime as ort

from wentu.engines.loop.border import runtime_errors


def onnx_errors(doing: str) -> AbstractContextManager[None]:
    """The border of this runtime; its classes derive from Exception."""
    return runtime_errors("onnx", doing)


def open_session(path: Path, threads: int, *, keep_scratch: bool) -> ort.InferenceSession:
    """A graph ready to run on the CPU. `threads` 0 means all cores.

    `keep_scratch`: memory for intermediate results is kept from call to call, which is faster, and grows to what the
    largest call has needed.
    """
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = keep_scratch
    options.enable_mem_pattern = False  # every call has other sizes
    options.log_severity_level = 3
    # Threads that wait for the next call by spinning would take a core from OCR and the web page.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
