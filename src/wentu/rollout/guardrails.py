"""Hard limits: what a candidate may not do, judged on its newest answers and acted on at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wentu.core.config import RolloutSettings
from wentu.rollout.figures import bad_output, quantile
from wentu.store.exposures import Exposure

# One bad answer is no rate: this many are the least that a share is made of.
MIN_BAD = 3
# Times and speeds are compared from this many answers a side on.
MIN_TIMED = 10
# A p95 of a few hundredths of a second doubles by chance.
LEAST_TTFT_GAP_S = 0.5


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One limit as it stands: `value` beside `limit` (the same unit); None where too little is known."""

    name: str
    value: float | None
    limit: float
    broken: bool


def guardrails(
    control: Sequence[Exposure], candidate: Sequence[Exposure], limits: RolloutSettings, free_mb: int | None
) -> tuple[Guardrail, ...]:
    """All of them. Of both arms the newest `limits.window` answers that count are looked at."""
    ours, theirs = _newest(control, limits.window), _newest(candidate, limits.window)
    return tuple(_guardrails(ours, theirs, limits, free_mb))


def broken(rails: Sequence[Guardrail]) -> Guardrail | None:
    """The first that was broken."""
    return next((rail for rail in rails if rail.broken), None)


def _guardrails(
    ours: Sequence[Exposure], theirs: Sequence[Exposure], limits: RolloutSettings, free_mb: int | None
) -> Iterator[Guardrail]:
    yield _rate("error_rate", [one.outcome == "failed" for one in theirs], limits.max_error_rate)
    yield _rate("timeout_rate", [one.outcome == "timed_out" for one in theirs], limits.max_timeout_rate)
    yield _rate("bad_output_rate", [bad_output(one) for one in theirs], limits.max_bad_output_rate)
    blocked = [one.finish == "blocked" for one in ours]
    usual = sum(blocked) / len(blocked) if blocked else 0.0
    yield _rate("blocked_rate", [one.finish == "blocked" for one in theirs], usual + limits.max_blocked_gap)
    yield _ttft([one.ttft_s for one in ours], [one.ttft_s for one in theirs], limits.max_ttft_ratio)
    yield _speed([one.tokens_per_s for one in ours], [one.tokens_per_s for one in theirs], limits.min_speed_ratio)
    short = free_mb is not None and free_mb < limits.min_free_mb
    yield Guardrail("free_memory_mb", free_mb, limits.min_free_mb, short)


def _rate(name: str, bad: Sequence[bool], limit: float) -> Guardrail:
    share = sum(bad) / len(bad) if bad else None
    return Guardrail(name, share, limit, share is not None and sum(bad) >= MIN_BAD and share > limit)


def _ttft(ours: Sequence[float | None], theirs: Sequence[float | None], ratio: float) -> Guardrail:
    usual, found = _timed(ours, 0.95), _timed(theirs, 0.95)
    if usual is None or found is None:
        return Guardrail("ttft_p95_s", found, 0.0, False)
    limit = max(usual * ratio, usual + LEAST_TTFT_GAP_S)
    return Guardrail("ttft_p95_s", found, limit, found > limit)


def _speed(ours: Sequence[float | None], theirs: Sequence[float | None], ratio: float) -> Guardrail:
    usual, found = _timed(ours, 0.5), _timed(theirs, 0.5)
    if usual is None or found is None:
        return Guardrail("tokens_per_s", found, 0.0, False)
    return Guardrail("tokens_per_s", found, usual * ratio, found < usual * ratio)


def _timed(values: Sequence[float | None], share: float) -> float | None:
    known = [value for value in values if value is not None]
    return quantile(known, share) if len(known) >= MIN_TIMED else None


def _newest(exposures: Sequence[Exposure], window: int) -> list[Exposure]:
    return [one for one in exposures if one.counted][-window:]
