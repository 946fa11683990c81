"""GET /v1/estimate: how long an answer will take, before it is asked for."""

from __future__ import annotations

from apiflask import APIBlueprint

from wentu.api.auth import identity
from wentu.api.schemas.estimates import DetailOut, EstimateIn, EstimateOut
from wentu.api.service import service
from wentu.core.detail import DETAILS, READING, Speed, expected_s
from wentu.queue.state import VersionState, WorkerState

blueprint = APIBlueprint("estimates", __name__, tag="Machine")


@blueprint.get("/v1/estimate")
@blueprint.input(EstimateIn, location="query", arg_name="asked")
@blueprint.output(EstimateOut)
def get_estimate(asked: EstimateIn) -> EstimateOut:
    """About how long an answer will take

    In seconds, for each setting of the dial, as learnt on this machine with nothing else to do. Without a vision
    model, and until it has been measured, there are no figures. A picture without text takes less.
    """
    parts = service()
    ids = tuple(dict.fromkeys(one for one in asked.pictures.split(",") if one))
    found = parts.store.pictures.find(ids, owner=identity().owner)
    sizes = [(one.width, one.height) for one in found.values()]
    version = _version(parts.queue.worker(), asked.model)
    return EstimateOut(
        version=version.name if version else None,
        queue_s=parts.queue.expected_wait_s(),
        details=_details(version.speed, sizes) if version and version.speed else [],
        token_s=round(version.speed.write_s, 4) if version and version.speed else None,
    )


def _version(worker: WorkerState | None, model: str) -> VersionState | None:
    versions = worker.versions if worker else ()
    return next((one for one in versions if one.name == model or (one.stable and model == "stable")), None)


def _details(speed: Speed, sizes: list[tuple[int, int]]) -> list[DetailOut]:
    found = []
    for detail in DETAILS:
        least, most = expected_s(speed, sizes, READING[detail])
        found.append(DetailOut(detail=detail, first_token_s=round(least, 1), at_most_s=round(most, 1)))
    return found
