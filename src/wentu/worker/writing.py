"""A job's events on their way into its stream: joined, without repetition, and gone on with after a lost attempt."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable

from wentu.core.errors import Busy
from wentu.core.types import RESTARTED, Event, Progress, Retract, Token
from wentu.queue import Queue

# Tokens are sent together this often: a reader sees them flow, and a fast engine costs 30 writes a second and not 300.
BATCH_S = 0.03
PATIENCE_S = 20.0  # for a queue that is being started again
# Readers could not sign while the queue was away; when it is back they have this long to do so.
RETURN_S = 10.0
_WRITING = Progress("writing")


class Fenced(Exception):
    """Another attempt has the job now; this one must stop and say nothing more."""


class Stream:
    """Tokens joined for 30 ms, repeated progress dropped. While the queue is away events are kept and sent later.

    `shown` is what readers have seen of an attempt that was lost. While the new one says the same, nothing is sent
    twice; where it says something else, the rest is taken back and the answer goes on from there.
    """

    def __init__(self, job_id: str, queue: Queue, *, token: str = "", shown: str = "") -> None:
        self._job_id = job_id
        self._queue = queue
        self._token = token
        self._shown = shown
        self._said = ""
        self._waiting: list[Event] = []
        self._on_way: list[Event] = []  # sent, but nobody said that they arrived
        self._batch = ""
        self._last_progress: Progress | None = None
        self._flushed = 0.0
        self.first_token_at: float | None = None

    @property
    def text(self) -> str:
        """Everything that a reader has seen by now."""
        return self._shown if self._shown.startswith(self._said) else self._said

    def add(self, event: Event) -> None:
        """Raises Fenced."""
        # The word that writing has begun goes with what is said next, which is mostly the first token, sent at once.
        begins = event == _WRITING != self._last_progress
        at_once = event != _WRITING and (not isinstance(event, Token) or self.first_token_at is None)
        match event:
            case Progress():
                if event != self._last_progress:
                    self._last_progress = event
                    self._waiting.append(event)
            case Token(text):
                if self.first_token_at is None:
                    self.first_token_at = time.monotonic()
                self._say(text)
            case Retract(offset, _, replacement):
                self._end_repetition()
                self.flush()
                self._said = self._said[:offset] + replacement
                self._take_out(event)
            case _:
                self._waiting.append(event)
        if at_once or (not begins and time.monotonic() - self._flushed >= BATCH_S):
            self.flush()

    def _say(self, text: str) -> None:
        """The part of `text` that readers have not seen."""
        self._said += text
        if self._shown:
            if self._shown.startswith(self._said):
                return
            if not self._said.startswith(self._shown):
                self._take_back(_common(self._shown, self._said))
            text = self._said[len(self._shown) :]
            self._shown = ""
        if self._waiting and isinstance(self._waiting[-1], Token):
            self._waiting[-1] = Token(self._waiting[-1].text + text)
        else:
            self._waiting.append(Token(text))

    def _take_out(self, event: Retract) -> None:
        """What is taken back leaves the stream too: nobody who reads it later gets to see it. Raises Busy."""

        def take() -> None:
            self._waiting.append(self._queue.eraser.take_back(self._job_id, event))

        if not patiently(take, for_s=PATIENCE_S):
            raise Busy("the queue does not answer")

    def _take_back(self, offset: int) -> None:
        self._shown = self._shown[:offset]
        self._waiting.append(Retract(offset, RESTARTED, ""))

    def _end_repetition(self) -> None:
        """What the lost attempt said beyond this one's end is taken back."""
        if self._shown and self._shown != self._said:
            self._take_back(_common(self._shown, self._said))
        self._shown = ""

    def finish(self) -> None:
        """Sends what waits: the answer is whole. Raises Fenced."""
        self._end_repetition()
        self.flush()

    def end(self, event: Event, *, patience_s: float) -> None:
        """Sends what waits and the last event. The database knows the end, so no other attempt can come between."""
        self._waiting.append(event)
        patiently(lambda: self._send(""), for_s=patience_s)

    def flush(self) -> None:
        """Raises Fenced."""
        self._flushed = time.monotonic()
        with contextlib.suppress(Busy):  # the queue is being started again; the next flush sends it all
            self._send(self._token)

    def _send(self, token: str) -> None:
        """Sends everything. Raises Fenced, and Busy; then what was on its way is sent again as it was, so that what
        did arrive is known by its name and not written twice."""
        while self._on_way or self._waiting:
            if not self._on_way:
                self._on_way, self._waiting, self._batch = self._waiting, [], secrets.token_hex(6)
            if not self._queue.publish(self._job_id, self._on_way, token, batch=self._batch):
                raise Fenced
            self._on_way = []


def patiently(call: Callable[[], object], *, for_s: float, pause_s: float = 0.5) -> bool:
    """Calls until the queue answers; false when it did not within `for_s` seconds."""
    until = time.monotonic() + for_s
    while True:
        try:
            call()
            return True
        except Busy:
            if time.monotonic() > until:
                return False
            time.sleep(pause_s)


def _common(one: str, other: str) -> int:
    """Length of the beginning that both share, code points."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length
