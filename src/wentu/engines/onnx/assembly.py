"""Opens a model for this runtime: converted once, its weights mapped from disk at every load."""

from __future__ import annotations

from pathlib import Path

from wentu.core.config import Settings
from wentu.engines.loop.assembly import Published, pack_vision, put_together
from wentu.engines.loop.memory import trim_heap
from wentu.engines.loop.names import POSITION_TABLE
from wentu.engines.loop.parts import Parts
from wentu.engines.onnx.convert import prepare
from wentu.engines.onnx.text_model import TextModel
from wentu.engines.onnx.vision_model import VisionModel


def assemble(model_dir: Path, settings: Settings) -> Parts:
    """The engine's parts over one folder of weights, warmed up. Raises what `prepare` and `Published` raise."""
    wanted, threads, published = settings.onnx, settings.engine.threads, Published.of_folder(model_dir)
    config = published.config
    files = prepare(model_dir, settings)
    trim_heap()
    vision = VisionModel(files.vision, config, threads, published.checkpoint.float32(POSITION_TABLE))
    pack_vision(vision, config)
    text = TextModel(files.text, config, threads, wanted.kv_cache_mb * 1_000_000)
    parts = put_together(published, settings, wanted, text, vision, files.folder.name)
    trim_heap()
    return parts
