"""Published weights to ONNX files, once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from wentu.core.config import Settings
from wentu.engines.loop.checkpoint import Checkpoint
from wentu.engines.loop.config import ModelConfig, read_config
from wentu.engines.loop.conversion import Recipe, ReportProgress, convert_whole, converted_folder, is_converted
from wentu.engines.loop.stages import plan_stages
from wentu.engines.onnx.graph_text import write_text
from wentu.engines.onnx.graph_vision import write_stage
from wentu.engines.onnx.nodes import GROUPS, Weights
from wentu.engines.onnx.runtime import onnx_errors

log = logging.getLogger(__name__)

FORMAT = 1  # raised when the graphs change, so that older conversions are made again
# Size of the result over the size of bfloat16 weights, rounded up.
_SIZE_RATIO: dict[Weights, float] = {"float32": 2.1, "int8": 0.6, "int4": 0.5}


@dataclass(frozen=True, slots=True)
class Converted:
    """A finished conversion: one graph file for the language model, one for each vision stage."""

    folder: Path
    text: Path
    vision: tuple[Path, ...]


def prepare(model_dir: Path, settings: Settings, report: ReportProgress = lambda fraction: None) -> Converted:
    """The converted weights of `model_dir` as the settings want them, made now if they are not there.

    Raises WeightsMissing, DiskFull, OutOfMemory, EngineMissing, EngineError.
    """
    config, weights = read_config(model_dir), settings.onnx.weights
    folder = converted_folder(settings.data_dir / "converted", model_dir, f"onnx-{weights}")
    recipe = Recipe(FORMAT, {"weights": weights, "group": GROUPS[0]}, _SIZE_RATIO[weights])
    if not is_converted(folder, Checkpoint(model_dir), recipe):
        log.info("converting %s to onnx, %s", model_dir.name, weights)

        def write(checkpoint: Checkpoint, partial: Path) -> None:
            with onnx_errors("converting the weights"):
                _write(checkpoint, config, weights, _paths(partial, config))

        convert_whole(model_dir, recipe, folder, write, report)
    return _paths(folder, config)


def _write(checkpoint: Checkpoint, config: ModelConfig, weights: Weights, files: Converted) -> None:
    for stage, path in zip(plan_stages(config.vision), files.vision, strict=True):
        write_stage(checkpoint, config.vision, stage, weights, path)
    write_text(checkpoint, config, weights, files.text)


def _paths(folder: Path, config: ModelConfig) -> Converted:
    vision = tuple(folder / f"vision-{stage.index}.onnx" for stage in plan_stages(config.vision))
    return Converted(folder, folder / "text.onnx", vision)
