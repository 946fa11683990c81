"""No exception of the libraries under the transformers engine passes its border."""

from __future__ import annotations

import importlib
import logging
import subprocess
import sys

import pytest
import torch

from wentu.core.errors import ContextOverflow, EngineError, EngineMissing, OutOfMemory, WeightsMissing
from wentu.engines.transformers.border import border

LIBRARIES = ("torch", "transformers", "safetensors", "tokenizers", "accelerate", "huggingface_hub")
# Modules in which a library keeps its exceptions, beyond what importing it loads.
HOMES = ("safetensors", "huggingface_hub.errors", "transformers.utils.import_utils")


def library_exceptions() -> list[type[Exception]]:
    """Every exception class that one of the libraries has defined in a module loaded by now."""
    for home in HOMES:
        importlib.import_module(home)
    found: set[type[Exception]] = set()
    waiting: list[type[Exception]] = [Exception]
    while waiting:
        cls = waiting.pop()
        waiting.extend(cls.__subclasses__())
        if cls.__module__.split(".")[0] in LIBRARIES or cls.__module__ == "safetensors_rust":
            found.add(cls)
    return sorted(found, key=lambda cls: (cls.__module__, cls.__name__))


def test_every_exception_class_of_the_libraries_becomes_ours() -> None:
    classes = library_exceptions()
    assert {cls.__name__ for cls in classes} >= {"OutOfMemoryError", "SafetensorError", "AcceleratorError"}
    for cls in classes:
        for loading in (True, False):
            with pytest.raises(EngineError) as caught, border(loading=loading):
                raise cls.__new__(cls)
            assert isinstance(caught.value.__cause__, cls)


@pytest.mark.parametrize("cls", [KeyError, TypeError, RuntimeError, AssertionError, StopIteration, ZeroDivisionError])
def test_pythons_own_exceptions_become_ours_too(cls: type[Exception]) -> None:
    with pytest.raises(EngineError), border():
        raise cls("private words")


def test_the_words_of_a_library_reach_neither_the_message_nor_the_log(caplog: pytest.LogCaptureFixture) -> None:
    words = " ".join(["private", "words"])  # the log shows lines of code, so the line itself must not say it
    with caplog.at_level(logging.DEBUG), pytest.raises(EngineError) as caught, border():
        raise ValueError(words)
    said = f"{caught.value.message} {caught.value.hint} {caught.value.params} {caplog.text}"
    assert words not in said
    assert "ValueError" in caplog.text


def test_a_full_memory_says_so() -> None:
    with pytest.raises(OutOfMemory), border():
        torch.empty(10**15)
    with pytest.raises(OutOfMemory), border():
        raise MemoryError


def test_a_missing_package_is_named_with_its_extra() -> None:
    with pytest.raises(EngineMissing) as caught, border(loading=True):
        raise ImportError("torch")
    assert "wentu[transformers]" in caught.value.hint


def test_unreadable_files_are_missing_weights_only_while_loading() -> None:
    with pytest.raises(WeightsMissing), border(loading=True):
        raise OSError("/secret/path")
    with pytest.raises(EngineError) as caught, border():
        raise OSError("/secret/path")
    assert type(caught.value) is EngineError


def test_our_own_errors_pass_unchanged() -> None:
    own = ContextOverflow("too long")
    with pytest.raises(ContextOverflow) as caught, border():
        raise own
    assert caught.value is own


@pytest.mark.parametrize("cls", [GeneratorExit, KeyboardInterrupt])
def test_closing_and_interrupting_pass(cls: type[BaseException]) -> None:
    with pytest.raises(cls), border():
        raise cls


def test_importing_the_engine_loads_no_heavy_library() -> None:
    code = (
        "import sys, wentu.engines.transformers, wentu.engines.remote\n"
        "print(sorted({'torch', 'transformers', 'tokenizers', 'safetensors'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
