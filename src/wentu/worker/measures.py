"""What is counted of a job when it ends, for /metrics. Names and codes only, never what was asked or answered."""

from __future__ import annotations

from collections.abc import Iterator

from wentu.core.types import Answer, Failed
from wentu.queue.tallies import Tally
from wentu.store.jobs import Job


def of_start(job: Job) -> Iterator[Tally]:
    """How long it waited, from its admission to its first attempt."""
    if job.attempt == 1 and job.started_at is not None:
        yield Tally("wait_seconds", (job.priority,), max(job.started_at - job.created_at, 0.0), observed=True)
    elif job.attempt > 1:
        yield Tally("attempts_again", ())


def of_answer(job: Job, answer: Answer, *, first_token_s: float | None, seconds: float) -> Iterator[Tally]:
    """`first_token_s` and `seconds` count from the start of the attempt."""
    version = (answer.version,)
    yield Tally("jobs_ended", (job.query.task, "done"))
    yield Tally("answer_seconds", version, seconds, observed=True)
    for stage, spent in answer.timings.items():
        yield Tally("stage_seconds", (stage,), spent, observed=True)
    usage = answer.usage
    for kind, tokens in (
        ("prompt", usage.prompt_tokens),
        ("cached", usage.cached_tokens),
        ("completion", usage.completion_tokens),
    ):
        if tokens:
            yield Tally("tokens", (answer.version, kind), tokens)
    if first_token_s is not None:
        yield Tally("first_token_seconds", version, first_token_s, observed=True)
        if seconds > first_token_s and usage.completion_tokens > 1:
            yield Tally("writing_seconds", version, seconds - first_token_s)


def of_failure(job: Job, failed: Failed) -> Iterator[Tally]:
    yield Tally("jobs_ended", (job.query.task, failed.code))
