"""Reads pictures before they are asked about, when this worker has nothing else to do.

A picture is uploaded while its question is still being typed. By the time it comes, the text lines are in memory, and
an engine that can has encoded the picture and read the beginning of the prompt.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing

from wentu.bootstrap import Service
from wentu.core.errors import Busy, UnknownPicture, WentuError
from wentu.core.types import Message, Page, Query, Stored
from wentu.pipeline import looked
from wentu.queue import Queue

log = logging.getLogger(__name__)

_WAIT_S = 2.0
_LOOK_S = 0.25
_KEPT_S = 0.5  # the place of the pictures may be another machine's
_AGAIN_S = 1.0


class ReadAhead:
    """One thread, one picture at a time: it begins when no question waits or is answered, and stops for the next."""

    def __init__(self, service: Service, queue: Queue, busy: Callable[[], bool], kept: Callable[[str], bool]) -> None:
        """`kept` says whether a picture of this digest is still there: one that was dropped is not read."""
        self._service = service
        self._queue = queue
        self._busy = busy
        self._kept = kept
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ahead", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(_WAIT_S + 1.0)

    def read(self, digest: str) -> None:
        """Text lines into memory; then, for as long as nobody asks and the picture is there, the engine's part."""
        try:
            query = Query((Message("user", (Stored(digest),)),))
            picture = self._service.parts.intake(Stored(digest))
            page = Page(picture, self._service.ocr.read(picture))
        except UnknownPicture:
            return
        self._warm(digest, query, page)
        if not self._kept(digest):  # dropped while it was read
            self._service.ocr.forget(digest)
            self._service.fleet.forget(digest)

    def _warm(self, digest: str, query: Query, page: Page) -> None:
        """The beginning of the prompt that a question in a chat will have, for the version that most will ask."""
        host = self._service.fleet.get(self._service.rollout.current)
        chat = self._service.parts.tasks["chat"]
        prompt = looked(chat.prompt(query, [page], None), chat, query, host)
        if prompt is None or not host.capabilities.warms:
            return
        seen_at = time.monotonic()
        with closing(host.warm(prompt)) as chunks:
            for _ in chunks:
                if self._stopped.is_set() or self._busy():
                    return
                if time.monotonic() - seen_at > _KEPT_S:
                    seen_at = time.monotonic()
                    if not self._kept(digest):
                        return

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                digest = self._queue.ahead.take(wait_s=_WAIT_S)
                while digest is not None and self._busy() and not self._stopped.wait(_LOOK_S):
                    pass
                if digest is not None and not self._stopped.is_set() and self._kept(digest):
                    self.read(digest)
            except Busy:
                self._stopped.wait(_AGAIN_S)
            except WentuError as error:  # whoever asks about it is told
                log.info("a picture could not be read ahead: %s", error.code)
            except Exception:
                log.exception("a picture could not be read ahead")
