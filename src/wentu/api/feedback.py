"""POST /v1/feedback: thumbs up and down on one's own answers; and the way out of what one let be recorded."""

from __future__ import annotations

from apiflask import APIBlueprint

from wentu.api.auth import identity
from wentu.api.schemas.rollout import ErasedOut, FeedbackIn
from wentu.api.service import service
from wentu.core.errors import UnknownJob

blueprint = APIBlueprint("feedback", __name__, tag="Feedback")
_THUMBS = {"up": 1, "down": -1, "none": 0}


@blueprint.post("/v1/feedback")
@blueprint.input(FeedbackIn, arg_name="body")
@blueprint.doc(responses={204: "Kept"})
def rate_answer(body: FeedbackIn) -> tuple[str, int]:
    """Say whether an answer was good"""
    parts, owner = service(), identity().owner
    if not parts.store.exposures.rate(body.job, owner=owner, thumb=_THUMBS[body.thumb]):
        raise UnknownJob("there is no such answer of yours", param="job")
    parts.store.recordings.confirm(body.job, owner=owner, text=_said(body) if body.thumb == "up" else "")
    return "", 204


@blueprint.delete("/v1/recordings")
@blueprint.output(ErasedOut)
def erase_recordings() -> ErasedOut:
    """Erase every question that you let be recorded"""
    return ErasedOut(erased=service().store.recordings.delete_of(identity().owner))


def _said(body: FeedbackIn) -> str:
    """The words of the answer, while its job is kept."""
    try:
        answer = service().store.jobs.load(body.job, owner=identity().owner).answer
    except UnknownJob:
        return ""
    return answer.text if answer else ""
