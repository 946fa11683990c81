"""Opens a model for this runtime: converted once, compiled at every load."""

from __future__ import annotations

import logging
from pathlib import Path

from wentu.core.config import Settings
from wentu.engines.loop.assembly import Published, pack_vision, put_together
from wentu.engines.loop.checkpoint import Checkpoint
from wentu.engines.loop.config import read_config
from wentu.engines.loop.conversion import ReportProgress
from wentu.engines.loop.memory import drop_mapped_pages, trim_heap
from wentu.engines.loop.names import POSITION_TABLE
from wentu.engines.loop.parts import Parts
from wentu.engines.loop.rows import Text
from wentu.engines.openvino.convert import Converted, Options, convert, converted_folder, find_converted
from wentu.engines.openvino.formats import find_precision
from wentu.engines.openvino.kernel.library import find_library, is_faster_here
from wentu.engines.openvino.kernel.text_model import KernelText
from wentu.engines.openvino.runtime import Runtime, openvino_errors
from wentu.engines.openvino.text_model import TextModel
from wentu.engines.openvino.vision_model import VisionModel

log = logging.getLogger(__name__)


def prepare(
    model_dir: Path, settings: Settings, report: ReportProgress = lambda fraction: None, *, anew: bool = False
) -> Converted:
    """The converted weights of `model_dir` as the settings want them, made now if they are not there, or `anew`.

    Raises WeightsMissing, DiskFull, OutOfMemory, EngineMissing, EngineError.
    """
    config, checkpoint = read_config(model_dir), Checkpoint(model_dir)
    precision = find_precision(settings.openvino.weights)
    with openvino_errors("looking at the processor"):
        runtime = Runtime(settings.engine.threads, precision)
    options = Options(precision, fast_attention=precision.quantized and runtime.has_bfloat16)
    folder = converted_folder(settings.data_dir / "converted", model_dir, precision)
    found = None if anew else find_converted(folder, checkpoint, config, options)
    if found is None:
        log.info("converting %s to %s", model_dir.name, precision.name)
        found = convert(model_dir, config, options, folder, report)
        trim_heap()
    return found


def assemble(model_dir: Path, settings: Settings) -> Parts:
    """The engine's parts over one folder of weights, warmed up. Raises what `prepare` and `Published` raise."""
    wanted, published = settings.openvino, Published.of_folder(model_dir)
    config = published.config
    files = prepare(model_dir, settings)
    with openvino_errors("loading the weights"):
        runtime = Runtime(settings.engine.threads, find_precision(wanted.weights), kv_precision=wanted.kv_precision)
        stages = (runtime.core.read_model(path) for path in files.vision)
        vision = VisionModel(stages, config, runtime, published.checkpoint.float32(POSITION_TABLE))
        pack_vision(vision, config)
        drop_mapped_pages(files.folder)  # before the language model comes: it lowers the peak
        text = _language_model(runtime, files.text, published, settings)
    parts = put_together(published, settings, wanted, text, vision, files.folder.name)
    drop_mapped_pages(files.folder)
    trim_heap()
    return parts


def _language_model(runtime: Runtime, graph: Path, published: Published, settings: Settings) -> Text:
    """Our own kernel where it is wanted and can compute these weights, else OpenVINO."""
    wanted, model = settings.openvino, runtime.core.read_model(graph)
    cache_bytes = wanted.kv_cache_mb * 1_000_000
    if wanted.kernel == "on" or (
        wanted.kernel == "auto" and is_faster_here() and runtime.precision.text.kind == "int4"
    ):
        kernel = KernelText.open(
            model, published.checkpoint, published.config, settings.engine.threads, cache_bytes, wanted.kv_precision
        )
        if kernel is not None:
            return kernel
    if wanted.kernel == "on":
        log.warning("the kernel is not there, or not for these weights: OpenVINO computes the language model")
    elif wanted.kernel == "auto" and find_library() is None:
        log.info("wentu was installed without its kernel for processors without VNNI")
    return TextModel(model, published.config, runtime, cache_bytes)
