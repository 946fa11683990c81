"""Brings the vision model to a machine that has none, in the background, while the reader answers."""

from __future__ import annotations

import logging
import threading

from wentu.core.config import Settings
from wentu.core.errors import ModelFilesError, PullRunning, WentuError
from wentu.models import pull
from wentu.queue import ModelState

log = logging.getLogger(__name__)
# A hub that did not answer is asked again after this time: by then a network is often back.
AGAIN_S = 600.0


class Weights:
    """Downloads WENTU_MODELS__REPO once `start` is called; `state` says how far it is."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.state = ModelState("absent", settings.models.repo)

    def start(self) -> None:
        """Begins, unless it is at work already or switched off with WENTU_MODELS__AUTO_PULL."""
        if self._thread is None and self._settings.models.auto_pull:
            self._thread = threading.Thread(target=self._run, name="weights", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends a download where it is; the next one goes on from there."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(3.0)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if self._pull():
                    return
            except PullRunning:
                log.info("another process downloads the model")
            except WentuError as exc:
                log.warning("the model could not be downloaded: %s", exc.message)
                self.state = ModelState("failed", self._settings.models.repo, message=f"{exc.message}. {exc.hint}")
                if isinstance(exc, ModelFilesError) and not exc.retryable:
                    return
            self._stopped.wait(AGAIN_S)

    def _pull(self) -> bool:
        """True when the model is here."""
        repo = self._settings.models.repo
        self.state = ModelState("downloading", repo)
        work = pull(self._settings)
        try:
            for report in work:
                if self._stopped.is_set():
                    return False
                done = report.done_bytes / report.total_bytes if report.total_bytes else None
                self.state = ModelState("downloading", repo, done)
        finally:
            work.close()
        log.info("the model is here")
        return True
