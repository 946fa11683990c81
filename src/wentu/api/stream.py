"""Following a question to its end: as server-sent events, or by waiting for the whole answer.

Text reaches the client only as Token events, which safety has released. Whoever leaves for good cancels the question.
"""

from __future__ import annotations

import json
import logging
import select
import socket
import time
from collections.abc import Iterator, Mapping
from typing import Any

from wentu.api.completion import Completion
from wentu.api.errors import error_body, unexpected
from wentu.api.service import Service
from wentu.core.codec import to_plain
from wentu.core.errors import (
    Busy,
    Cancelled,
    EngineError,
    StorageUnreachable,
    UnknownJob,
    WentuError,
    error_from_event,
)
from wentu.core.types import RESTARTED, Answer, Done, Event, Failed, Progress, Retract, Token
from wentu.store import Job

log = logging.getLogger(__name__)

# Without a stream nothing is written that could fail, so the connection itself is looked at this often.
_LOOK_S = 2.0
# A queue that was killed answers again within seconds; readers of its streams wait for so long.
_RESTART_S, _PAUSE_S = 15.0, 0.5


class Follow:
    """The events of one job from the entry `after` on, through restarts of the queue.

    Closing it before the end says that this reader left. With `comes_back` the job is cancelled only when nobody
    follows it again within the grace time; without, at once.
    """

    def __init__(
        self, parts: Service, job: str, *, silence_s: float, after: str = "0", comes_back: bool = False
    ) -> None:
        self._parts = parts
        self._job = job
        self._silence_s = silence_s
        self._after = after
        self._comes_back = comes_back
        self._ended = False

    def __iter__(self) -> Iterator[tuple[str, Event] | None]:
        """Ends after Done or Failed. What is no entry of the stream has the id "": an end from the database, a place.

        Raises Busy when the queue stays away for longer than a restart takes.
        """
        gone_since: float | None = None
        while not self._ended:
            try:
                for item in self._read():
                    gone_since = None
                    yield item
                if not self._ended:
                    raise EngineError("the answer broke off")
            except Busy:
                now = time.monotonic()
                gone_since = gone_since or now
                if now - gone_since > _RESTART_S:
                    raise
                yield None
                time.sleep(_PAUSE_S)
            except UnknownJob:
                # The stream has expired, or the queue lost its memory; then a worker makes the job known again.
                end = self._end_in_store()
                if end is not None:
                    self._ended = True
                    yield "", end
                    return
                yield None
                time.sleep(_PAUSE_S)

    def _read(self) -> Iterator[tuple[str, Event] | None]:
        over = False
        for item in self._parts.queue.events(self._job, after=self._after, silence_s=self._silence_s):
            if item is not None:
                self._after = item[0] or self._after
                self._ended = isinstance(item[1], Done | Failed)
                yield item
                continue
            yield None
            # An end that the stream lost (the queue was started again, the session was deleted) is in the database.
            # It is believed at the second silence: at the first, the event may be on its way.
            end = self._end_in_store()
            if end is not None and over:
                self._ended = True
                yield "", end
                return
            over = end is not None

    def _end_in_store(self) -> Done | Failed | None:
        try:
            job = self._parts.store.jobs.load(self._job)
        except UnknownJob:
            return Cancelled("the question was deleted").as_event()
        except StorageUnreachable:
            return None  # the database is being started again; the stream says the end too
        return end_of(job)

    def close(self) -> None:
        """Safe to call twice."""
        if self._ended:
            return
        self._ended = True
        try:
            if self._comes_back:
                self._parts.queue.left(self._job)
            else:
                stop(self._parts, self._job)
        except WentuError as error:  # nobody is left to tell; the job ends by its deadline
            log.warning("job %s could not be cancelled: %s", self._job, error.code)


def stop(parts: Service, job: str) -> None:
    """Cancels a job: one that waits ends now, one that runs at its next token. Raises Busy."""
    cancelled = Cancelled("the question was stopped").as_event()
    if parts.queue.cancel(job) and parts.store.jobs.fail(job, cancelled):
        parts.queue.publish(job, [cancelled])


def end_of(job: Job) -> Done | Failed | None:
    """How a job ended; None while it is open."""
    if job.answer is not None:
        return Done(job.answer)
    return None if job.error is None else Failed(**job.error)


class EventStream:
    """The body of a streamed answer, as bytes of server-sent events. WSGI calls `close` however it ends.

    A generator would not do: closing one that was never started runs nothing, and the job would go on.
    """

    def __init__(self, follow: Follow, completion: Completion, *, progress: bool, include_usage: bool) -> None:
        self._follow = follow
        self._completion = completion
        self._progress = progress
        self._include_usage = include_usage
        self._retracted = False

    def __iter__(self) -> Iterator[bytes]:
        yield sse(self._completion.accepted())
        try:
            for item in self._follow:
                if item is None:
                    yield b": ping\n\n"
                    continue
                entry, event = item
                for data in self._data(event):
                    yield sse(data, entry=entry)
        except WentuError as error:
            yield sse(error_body(error))
        except Exception as exc:
            yield sse(error_body(unexpected(exc)))
        yield b"data: [DONE]\n\n"

    def close(self) -> None:
        self._follow.close()

    def _data(self, event: Event) -> Iterator[dict[str, Any]]:
        """What the client sees of an event: nothing, one object, or the last two."""
        make = self._completion
        match event:
            case Token(text):
                yield make.chunk({"content": text})
            case Progress():
                if self._progress:
                    yield make.chunk({}, wentu={"event": "progress", **to_plain(event)})
            case Retract():
                self._retracted = self._retracted or event.rule != RESTARTED
                yield make.chunk({}, wentu={"event": "retract", **to_plain(event)})
            case Done(answer):
                yield make.done(answer, retracted=self._retracted)
                if self._include_usage:
                    yield make.usage(answer)
            case Failed():
                yield error_body(error_from_event(event))


def wait(follow: Follow, environ: Mapping[str, Any]) -> tuple[Answer, bool]:
    """The answer, and whether safety took a part of it back. Raises the error that ended the question."""
    retracted = False
    try:
        for item in follow:
            if item is None:
                if client_left(environ):
                    raise Cancelled("the client left")
                continue
            match item[1]:
                case Retract(rule=rule):
                    retracted = retracted or rule != RESTARTED
                case Done(answer):
                    return answer, retracted
                case Failed() as failed:
                    raise error_from_event(failed)
    finally:
        follow.close()
    raise EngineError("the answer broke off")


def silence_s(parts: Service, *, streaming: bool) -> float:
    ping_s = parts.settings.web.ping_s
    return ping_s if streaming else min(ping_s, _LOOK_S)


def client_left(environ: Mapping[str, Any]) -> bool:
    """True if the client has closed its side; only gunicorn says which socket it is."""
    connection = environ.get("gunicorn.socket")
    if not isinstance(connection, socket.socket):
        return False
    try:
        poll = select.poll()  # select() can't watch a descriptor above 1023
        poll.register(connection, select.POLLIN)
        return bool(poll.poll(0)) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):  # ValueError: closed on our side already
        return True


def sse(data: Mapping[str, Any], name: str = "", *, entry: str = "") -> bytes:
    """One server-sent event."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    head = (f"id: {entry}\n" if entry else "") + (f"event: {name}\n" if name else "")
    return f"{head}data: {text}\n\n".encode("utf-8", "replace")
