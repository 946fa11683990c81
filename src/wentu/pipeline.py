"""The way of a question, in order; every door asks through `answer`.

image -> intake -> safety -> rollout (which version) -> task (+ ocr, knowledge) -> engine -> verify -> safety -> answer
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from wentu.core.clock import Clock
from wentu.core.errors import UnknownTask, WentuError
from wentu.core.types import Answer, Done, Event, Generation, Picture, PictureRef, Progress, Query, TextLine
from wentu.engines.base import Engine
from wentu.rollout import Rollout
from wentu.safety import Safety, release
from wentu.tasks import Task
from wentu.verify import Verdict, verify

log = logging.getLogger(__name__)


class Engines(Protocol):
    """The loaded engines by the name of their version."""

    def get(self, version: str) -> Engine:
        """The engine that computes this version's answers. Raises EngineError."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that a question passes through; `bootstrap` puts it together."""

    intake: Callable[[PictureRef], Picture]
    safety: Safety
    rollout: Rollout
    tasks: Mapping[str, Task]
    ocr: Callable[[Picture], tuple[TextLine, ...]]
    engines: Engines


def answer(query: Query, parts: Parts) -> Iterator[Event]:
    """Everything that happens to a question; the last event is always `Done` or `Failed`."""
    try:
        yield from _answer(query, parts)
    except WentuError as exc:
        yield exc.as_event()
    except Exception:
        log.exception("a question failed")
        yield WentuError("something went wrong inside wentu").as_event()


def _answer(query: Query, parts: Parts) -> Iterator[Event]:
    clock = Clock()
    yield Progress("reading_picture")
    with clock.stage("intake"):
        pictures = [parts.intake(ref) for ref in query.pictures]
    parts.safety.check_query(query)
    version = parts.rollout.pick(query)
    task = _task(query, parts)
    yield Progress("reading_text")
    with clock.stage("ocr"):
        lines = [parts.ocr(picture) for picture in pictures]
    parts.safety.check_lines(lines)
    prompt = task.prompt(query, pictures, lines)
    engine = parts.engines.get(version.name)
    with clock.stage("engine"):
        said = yield from release(engine.stream(prompt, query.sampling), parts.safety.guard(), clock)
    yield Progress("checking")
    with clock.stage("verify"):
        sizes = [(picture.width, picture.height) for picture in pictures]
        scale = engine.capabilities.box_scale
        verdict = verify(said.text, lines, question=query.question, sizes=sizes, box_scale=scale)
    yield Done(_conclude(said, verdict, engine, version.name, version.engine, clock))


def _conclude(
    said: Generation, verdict: Verdict, engine: Engine, version: str, engine_name: str, clock: Clock
) -> Answer:
    sees = engine.capabilities.sees
    return Answer(
        text=said.text,
        status=verdict.status if sees else "reader",
        evidence=verdict.evidence,
        version=version,
        engine=engine_name,
        finish_reason=said.finish_reason,
        usage=said.usage,
        timings=dict(clock.seconds),
        unsupported=verdict.unsupported if sees else (),
        logprobs=said.logprobs,
    )


def _task(query: Query, parts: Parts) -> Task:
    if query.task not in parts.tasks:
        known = ", ".join(sorted(parts.tasks))
        raise UnknownTask(f"there is no task '{query.task}'; known: {known}", name=query.task, known=known)
    return parts.tasks[query.task]
