"""Settings -> real parts, wired once. What a door gets is a `Service`; it makes nothing by itself."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace

from wentu import pipeline
from wentu.core.config import Settings
from wentu.core.errors import BadSetting, EngineMissing, WeightsMissing
from wentu.core.registry import Registry
from wentu.core.types import Done, Event, Generation, Prompt, Query, SamplingParams, VersionSpec
from wentu.engines.base import Engine
from wentu.engines.host import Fleet
from wentu.intake import Intake
from wentu.knowledge import KnowledgeBase
from wentu.models import InstalledModel, installed
from wentu.ocr import Ocr
from wentu.pipeline import Parts
from wentu.releases import policies_of
from wentu.rollout import STABLE, Rollout
from wentu.rollout.observe import Observer
from wentu.rollout.record import Recorder
from wentu.safety import Safety
from wentu.safety.desk import ReviewDesk
from wentu.store.aliases import Aliases, AliasStore
from wentu.store.audit import Audit
from wentu.store.database import Database
from wentu.store.exposures import Exposures
from wentu.store.places import picture_files, recorded_files
from wentu.store.recordings import Recordings
from wentu.store.reviews import Reviews
from wentu.tasks import ChartTask, Chat, Extract, Support
from wentu.versions import listed_files, made_versions

READER, REMOTE = "reader", "remote"
# Engines that run weights from a folder, the fastest first, each with the packages that it can't do without.
WEIGHT_ENGINES = {
    "openvino": ("openvino", "llguidance"),
    "onnx": ("onnxruntime", "onnx", "llguidance"),
    "transformers": ("torch", "transformers"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The versions that this machine can answer with, and the one that the settings prefer."""

    versions: tuple[VersionSpec, ...]
    stable: str


@dataclass(frozen=True, slots=True)
class Service:
    """Everything a door needs to answer questions on this machine."""

    settings: Settings
    parts: Parts
    fleet: Fleet
    rollout: Rollout
    ocr: Ocr
    safety: Safety
    database: Database
    record: Recorder

    def answer(self, query: Query) -> Iterator[Event]:
        """The way of a question; it is recorded where both consents are there."""
        with closing(pipeline.answer(query, self.parts)) as events:
            for event in events:
                if isinstance(event, Done):
                    self.record.offer(query, event.answer)
                yield event


@contextmanager
def assemble(settings: Settings) -> Iterator[Service]:
    """A service, closed with all its processes at the end of the block. Raises BadSetting, EngineError."""
    chosen = choose(settings)
    with ExitStack() as stack:
        database = Database(settings.database)
        stack.callback(database.close)
        database.upgrade()  # before the parts, which look into it while they are made
        files, recorded = picture_files(settings), recorded_files(settings)
        intake = Intake(settings.intake, lambda digest: (files if digest in files else recorded).read(digest))
        stack.callback(intake.close)
        fleet = Fleet(settings)
        stack.callback(fleet.close)
        rollout = _rollout(settings, chosen, database, fleet)
        ocr = Ocr(settings.ocr)
        safety = make_safety(settings, database, fleet, rollout)
        parts = Parts(
            intake=intake.load,
            safety=safety,
            rollout=rollout,
            tasks={task.name: task for task in (Chat(), Extract(), Support(), ChartTask())},
            ocr=ocr.read,
            engines=fleet,
            knowledge=KnowledgeBase(settings).at,
        )
        record = Recorder(settings.rollout, Recordings(database), recorded, intake.load, ocr.read)
        stack.callback(record.close)
        fleet.set(chosen.versions)
        yield Service(settings, parts, fleet, rollout, ocr, safety, database, record)


def make_safety(settings: Settings, database: Database, fleet: Fleet, rollout: Rollout) -> Safety:
    """The guard by the policy in force; its cases go to the review desk. Raises BadSetting, BadPolicy.

    Where WENTU_SAFETY__JUDGE is "stable", the version that answers judges itself.
    """
    audit = Audit(database, settings.audit_key)
    desk = ReviewDesk(database, Reviews(database, audit), audit)
    judge = settings.safety.judge

    def ask_judge(prompt: Prompt, sampling: SamplingParams) -> Generation:
        return fleet.get(rollout.current if judge == STABLE else judge).generate(prompt, sampling)

    policies = policies_of(settings, AliasStore(database))
    return Safety(settings.safety, policies, desk, ask_judge if judge else None)


