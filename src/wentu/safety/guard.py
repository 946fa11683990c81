"""Hold-back release: a character leaves only when no word of the policy can begin before it any more.

What words can't show (pinyin, meaning) is looked at when a sentence ends, at the latest after 48 tokens, together with
the end of the text before. That check comes after the words have been shown, and takes them back; a strict guard
shows a sentence only once it was made.
"""

from __future__ import annotations

import logging
import re

from wentu.safety.findings import Caught, Finding, gravest
from wentu.safety.folding import vanishes
from wentu.safety.limited import FAILED
from wentu.safety.personal_data import half_personal, mask
from wentu.safety.screen import Screen

log = logging.getLogger(__name__)

EVERY_TOKENS = 48  # safety.md
OVERLAP = 64  # code points of the text before that a check of a sentence sees again
_FARTHEST = 512  # code points that a scan looks back at most, when nearly all of them are invisible
_SPARE = 256  # so much text that nothing looks at any more is let lie, so that the rest is not copied at each token
_SENTENCE_END = re.compile(r"[。！？!?；;\n]|\.(?=\s)")


class Guard:
    """Checks one answer while it is written. Places are code points from the answer's beginning."""

    def __init__(self, screen: Screen, *, question: str = "", strict: bool = False) -> None:
        self._screen = screen
        self._question = question
        self._strict = strict
        self._all: list[str] = []  # what was fed, for the judge
        self._text = ""  # the same from `_from` on
        self._from = 0
        self._released = 0
        self._checked = 0  # so far sentences were looked at
        self._tokens = 0

    def feed(self, text: str) -> str:
        """Takes the text of one token or more and gives what may be shown now. Raises Caught; nothing may follow it."""
        self._all.append(text)
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
        first = self._scanned_from()
        scan = self._screen.lexicon.scan(self._text[first:], judged=judged - first, final=final)
        self._stop_at([one.moved(first) for one in scan.findings], keep=self._released)
        settled = len(self._text) if final else max(scan.settled + first, judged)
        if self._screen.masks and not final:
            settled = max(min(settled, half_personal(self._text)), judged)
        self._check_sentences(final=final)
        if final:
            # The judge speaks about the whole; so does one that gives no verdict.
            self._stop_at(self._screen.judged(self._question, "".join(self._all)), keep=0)
        settled += self._from
        return min(settled, self._checked) if self._strict and not final else settled

    def _scanned_from(self) -> int:
        """From where on words are looked for: so far back from what was released as a hit after it may depend on."""
        at = self._released - self._from
        farthest, left = max(at - _FARTHEST, 0), self._screen.lexicon.memory
        while at > farthest and left:
            at -= 1
            left -= not vanishes(self._text[at])
        return at

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
        late = [one for one in found if one.how == "guard" or first + one.end > new]
        self._stop_at(late, keep=min(self._released, self._checked))
        self._checked = self._from + end
        self._tokens = 0

    def _stop_at(self, findings: list[Finding], *, keep: int) -> None:
        """Raises Caught for the gravest; `keep` code points of what was released may stay."""
        worst = gravest(findings)
        if worst is not None:
            raise Caught(worst.moved(self._from), keep)

    def _release(self, settled: int) -> str:
        start, end = self._released - self._from, settled - self._from
        piece = mask(self._text[:end])[start:] if self._screen.masks else self._text[start:end]
        self._released = settled
        # What later text is still looked at with stays; the rest of it is forgotten.
        spare = min(self._scanned_from(), self._checked - self._from - OVERLAP)
        if spare > _SPARE:
            self._text = self._text[spare:]
            self._from += spare
        return piece
