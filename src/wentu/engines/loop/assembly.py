"""Puts an engine together once its models are there: folder, settings and models in, working parts out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from wentu.core.config import CacheSettings, Settings
from wentu.core.errors import WentuError
from wentu.core.types import Picture, Prompt, SamplingParams, Turn
from wentu.engines.loop.cache import BlockCache
from wentu.engines.loop.checkpoint import Checkpoint
from wentu.engines.loop.config import ModelConfig, read_config
from wentu.engines.loop.features import FeatureCache
from wentu.engines.loop.names import EMBEDDING
from wentu.engines.loop.parts import Parts
from wentu.engines.loop.pictures import Grid, PixelBudget
from wentu.engines.loop.prompt import PromptEncoder
from wentu.engines.loop.reading import PictureReader, Vision
from wentu.engines.loop.rows import Text
from wentu.engines.loop.scheduler import Limits, Scheduler
from wentu.engines.loop.tokens import Tokenizer
from wentu.engines.specs import spec_of_folder


@dataclass(frozen=True, slots=True)
class Published:
    """What is read of a model's folder before anything heavy: a damaged one is found at once."""

    folder: Path
    config: ModelConfig
    checkpoint: Checkpoint
    tokenizer: Tokenizer
    maker: dict[str, Any]

    @classmethod
    def of_folder(cls, folder: Path) -> Self:
        """Raises WeightsMissing, EngineMissing."""
        config, checkpoint = read_config(folder), Checkpoint(folder)
        maker = _optional_json(folder / "generation_config.json")
        tokenizer = Tokenizer(folder, config.text.vocab_size, _end_tokens(maker))
        return cls(folder, config, checkpoint, tokenizer, maker)


def put_together(
    published: Published, settings: Settings, bounds: CacheSettings, text: Text, vision: Vision, conversion: str
) -> Parts:
    """The parts, warmed up. `conversion` names what the models were converted to. Raises EngineError."""
    config, folder = published.config, published.folder
    cache = BlockCache(text.n_blocks, text.copy_block)
    features = FeatureCache(
        bounds.picture_cache_mb * 1_000_000,
        settings.data_dir / "features",
        bounds.picture_disk_mb * 1_000_000,
        settings.retention_pictures_h * 3600,
        model=conversion,
    )
    scheduler = Scheduler(
        text.run,
        lambda tokens: published.checkpoint.rows(EMBEDDING, tokens),
        cache,
        PictureReader(vision, features),
        n_deepstack=config.n_deepstack,
        limits=Limits(),
    )
    family = spec_of_folder(folder)
    parts = Parts(
        config,
        published.tokenizer,
        PromptEncoder(config, published.tokenizer, _budget(folder, settings)),
        family,
        family.sampling_of(published.maker),
        cache,
        features,
        scheduler,
        settings.engine.deadline_s,
    )
    _warm_up(parts, config)
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


def pack_vision(vision: Vision, config: ModelConfig) -> None:
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
