"""/v1/jobs: ask now, fetch or follow the answer later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from wentu.api import limits
from wentu.api.auth import identity
from wentu.api.completion import usage
from wentu.api.described import files
from wentu.api.errors import error_body, unexpected
from wentu.api.schemas.chat import UsageOut, WentuOut
from wentu.api.schemas.jobs import JobError, JobIn, JobOut
from wentu.api.service import Service, service
from wentu.api.stream import Follow, end_of, silence_s, sse, stop
from wentu.api.work import submit
from wentu.core.codec import to_plain
from wentu.core.errors import BadRequest, WentuError, error_from_event
from wentu.core.types import Answer, Done, Event, Failed, Progress, Retract, Token
from wentu.store import Job, wentu_object

blueprint = APIBlueprint("jobs", __name__, tag="Jobs")


@blueprint.post("/v1/jobs")
@blueprint.input(JobIn, arg_name="body")
@blueprint.output(JobOut, status_code=202)
@blueprint.doc(responses={429: "The queue is full; Retry-After says when to come back"})
@limits.body(limits.chat_bytes)
def create_job(body: JobIn) -> tuple[JobOut, int, dict[str, str]]:
    """Put a task on pictures into the queue

    The answer is fetched with GET, or followed with GET .../events. A job that nobody follows goes on all the same;
    one that was followed is cancelled when its last reader has been away for 15 s.
    """
    parts, who = service(), identity()
    if not body.pictures and not body.question.strip():
        raise BadRequest("the job is empty", hint="Send pictures, a question, or both.", param="pictures")
    work = submit(
        parts,
        who,
        task=body.task,
        pictures=body.pictures,
        question=body.question.replace("\0", ""),
        model=body.model,
        options=body.options,
    )
    return job_out(parts, parts.store.jobs.load(work.job)), 202, {"Location": f"/v1/jobs/{work.job}"}


@blueprint.get("/v1/jobs/<job_id>")
@blueprint.output(JobOut)
def get_job(job_id: str) -> JobOut:
    """Look at a job, with its answer once it is there"""
    parts = service()
    return job_out(parts, parts.store.jobs.load(job_id, owner=identity().owner))


@blueprint.get("/v1/jobs/<job_id>/events")
@blueprint.doc(responses=files("The job's events from the beginning, or after Last-Event-ID", "text/event-stream"))
def follow_job(job_id: str) -> Response:
    """Follow a job

    Server-sent events `progress`, `token`, `retract`, and at the end always `done` or `failed`. Joined tokens are the
    same text however often the connection broke: send the last id as `Last-Event-ID`. Questions to
    /v1/chat/completions are followed here too, with the ids of their own stream.
    """
    parts = service()
    job = parts.store.jobs.load(job_id, owner=identity().owner)
    after = _entry_id(request.headers.get("Last-Event-ID", ""))
    follow = Follow(parts, job.id, silence_s=silence_s(parts, streaming=True), after=after, comes_back=True)
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return Response(JobStream(follow, job), mimetype="text/event-stream", headers=headers)


@blueprint.delete("/v1/jobs/<job_id>")
@blueprint.doc(responses={204: "It will not be answered; one that had ended stays as it is"})
def cancel_job(job_id: str) -> tuple[str, int]:
    """Stop a job"""
    parts = service()
    job = parts.store.jobs.load(job_id, owner=identity().owner)
    if not job.finished:
        stop(parts, job.id)
    return "", 204


class JobStream:
    """The body of a followed job. WSGI calls `close` however it ends."""

    def __init__(self, follow: Follow, job: Job) -> None:
        self._follow = follow
        self._job = job

    def __iter__(self) -> Iterator[bytes]:
        try:
            for item in self._follow:
                if item is None:
                    yield b": ping\n\n"
                else:
                    yield sse(*_event(item[1], self._job), entry=item[0])
        except WentuError as error:
            yield sse(error_body(error), name="failed")
        except Exception as exc:
            yield sse(error_body(unexpected(exc)), name="failed")

    def close(self) -> None:
        self._follow.close()


def job_out(parts: Service, job: Job) -> JobOut:
    place = parts.queue.place(job.id) if job.state == "queued" else None
    return JobOut(
        id=job.id,
        object="job",
        state=job.state,
        task=job.query.task,
        model=job.query.model,
        position=place.position if place else None,
        wait_s=place.wait_s if place else None,
        attempt=job.attempt,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        error=None if job.error is None else JobError.model_validate(job.error),
        **_answer(end_of(job), job),
    )


def _answer(end: Done | Failed | None, job: Job) -> dict[str, Any]:
    if not isinstance(end, Done):
        return {"text": None, "result": None, "usage": None, "wentu": None}
    answer = end.answer
    return {
        "text": answer.text,
        "result": _result(answer),
        "usage": UsageOut.model_validate(usage(answer.usage)),
        "wentu": WentuOut.model_validate(_wentu(answer, job)),
    }


def _event(event: Event, job: Job) -> tuple[dict[str, Any], str]:
    match event:
        case Progress():
            return to_plain(event), "progress"
        case Token():
            return to_plain(event), "token"
        case Retract():
            return to_plain(event), "retract"
        case Done(answer):
            done = {"text": answer.text, "finish_reason": answer.finish_reason, "usage": usage(answer.usage)}
            return {**done, "result": _result(answer), "wentu": _wentu(answer, job)}, "done"
        case Failed():
            return error_body(error_from_event(event)), "failed"


def _result(answer: Answer) -> dict[str, Any] | None:
    result: dict[str, Any] | None = to_plain(answer)["result"]
    return result


def _wentu(answer: Answer, job: Job) -> dict[str, Any]:
    return wentu_object(
        answer,
        picture_ids=job.picture_ids,
        session=job.session,
        user_message=job.user_message,
        message=job.answer_message,
    )


def _entry_id(text: str) -> str:
    """A stream's entry id as Redis writes them; from the beginning without one. Raises BadRequest."""
    if not text:
        return "0"
    head, _, tail = text.partition("-")
    if len(text) > 40 or not head.isascii() or not head.isdigit() or (tail and not (tail.isascii() and tail.isdigit())):
        raise BadRequest("Last-Event-ID is not an id of this stream", param="Last-Event-ID")
    return text
