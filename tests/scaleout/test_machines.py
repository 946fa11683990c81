"""Two web and two worker processes answer as one service, also after the death of a worker."""

from __future__ import annotations

import time

import httpx
import pytest

from reliability.clients import Crowd
from scaleout import Machines
from scaleout.asking import TEXT, ask, at_work, ended, engine_hosts, follow, wait_until_at_work, workers
from wentu.core.config import load_settings
from wentu.store import open_store

pytestmark = pytest.mark.timeout(300)
RECOVERY_S = 20.0


def test_a_question_put_to_one_web_is_followed_from_the_other(started: Machines, a: str, b: str) -> None:
    picture = httpx.post(f"{a}/v1/samples/product", timeout=20).json()["id"]
    job = ask(a, "这是什么?", pictures=[f"wentu:{picture}"])
    text, names, ids = follow(b, job)
    assert (text, names[-1]) == (TEXT, "done") and names.count("done") == 1
    assert follow(a, job, last=ids[-2])[1] == ["done"]  # and resumed at the first
    assert httpx.get(f"{b}/v1/jobs/{job}", timeout=20).json()["text"] == TEXT
    assert httpx.get(f"{b}/v1/pictures/{picture}/content", timeout=20).content[:2] == b"\xff\xd8"
    assert list((started.folder / "shared" / "pictures").glob("??/??/*"))
    assert not (started.folder / "a" / "pictures").exists() and not (started.folder / "b" / "wentu.db").exists()


def test_both_workers_answer_what_either_web_takes(started: Machines, a: str, b: str) -> None:
    jobs, seen = [], set()
    for number in range(8):
        jobs.append(ask((a, b)[number % 2]))
        seen |= at_work(started)
        time.sleep(0.1)
    assert ended(b, jobs) == ["done"] * 8
    assert seen == {part.process.pid for part in workers(started)}
    assert engine_hosts(started, "a").isdisjoint(engine_hosts(started, "b"))


def test_after_kill_9_of_a_worker_every_accepted_question_ends_once(started: Machines, a: str, b: str) -> None:
    crowds = [Crowd(a, size=3, drop=0.02), Crowd(b, size=2)]
    for crowd in crowds:
        crowd.start()
    time.sleep(1.0)
    victim = workers(started)[0]
    wait_until_at_work(started, victim)
    killed = time.monotonic()
    victim.process.kill()
    time.sleep(2.0)
    for crowd in crowds:
        crowd.stop(within_s=60)
    outcomes = [one for crowd in crowds for one in crowd.outcomes]
    waited = max((one.ended - killed for one in outcomes if one.asked < killed < one.ended), default=0.0)
    print(f"\n{len(outcomes)} questions, those of the killed worker answered {waited:.1f} s after")
    assert outcomes and all(one.ends == ["done"] and one.text == TEXT for one in outcomes)
    assert waited < RECOVERY_S
    store = open_store(load_settings(started.environ("c")))
    kept = [store.jobs.load(one.job) for one in outcomes]
    store.close()
    assert all(job.state == "done" and job.answer is not None and job.answer.text == TEXT for job in kept)
    assert max(job.attempt for job in kept) == 2
