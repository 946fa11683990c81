"""Where a runtime's errors become ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wentu.core.errors import EngineError, OutOfMemory, WentuError


@contextmanager
def runtime_errors(runtime: str, doing: str) -> Iterator[None]:
    """Turns whatever a runtime raises while `doing` into EngineError or OutOfMemory, without its text.

    Runtimes derive their own classes from Exception and RuntimeError, their bindings raise TypeError and ValueError,
    and MemoryError where an allocation fails; the cause stays attached for the log.
    """
    try:
        yield
    except WentuError:
        raise
    except MemoryError as exc:
        raise OutOfMemory(f"there is not enough memory for {doing}", doing=doing) from exc
    except Exception as exc:
        raise EngineError(f"the {runtime} runtime failed at {doing}", doing=doing) from exc
