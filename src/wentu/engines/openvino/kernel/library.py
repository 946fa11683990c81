"""The border to the compiled kernel: its structures as in step.c, and whether this machine can use it."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, c_float, c_int, c_int32, c_size_t, c_void_p
from functools import cache
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).parent / "text_kernel.so"

# `wentu_processor` of step.c
_USABLE, _HAS_VNNI = 1, 2


class CMatrix(Structure):
    _fields_ = (
        ("codes", c_void_p),
        ("scales", c_void_p),
        ("rows", c_int32),
        ("columns", c_int32),
        ("group", c_int32),
        ("unused", c_int32),
    )


NORMS = ("input_norm", "post_norm", "query_norm", "key_norm")
MATRICES = ("query", "key", "value", "output", "gate", "up", "down")


class CLayer(Structure):
    _fields_ = (*((name, c_void_p) for name in NORMS), *((name, CMatrix) for name in MATRICES))


class CModel(Structure):
    _fields_ = (
        *((name, c_int32) for name in ("n_heads", "n_kv_heads", "head_dim", "exact")),
        *((name, c_int32) for name in ("n_layers", "hidden", "intermediate", "n_deepstack", "n_blocks")),
        ("eps", c_float),
        ("layers", POINTER(CLayer)),
        ("norm", c_void_p),
        ("head", CMatrix),
        ("cache", c_void_p),
    )


class CBatch(Structure):
    _fields_ = (
        *((name, c_int32) for name in ("n", "n_sequences", "n_wanted", "unused")),
        *((name, c_void_p) for name in ("x", "cos", "sin", "deepstack")),
        *((name, c_void_p) for name in ("begins", "past", "blocks", "block_begins", "wanted", "logits")),
    )


@cache
def find_library() -> Any | None:
    """The kernel, or None where it was not compiled, is not for this system, or lacks the instructions it needs."""
    try:
        library = ctypes.CDLL(str(LIBRARY))
    except OSError:
        return None
    library.wentu_open.restype, library.wentu_open.argtypes = c_void_p, (c_int,)
    library.wentu_close.restype, library.wentu_close.argtypes = None, (c_void_p,)
    model, batch = POINTER(CModel), POINTER(CBatch)
    library.wentu_cache_bytes.restype, library.wentu_cache_bytes.argtypes = c_size_t, (model,)
    library.wentu_workspace_bytes.restype = c_size_t
    library.wentu_workspace_bytes.argtypes = (c_void_p, model, c_int)
    library.wentu_run.restype, library.wentu_run.argtypes = None, (c_void_p, model, batch, c_void_p)
    return library if library.wentu_processor() & _USABLE else None


def is_faster_here() -> bool:
    """Whether the kernel is there, and the processor lacks what OpenVINO's integer products need."""
    library = find_library()
    return library is not None and not library.wentu_processor() & _HAS_VNNI
