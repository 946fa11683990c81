"""The events of a job, as a Redis stream that can be read again from any entry, and who is reading it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import redis

from wentu.core.codec import event_from_json, event_to_json
from wentu.core.config import QueueSettings
from wentu.core.errors import UnknownJob
from wentu.core.types import Done, Event, Failed, Progress, Retract, Token
from wentu.queue import keys, scripts
from wentu.queue.link import BLOCK_S, answering

_MAX_ENTRIES = 20_000  # about 10 minutes of batches of 30 ms; a longer answer loses its beginning, not its end
_SIGN_S = 3.0  # how often a reader says that it is still there
_PLACE_S = 1.0  # how often a reader of a waiting job looks at its place in the line
_FOLLOWED_S = 86_400


class Streams:
    """Writes and reads the events of jobs. `waiting` is a client whose reads may wait in the server."""

    def __init__(self, client: redis.Redis, waiting: redis.Redis, settings: QueueSettings) -> None:
        self._redis = client
        self._waiting = waiting
        self._settings = settings
        self._publish = client.register_script(scripts.PUBLISH)

    def publish(self, job_id: str, events: Sequence[Event], token: str = "", *, batch: str = "") -> bool:
        """Adds events in one round trip; with `token` only while that attempt has the job, else false.

        After Busy nobody knows whether they were added: to send them again, name the same `batch`.
        """
        batch = batch or secrets.token_hex(6)
        head: list[str | int] = [token, batch, self._settings.stream_ttl_s, _MAX_ENTRIES]
        args = [*head, *(event_to_json(event) for event in events)]
        found = [keys.stream(job_id), keys.lease(job_id), keys.job(job_id)]
        with answering():
            return bool(self._publish(keys=found, args=args))

    def read(
        self, job_id: str, *, after: str, silence_s: float, place: Callable[[str], Progress | None]
    ) -> Iterator[tuple[str, Event] | None]:
        """(entry id, event) from `after` on, live; None whenever `silence_s` passed without one.

        While the job waits, `place` says where it stands: changes come as Progress with the entry id "".
        Ends after `Done` or `Failed`. Raises UnknownJob when the stream has expired, Busy when the queue is gone.
        """
        heard, signed, told = time.monotonic(), 0.0, None
        waits, begun = True, False  # the first look does not wait: a stream that is gone is told of at once
        while True:
            if time.monotonic() - signed >= _SIGN_S:
                self._sign(job_id)
                signed = time.monotonic()
            left_s = max(min(heard + silence_s - time.monotonic(), _PLACE_S if waits else BLOCK_S), 0.001)
            entries = self._entries(job_id, after, left_s if begun else 0.001)
            begun = True
            for entry_id, fields in entries:
                after, heard = entry_id, time.monotonic()
                event = event_from_json(fields["e"])
                waits = isinstance(event, Progress) and event.stage == "queued"
                told = event if waits else None
                yield entry_id, event
                if isinstance(event, Done | Failed):
                    return
            if waits and not entries and (now := place(job_id)) not in (None, told):
                assert now is not None
                told, heard = now, time.monotonic()
                yield "", now
            elif not entries and time.monotonic() >= heard + silence_s:
                heard = time.monotonic()
                yield None

    def text(self, job_id: str) -> str:
        """What a reader of the stream has on the screen so far."""
        with answering():
            entries = cast(list[Any], self._redis.xrange(keys.stream(job_id)))
        text = ""
        for _, fields in entries:
            event = event_from_json(fields["e"])
            if isinstance(event, Token):
                text += event.text
            elif isinstance(event, Retract):
                text = text[: event.offset] + event.replacement
        return text

    def left(self, job_id: str) -> None:
        """A reader left: unless one is there again within the grace time, nobody wants the answer."""
        self._note(job_id, int(self._settings.grace_s * 1_000) + 1)

    def _sign(self, job_id: str) -> None:
        """Lasts for one missed sign more than the grace time, for a reader that was killed and can't say goodbye."""
        self._note(job_id, int((self._settings.grace_s + _SIGN_S + BLOCK_S) * 1_000))

    def _note(self, job_id: str, milliseconds: int) -> None:
        with answering():
            pipe = self._redis.pipeline(transaction=False)
            pipe.set(keys.reader(job_id), "1", px=milliseconds)
            pipe.set(keys.followed(job_id), "1", ex=_FOLLOWED_S)
            pipe.execute()

    def _entries(self, job_id: str, after: str, wait_s: float) -> list[tuple[str, dict[str, str]]]:
        """New entries of a stream, waiting for the first one. Raises UnknownJob when there is no such stream."""
        key = keys.stream(job_id)
        with answering():
            answer = self._waiting.xread({key: after}, block=max(int(wait_s * 1_000), 1), count=200)
            if not answer and not self._redis.exists(key):
                raise UnknownJob("the stream of this job is no longer kept", id=job_id)
        return cast(Any, answer)[0][1] if answer else []
