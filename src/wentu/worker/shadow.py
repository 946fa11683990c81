"""The candidate answers copies of what the stable version was asked, while nobody else waits; nobody sees them."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

from wentu.core.errors import Busy, WentuError
from wentu.core.types import Answer, Done, Event, Failed, Query
from wentu.queue import Queue
from wentu.rollout.judge import fields_right, is_right
from wentu.rollout.pick import SHADOW
from wentu.store.aliases import Aliases
from wentu.store.recordings import Recordings, Reply

log = logging.getLogger(__name__)

_WAITING = 20  # older copies give way: what is asked now is what matters
_LOOK_S = 0.5
Asking = Callable[[Query], Iterator[Event]]


def busy(queue: Queue) -> bool:
    """Whether any question waits or is being answered; a queue that does not say counts as busy."""
    try:
        depth = queue.depth()
    except Busy:
        return True
    return depth.waiting + depth.running > 0


class Shadow:
    """One thread, one copy at a time. A copy is dropped at its next token when somebody asks something."""

    def __init__(
        self, answer: Asking, aliases: Callable[[], Aliases], busy: Callable[[], bool], recordings: Recordings
    ) -> None:
        """`busy` says whether any question waits or is being answered."""
        self._answer = answer
        self._aliases = aliases
        self._busy = busy
        self._recordings = recordings
        self._copies: deque[Query] = deque(maxlen=_WAITING)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shadow", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(5.0)

    def answer(self, query: Query) -> Iterator[Event]:
        """The answer, from whichever version is to give it; while a shadow runs, the question is copied."""
        for event in self._answer(query):
            if isinstance(event, Done) and event.answer.assigned == "stable" and self._aliases().mode == "shadow":
                self._copies.append(query)
            yield event

    def _run(self) -> None:
        while not self._stopped.wait(_LOOK_S):
            try:
                while self._copies and not self._stopped.is_set() and not self._busy():
                    self._copy(self._copies.popleft())
            except WentuError:
                continue
            except Exception:
                log.exception("a copy could not be answered")

    def _copy(self, query: Query) -> None:
        names = self._aliases()
        if names.mode != "shadow":
            self._copies.clear()
            return
        copy = replace(query, options={**query.options, SHADOW: "yes", "record": "no"})
        events = self._answer(copy)
        try:
            for event in events:
                if isinstance(event, Done):
                    self._keep(query.job, names.candidate, event.answer)
                if isinstance(event, Failed) or self._stopped.is_set() or self._busy():
                    return
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()

    def _keep(self, job: str, candidate: str, answer: Answer) -> None:
        """What was said is kept only where its question is: with consent, and for as long."""
        recording = self._recordings.of_job(job) if job else None
        if recording is not None:
            right, seconds = is_right(answer, recording.expected), sum(answer.timings.values())
            self._recordings.reply(
                Reply(recording.id, candidate, answer.text, right, seconds, fields_right(answer), source="shadow")
            )
