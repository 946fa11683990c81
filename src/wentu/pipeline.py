"""The way of a question, in order; every door asks through `answer`.

image -> intake -> safety -> rollout (which version) -> task (+ ocr, knowledge) -> engine -> verify -> safety -> answer
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wentu.core.clock import Clock
from wentu.core.errors import UnknownTask, WentuError
from wentu.core.types import (
    Answer,
    Done,
    Event,
    Generation,
    Page,
    Picture,
    PictureRef,
    Progress,
    Prompt,
    Query,
    TextLine,
    Usage,
    VersionSpec,
)
from wentu.engines.base import Engine
from wentu.engines.views import shown
from wentu.rollout import Rollout, Trial
from wentu.safety import Released, Safety, Watch, collect, release, whole
from wentu.tasks import Knowledge, Task, Told, Tools
from wentu.verify import Verdict, judge, verify

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
    tasks: Mapping[str, Task[Any]]
    ocr: Callable[[Picture], tuple[TextLine, ...]]
    engines: Engines
    knowledge: Callable[[str], Knowledge] | None = None  # by the name that the rollout gives


def answer(query: Query, parts: Parts) -> Generator[Event, None, None]:
    """Everything that happens to a question; the last event is always `Done` or `Failed`."""
    trial = parts.rollout.trial(query)
    try:
        yield from trial.follow(_answer(query, parts, trial))
    except WentuError as exc:
        yield exc.as_event()
    except Exception:
        log.exception("a question failed")
        yield WentuError("something went wrong inside wentu").as_event()


def _answer(query: Query, parts: Parts, trial: Trial) -> Iterator[Event]:
    clock = Clock()
    if query.pictures:
        yield Progress("reading_picture")
    with clock.stage("intake"):
        pictures = [parts.intake(ref) for ref in query.pictures]
    watch = parts.safety.watch(query, trial.choose("policy"))
    with clock.stage("safety"):
        watch.check_question()
        watch.check_pictures(pictures)
    version, query = trial.pick()
    task = _task(query, parts)
    if pictures:
        yield Progress("reading_text")
    with clock.stage("ocr"):
        pages = [Page(picture, parts.ocr(picture)) for picture in pictures]
    watch.check_lines([page.lines for page in pages])
    reading = task.read(query, pages, Tools(parts.ocr, _knowledge(task, parts, trial)))
    engine = parts.engines.get(version.name)
    with clock.stage("engine"):
        prompt = looked(trial.dress(task.prompt(query, pages, reading)), task, query, engine)
        released = yield from _ask(task, query, prompt, engine, watch, clock)
    yield Progress("checking")
    said = released.said
    with clock.stage("verify"):
        judged = judge(task.claims(query, pages, reading, said.text), pages)
        told = task.tell(query, pages, reading, said.text, judged)
        verdict = _verify(told, query, pages, prompt, engine)
    draft = _conclude(said, told, verdict, engine, version, clock)
    with clock.stage("safety"):
        watch.check_result(draft)
    if not task.spoken:
        released = yield from release(whole(told.text, said), watch.guard(), clock, held=watch.held)
    yield Done((yield from watch.settle(draft, released)))


def _ask(
    task: Task[Any], query: Query, prompt: Prompt | None, engine: Engine, watch: Watch, clock: Clock
) -> Generator[Event, None, Released]:
    """What the engine says. A task that is not spoken asks only an engine that sees, and shows nothing yet."""
    if prompt is None or not (task.spoken or engine.capabilities.sees):
        return Released(Generation("", "stop", Usage()), "")
    chunks = engine.stream(prompt, task.sampling(query))
    if task.spoken:
        return (yield from release(chunks, watch.guard(), clock, held=watch.held))
    return Released((yield from collect(chunks, clock)), "")


def looked(prompt: Prompt | None, task: Task[Any], query: Query, engine: Engine) -> Prompt | None:
    """The prompt with its pictures as closely as the question asks for. Raises BadRequest, EngineError."""
    token_px = engine.capabilities.token_px
    if prompt is None or token_px is None:
        return prompt
    return shown(prompt, [task.look(query, page) for page in prompt.pages], token_px)


def _verify(told: Told, query: Query, pages: Sequence[Page], prompt: Prompt | None, engine: Engine) -> Verdict:
    sizes = [(page.picture.width, page.picture.height) for page in pages]
    whole = prompt is None or len(prompt.pictures) == len(pages)
    scale = engine.capabilities.box_scale if whole else None  # a box may be meant in an enlarged part
    return verify(told.text, [page.lines for page in pages], question=query.question, sizes=sizes, box_scale=scale)


def _conclude(
    said: Generation, told: Told, verdict: Verdict, engine: Engine, version: VersionSpec, clock: Clock
) -> Answer:
    """The whole answer, before safety has decided how much of it is shown."""
    sees = engine.capabilities.sees
    return Answer(
        text=told.text,
        status=verdict.status if sees else "reader",
        evidence=verdict.evidence,
        version=version.name,
        engine=version.engine,
        finish_reason=said.finish_reason,
        usage=said.usage,
        timings=dict(clock.seconds),
        unsupported=verdict.unsupported if sees else (),
        logprobs=said.logprobs,
        result=told.result,
    )


def _knowledge(task: Task[Any], parts: Parts, trial: Trial) -> Knowledge | None:
    """The knowledge base for this question; a task that asks none is no part of a comparison of two."""
    if parts.knowledge is None or not task.asks_knowledge:
        return None
    return parts.knowledge(trial.choose("knowledge"))


def _task(query: Query, parts: Parts) -> Task[Any]:
    if query.task not in parts.tasks:
        known = ", ".join(sorted(parts.tasks))
        raise UnknownTask(f"there is no task '{query.task}'; known: {known}", name=query.task, known=known)
    return parts.tasks[query.task]
