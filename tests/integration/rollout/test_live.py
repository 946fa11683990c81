"""A canary with two real engines through the whole pipeline: the tiny checkpoint that sees, and a worse one.

Each engine reads each picture once; asked the same again it would compute the same, so its chunks are given again.
The pipeline's clock goes on by 10 ms a chunk, so that nobody waits and no busy machine looks like a slow engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace

import pytest

from integration.engines_openvino.parts import load
from integration.seeing.asking import GREEDY, picture_of
from seeing import CHECKPOINT, QUESTION, caption, draw, learnt_scenes
from seeing.worse import make_worse
from wentu.core.config import RolloutSettings, SafetySettings, Settings
from wentu.core.errors import EngineError
from wentu.core.types import (
    Answer,
    Chunk,
    Done,
    Event,
    Message,
    PictureRef,
    Prompt,
    Query,
    SamplingParams,
    Stored,
    VersionSpec,
)
from wentu.engines.base import Engine
from wentu.pipeline import Parts, answer
from wentu.rollout import Rollout, moves
from wentu.rollout.observe import Observer
from wentu.rollout.statistics import sample_ratio
from wentu.safety import Safety
from wentu.store import Aliases, Store, open_store
from wentu.tasks import Chat
from wentu.worker.guardian import Guardian

SCENES = learnt_scenes()[:40]
PICTURES = {(picture := picture_of(draw(scene))).digest: picture for scene in SCENES}
DIGESTS = list(PICTURES)
LIMITS = RolloutSettings(step_answers=20, max_answers=400)
BARE = (("chat", ""),)  # the tiny model was never trained with a system prompt


class Now:
    """The time on the pipeline's clock, seconds."""

    s = 0.0


class Behind(Engine):
    """A real engine with a fault in front of it."""

    def __init__(self, engine: Engine) -> None:
        self.capabilities = engine.capabilities
        self._engine = engine

    @classmethod
    def load(cls, spec: VersionSpec, settings: Settings) -> Behind:
        raise NotImplementedError

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        yield from self._engine.stream(prompt, params)


