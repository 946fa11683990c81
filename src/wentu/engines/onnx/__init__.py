"""Qwen3-VL over ONNX Runtime, under the same generation loop as our openvino engine (`engines.loop`).

Read `graph` (how an ONNX file is written), `graph_text` and `graph_vision` (what is in it), `convert`, then
`text_model` and `vision_model` (the sessions). `assembly` opens a model.
"""

from __future__ import annotations

from typing import Self

from wentu.core.config import Settings
from wentu.core.errors import EngineMissing, WeightsMissing
from wentu.engines.base import Capabilities, VersionSpec
from wentu.engines.loop.engine import LoopEngine


class OnnxEngine(LoopEngine):
    """Answers many questions at once on one CPU, wherever ONNX Runtime runs. Made by `load`."""

    capabilities = Capabilities(sees=True, json_schema=True, logprobs=True, warms=True)

    @classmethod
    def load(cls, spec: VersionSpec, settings: Settings) -> Self:
        """Converts the weights if that has not been done, loads and warms them up.

        Raises EngineMissing, WeightsMissing, DiskFull, OutOfMemory.
        """
        if spec.model_dir is None:
            raise WeightsMissing(f"version '{spec.name}' has no weights", version=spec.name)
        try:
            from wentu.engines.onnx.assembly import assemble
        except ImportError as exc:
            raise EngineMissing(
                "the onnx engine is not installed", hint="Install it with: pip install 'wentu[onnx]'", name="onnx"
            ) from exc
        return cls(assemble(spec.model_dir, settings))
