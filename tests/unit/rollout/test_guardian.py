"""What a guardian does about a canary's answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wentu.core.config import RolloutSettings, Settings
from wentu.rollout import moves
from wentu.rollout.analysis import analyse
from wentu.rollout.guardrails import broken, guardrails
from wentu.store import Aliases, Exposure, Store, open_store
from wentu.worker.guardian import Guardian

LIMITS = RolloutSettings(step_answers=20, max_answers=200)
FINE = {"outcome": "answered", "finish": "stop", "ttft_s": 1.0, "tokens_per_s": 10.0}


def exposure(reason: str, unit: int, run: str = "run_1", **more: Any) -> Exposure:
    version = "new" if reason == "canary" else "old"
    return Exposure(run, f"job_{unit}", "local", f"u{unit}", version, reason, "chat", **FINE | more)


def arms(control: int, candidate: int, **theirs: Any) -> tuple[list[Exposure], list[Exposure]]:
    ours = [exposure("control", i) for i in range(control)]
    return ours, [exposure("canary", 1_000 + i, **theirs) for i in range(candidate)]


@pytest.mark.parametrize(
    ("theirs", "rail"),
    [
        ({"outcome": "failed"}, "error_rate"),
        ({"outcome": "timed_out"}, "timeout_rate"),
        ({"finish": "loop"}, "bad_output_rate"),
        ({"empty": True}, "bad_output_rate"),
        ({"finish": "blocked"}, "blocked_rate"),
        ({"ttft_s": 2.5}, "ttft_p95_s"),
        ({"tokens_per_s": 4.0}, "tokens_per_s"),
    ],
)
def test_each_hard_limit(theirs: dict[str, Any], rail: str) -> None:
    found = broken(guardrails(*arms(30, 12, **theirs), LIMITS, 4_000))
    assert found is not None and found.name == rail


def test_a_candidate_like_the_stable_one_breaks_none() -> None:
    assert broken(guardrails(*arms(30, 30), LIMITS, 4_000)) is None
    ours, theirs = arms(30, 30)
    two_bad = [exposure("canary", 1, outcome="failed"), exposure("canary", 2, outcome="failed"), *theirs[:8]]
    assert broken(guardrails(ours, two_bad, LIMITS, 4_000)) is None  # two of ten are no rate yet


def test_no_memory_is_a_hard_limit() -> None:
    found = broken(guardrails(*arms(30, 0), LIMITS, 100))
    assert found is not None and found.name == "free_memory_mb"


def test_what_the_user_did_wrong_says_nothing_about_a_version() -> None:
    assert broken(guardrails(*arms(30, 20, outcome="refused"), LIMITS, 4_000)) is None


def test_three_outcomes() -> None:
    def outcome(bad_ours: int, bad_theirs: int, n: int) -> str:
        ours = [exposure("control", i, thumb=-1 if i < bad_ours else 0) for i in range(n)]
        theirs = [exposure("canary", 5_000 + i, thumb=-1 if i < bad_theirs else 0) for i in range(n)]
        return analyse([*ours, *theirs], ("old", "new"), 50, LIMITS).outcome

    assert outcome(5, 60, 100) == "worse"
    assert outcome(60, 5, 100) == "better"
    assert outcome(10, 10, 100) == "running"
    assert outcome(20, 20, 200) == "inconclusive"


def test_a_slower_candidate_is_worse_although_its_answers_are_good() -> None:
    ours, theirs = arms(150, 150, ttft_s=1.6)
    found = analyse([*ours, *theirs], ("old", "new"), 50, LIMITS)
    assert found.outcome == "worse" and "ttft" in found.reason


def test_a_split_that_is_not_the_one_set_is_told() -> None:
    ours, theirs = arms(300, 100)
    assert analyse([*ours, *theirs], ("old", "new"), 10, LIMITS).outcome == "broken_split"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Settings(data_dir=tmp_path))
    yield opened
    opened.close()


def guardian(store: Store, problem: str = "") -> Guardian:
    settings = Settings(rollout=LIMITS)
    return Guardian(settings, store.aliases, store.exposures, lambda version, run: problem, lambda: 4_000)


def begin(store: Store, percent: int = 50, auto: bool = False) -> Aliases:
    return store.aliases.change(
        lambda now: moves.canary(now, stable="old", candidate="new", percent=percent, by="local", auto=auto)
    )


def tell(store: Store, names: Aliases, n: int, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    for i in range(n):
        store.exposures.add(exposure("control", i, names.run, **ours))
        store.exposures.add(exposure("canary", 5_000 + i, names.run, **theirs))


def test_a_failing_candidate_is_taken_back_with_its_reason(store: Store) -> None:
    tell(store, begin(store), 4, {}, {"outcome": "failed"})
    guardian(store).look()
    latest = store.aliases.decisions(1)[0]
    assert (latest.action, latest.by) == ("rollback", "automatic") and "error_rate 1 is beyond 0.1" in latest.reason
    assert store.aliases.read().mode == "off" and latest.figures and latest.figures["candidate"]["answers"] == 4


def test_a_candidate_that_can_t_be_loaded_is_taken_back(store: Store) -> None:
    begin(store)
    guardian(store, "model.safetensors of version 'new' is not what its manifest says").look()
    assert "model.safetensors" in store.aliases.decisions(1)[0].reason


def test_thumbs_down_take_it_back_through_the_sequential_test(store: Store) -> None:
    names = begin(store)
    tell(store, names, 40, {"thumb": 1}, {"thumb": -1})
    guardian(store).look()
    assert store.aliases.decisions(1)[0].action == "rollback"


def test_with_leave_a_better_one_is_promoted_and_without_it_waits(store: Store) -> None:
    tell(store, begin(store), 60, {"thumb": -1}, {"thumb": 1})
    guardian(store).look()
    assert store.aliases.read().mode == "canary"
    store.aliases.change(lambda now: moves.rollback(now, by="local"))
    tell(store, begin(store, auto=True), 60, {"thumb": -1}, {"thumb": 1})
    guardian(store).look()
    names = store.aliases.read()
    assert (names.stable, names.previous) == ("new", "old")


def test_with_leave_it_goes_up_the_steps(store: Store) -> None:
    names = begin(store, percent=25, auto=True)
    for i in range(75):
        store.exposures.add(exposure("control", i, names.run))
    for i in range(25):
        store.exposures.add(exposure("canary", 5_000 + i, names.run))
    guardian(store).look()
    assert store.aliases.read().percent == 50 and store.aliases.read().run != names.run


def test_no_difference_after_all_its_answers_is_a_pause(store: Store) -> None:
    tell(store, begin(store), 200, {}, {})
    guardian(store).look()
    assert store.aliases.read().paused and store.aliases.decisions(1)[0].action == "inconclusive"


def test_a_complaint_about_an_old_answer_is_seen(store: Store) -> None:
    names = begin(store)
    tell(store, names, 3, {}, {})
    before = store.exposures.pulse(names.run)
    assert store.exposures.rate("job_5000", owner="local", thumb=-1)
    assert not store.exposures.rate("job_5000", owner="somebody", thumb=-1)
    assert store.exposures.pulse(names.run) != before