class Remembering(Behind):
    """Gives what the engine said about a picture when it was first asked, with greedy sampling and one question."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._said: dict[str, list[Chunk]] = {}

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        assert (params, prompt.question.strip()) == (GREEDY, QUESTION)
        digest = prompt.pictures[0].digest
        if digest not in self._said:
            self._said[digest] = list(self._engine.stream(prompt, params))
        for chunk in self._said[digest]:
            Now.s += 0.01
            yield chunk


class Slow(Behind):
    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        Now.s += 0.8
        yield from self._engine.stream(prompt, params)


class Failing(Behind):
    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        yield next(iter(self._engine.stream(prompt, params)))
        raise EngineError("the engine failed")


class Looping(Behind):
    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        for chunk in self._engine.stream(prompt, params):
            yield replace(chunk, finish_reason="loop") if chunk.finish_reason else chunk


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Engine]]:
    data_dir = tmp_path_factory.mktemp("data")
    worse = make_worse(tmp_path_factory.mktemp("models") / "worse")
    made = {"sees": load(CHECKPOINT, data_dir), "worse": load(worse, data_dir)}
    yield {name: Remembering(engine) for name, engine in made.items()}
    for engine in made.values():
        engine.close()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wentu.core.clock.time", SimpleNamespace(perf_counter=lambda: Now.s))


@dataclass
class Firm:
    """A deployment without its processes: real store, rollout, guardian, pipeline and engines."""

    store: Store
    engines: dict[str, Engine]
    guardian: Guardian
    asked: int = 0

    @cached_property
    def parts(self) -> Parts:
        """Made at the first question: a test may put another engine in before."""
        specs = [VersionSpec(name, "openvino", prompts=BARE) for name in self.engines]
        rollout = Rollout(
            specs,
            "sees",
            aliases=self.store.aliases.read,
            record=Observer(self.store.exposures),
            deadline_s=60,
        )
        return Parts(
            _picture,
            Safety(SafetySettings(pictures=False, timeout_s=60)),
            rollout,
            {"chat": Chat()},
            lambda picture: (),
            _Engines(self),
        )

    def begin(self, stable: str, candidate: str, percent: int, *, auto: bool = False) -> Aliases:
        return self.store.aliases.change(
            lambda now: moves.canary(now, stable=stable, candidate=candidate, percent=percent, by="local", auto=auto)
        )

    def ask(self, session: str, *, vote: bool = False) -> list[Event]:
        """One question of one session, and with `vote` what an honest user thinks of the answer."""
        self.asked += 1
        place, job = self.asked % len(SCENES), f"job_{self.asked}"
        query = Query((Message("user", (Stored(DIGESTS[place]), QUESTION)),), sampling=GREEDY, session=session, job=job)
        events = list(answer(query, self.parts))
        if vote and isinstance(events[-1], Done):
            right = events[-1].answer.text == caption(SCENES[place])
            assert self.store.exposures.rate(job, owner="local", thumb=1 if right else -1)
        return events

    def ask_until_decided(self, most: int, *, vote: bool = False) -> int:
        """Asks in new sessions, the guardian looking after each, until it acts; gives the number of questions."""
        for i in range(most):
            self.ask(f"ses_{i}", vote=vote)
            before = self.store.aliases.read()
            self.guardian.look()
            if self.store.aliases.read() != before:
                return i + 1
        raise AssertionError("the guardian did nothing")


@dataclass
class _Engines:
    firm: Firm

    def get(self, version: str) -> Engine:
        return self.firm.engines[version]


def _picture(ref: PictureRef):  # type: ignore[no-untyped-def]
    assert isinstance(ref, Stored)
    return PICTURES[ref.digest]


@pytest.fixture
def firm(engines: Mapping[str, Engine], tmp_path: Path) -> Iterator[Firm]:
    store = open_store(Settings(data_dir=tmp_path))
    settings = Settings(data_dir=tmp_path, rollout=LIMITS)
    guardian = Guardian(settings, store.aliases, store.exposures, lambda version, run: "", lambda: 4_000)
    yield Firm(store, dict(engines), guardian)
    store.close()


def last(events: list[Event]) -> Answer:
    assert isinstance(events[-1], Done), events[-1]
    return events[-1].answer


def test_ten_percent_is_sticky_and_split_as_set_and_every_answer_names_its_version(firm: Firm) -> None:
    firm.begin("sees", "worse", 10)
    first = {f"ses_{i}": last(firm.ask(f"ses_{i}")) for i in range(90)}
    again = {session: last(firm.ask(session)) for session in list(first)[:30]}
    for session, told in again.items():
        assert (told.version, told.assigned) == (first[session].version, first[session].assigned)
    for told in first.values():
        assert (told.version, told.assigned) in {("sees", "control"), ("worse", "canary")}
    canary = sum(told.assigned == "canary" for told in first.values())
    assert canary > 0 and sample_ratio(90 - canary, canary, 0.1) > 0.001
    kept = firm.store.exposures.of_run(firm.store.aliases.read().run, ("control", "canary"))
    assert len(kept) == 120 and len({one.unit for one in kept}) == 90


@pytest.mark.parametrize(
    ("fault", "rail", "most"),
    [(Failing, "error_rate", 30), (Looping, "bad_output_rate", 30), (Slow, "ttft", 80)],
)
def test_a_candidate_that_goes_too_far_is_taken_back(firm: Firm, fault: type[Behind], rail: str, most: int) -> None:
    firm.engines["worse"] = fault(firm.engines["sees"])
    firm.begin("sees", "worse", 50)
    asked = firm.ask_until_decided(most)
    decision = firm.store.aliases.decisions(1)[0]
    print(f"\n{fault.__name__}: taken back after {asked} questions: {decision.reason}")
    assert (decision.action, decision.by) == ("rollback", "automatic") and rail in decision.reason
    assert last(firm.ask("ses_after")).version == "sees"


def test_a_worse_one_is_taken_back_by_what_users_think(firm: Firm) -> None:
    firm.begin("sees", "worse", 50)
    asked = firm.ask_until_decided(400, vote=True)
    decision = firm.store.aliases.decisions(1)[0]
    print(f"\nworse: taken back after {asked} questions: {decision.reason}")
    assert decision.action == "rollback" and "good" in decision.reason


def test_a_better_one_is_promoted(firm: Firm) -> None:
    firm.begin("worse", "sees", 50, auto=True)
    asked = firm.ask_until_decided(400, vote=True)
    while firm.store.aliases.read().mode == "canary":  # a step upwards may come before it
        asked += firm.ask_until_decided(400, vote=True)
    names = firm.store.aliases.read()
    print(f"\nbetter: promoted after {asked} questions: {firm.store.aliases.decisions(1)[0].reason}")
    assert (names.stable, names.previous) == ("sees", "worse")
    told = last(firm.ask("ses_1"))
    assert (told.version, told.assigned) == ("sees", "stable")