def _rollout(settings: Settings, chosen: Choice, database: Database, fleet: Fleet) -> Rollout:
    read, explicit = AliasStore(database).read, (settings.engine.name, settings.engine.model) != ("auto", "")

    def aliases() -> Aliases:
        """What the deployment decided; a version that the settings name gives way to a rollout alone."""
        names = read()
        return replace(names, stable="") if explicit and not names.run else names

    return Rollout(
        chosen.versions,
        chosen.stable,
        aliases=aliases,
        ready=lambda version: fleet.get(version).state == "ready",
        others={"policy": AliasStore(database, "policy").read, "knowledge": AliasStore(database, "knowledge").read},
        record=Observer(Exposures(database)),
        deadline_s=settings.engine.deadline_s,
    )


def choose(settings: Settings) -> Choice:
    """Looks at what is installed: one version a model folder and engine, the remote server, the built-in reader.

    `stable` is what WENTU_ENGINE__NAME and WENTU_ENGINE__MODEL ask for; with "auto" the remote server if there is
    one, else the newest complete model that an installed engine runs, else the reader.
    Raises BadSetting, EngineMissing or WeightsMissing when the settings ask for what isn't there.
    """
    registry: Registry[Engine] = Registry("wentu.engines", allow_plugins=settings.allow_plugins)
    wanted = settings.engine.name
    if wanted != "auto" and wanted not in registry:
        registry.load(wanted)  # raises BadSetting that lists the known names
    models = [model for model in installed(settings) if model.complete]
    engines = engines_for_weights(settings)
    with_weights = [_version(model, engine, engines) for model in models for engine in engines]
    remote = [VersionSpec(REMOTE, REMOTE)] if settings.remote.url else []
    found = {one.name: one for one in (*remote, *with_weights, VersionSpec(READER, READER))}
    best = next(iter(found))
    versions = tuple((found | made_versions(settings, engines)).values())  # what was fixed for good stays as it was
    if wanted in WEIGHT_ENGINES:
        return Choice(versions, _with_weights(settings, wanted, models, engines))
    if wanted == REMOTE and not remote:
        raise BadSetting("engine 'remote' needs WENTU_REMOTE__URL", name="WENTU_REMOTE__URL")
    if wanted not in ("auto", READER, REMOTE):  # fake, or another package's
        return Choice((VersionSpec(wanted, wanted), *versions), wanted)
    if wanted == "auto" and settings.engine.model:
        return Choice(versions, _with_weights(settings, engines[0] if engines else "transformers", models, engines))
    return Choice(versions, best if wanted == "auto" else wanted)


def engines_for_weights(settings: Settings) -> list[str]:
    """The installed engines that run weights from a folder, the fastest first; nothing is imported to find out."""
    registry: Registry[Engine] = Registry("wentu.engines", allow_plugins=settings.allow_plugins)
    return [
        name
        for name, packages in WEIGHT_ENGINES.items()
        if name in registry and all(importlib.util.find_spec(package) is not None for package in packages)
    ]


def _with_weights(settings: Settings, engine: str, models: list[InstalledModel], engines: list[str]) -> str:
    """The name of the version that the settings ask for."""
    if engine not in engines:
        raise EngineMissing(
            f"engine '{engine}' is not installed", hint=f"Install it with: pip install 'wentu[{engine}]'", name=engine
        )
    asked = settings.engine.model
    found = [model for model in models if asked in ("", model.name, str(model.dir))]
    if not found:
        what = f"model '{asked}'" if asked else "a model"
        raise WeightsMissing(f"engine '{engine}' needs {what}, and there is none on this machine", name=asked)
    return _version(found[0], engine, engines).name


def _version(model: InstalledModel, engine: str, engines: list[str]) -> VersionSpec:
    """The fastest engine's version has the model's plain name."""
    name = model.name if engine == engines[0] else f"{model.name}@{engine}"
    return VersionSpec(name, engine, model.dir, listed_files(model.dir))
