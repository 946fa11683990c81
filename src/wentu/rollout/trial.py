"""One question on its way through one version: which, why, and how it went."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, cast

from wentu.core.errors import Cancelled, EngineError, EngineTimeout, Refused, WentuError
from wentu.core.types import Answer, Done, Event, Prompt, Query, VersionSpec
from wentu.rollout.assign import Assignment, Choice, masked_unit, unit_of
from wentu.rollout.dress import with_prompt, with_sampling
from wentu.store.aliases import Kind
from wentu.store.exposures import Exposure, Outcome

_MIN_TOKENS = 8  # fewer say nothing about speed


class Trial:
    """Made by `Rollout.trial` for one question, used by one thread."""

    def __init__(
        self,
        query: Query,
        pick: Callable[[Query], Assignment],
        choose: Callable[[Kind, Query], Choice],
        record: Callable[[Query, Sequence[Exposure]], None],
        deadline_s: float,
    ) -> None:
        self._query = query
        self._pick = pick
        self._choose = choose
        self._record = record
        self._deadline_s = deadline_s
        self._assigned: Assignment | None = None
        self._choices: list[Choice] = []
        self._ended = False

    def choose(self, kind: Kind) -> str:
        """The name of the policy or knowledge base that this question gets; "" where none was ever released."""
        choice = self._choose(kind, self._query)
        if choice.run:  # a canary of its own, which this question counts in
            self._choices.append(choice)
        return choice.name

    def pick(self) -> tuple[VersionSpec, Query]:
        """The version that answers, and the question with its sampling. Raises UnknownVersion."""
        self._assigned = self._pick(self._query)
        return self._assigned.version, with_sampling(self._query, self._assigned.version)

    def dress(self, prompt: Prompt | None) -> Prompt | None:
        """The prompt with the picked version's own system text."""
        if prompt is None or self._assigned is None:
            return prompt
        return with_prompt(prompt, self._query, self._assigned.version)

    def follow(self, events: Iterator[Event]) -> Iterator[Event]:
        """The same events, the answer with the reason of its version; at their end the exposure is recorded."""
        started = time.monotonic()
        try:
            with closing(cast(Generator[Event, None, None], events)):
                for event in events:
                    if isinstance(event, Done):
                        event = Done(self._signed(event.answer))
                        self._end("answered", event.answer)
                    yield event
        except GeneratorExit:  # whoever asked went away, or its patience ended
            self._end("timed_out" if time.monotonic() - started >= self._deadline_s else "cancelled")
            raise
        except BaseException as exc:
            self._end(_outcome(exc), blocked=isinstance(exc, Refused))
            raise

    def _signed(self, answer: Answer) -> Answer:
        reason = self._assigned.reason if self._assigned else ""
        return replace(answer, job=self._query.job, assigned=reason)

    def _end(self, outcome: Outcome, answer: Answer | None = None, *, blocked: bool = False) -> None:
        """Keeps one exposure of the version and one of each other canary. A question that never got to a version says
        nothing about one; that the guard refused it says much about a policy."""
        if self._ended:
            return
        self._ended = True
        if answer and answer.finish_reason == "cancelled":
            outcome = "cancelled"
        found = [self._exposure(self._assigned, outcome, answer)] if self._assigned else []
        for choice in self._choices:
            one = self._exposure(choice, outcome, answer)
            found.append(replace(one, outcome="answered", finish="blocked") if blocked else one)
        if found:
            self._record(self._query, found)

    def _exposure(self, given: Assignment | Choice, outcome: Outcome, answer: Answer | None) -> Exposure:
        made = Exposure(
            run=given.run,
            job=self._query.job,
            owner=self._query.owner,
            unit=masked_unit(given.salt, unit_of(self._query)) if given.salt else "",
            version=given.name,
            reason=given.reason,
            task=self._query.task,
            outcome=outcome,
        )
        return replace(made, **_figures(answer)) if answer else made


def _figures(answer: Answer) -> dict[str, Any]:
    seconds, n = answer.timings, answer.usage.completion_tokens
    first = seconds.get("first_token")
    reading = (first or 0.0) - seconds.get("intake", 0.0) - seconds.get("ocr", 0.0)
    writing = seconds.get("engine", 0.0) - max(reading, 0.0)
    return {
        "finish": answer.finish_reason,
        "empty": not answer.text.strip() and answer.finish_reason != "blocked",
        "ttft_s": first,
        "tokens_per_s": n / writing if n >= _MIN_TOKENS and writing > 0 else None,
    }


def _outcome(exc: BaseException) -> Outcome:
    match exc:
        case EngineTimeout():
            return "timed_out"
        case Cancelled():
            return "cancelled"
        case EngineError():
            return "failed"
        case WentuError():  # the question, its pictures or the machine were at fault
            return "refused"
        case _:
            return "failed"
