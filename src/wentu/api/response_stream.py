"""A streamed answer as the events of OpenAI's Responses API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wentu.api.errors import error_body, unexpected
from wentu.api.response_object import ResponseObject, part
from wentu.api.stream import Follow, sse
from wentu.core.codec import to_plain
from wentu.core.errors import WentuError, error_from_event
from wentu.core.types import RESTARTED, Answer, Done, Event, Failed, Progress, Retract, Token


class ResponseStream:
    """The body of a streamed response, as bytes of server-sent events. WSGI calls `close` however it ends.

    The API has no event that takes words back. What was retracted is missing in `response.output_text.done` and in
    the response itself; `wentu.retract` says so at once to those who know it.
    """

    def __init__(self, follow: Follow, response: ResponseObject, *, progress: bool) -> None:
        self._follow = follow
        self._response = response
        self._progress = progress
        self._retracted = False
        self._number = -1

    def __iter__(self) -> Iterator[bytes]:
        make = self._response
        yield self._event("response.created", response=make.begun())
        yield self._event("response.in_progress", response=make.begun())
        yield self._event("response.output_item.added", output_index=0, item=make.item("in_progress", None))
        yield self._event("response.content_part.added", **make.place, part=part(""))
        try:
            for item in self._follow:
                if item is None:
                    yield b": ping\n\n"
                else:
                    yield from self._said(item[1])
        except WentuError as error:
            yield self._failed(error)
        except Exception as exc:
            yield self._failed(unexpected(exc))

    def close(self) -> None:
        self._follow.close()

    def _said(self, event: Event) -> Iterator[bytes]:
        match event:
            case Token(text):
                yield self._event("response.output_text.delta", **self._response.place, delta=text, logprobs=[])
            case Progress():
                if self._progress:
                    yield self._event("wentu.progress", **to_plain(event))
            case Retract():
                self._retracted = self._retracted or event.rule != RESTARTED
                yield self._event("wentu.retract", **to_plain(event))
            case Done(answer):
                yield from self._ended(answer)
            case Failed():
                yield self._failed(error_from_event(event))

    def _ended(self, answer: Answer) -> Iterator[bytes]:
        make = self._response
        whole = make.whole(answer, retracted=self._retracted)
        yield self._event("response.output_text.done", **make.place, text=answer.text, logprobs=[])
        yield self._event("response.content_part.done", **make.place, part=part(answer.text))
        yield self._event("response.output_item.done", output_index=0, item=whole["output"][0])
        yield self._event(f"response.{whole['status']}", response=whole)

    def _failed(self, error: WentuError) -> bytes:
        return self._event("response.failed", response=self._response.failed(error_body(error)))

    def _event(self, kind: str, **fields: Any) -> bytes:
        self._number += 1
        return sse({"type": kind, "sequence_number": self._number, **fields}, kind)
