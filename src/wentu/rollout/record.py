"""Keeps questions of those who consent, masked, so that other versions can be asked the same."""

from __future__ import annotations

import hashlib
import io
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from PIL import Image

from wentu.core.config import RolloutSettings
from wentu.core.types import Answer, Message, Picture, PictureRef, Query, Stored, TextLine
from wentu.rollout.assign import masked_unit, unit_of
from wentu.rollout.masking import mask_picture, mask_text
from wentu.store.files import PictureFiles
from wentu.store.recordings import Recording, Recordings

log = logging.getLogger(__name__)

CONSENT = "record"  # `Query.options[CONSENT] == "yes"`: the owner lets this question be kept


class Recorder:
    """Called with every answer; keeps what both the administrator and the owner of the question allow.

    `intake` and `ocr` are the pipeline's own: both remember what they have just seen.
    """

    def __init__(
        self,
        settings: RolloutSettings,
        recordings: Recordings,
        files: PictureFiles,
        intake: Callable[[PictureRef], Picture],
        ocr: Callable[[Picture], tuple[TextLine, ...]],
    ) -> None:
        self._settings = settings
        self._recordings = recordings
        self._files = files
        self._intake = intake
        self._ocr = ocr
        self._later = ThreadPoolExecutor(1, thread_name_prefix="recorder")

    def offer(self, query: Query, answer: Answer) -> None:
        """Keeps it in the background: nobody waits for a picture to be masked."""
        if self._settings.record:
            self._later.submit(self, query, answer)

    def close(self) -> None:
        """Waits for what is being kept."""
        self._later.shutdown()

    def __call__(self, query: Query, answer: Answer) -> None:
        if not self._settings.record or query.options.get(CONSENT) != "yes" or answer.finish_reason == "blocked":
            return
        try:
            self._keep(query)
        except Exception:
            log.exception("a question could not be recorded")

    def _keep(self, query: Query) -> None:
        recording = Recording(
            query=self._masked(query),
            unit=masked_unit("recording", unit_of(query)),
            scenario=query.options.get("type", query.task),
            owner=query.owner,
            expires_at=time.time() + self._settings.recordings_days * 86_400,
            job=query.job,
        )
        self._recordings.add(recording)

    def _masked(self, query: Query) -> Query:
        messages = tuple(
            Message(
                message.role,
                tuple(mask_text(part) if isinstance(part, str) else self._keep_picture(part) for part in message.parts),
            )
            for message in query.messages
        )
        return replace(query, messages=messages, session=None, job="")

    def _keep_picture(self, ref: PictureRef) -> Stored:
        picture = self._intake(ref)
        masked = mask_picture(picture, self._ocr(picture))
        out = io.BytesIO()
        Image.fromarray(masked.pixels).save(out, "PNG")
        digest = hashlib.sha256(out.getvalue()).hexdigest()
        self._files.put(out.getvalue(), digest)
        return Stored(digest)
