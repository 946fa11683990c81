"""An answer in the shape in which it is kept and shown by every door: the `wentu` object, and support's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wentu.core.codec import to_plain
from wentu.core.errors import Refused
from wentu.core.results import Citation, Support
from wentu.core.types import Answer


def wentu_object(
    answer: Answer,
    *,
    picture_ids: Sequence[str] = (),
    session: str | None = None,
    user_message: str | None = None,
    message: str | None = None,
) -> dict[str, Any]:
    """The `wentu` object of docs/http.md. `picture_ids[i]` is the id of the i-th picture of the conversation."""
    plain = to_plain(answer)
    return {
        "version": answer.version,
        "engine": answer.engine,
        "assigned": answer.assigned,
        "job": answer.job,
        "status": answer.status,
        "evidence": [{**one, "picture_id": _at(picture_ids, one["picture"])} for one in plain["evidence"]],
        "unsupported": plain["unsupported"],
        "timings": plain["timings"],
        "review": None if answer.review is None else {"id": answer.review, "state": "waiting"},
        "session": session,
        "user_message": user_message,
        "message": message,
    }


def _at(picture_ids: Sequence[str], index: int) -> str | None:
    return picture_ids[index] if 0 <= index < len(picture_ids) else None


def support_object(answer: Answer, case_id: str, *, picture_ids: Sequence[str] = ()) -> dict[str, Any]:
    """An answer of customer service as every door shows it: exactly these names.

    Raises Refused where safety held the result back.
    A citation's `box` is [x0, y0, x1, y1] in pixels of picture `picture` (from 0).
    """
    found = answer.result
    if not isinstance(found, Support):
        raise Refused("what customer service says was stopped by this service's rules", rule="held_back")
    return {
        "id": case_id,
        "outcome": found.outcome,
        "sku": found.sku,
        "faq_id": found.faq_id,
        "answer": answer.text,
        "facts": dict(found.facts),
        "citations": [_citation(one, picture_ids) for one in found.citations],
        "candidates": [to_plain(one) for one in found.candidates],
        "version": answer.version,
    }


def _citation(one: Citation, picture_ids: Sequence[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {"source": one.source, "field": one.field, "value": one.value, "text": one.text}
    if one.region is None:
        return shown | {"id": one.id, "place": one.place, "version": one.version}
    xs, ys = [x for x, _ in one.region.polygon], [y for _, y in one.region.polygon]
    box = [round(min(xs), 1), round(min(ys), 1), round(max(xs), 1), round(max(ys), 1)]
    page = one.region.page
    return shown | {
        "picture": page,
        "picture_id": _at(picture_ids, page),
        "box": box,
        "polygon": to_plain(one)["region"]["polygon"],
    }
