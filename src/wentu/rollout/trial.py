"""One question on its way through one version: which, why, and how it went."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any, cast

from wentu.core.errors import Cancelled, EngineError, EngineTimeout, WentuError
from wentu.core.types import Answer, Done, Event, Prompt, Query, VersionSpec
from wentu.rollout.assign import Assignment
from wentu.rollout.dress import with_prompt, with_sampling
from wentu.store.exposures import Exposure, Outcome

_MIN_TOKENS = 8  # fewer say nothing about speed


class Trial:
    """Made by `Rollout.trial` for one question, used by one thread."""

    def __init__(
        self,
        query: Query,
        pick: Callable[[Query], Assignment],
        record: Callable[[Query, Exposure], None],
        deadline_s: float,
    ) -> None:
        self._query = query
        self._pick = pick
        self._record = record
        self._deadline_s = deadline_s
        self._assigned: Assignment | None = None

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
            if self._assigned is not None:
                self._end("timed_out" if time.monotonic() - started >= self._deadline_s else "cancelled")
            raise
        except BaseException as exc:
            self._end(_outcome(exc))
            raise

    def _signed(self, answer: Answer) -> Answer:
        reason = self._assigned.reason if self._assigned else ""
        return replace(answer, job=self._query.job, assigned=reason)

    def _end(self, outcome: Outcome, answer: Answer | None = None) -> None:
        assigned, self._assigned = self._assigned, None
        if assigned is None:  # it never got to a version, or has ended
            return
        exposure = Exposure(
            run=assigned.run,
            job=self._query.job,
            owner=self._query.owner,
            unit="",
            version=assigned.version.name,
            reason=assigned.reason,
            task=self._query.task,
            outcome="cancelled" if answer and answer.finish_reason == "cancelled" else outcome,
        )
        self._record(self._query, replace(exposure, **_figures(answer)) if answer else exposure)


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
