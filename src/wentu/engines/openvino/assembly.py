"""Puts the engine together: folder and settings in, working parts out."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wentu.core.config import Settings
from wentu.core.errors import ContextOverflow, WentuError
from wentu.core.types import Picture, Prompt, SamplingParams, Turn
from wentu.engines.openvino.answer import Answer
from wentu.engines.openvino.cache import BlockCache
from wentu.engines.openvino.checkpoint import Checkpoint
from wentu.engines.openvino.config import ModelConfig, read_config
from wentu.engines.openvino.constraint import Constraint
from wentu.engines.openvino.convert import Converted, Options, ReportProgress, convert, converted_folder, find_converted
from wentu.engines.openvino.drafts import Drafter
from wentu.engines.openvino.features import FeatureCache
from wentu.engines.openvino.formats import find_precision
from wentu.engines.openvino.graph_text import EMBEDDING
from wentu.engines.openvino.graph_vision import POSITION_TABLE
from wentu.engines.openvino.memory import drop_mapped_pages, trim_heap
from wentu.engines.openvino.pictures import Grid, PixelBudget
from wentu.engines.openvino.prompt import Encoded, PromptEncoder
from wentu.engines.openvino.reading import PictureReader
from wentu.engines.openvino.runtime import Runtime, openvino_errors
from wentu.engines.openvino.sampling import Sampler
from wentu.engines.openvino.scheduler import Limits, Scheduler
from wentu.engines.openvino.sequence import BACKGROUND, Request
from wentu.engines.openvino.text_model import TextModel
from wentu.engines.openvino.tokens import Tokenizer
from wentu.engines.openvino.vision_model import VisionModel
from wentu.engines.specs import Sampling, spec_of_folder

log = logging.getLogger(__name__)

_BACKGROUND_DEADLINE_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that a question needs. Used by any number of threads; what computes lives in the scheduler's."""

    config: ModelConfig
    tokenizer: Tokenizer
    encoder: PromptEncoder
    sampling: Sampling
    cache: BlockCache
    features: FeatureCache
    scheduler: Scheduler
    deadline_s: float

    def request(self, prompt: Prompt, params: SamplingParams) -> Request:
        """A question, ready to be submitted. Raises EngineError, and BadRequest for a schema that is none."""
        encoded = self.encoder.encode(prompt)
        return Request(encoded, self._answer(prompt, encoded, params), deadline_s=self.deadline_s)

    def background(self, prompt: Prompt) -> Request:
        """A prompt to be read without an answer."""
        encoded = self.encoder.encode(prompt, complete=False)
        answer = self._answer(prompt, encoded, SamplingParams(max_tokens=0))
        return Request(encoded, answer, deadline_s=_BACKGROUND_DEADLINE_S, priority=BACKGROUND)

    def forget(self, digest: str) -> None:
        self.scheduler.between_rounds(lambda: self.features.forget(digest))
        self.scheduler.between_rounds(self.cache.clear)

    def _answer(self, prompt: Prompt, encoded: Encoded, params: SamplingParams) -> Answer:
        text = [token for token, key in zip(encoded.ids, encoded.keys, strict=True) if isinstance(key, int)]
        constraint = prompt.json_schema and Constraint.of_json_schema(prompt.json_schema, self.tokenizer)
        return Answer(
            self.tokenizer,
            Sampler(self.sampling.over(params), params.seed, text),
            limit=min(params.max_tokens, self._room(encoded)),
            end_tokens=self.tokenizer.end_tokens,
            stops=params.stop,
            constraint=constraint or None,
            drafter=Drafter([text, *self._lines(prompt)]) if params.max_tokens else None,
            top_logprobs=params.logprobs,
        )

    def _room(self, encoded: Encoded) -> int:
        """How many tokens may follow. Raises ContextOverflow where there is no room for one."""
        most = min(self.config.text.max_positions, self.cache.capacity)
        if len(encoded.ids) >= most:
            raise ContextOverflow(
                f"the conversation has {len(encoded.ids)} tokens and there is room for {most}",
                tokens=len(encoded.ids),
                most=most,
            )
        return most - len(encoded.ids)

    def _lines(self, prompt: Prompt) -> list[list[int]]:
        """The text that OCR read, one picture after the other: what an answer about a page repeats."""
        return [self.tokenizer.encode("\n".join(line.text for line in lines)) for lines in prompt.lines if lines]


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
    """The engine's parts over one folder of weights, warmed up. Raises what `prepare` and `Tokenizer` raise."""
    wanted = settings.openvino
    config, checkpoint = read_config(model_dir), Checkpoint(model_dir)
    maker = _optional_json(model_dir / "generation_config.json")
    tokenizer = Tokenizer(model_dir, config.text.vocab_size, _end_tokens(maker))
    files = prepare(model_dir, settings)
    with openvino_errors("loading the weights"):
        runtime = Runtime(settings.engine.threads, find_precision(wanted.weights), kv_precision=wanted.kv_precision)
        stages = (runtime.core.read_model(path) for path in files.vision)
        vision = VisionModel(stages, config, runtime, checkpoint.float32(POSITION_TABLE))
        _pack_vision(vision, config)
        drop_mapped_pages(files.folder)  # before the language model comes: it lowers the peak
        text = TextModel(runtime.core.read_model(files.text), config, runtime, wanted.kv_cache_mb * 1_000_000)
    cache = BlockCache(text.n_blocks, text.copy_block)
    features = FeatureCache(
        wanted.picture_cache_mb * 1_000_000,
        settings.data_dir / "features",
        wanted.picture_disk_mb * 1_000_000,
        settings.retention_pictures_h * 3600,
        model=files.folder.name,
    )
    scheduler = Scheduler(
        text.run,
        lambda tokens: checkpoint.rows(EMBEDDING, tokens),
        cache,
        PictureReader(vision, features),
        n_deepstack=config.n_deepstack,
        limits=Limits(),
    )
    encoder = PromptEncoder(config, tokenizer, _budget(model_dir, settings))
    parts = Parts(
        config,
        tokenizer,
        encoder,
        spec_of_folder(model_dir).sampling_of(maker),
        cache,
        features,
        scheduler,
        settings.engine.deadline_s,
    )
    _warm_up(parts, config)
    drop_mapped_pages(files.folder)
    trim_heap()
    return parts


