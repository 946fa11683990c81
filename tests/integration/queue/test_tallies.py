"""Counts of many processes, and how Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from wentu.api import create_app
from wentu.core.config import QueueSettings, Settings
from wentu.core.errors import Busy
from wentu.core.types import Answer, Message, Query, Usage
from wentu.queue import ModelState, Queue, VersionState, WorkerState
from wentu.queue.tallies import Tally
from wentu.queue.valkey import EmbeddedValkey
from wentu.store import open_store
from wentu.worker import measures


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = Settings(data_dir=tmp_path, queue=QueueSettings(max_waiting=1))
    valkey = EmbeddedValkey(made)
    valkey.start()
    yield made
    valkey.stop()


def scrape(settings: Settings) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by its name and labels, read with Prometheus' own parser."""
    app = create_app(settings)
    response = app.test_client().get("/metrics", headers={"Host": "127.0.0.1:1"})
    app.extensions["wentu"].close()
    assert response.status_code == 200
    families = text_string_to_metric_families(response.text)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_what_workers_counted_is_read_by_prometheus(settings: Settings) -> None:
    store, queue = open_store(settings), Queue(settings)
    job = store.jobs.create(Query((Message("user", ("secret",)),)), owner="a")
    queue.submit(job, owner="a")
    with pytest.raises(Busy):
        queue.submit("job_2", owner="b")
    store.jobs.start(job)
    answer = Answer("secret", "reader", (), "v1", "fake", "stop", Usage(10, 4, 6), {"ocr": 0.3})
    for queue_of_a_worker in (queue, Queue(settings)):
        started = store.jobs.load(job)
        queue_of_a_worker.tallies.add(
            [*measures.of_start(started), *measures.of_answer(started, answer, first_token_s=0.02, seconds=2.0)]
        )
    version = VersionState("v1", "fake", False, "ready", "", True, 123_000)
    queue.publish_worker(WorkerState((version,), ModelState("absent", "r")))
    queue.pace.register("w", 4)
    found = scrape(settings)
    store.close()
    v1 = ("version", "v1")
    assert found["wentu_queue_waiting", ()] == 1 and found["wentu_workers", ()] == 1
    assert found["wentu_jobs_ended_total", (("end", "done"), ("task", "chat"))] == 2
    assert found["wentu_tokens_total", (("kind", "cached"), v1)] == 12
    assert found["wentu_refused_total", (("priority", "interactive"),)] == 1
    assert found["wentu_engine_memory_bytes", (v1,)] == 123_000
    buckets = {
        bound: found["wentu_first_token_seconds_bucket", (("le", bound), v1)] for bound in ("0.01", "0.025", "+Inf")
    }
    assert buckets == {"0.01": 0, "0.025": 2, "+Inf": 2}
    assert found["wentu_stage_seconds_sum", (("stage", "ocr"),)] == pytest.approx(0.6)
    assert not any("secret" in name or "secret" in str(labels) for name, labels in found)


def test_a_value_above_every_bound_is_counted_too(settings: Settings) -> None:
    Queue(settings).tallies.add([Tally("answer_seconds", ("v1",), 1_000.0, observed=True)])
    found = scrape(settings)
    assert found["wentu_answer_seconds_bucket", (("le", "300.0"), ("version", "v1"))] == 0
    assert found["wentu_answer_seconds_count", (("version", "v1"),)] == 1


def test_without_the_queue_it_says_so(settings: Settings) -> None:
    EmbeddedValkey(settings).stop()
    assert scrape(settings) == {("wentu_queue_up", ()): 0}


def test_with_keys_in_use_a_key_is_needed(settings: Settings) -> None:
    store = open_store(settings)
    secret = store.keys.make("user").secret
    store.close()
    app = create_app(settings)
    client = app.test_client()
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    app.extensions["wentu"].close()
