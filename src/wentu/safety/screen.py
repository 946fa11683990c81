"""One policy, ready for use: every check of a text in one place, for questions, pictures' text and answers alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from wentu.safety.findings import Finding, Place, Severity
from wentu.safety.injection import find_injection
from wentu.safety.lexicon import Lexicon
from wentu.safety.limited import GuardDown, sound
from wentu.safety.personal_data import find_personal
from wentu.safety.policy import Action, Limits, Policy

#: Probability (0..1) by category of one text. May raise GuardDown.
Classify = Callable[[str], Mapping[str, float]]
#: Whether a judge model finds a question (first) and its answer (second, may be empty) unsafe. May raise GuardDown.
Judge = Callable[[str, str], str | None]

PIECE = 300  # code points that the classifier gets at once
_ANY = "*"
# How classifiers call what is harmless: "*" is about the other labels.
_HARMLESS = frozenset({"safe", "normal", "neutral", "clean", "benign", "none", "ok", "sfw", "non-toxic", "not_toxic"})


class Screen:
    """The checks of one policy. Immutable, and safe for many threads."""

    def __init__(self, policy: Policy, classify: Classify | None = None, judge: Judge | None = None) -> None:
        self.policy = policy
        self.lexicon = Lexicon(policy.words, policy.allow)
        self._classify = classify if policy.text else None
        self._judge = judge if policy.judge != "pass" else None

    def check(self, text: str, place: Place) -> list[Finding]:
        """Everything that is wrong with a text that is known whole. A check that gives no verdict blocks."""
        if not text:
            return []
        findings = [*self.lexicon.scan(text).findings, *self.personal(text, place)]
        if place in ("picture_text", "result"):  # the classifier learnt whole sentences, and single words are none
            spoken_to = self._injection(text) if place == "picture_text" else []
            return [*findings, *self.lexicon.scan_variants(text), *spoken_to]
        return [*findings, *self.sentence(text)]

    def sentence(self, text: str) -> list[Finding]:
        """What only shows in a stretch of text: words in pinyin or in parts, and its meaning."""
        return [*self.lexicon.scan_variants(text), *self._meaning(text)]

    def personal(self, text: str, place: Place) -> list[Finding]:
        severity = _severity(self._personal_action(place))
        if severity is None:
            return []
        return [
            Finding("personal_data", one.kind, severity, one.start, one.end, "pattern") for one in find_personal(text)
        ]

    def judged(self, question: str, answer: str) -> list[Finding]:
        """What the judge model says of a question, or of an answer to it."""
        severity = _severity(self.policy.judge)
        if self._judge is None or severity is None:
            return []
        try:
            category = self._judge(question, answer)
        except GuardDown as down:
            return [unavailable(down)]
        return [] if category is None else [Finding("judge", category, severity, how="judge")]

    @property
    def masks(self) -> bool:
        """Whether personal data in answers is shown as stars."""
        return self.policy.personal_data.answer == "mask"

    def _meaning(self, text: str) -> Iterator[Finding]:
        if self._classify is None:
            return
        for start in range(0, len(text), PIECE):
            piece = text[start : start + PIECE]
            if not piece.strip():
                continue
            try:
                scores = sound(self._classify(piece))
            except GuardDown as down:
                yield unavailable(down)
                return
            for category, score in scores.items():
                limits = self._limits(category)
                severity = limits.severity(score) if limits else None
                if severity:
                    yield Finding("text", category, severity, start, start + len(piece), "classifier", score)

    def _limits(self, category: str) -> Limits | None:
        others = None if category.lower() in _HARMLESS else self.policy.text.get(_ANY)
        return self.policy.text.get(category, others)

    def _injection(self, text: str) -> list[Finding]:
        severity = _severity(self.policy.injection.picture_text)
        span = find_injection(text) if severity else None
        return [Finding("injection", "injection", severity, *span, "pattern")] if severity and span else []

    def _personal_action(self, place: Place) -> Action:
        personal = self.policy.personal_data
        if place == "question":
            return personal.question
        if place == "picture_text":
            return personal.picture_text
        return "pass" if personal.answer == "mask" else personal.answer


def unavailable(down: GuardDown) -> Finding:
    """A check that gave no verdict: it blocks."""
    return Finding(down.rule, down.rule, "block", how="guard")


def _severity(action: str) -> Severity | None:
    return "block" if action == "block" else "review" if action == "review" else None
