"""Errors of llama.cpp and of the way to its server as ours. Its own words stay in the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wentu.core.errors import (
    ContextOverflow,
    EngineBusy,
    EngineCrashed,
    EngineError,
    EngineMissing,
    EngineTimeout,
    EngineUnreachable,
    OutOfMemory,
    WentuError,
)

# The engine's server is asked over HTTP as any other, but nobody has set its address: what the remote engine says
# about addresses and keys would send people to settings that play no part here.
_SAID: dict[type[WentuError], tuple[type[EngineError], str, str]] = {
    ContextOverflow: (
        ContextOverflow,
        "the question is too long for llama.cpp's context",
        "Start a new conversation, send fewer or smaller pictures, or raise WENTU_LLAMACPP__CONTEXT_TOKENS.",
    ),
    EngineBusy: (EngineBusy, "llama.cpp takes no more questions now", ""),
    EngineTimeout: (EngineTimeout, "llama.cpp was silent for too long", ""),
    EngineUnreachable: (EngineCrashed, "llama.cpp broke off", ""),
}


def own_words(error: EngineError) -> EngineError:
    """What the remote engine said, in words that fit a server which nobody has set up by hand."""
    if type(error) in _SAID:
        cls, message, hint = _SAID[type(error)]
        return cls(message, hint=hint)
    message = error.message.replace("the remote server", "llama.cpp").replace("the remote engine", "llama.cpp")
    if "REMOTE" in message:
        message = "llama.cpp can't be asked"
    hint = "" if "REMOTE" in error.hint or "server" in error.hint else error.hint
    return type(error)(message, hint=hint, **error.params)


@contextmanager
def loading(name: str) -> Iterator[None]:
    """Inside, llama.cpp loads the file `name`; it says only that it failed, and its log says why."""
    try:
        yield
    except WentuError:
        raise
    except ImportError as exc:
        raise EngineMissing(
            "the llamacpp engine is not installed", hint="Install it with: pip install 'wentu[llamacpp]'"
        ) from exc
    except MemoryError as exc:
        raise OutOfMemory(f"there is not enough memory for '{name}'", file=name) from exc
    except Exception as exc:
        raise EngineError(
            f"llama.cpp could not load '{name}'",
            hint="The file is damaged, newer than the installed xllamacpp, or larger than the free memory: the log "
            "above says which.",
            file=name,
        ) from exc
