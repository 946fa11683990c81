"""A network that fails between the service and its queue: nothing accepted is lost, nothing is said twice."""

from __future__ import annotations

import collections
import random
import statistics
import time
from collections.abc import Callable

import httpx
import pytest

from reliability import FAULT_ROUNDS, SEED, SOAK
from reliability.clients import Crowd
from reliability.conftest import Behind, Note
from reliability.proxy import Proxy
from wentu.core.config import Settings
from wentu.store import open_store

TEXT = "".join(chr(0x4E00 + n) for n in range(30))
FAULTS: dict[str, Callable[[Proxy], None]] = {
    "cut": Proxy.cut,
    "half replies": lambda network: network.cut_replies(8),
    "delay": lambda network: network.delay(0.1),
    "black hole": Proxy.hold,
    "half open": Proxy.lose,
}
# Half-open connections are missed by their silence alone, which takes longer than `make test` has.
SHORT = ("cut", "half replies", "delay", "black hole")
RECOVERY_S = 20.0
# Who asks meanwhile is told within this time: one silence of the queue, and no second one.
TOLD_WITHIN_S = 12.0


@pytest.mark.timeout(180 + 90 * FAULT_ROUNDS * len(FAULTS))
def test_whatever_the_network_does_every_accepted_question_ends_once(behind: Behind, note: Note) -> None:
    dice = random.Random(SEED)
    order = [name for _ in range(FAULT_ROUNDS) for name in dice.sample([*FAULTS], len(FAULTS))] if SOAK else [*SHORT]
    recoveries: dict[str, list[float]] = collections.defaultdict(list)
    refused: dict[str, list[float]] = collections.defaultdict(list)
    crowd = Crowd(behind.running.url, size=4, drop=0.02, question=TEXT)
    crowd.start()
    for name in order:
        time.sleep(dice.uniform(0.3, 1.0))
        FAULTS[name](behind.network)
        until = time.monotonic() + (dice.uniform(1.0, 30.0) if SOAK else 1.0)
        if name in ("cut", "black hole"):
            refused[name].append(told(behind.running.url))
        time.sleep(max(until - time.monotonic(), 0.0))
        mended = time.monotonic()
        behind.network.mend()
        recoveries[name].append(crowd.answered_after(mended))
    crowd.stop(within_s=60)
    assert crowd.waiting == []
    store = open_store(Settings(data_dir=behind.running.data_dir))
    try:
        kept = {one.job: store.jobs.load(one.job) for one in crowd.outcomes}
    finally:
        store.close()
    ends = collections.Counter(one.ends[0] for one in crowd.outcomes)
    print(f"\n{len(order)} faults of the network (seed {SEED}), {len(crowd.outcomes)} questions, ends: {dict(ends)}")
    for name, seconds in recoveries.items():
        print(f"  {name}: all answered {statistics.median(seconds):.1f} s after its end (worst {max(seconds):.1f} s)")
    for name, seconds in refused.items():
        print(f"  {name}: who asked meanwhile was told so after {max(seconds):.1f} s at the most")
    note("network", {"seed": SEED, "faults": len(order), "questions": len(crowd.outcomes), "ends": dict(ends),
                     "answered_after_s": {name: worst(seconds) for name, seconds in recoveries.items()},
                     "refused_after_s": {name: worst(seconds) for name, seconds in refused.items()}})  # fmt: skip
    assert all(len(one.ends) == 1 and kept[one.job].finished for one in crowd.outcomes)
    assert set(ends) == {"done"} and {one.text for one in crowd.outcomes} == {TEXT}
    assert all(job.answer is not None and job.answer.text == TEXT for job in kept.values())
    assert max(max(seconds) for seconds in recoveries.values()) < RECOVERY_S
    assert max(max(seconds) for seconds in refused.values()) < TOLD_WITHIN_S


def told(url: str) -> float:
    """Seconds until somebody who asks while the queue is away is told that, and when to come back."""
    started = time.monotonic()
    response = httpx.post(f"{url}/v1/jobs", json={"question": "?"}, timeout=60)
    assert response.status_code in (429, 503), response.text
    assert response.json()["error"]["code"] == "busy" and int(response.headers["Retry-After"]) >= 1
    return time.monotonic() - started


def worst(seconds: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(seconds), 2), "worst": round(max(seconds), 2)}
