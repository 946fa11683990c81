"""Hold-back release: a character leaves only when no word of the policy can begin before it any more.

What words can't show (pinyin, meaning) is looked at when a sentence ends, at the latest after 48 tokens, together with
the end of the text before. That check comes after the words have been shown, and takes them back; a strict guard
shows a sentence only once it was made.
"""

from __future__ import annotations

import logging
import re

from wentu.safety.findings import Caught, Finding, gravest
from wentu.safety.limited import FAILED
from wentu.safety.personal_data import half_personal, mask
from wentu.safety.screen import Screen

log = logging.getLogger(__name__)

EVERY_TOKENS = 48  # safety.md
OVERLAP = 64  # code points of the text before that a check of a sentence sees again
_SENTENCE_END = re.compile(r"[。！？!?；;\n]|\.(?=\s)")


class Guard:
    """Checks one answer while it is written. Places are code points from the answer's beginning."""

    def __init__(self, screen: Screen, *, question: str = "", strict: bool = False) -> None:
        self._screen = screen
        self._question = question
        self._strict = strict
        self._memory = max(screen.lexicon.memory, OVERLAP)
        self._text = ""  # what was fed, from `_from` on
        self._from = 0
        self._released = 0
        self._checked = 0  # so far sentences were looked at
        self._tokens = 0

    def feed(self, text: str) -> str:
        """Takes the text of one token or more and gives what may be shown now. Raises Caught; nothing may follow it."""
        self._text += text
        self._tokens += 1
        return self._advance(final=False) if text else ""

    def finish(self) -> str:
        """The rest, at the end of the answer. Raises Caught."""
        return self._advance(final=True)

    def _advance(self, *, final: bool) -> str:
        try:
            settled = self._settle(final=final)
        except Caught:
            raise
        except Exception as exc:  # a guard that fails blocks; the text of an error may hold the answer's
            log.error("the guard failed with %s", type(exc).__name__)
            raise Caught(Finding(FAILED, FAILED, "block", how="guard"), self._released) from None
        return self._release(settled)

    def _settle(self, *, final: bool) -> int:
        """The place up to which everything may be shown."""
        judged = self._released - self._from
        scan = self._screen.lexicon.scan(self._text, judged=judged, final=final)
        self._stop_at(list(scan.findings), keep_all=True)
        settled = len(self._text) if final else max(scan.settled, judged)
        if self._screen.masks and not final:
            settled = max(min(settled, half_personal(self._text)), judged)
        self._check_sentences(final=final)
        if final:
            self._stop_at(self._screen.judged(self._question, self._text), keep_all=False)
        settled += self._from
        return min(settled, self._checked) if self._strict and not final else settled

    def _check_sentences(self, *, final: bool) -> None:
        """Looks at the sentences that have ended since the last look, or at everything when it is time."""
        new = self._checked - self._from
        ends = [match.end() for match in _SENTENCE_END.finditer(self._text, new)]
        end = len(self._text) if final or self._tokens >= EVERY_TOKENS else max(ends, default=new)
        if end <= new:
            return
        first = max(new - OVERLAP, 0)
        text = self._text[first:end]
        found = [*self._screen.sentence(text), *self._screen.personal(text, "answer")]
        self._stop_at([one for one in found if one.how == "guard" or first + one.end > new], keep_all=False)
        self._checked = self._from + end
        self._tokens = 0

    def _stop_at(self, findings: list[Finding], *, keep_all: bool) -> None:
        """Raises Caught for the gravest. What sentences were not looked at yet is taken back, unless `keep_all`."""
        worst = gravest(findings)
        if worst is not None:
            keep = self._released if keep_all else min(self._released, self._checked if worst.how != "judge" else 0)
            raise Caught(worst.moved(self._from), keep)

    def _release(self, settled: int) -> str:
        start, end = self._released - self._from, settled - self._from
        piece = mask(self._text[:end])[start:] if self._screen.masks else self._text[start:end]
        self._released = settled
        # What later text is still looked at with stays; the rest of it is forgotten.
        spare = min(self._released, self._checked) - self._from - self._memory
        if spare > self._memory:
            self._text = self._text[spare:]
            self._from += spare
        return piece
