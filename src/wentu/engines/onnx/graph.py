"""An ONNX graph while it is being written: operations in the file, weights beside it, mapped into memory at load.

Weights go straight from the published file into the data file, a few rows at a time, so that writing 8 GB takes the
memory of one matrix.
"""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from wentu.engines.loop.checkpoint import Float32, Matrix

OPSET, IR_VERSION = 21, 10
MICROSOFT = "com.microsoft"  # ONNX Runtime's own operations
FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64

_ALIGNMENT = max(mmap.ALLOCATIONGRANULARITY, 65_536)  # what every system can map from
_INLINE_BYTES = 1_024
_ROWS_AT_ONCE = 512
_TYPES = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.uint8): TensorProto.UINT8}

Dims = Sequence[int | str]


class Graph:
    """One model file `path` with its data file `path` + ".data". A value is known by its name, a str.

    Used as a context: the files are complete when it ends without an exception.
    """

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        self._path = path
        self._data_path = path.with_name(path.name + ".data")
        self._data: BinaryIO = self._data_path.open("wb")
        self._nodes: list[Any] = []
        self._initializers: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._n_names = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._data.close()
        if kind is None:
            onnx.save_model(self._model(), self._path)

    def input(self, name: str, dims: Dims, dtype: int = FLOAT) -> str:
        """An input; dims that are words are known only at run time."""
        self._inputs.append(helper.make_tensor_value_info(name, dtype, list(dims)))
        return name

    def output(self, value: str, name: str, dims: Dims) -> None:
        """Makes a value an output under a name of its own."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, FLOAT, list(dims)))

    def op(self, kind: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        """The one output of an operation."""
        return self.ops(kind, *inputs, n_outputs=1, domain=domain, **attributes)[0]

    def ops(self, kind: str, *inputs: str, n_outputs: int, domain: str = "", **attributes: object) -> list[str]:
        """All outputs of an operation that has several."""
        outputs = [self._new_name() for _ in range(n_outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), outputs, domain=domain, **attributes))
        return outputs

    def number(self, value: float) -> str:
        return self._inline(np.array(value, np.float32))

    def int64(self, *values: int) -> str:
        """A constant (len(values),) int64: a shape, axes, indices."""
        return self._inline(np.array(values, np.int64))

    def vector(self, values: Float32) -> str:
        """A small tensor, such as a gain or a bias."""
        values = np.ascontiguousarray(values, np.float32)
        return self._inline(values) if values.nbytes < _INLINE_BYTES else self.array(values)

    def array(self, values: NDArray[np.float32] | NDArray[np.uint8]) -> str:
        """A tensor in the data file."""
        offset = self._aligned()
        self._data.write(np.ascontiguousarray(values).data)
        return self._external(values.shape, _TYPES[values.dtype], offset)

    def matrix(self, weight: Matrix) -> str:
        """A whole matrix (outputs, inputs) in float32, copied a few rows at a time."""
        offset, (rows, columns) = self._aligned(), weight.shape
        for start in range(0, rows, _ROWS_AT_ONCE):
            self._data.write(np.ascontiguousarray(weight[start : start + _ROWS_AT_ONCE], np.float32).data)
        return self._external((rows, columns), TensorProto.FLOAT, offset)

    def _model(self) -> Any:
        graph = helper.make_graph(self._nodes, self._name, self._inputs, self._outputs, self._initializers)
        imports = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=imports, ir_version=IR_VERSION, producer_name="wentu")

    def _inline(self, values: NDArray[Any]) -> str:
        self._initializers.append(numpy_helper.from_array(values, self._new_name()))
        return str(self._initializers[-1].name)

    def _aligned(self) -> int:
        """Where the next tensor begins in the data file."""
        self._data.write(bytes(-self._data.tell() % _ALIGNMENT))
        return self._data.tell()

    def _external(self, dims: Sequence[int], dtype: int, offset: int) -> str:
        tensor = TensorProto(name=self._new_name(), data_type=dtype, data_location=TensorProto.EXTERNAL)
        tensor.dims.extend(dims)
        place = {"location": self._data_path.name, "offset": offset, "length": self._data.tell() - offset}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
        self._initializers.append(tensor)
        return str(tensor.name)

    def _new_name(self) -> str:
        self._n_names += 1
        return f"v{self._n_names}"
