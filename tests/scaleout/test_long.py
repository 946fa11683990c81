"""What takes longer than a test may: leases of another machine, servers that go away, S3. `make test-scaleout`."""

from __future__ import annotations

import collections
import contextlib
import json
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer

from reliability.clients import Crowd
from running import free_port, processes_of
from scaleout import Machines, Part, machines
from scaleout.asking import SETTINGS, TEXT, ask, ended, follow
from servers import Server, postgres_server, redis_server
from wentu.core.config import load_settings
from wentu.store import Job, open_store

pytestmark = pytest.mark.timeout(600)
KILLS = 12
RECOVERY_S = 20.0


@dataclass
class Site:
    """Everything at once."""

    made: Machines
    database: Server
    broker: Server
    webs: list[Part]

    def kept(self, crowd: Crowd) -> list[Job]:
        store = open_store(load_settings(self.made.environ("c")))
        try:
            return [store.jobs.load(one.job) for one in crowd.outcomes]
        finally:
            store.close()

    def workers(self) -> list[Part]:
        return [part for part in self.made.parts if not part.url and part.process.poll() is None]


@contextlib.contextmanager
def site(folder: Path, *, apart: bool = False, **settings: str) -> Iterator[Site]:
    """Two webs and two workers; `apart`: each worker numbers its processes itself."""
    with postgres_server() as database, redis_server() as broker:
        shared = {**SETTINGS, "WENTU_DATABASE_URL": database.url, "WENTU_BROKER_URL": broker.url, **settings}
        shared.setdefault("WENTU_SHARED_DIR", str(folder / "shared"))
        with machines(folder, **shared) as made:
            webs = [made.web("a"), made.web("b")]
            for name in ("a", "b"):
                made.worker(name, own_processes=apart)
            made.wait_until_ready(*webs, n_workers=2, version=shared["WENTU_ENGINE__NAME"])
            yield Site(made, database, broker, webs)


def all_ended_once(crowd: Crowd, kept: list[Job], *, ends: set[str]) -> None:
    counted = collections.Counter(one.ends[0] for one in crowd.outcomes if one.ends)
    print(f"\n{len(crowd.outcomes)} questions, ends {dict(counted)}, refused {crowd.refused}")
    assert crowd.waiting == [] and crowd.outcomes
    assert all(len(one.ends) == 1 and job.finished for one, job in zip(crowd.outcomes, kept, strict=True))
    assert {one.text for one in crowd.outcomes if one.ends == ["done"]} == {TEXT}
    assert {*counted} <= ends and counted["done"] >= 0.9 * len(crowd.outcomes)


def test_a_worker_that_dies_on_another_machine_is_missed_when_its_lease_ends(tmp_path: Path) -> None:
    with site(tmp_path, apart=True) as here:
        crowd = Crowd(here.webs[0].url, size=4)
        crowd.start()
        time.sleep(2.0)
        killed = time.monotonic()
        here.workers()[0].process.kill()
        time.sleep(1.0)
        crowd.stop(within_s=60)
        waited = max((one.ended - killed for one in crowd.outcomes if one.asked < killed < one.ended), default=0.0)
        print(f"\nanswered {waited:.1f} s after the worker of another machine was killed")
        all_ended_once(crowd, here.kept(crowd), ends={"done"})
        assert waited < RECOVERY_S


def test_a_reader_whose_web_is_killed_reads_on_at_the_other(tmp_path: Path) -> None:
    with site(tmp_path, FAKE_ENGINE_TOKEN_S="0.1") as here:
        job = ask(here.webs[0].url)
        text, last = "", ""
        with (
            contextlib.suppress(httpx.HTTPError),
            httpx.stream("GET", f"{here.webs[0].url}/v1/jobs/{job}/events", timeout=30) as response,
        ):
            name = ""
            for line in response.iter_lines():
                key, _, value = line.partition(": ")
                last = value if key == "id" else last
                name = value if key == "event" else name
                if key == "data" and name == "token":
                    text += json.loads(value)["text"]
                    here.webs[0].process.send_signal(signal.SIGKILL)
        rest, names, _ = follow(here.webs[1].url, job, last=last)
        assert names[-1] == "done" and text and (text + rest) == TEXT