def _optional_json(path: Path) -> dict[str, Any]:
    """A file of the publisher that may be missing; damaged counts as missing."""
    try:
        tree = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _end_tokens(generation_config: dict[str, Any]) -> tuple[int, ...]:
    ends = generation_config.get("eos_token_id") or ()
    return (ends,) if isinstance(ends, int) else tuple(int(token) for token in ends)


def _budget(model_dir: Path, settings: Settings) -> PixelBudget:
    """The maker's pixel limits, the upper one lowered to what the settings allow."""
    spec, tree = spec_of_folder(model_dir), _optional_json(model_dir / "preprocessor_config.json")
    size = tree.get("size") or {}
    # Files written by older versions say min_pixels and max_pixels, beside `size` or inside it.
    lowest = int(size.get("shortest_edge") or size.get("min_pixels") or tree.get("min_pixels") or spec.min_pixels)
    highest = int(size.get("longest_edge") or size.get("max_pixels") or tree.get("max_pixels") or spec.max_pixels)
    most = settings.engine.max_pixels
    return PixelBudget(min(lowest, most), min(highest, most))


def _grey(config: ModelConfig) -> Picture:
    side_px = config.vision.factor_px
    return Picture("warm-up", np.full((side_px, side_px, 3), 128, np.uint8))


def _pack_vision(vision: VisionModel, config: ModelConfig) -> None:
    """Reads a small picture: the runtime packs weights on first use."""
    side = config.vision.merge_size
    for _ in vision.encode(_grey(config), Grid(side, side)):
        pass


def _warm_up(parts: Parts, config: ModelConfig) -> None:
    """Asks about a grey picture, all the way: packs the language model's weights, which takes seconds.

    Raises EngineError where that fails: better at the start than at the first question.
    """
    grey = _grey(config)
    prompt = Prompt((Turn("user", (grey, "?")),))
    try:
        request = parts.request(prompt, SamplingParams(max_tokens=2, temperature=0))
        parts.scheduler.submit(request)
        while not isinstance(event := request.events.get(), WentuError):
            if event.finish_reason is not None:
                parts.forget(grey.digest)
                return
        raise event
    except WentuError:
        parts.scheduler.close()
        raise
