"""Published weights to the runtime's own files: quantised graphs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import openvino as ov

from wentu.engines.loop import conversion
from wentu.engines.loop.checkpoint import Checkpoint
from wentu.engines.loop.config import ModelConfig
from wentu.engines.loop.conversion import Recipe, ReportProgress, convert_whole, is_converted
from wentu.engines.loop.stages import plan_stages
from wentu.engines.openvino.formats import Precision
from wentu.engines.openvino.graph_text import build_text
from wentu.engines.openvino.graph_vision import build_vision
from wentu.engines.openvino.runtime import openvino_errors

FORMAT = 2  # raised when the graphs change, so that older conversions are made again

# Size of the result over the size of bfloat16 weights, rounded up; measured on Qwen3-VL-2B's shapes.
_SIZE_RATIO = {"int4": 0.45, "int4-g64": 0.47, "int4-head4": 0.42, "int8": 0.6, "bfloat16": 1.1, "float32": 2.1}


@dataclass(frozen=True, slots=True)
class Options:
    """What a conversion depends on besides the weights."""

    precision: Precision
    fast_attention: bool

    @property
    def recipe(self) -> Recipe:
        options = {
            "precision": self.precision.name,
            "fast_attention": self.fast_attention,
            "openvino": ov.get_version().split("-")[0],
        }
        return Recipe(FORMAT, options, _SIZE_RATIO[self.precision.name])


@dataclass(frozen=True, slots=True)
class Converted:
    """A finished conversion: one graph file for the language model, one for each vision stage."""

    folder: Path
    text: Path
    vision: tuple[Path, ...]


def converted_folder(root: Path, model_dir: Path, precision: Precision) -> Path:
    """Where the conversion of `model_dir` belongs."""
    return conversion.converted_folder(root, model_dir, precision.name)


def find_converted(folder: Path, checkpoint: Checkpoint, config: ModelConfig, options: Options) -> Converted | None:
    """The conversion in `folder`, or None where there is none, or one of other weights, options or openvino."""
    found = _paths(folder, config)
    whole = all(path.is_file() for path in (found.text, *found.vision))
    return found if whole and is_converted(folder, checkpoint, options.recipe) else None


def convert(
    checkpoint_dir: Path,
    config: ModelConfig,
    options: Options,
    folder: Path,
    report: ReportProgress = lambda fraction: None,
) -> Converted:
    """Writes the conversion into `folder`, whole or not at all; `report` hears the finished fraction, 0 to 1.

    At most one graph's weights are in memory: about 1.1 GB for Qwen3-VL-2B in int4. Raises WeightsMissing,
    DiskFull, EngineError, OutOfMemory.
    """

    def write(checkpoint: Checkpoint, partial: Path) -> None:
        with openvino_errors("converting the weights"):
            _write(checkpoint, config, options, _paths(partial, config))

    convert_whole(checkpoint_dir, options.recipe, folder, write, report)
    return _paths(folder, config)


def _write(checkpoint: Checkpoint, config: ModelConfig, options: Options, files: Converted) -> None:
    graphs = build_vision(checkpoint, config, options.precision, fast_attention=options.fast_attention)
    for path, graph in zip(files.vision, graphs, strict=True):
        ov.save_model(graph, path, compress_to_fp16=False)
    ov.save_model(build_text(checkpoint, config, options.precision), files.text, compress_to_fp16=False)


def _paths(folder: Path, config: ModelConfig) -> Converted:
    vision = tuple(folder / f"vision-{stage.index}.xml" for stage in plan_stages(config.vision))
    return Converted(folder, folder / "text.xml", vision)
