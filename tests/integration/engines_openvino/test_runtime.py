"""The runtime's faults become ours at the border, and a runtime that does not fit is noticed at load."""

import inspect
import sys
from pathlib import Path

import openvino as ov
import openvino._pyopenvino as binding
import openvino.exceptions
import pytest

from wentu.core.errors import EngineError, EngineMissing, OutOfMemory
from wentu.engines.loop.checkpoint import Checkpoint
from wentu.engines.loop.config import read_config
from wentu.engines.openvino.formats import find_precision
from wentu.engines.openvino.graph_text import build_text, to_paged
from wentu.engines.openvino.runtime import openvino_errors

RAISED = sorted(
    {
        cls
        for module in (binding, openvino.exceptions)
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, Exception)
    }
    | {RuntimeError, TypeError, ValueError, OSError, NotImplementedError, IndexError, KeyError},
    key=lambda cls: cls.__name__,
)


def test_openvino_has_exception_classes_to_check() -> None:
    assert len(RAISED) > 8


@pytest.mark.parametrize("cls", RAISED, ids=lambda cls: cls.__name__)
def test_every_exception_of_the_runtime_becomes_an_engine_error_without_its_text(cls: type[Exception]) -> None:
    with pytest.raises(EngineError) as caught, openvino_errors("testing"):
        raise cls("Exception from src/inference/src/core.cpp:117")
    assert "core.cpp" not in caught.value.message and "testing" in caught.value.message
    assert isinstance(caught.value.__cause__, cls)


def test_memory_that_can_not_be_had_is_said_so() -> None:
    with pytest.raises(OutOfMemory), openvino_errors("testing"):
        raise MemoryError("std::bad_alloc")


def text_graph(folder: Path) -> ov.Model:
    return build_text(Checkpoint(folder), read_config(folder), find_precision("float32"))


def test_a_runtime_without_the_paging_transformation_is_said_not_to_fit(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openvino._offline_transformations", None)
    with pytest.raises(EngineMissing, match=r"openvino 20\d\d"):
        to_paged(text_graph(folder))


def test_a_transformation_with_another_result_is_said_not_to_fit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import openvino._offline_transformations as private

    monkeypatch.setattr(private, "paged_attention_transformation", lambda model: None)
    with pytest.raises(EngineMissing, match="paged attention"):
        to_paged(text_graph(folder))
