"""The vision model cut into stages of a few layers, so that other work can be done between them."""

from __future__ import annotations

from dataclasses import dataclass

from wentu.engines.loop.config import VisionConfig

LAYERS_PER_STAGE = 3  # 1,024 px pictures spend about 1.4 s in three layers on 2 cores: the wait of whoever interrupts


@dataclass(frozen=True, slots=True)
class Stage:
    """Layers `start` to `end` (not included); `mergers` are the prefixes of the outputs taken after the last one."""

    index: int
    start: int
    end: int
    mergers: tuple[str, ...]

    @property
    def first(self) -> bool:
        return self.index == 0


def plan_stages(config: VisionConfig, layers_per_stage: int = LAYERS_PER_STAGE) -> tuple[Stage, ...]:
    """The stages in order: a stage ends after each DeepStack layer, after the last layer, and when it is full."""
    taps = {layer + 1: f"deepstack_merger_list.{i}." for i, layer in enumerate(config.deepstack_layers)}
    stages: list[Stage] = []
    start = 0
    for end in range(1, config.depth + 1):
        if end in taps or end == config.depth or end - start == layers_per_stage:
            mergers = ((taps[end],) if end in taps else ()) + (("merger.",) if end == config.depth else ())
            stages.append(Stage(len(stages), start, end, mergers))
            start = end
    return tuple(stages)
