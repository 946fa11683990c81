"""/v1/batches: the same task for many pictures, behind all questions, with the results as one file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from wentu.api import limits
from wentu.api.auth import identity
from wentu.api.described import files
from wentu.api.schemas.batches import BatchesOut, BatchIn, BatchOut, ResultsQuery
from wentu.api.service import service
from wentu.api.stream import stop
from wentu.api.work import make_query
from wentu.core.extracted import csv_text, extraction_object, jsonl_text, xlsx_bytes
from wentu.core.results import Extraction
from wentu.store import Job
from wentu.store.batches import Batch, Item

blueprint = APIBlueprint("batches", __name__, tag="Batches")

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS: Mapping[str, tuple[str, Callable[[list[dict[str, Any]]], str | bytes]]] = {
    "jsonl": ("application/x-ndjson", jsonl_text),
    "csv": ("text/csv; charset=utf-8", csv_text),
    "xlsx": (_XLSX, xlsx_bytes),
}


@blueprint.post("/v1/batches")
@blueprint.input(BatchIn, arg_name="body")
@blueprint.output(BatchOut, status_code=202)
@limits.body(limits.chat_bytes)
def create_batch(body: BatchIn) -> BatchOut:
    """Begin a batch

    Its jobs wait behind all questions, and go on by themselves after a crash or a restart. Upload many or large
    pictures first and name them as `wentu:pic_...`.
    """
    parts, who = service(), identity()
    items = []
    for number, one in enumerate(body.items):
        question = body.question if one.question is None else one.question
        query, picture_ids = make_query(
            parts,
            who,
            task=body.task,
            pictures=one.pictures,
            question=question.replace("\0", ""),
            model=body.model,
            options=body.options,
            path=f"items[{number}].pictures",
        )
        items.append(Item(one.id.replace("\0", ""), query, picture_ids))
    batch = parts.store.batches.create(items, owner=who.owner, name=body.name.replace("\0", ""), task=body.task)
    return _out(parts.store.batches.get(batch, owner=who.owner))


@blueprint.get("/v1/batches")
@blueprint.output(BatchesOut)
def list_batches() -> BatchesOut:
    """List batches, newest first"""
    return BatchesOut(data=[_out(one) for one in service().store.batches.list(owner=identity().owner)])


@blueprint.get("/v1/batches/<batch_id>")
@blueprint.output(BatchOut)
def get_batch(batch_id: str) -> BatchOut:
    """See how far a batch is"""
    return _out(service().store.batches.get(batch_id, owner=identity().owner))


@blueprint.get("/v1/batches/<batch_id>/results")
@blueprint.input(ResultsQuery, location="query", arg_name="args")
@blueprint.doc(responses=files("What has been answered so far", "application/x-ndjson", "text/csv", _XLSX))
def get_batch_results(batch_id: str, args: ResultsQuery) -> Response:
    """Fetch the results as a file

    One line or row an item that has ended, in the order of the batch.
    """
    batches = service().store.batches
    batch = batches.get(batch_id, owner=identity().owner)
    objects = [result_object(job) for job in batches.jobs(batch.id) if job.finished]
    media_type, write = _FORMATS[args.format]
    headers = {"Content-Disposition": f'attachment; filename="{batch.id}.{args.format}"'}
    return Response(write(objects), content_type=media_type, headers=headers)


@blueprint.delete("/v1/batches/<batch_id>")
@blueprint.doc(responses={204: "What had not been answered will not be"})
def cancel_batch(batch_id: str) -> tuple[str, int]:
    """Stop a batch; its results so far stay"""
    parts = service()
    batch = parts.store.batches.get(batch_id, owner=identity().owner)
    for job in parts.store.batches.cancel(batch.id):
        stop(parts, job)
    return "", 204


def result_object(job: Job) -> dict[str, Any]:
    """One item of the results: an extraction's object, or the answer's words as a field of that shape."""
    name = job.label or job.id
    answer = job.answer
    if answer is None:
        return {"id": name, "type": job.query.task, "error": job.error or {"code": "cancelled", "message": "stopped"}}
    if isinstance(answer.result, Extraction):
        return extraction_object(name, answer)
    said = {"value": answer.text, "status": answer.status}
    return {"id": name, "type": job.query.task, "fields": {"answer": said}, "version": answer.version}


def _out(batch: Batch) -> BatchOut:
    counts = batch.counts
    ended = batch.ended == batch.total
    return BatchOut(
        id=batch.id,
        object="batch",
        name=batch.name,
        task=batch.task,
        state="cancelled" if batch.cancelled_at is not None else "done" if ended else "running",
        total=batch.total,
        done=counts.get("done", 0),
        failed=counts.get("failed", 0),
        cancelled=counts.get("cancelled", 0),
        created_at=batch.created_at,
    )
