"""The checks of one question on its way: what came in, what goes out, and the case where a person has to decide."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from wentu.core.errors import Refused
from wentu.core.types import Answer, Event, Picture, Query, Retract, TextLine
from wentu.safety.findings import Finding, Place, gravest
from wentu.safety.guard import Guard
from wentu.safety.limited import GuardDown, sound
from wentu.safety.release import Released
from wentu.safety.result import masked, texts_of
from wentu.safety.screen import Screen, unavailable

#: Probability by label of a picture. May raise GuardDown.
Scores = Callable[[Picture], Mapping[str, float]]

_REFUSALS: Mapping[Place, str] = {
    "question": "the question was not accepted by this service's rules",
    "picture": "the picture was not accepted by this service's rules",
    "picture_text": "the text in the picture was not accepted by this service's rules",
}


@dataclass(frozen=True, slots=True)
class Case:
    """Something for a person to decide: what was found where, and the answer that waits (as it would be shown).

    `place` says in which text `finding` lies: the question, a picture, its text, the answer, or its result.
    """

    query: Query
    finding: Finding
    place: Place
    text: str
    draft: Answer


class Desk(Protocol):
    """Where cases and refusals go."""

    def file(self, case: Case) -> str:
        """Keeps a case and gives its id."""

    def refused(self, query: Query, finding: Finding, place: Place) -> None:
        """Notes that a question was refused."""


class NoDesk:
    """For runs without a database: what is held stays held."""

    def file(self, case: Case) -> str:
        return ""

    def refused(self, query: Query, finding: Finding, place: Place) -> None:
        return None


class Watch:
    """One question's checks, in the order of the pipeline. What only a person can decide is kept until the end."""

    def __init__(self, screen: Screen, query: Query, desk: Desk, scores: Scores | None, *, strict: bool) -> None:
        self._screen = screen
        self._query = query
        self._desk = desk
        self._scores = scores
        self._strict = strict
        self._doubt: tuple[Finding, Place, str] | None = None

    @property
    def held(self) -> Finding | None:
        """Why nothing of the answer may be shown until a person has decided."""
        return self._doubt[0] if self._doubt else None

    def check_question(self) -> None:
        """Every message that this question sends along, whoever is said to have written it. Raises Refused."""
        for message in self._query.messages:
            self._judge(self._screen.check(message.text, "question"), "question", message.text)
        question = self._query.question
        self._judge(self._screen.judged(question, "") if question else [], "question", question)

    def check_pictures(self, pictures: Sequence[Picture]) -> None:
        """Raises Refused."""
        for picture in pictures if self._scores is not None else ():
            self._judge(self._picture_findings(picture), "picture", "")

    def check_lines(self, pages: Sequence[Sequence[TextLine]]) -> None:
        """The text in the pictures, also across its line breaks. Raises Refused."""
        for lines in pages:
            text = "\n".join(line.text for line in lines)
            self._judge(self._screen.check(text, "picture_text"), "picture_text", text)

    def guard(self) -> Guard:
        """A new guard for the answer on its way out."""
        return Guard(self._screen, question=self._query.question, strict=self._strict)

    def check_result(self, answer: Answer) -> None:
        """What a task found beside its words: fields, labels, whatever a client would show."""
        for text in texts_of(answer.result):
            worst = gravest(self._screen.check(text, "result"))
            if worst is not None and (self._doubt is None or worst.severity == "block"):
                self._doubt = (worst, "result", text)

    def settle(self, draft: Answer, released: Released) -> Generator[Event, None, Answer]:
        """The answer as the client gets it: all of it, or what was released and the id of the case.

        A result that was not checked before the words were shown takes them back here.
        """
        if released.finding is None and self._doubt is not None:
            yield Retract(0, self._doubt[0].rule, "")
            released = replace(released, shown="", finding=self._doubt[0])
        told = replace(draft, text=released.shown)
        if released.finding is not None:
            finding, place, text = self._doubt or (released.finding, "answer", released.said.text)
            case = self._desk.file(Case(self._query, finding, place, text, draft))
            told = withheld(draft, released.shown, case)
        return masked(told) if self._screen.masks else told

    def _judge(self, findings: list[Finding], place: Place, text: str) -> None:
        worst = gravest(findings)
        if worst is None:
            return
        if worst.severity == "block":
            self._desk.refused(self._query, worst, place)
            raise Refused(_REFUSALS[place], rule=worst.rule)
        if self._doubt is None:
            self._doubt = (worst, place, text)

    def _picture_findings(self, picture: Picture) -> list[Finding]:
        assert self._scores is not None
        try:
            scores = sound(self._scores(picture))
        except GuardDown as down:
            return [unavailable(down)]
        found = []
        for label, score in scores.items():
            limits = self._screen.policy.pictures.get(label)
            severity = limits.severity(score) if limits else None
            if severity:
                found.append(Finding("picture", label, severity, how="classifier", score=score))
        return found


def withheld(draft: Answer, shown: str, case: str) -> Answer:
    """What a client gets of an answer that was stopped: the text that was released, and nothing that rests on more."""
    return replace(
        draft,
        text=shown,
        evidence=tuple(one for one in draft.evidence if one.end <= len(shown)),
        unsupported=tuple(one for one in draft.unsupported if one in shown),
        finish_reason="blocked",
        logprobs=(),
        result=None,
        review=case or None,
    )
