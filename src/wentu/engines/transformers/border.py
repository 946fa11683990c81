"""Where exceptions of torch, transformers, tokenizers and safetensors end, and ours begin."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from wentu.core.errors import EngineError, EngineMissing, OutOfMemory, WeightsMissing, WentuError

log = logging.getLogger("wentu.engines.transformers")


@contextmanager
def border(*, loading: bool = False) -> Iterator[None]:
    """Inside, any library may raise what it likes; outside, there is only EngineError, without the library's words.

    While `loading`, a missing package is EngineMissing, and files that can't be opened or understood are
    WeightsMissing. Closing a generator (GeneratorExit) and Ctrl-C pass through.
    """
    try:
        yield
    except WentuError:
        raise
    except Exception as exc:
        # The text of the exception may quote the prompt: the log gets its class and the way there, not its words.
        log.error("%s\n%s", type(exc).__name__, "".join(traceback.format_tb(exc.__traceback__)))
        raise _ours(exc, loading) from exc


def _ours(exc: Exception, loading: bool) -> EngineError:
    if _is_out_of_memory(exc):
        return OutOfMemory("there is not enough memory for this model and question")
    if loading and isinstance(exc, ImportError):
        return EngineMissing(
            "a package that the transformers engine needs is not installed",
            hint="Install the extra: pip install 'wentu[transformers]'.",
        )
    if loading and _is_about_files(exc):
        return WeightsMissing("the model's files are missing or damaged")
    return EngineError("the transformers engine failed")


def _is_out_of_memory(exc: Exception) -> bool:
    if isinstance(exc, MemoryError):
        return True
    if not isinstance(exc, RuntimeError):
        return False
    import torch

    # torch has a class for a full GPU; a full main memory is a bare RuntimeError that only its text tells apart.
    return isinstance(exc, torch.OutOfMemoryError) or "DefaultCPUAllocator" in str(exc)


def _is_about_files(exc: Exception) -> bool:
    from safetensors import SafetensorError

    return isinstance(exc, OSError | ValueError | LookupError | SafetensorError)
