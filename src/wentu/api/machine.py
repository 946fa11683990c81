"""What the machine says of itself: models, status, health."""

from __future__ import annotations

from apiflask import APIBlueprint

from wentu.api.auth import identity, keys_needed
from wentu.api.ports import QueuePort
from wentu.api.schemas.machine import (
    DepthOut,
    HealthOut,
    LimitsOut,
    ModelOut,
    ModelsOut,
    ReadyOut,
    StatusOut,
    VersionOut,
    WeightsOut,
)
from wentu.api.service import service
from wentu.core.config import IntakeSettings
from wentu.core.errors import WentuError
from wentu.queue.state import Depth, VersionState, WorkerState

blueprint = APIBlueprint("machine", __name__, tag="Machine")


@blueprint.get("/v1/models")
@blueprint.output(ModelsOut)
def list_models() -> ModelsOut:
    """List the versions that can answer"""
    worker = service().queue.worker()
    return ModelsOut(object="list", data=[_model(one) for one in (worker.versions if worker else ())])


@blueprint.get("/v1/status")
@blueprint.output(StatusOut)
def get_status() -> StatusOut:
    """What answers now, how long the queue is, and what may be sent"""
    parts = service()
    worker, depth = _look(parts.queue)
    stable = next((one for one in (worker.versions if worker else ()) if one.stable), None)
    return StatusOut(
        version=stable.name if stable else None,
        engine=stable.engine if stable else None,
        sees=stable.sees if stable else False,
        worker=worker is not None,
        model=_weights(worker, parts.settings.models.repo),
        queue=DepthOut(waiting=depth.waiting, running=depth.running),
        limits=_limits(parts.settings.intake),
        auth_required=keys_needed(parts),
        role=identity().role,
        records=parts.settings.rollout.record,
    )


@blueprint.get("/healthz")
@blueprint.output(HealthOut)
def get_health() -> HealthOut:
    """This process lives"""
    return HealthOut(status="ok")


@blueprint.get("/readyz")
@blueprint.output(ReadyOut)
@blueprint.doc(responses={503: "The queue or the worker does not answer"})
def get_readiness() -> tuple[ReadyOut, int]:
    """Queue and worker answer"""
    parts = service()
    parts.store.keys.any_active()  # a database that is gone is an error here, and not only at the first question
    try:
        parts.queue.depth()
        queue, worker = True, parts.queue.worker() is not None
    except WentuError:
        queue, worker = False, False
    ready = queue and worker
    return ReadyOut(status="ready" if ready else "not ready", queue=queue, worker=worker), 200 if ready else 503


def _look(queue: QueuePort) -> tuple[WorkerState | None, Depth]:
    """Status answers even while the queue is being started again."""
    try:
        return queue.worker(), queue.depth()
    except WentuError:
        return None, Depth(0, 0)


def _model(version: VersionState) -> ModelOut:
    state = VersionOut(
        engine=version.engine,
        sees=version.sees,
        state=version.state,
        error=version.error or None,
        stable=version.stable,
    )
    return ModelOut(id=version.name, object="model", created=0, owned_by="wentu", wentu=state)


def _weights(worker: WorkerState | None, repo: str) -> WeightsOut:
    if worker is None:
        return WeightsOut(state="unknown", repo=repo, progress=None, message="no worker answers")
    model = worker.model
    return WeightsOut(state=model.state, repo=model.repo, progress=model.progress, message=model.message)


def _limits(intake: IntakeSettings) -> LimitsOut:
    return LimitsOut(
        max_bytes=intake.max_bytes,
        max_pixels=intake.max_pixels,
        max_side_px=intake.max_side_px,
        min_side_px=intake.min_side_px,
        max_aspect=intake.max_aspect,
        max_pictures=intake.max_pictures,
        max_pdf_pages=intake.max_pdf_pages,
        links=intake.allow_links,
    )
