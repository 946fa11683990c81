"""Our own CPU engine: Qwen3-VL as OpenVINO graphs under our generation loop (`engines.loop`).

Read `text_model` and `vision_model` (the compiled graphs), then `graph_text`, `graph_vision`, `convert` (where the
graphs come from). `assembly` opens a model.
"""

from __future__ import annotations

from typing import Self

from wentu.core.config import Settings
from wentu.core.errors import EngineMissing, WeightsMissing
from wentu.engines.base import Capabilities, VersionSpec
from wentu.engines.loop.engine import LoopEngine


class OpenVinoEngine(LoopEngine):
    """Answers many questions at once on one CPU. Made by `load`."""

    capabilities = Capabilities(sees=True, json_schema=True, logprobs=True, warms=True)

    @classmethod
    def load(cls, spec: VersionSpec, settings: Settings) -> Self:
        """Converts the weights if that has not been done (Qwen3-VL-2B: half a minute), loads and warms them up.

        Raises EngineMissing, WeightsMissing, DiskFull, OutOfMemory.
        """
        if spec.model_dir is None:
            raise WeightsMissing(f"version '{spec.name}' has no weights", version=spec.name)
        try:
            from wentu.engines.openvino.assembly import assemble
        except ImportError as exc:
            raise EngineMissing(
                "the openvino engine is not installed", hint="Install it again: pip install --force-reinstall wentu."
            ) from exc
        return cls(assemble(spec.model_dir, settings))