def test_while_the_database_is_started_again_no_question_is_lost(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        crowd = Crowd(here.webs[0].url, size=4)
        crowd.start()
        for _ in range(2):
            time.sleep(2.0)
            here.database.stop()
            time.sleep(3.0)
            here.database.start()
        time.sleep(3.0)
        crowd.stop(within_s=60)
        all_ended_once(crowd, here.kept(crowd), ends={"done", "engine_crashed"})
        assert set(crowd.refused) <= {"503", "429"}


def test_while_the_queue_is_started_again_no_question_is_lost(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        crowd = Crowd(here.webs[0].url, size=4)
        crowd.start()
        for _ in range(2):
            time.sleep(2.0)
            here.broker.stop()
            time.sleep(2.0)
            here.broker.start()
        time.sleep(3.0)
        crowd.stop(within_s=60)
        all_ended_once(crowd, here.kept(crowd), ends={"done", "engine_crashed"})


def test_whatever_process_of_whatever_machine_is_killed_every_question_ends_once(tmp_path: Path) -> None:
    dice = random.Random(20261124)
    with site(tmp_path) as here:
        crowd = Crowd(here.webs[0].url, size=4, drop=0.02)
        crowd.start()
        for _ in range(KILLS):
            time.sleep(dice.uniform(1.0, 3.0))
            victim = dice.choice(here.workers())
            host = [pid for pid in processes_of(here.made.folder / victim.name) if _is_engine_host(pid)]
            if host and dice.random() < 0.5:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(host[0], signal.SIGKILL)
            else:
                victim.process.kill()
                here.made.worker(victim.name)
        crowd.stop(within_s=90)
        all_ended_once(crowd, here.kept(crowd), ends={"done", "engine_crashed"})


def test_pictures_in_a_bucket_are_taken_in_by_one_web_read_by_workers_and_shown_by_the_other(tmp_path: Path) -> None:
    from s3fs import S3FileSystem

    port = free_port()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    try:
        endpoint = f"http://127.0.0.1:{port}"
        where = {"endpoint_url": endpoint, "region_name": "eu-central-1"}
        bucket = S3FileSystem(key="k", secret="hidden", client_kwargs=where, use_listings_cache=False)
        bucket.mkdir("pictures")
        settings = {
            "WENTU_PICTURES_URL": "s3://pictures/wentu",
            "WENTU_S3__ENDPOINT": endpoint,
            "WENTU_S3__REGION": "eu-central-1",
            "WENTU_S3__KEY": "k",
            "WENTU_S3__SECRET": "hidden",
        }
        with site(tmp_path, WENTU_ENGINE__NAME="reader", **settings) as here:
            picture = httpx.post(f"{here.webs[0].url}/v1/samples/invoice", timeout=20).json()["id"]
            jobs = [ask(here.webs[0].url, "价税合计是多少？", pictures=[f"wentu:{picture}"]) for _ in range(2)]
            assert ended(here.webs[1].url, jobs, within_s=180) == ["done", "done"]
            answer = httpx.get(f"{here.webs[1].url}/v1/jobs/{jobs[0]}", timeout=20).json()["text"]
            assert "12854.50" in answer
            shown = httpx.get(f"{here.webs[1].url}/v1/pictures/{picture}/content", timeout=20)
            assert shown.content[:2] == b"\xff\xd8" and len(bucket.find("pictures")) == 1
            assert httpx.delete(f"{here.webs[1].url}/v1/pictures/{picture}", timeout=20).status_code == 204
            assert bucket.find("pictures") == [] and "hidden" not in here.made.logs()
    finally:
        server.stop()


def _is_engine_host(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return b"wentu.engines.host" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False
