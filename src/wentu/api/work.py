"""A task on pictures, from a request to its job: what `/v1/extractions`, `/v1/charts`, `/v1/support` have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from wentu.api.auth import Identity
from wentu.api.parts import check_number, find_picture
from wentu.api.service import Service
from wentu.api.stream import Follow, silence_s, wait
from wentu.core.detail import detail_of
from wentu.core.errors import WentuError
from wentu.core.types import Answer, Message, PictureRef, Priority, Query, SamplingParams, Stored
from wentu.store import StoredPicture


@dataclass(frozen=True, slots=True)
class Work:
    """A job in the queue. `picture_ids[i]` is the id of the query's i-th picture."""

    job: str
    picture_ids: tuple[str, ...]


def submit(
    parts: Service,
    who: Identity,
    *,
    task: str,
    pictures: Sequence[str],
    question: str = "",
    model: str = "stable",
    options: Mapping[str, str] | None = None,
    sampling: SamplingParams | None = None,
    priority: Priority = "interactive",
) -> Work:
    """Puts a task on pictures (`data:`, `wentu:pic_...` or https addresses) into the queue.

    Raises the BadInput family and UnknownPicture, each naming the field, and Busy; then nothing stays of it.
    """
    parts.queue.check_room(owner=who.owner, priority=priority)
    query, picture_ids = make_query(
        parts,
        who,
        task=task,
        pictures=pictures,
        question=question,
        model=model,
        options=options,
        sampling=sampling,
    )
    job = parts.store.jobs.create(query, owner=who.owner, picture_ids=picture_ids, priority=priority)
    try:
        parts.queue.submit(job, owner=who.owner, priority=priority)
    except BaseException:
        parts.store.jobs.withdraw(job, keep_question=False)
        raise
    return Work(job, picture_ids)


def make_query(
    parts: Service,
    who: Identity,
    *,
    task: str,
    pictures: Sequence[str],
    question: str,
    model: str,
    options: Mapping[str, str] | None = None,
    sampling: SamplingParams | None = None,
    path: str = "pictures",
) -> tuple[Query, tuple[str, ...]]:
    """A task on pictures as a query, and the ids of its pictures, which are kept from now on.

    Raises the BadInput family and UnknownPicture, each naming the field (`path` and the number).
    """
    detail_of(options or {})
    check_number(len(pictures), parts)
    found = [_picture(parts, who.owner, url, f"{path}[{i}]") for i, url in enumerate(pictures)]
    content: list[str | PictureRef] = [Stored(one.digest) for one in found]
    if question.strip():
        content.append(question)
    query = Query(
        (Message("user", tuple(content)),),
        task=task,
        model=model,
        sampling=sampling or SamplingParams(),
        owner=who.owner,
        options=options or {},
    )
    return query, tuple(one.id for one in found)


def answered(parts: Service, work: Work) -> Answer:
    """The answer, once it is there. Raises the error that ended the job, and Cancelled when the client left."""
    answer, _ = wait(Follow(parts, work.job, silence_s=silence_s(parts, streaming=False)), request.environ)
    return answer


def _picture(parts: Service, owner: str, url: str, path: str) -> StoredPicture:
    try:
        return find_picture(parts, owner, url)
    except WentuError as error:
        error.params["param"] = path
        raise
