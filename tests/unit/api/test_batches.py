from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from wentu.core.errors import EngineCrashed
from wentu.core.results import Extraction, FieldValue
from wentu.core.types import Answer, Usage
from wentu.store import Store

from .conftest import FakeQueue


def read(total: str) -> Answer:
    value = FieldValue(total, total, total, "amount", "conflict", 0.4)
    result = Extraction("receipt", {"total": value})
    return Answer("", "reader", (), "v1", "reader", "stop", Usage(), {}, result=result)


def make(client: FlaskClient, **body: Any) -> str:
    items = [{"id": f"{n}.jpg", "question": f"q{n}"} for n in range(3)]
    response = client.post("/v1/batches", json={"items": items, "task": "extract", "name": "十月", **body})
    assert response.status_code == 202, response.json
    batch: str = response.json["id"]
    return batch


def end(store: Store, batch: str) -> None:
    """The first job is answered, the second fails; the third still waits."""
    first, second, _ = store.batches.jobs(batch)
    store.batches.release(2)
    store.jobs.start(first.id)
    store.jobs.finish(first.id, read("=1+1"))
    store.jobs.fail(second.id, EngineCrashed("it broke").as_event())


def test_a_batch_holds_its_jobs_back_and_counts_them(client: FlaskClient, queue: FakeQueue, store: Store) -> None:
    batch = make(client)
    assert queue.submitted == [] and store.jobs.unfinished() == ()
    shown = client.get(f"/v1/batches/{batch}").json
    assert (shown["state"], shown["total"], shown["done"], shown["name"]) == ("running", 3, 0, "十月")
    end(store, batch)
    shown = client.get("/v1/batches").json["data"][0]
    assert (shown["done"], shown["failed"], shown["state"]) == (1, 1, "running")
    assert [job.query.question for job in store.batches.jobs(batch)] == ["q0", "q1", "q2"]


def test_results_come_as_lines_table_and_workbook(client: FlaskClient, store: Store) -> None:
    batch = make(client)
    end(store, batch)
    lines = [json.loads(line) for line in client.get(f"/v1/batches/{batch}/results").text.splitlines()]
    assert [line["id"] for line in lines] == ["0.jpg", "1.jpg"]
    assert lines[0]["fields"]["total"]["value"] == "=1+1" and lines[1]["error"]["code"] == "engine_crashed"
    table = client.get(f"/v1/batches/{batch}/results?format=csv").text
    assert table.startswith("\ufeffid,type,total") and "'=1+1" in table and "it broke" in table
    book = client.get(f"/v1/batches/{batch}/results?format=xlsx")
    assert "attachment" in book.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(book.data)) as files:
        assert "<f>" not in files.read("xl/worksheets/sheet1.xml").decode()


def test_a_stopped_batch_keeps_what_it_has(client: FlaskClient, queue: FakeQueue, store: Store) -> None:
    batch = make(client)
    end(store, batch)
    ((released, _),) = store.batches.release(5)
    assert client.delete(f"/v1/batches/{batch}").status_code == 204
    assert queue.cancelled == [released] and client.get(f"/v1/batches/{batch}").json["state"] == "cancelled"
    assert store.batches.release(5) == ()


def test_a_wrong_picture_names_its_item_and_nothing_begins(client: FlaskClient, store: Store) -> None:
    items = [{"id": "a", "question": "q"}, {"id": "b", "pictures": ["wentu:pic_none"]}]
    refused = client.post("/v1/batches", json={"items": items})
    assert refused.status_code == 404 and refused.json["error"]["param"] == "items[1].pictures[0]"
    assert client.get("/v1/batches").json["data"] == [] and store.batches.release(9) == ()


def test_another_keys_batch_is_unknown(client: FlaskClient, as_key: Callable[[], FlaskClient]) -> None:
    mine, other = as_key(), as_key()
    batch = make(mine)
    for address in (f"/v1/batches/{batch}", f"/v1/batches/{batch}/results"):
        assert other.get(address).json["error"]["code"] == "unknown_batch"
    assert other.delete(f"/v1/batches/{batch}").status_code == 404 and other.get("/v1/batches").json["data"] == []


def test_old_batches_are_forgotten_with_their_answers_and_those_at_work_are_not(
    client: FlaskClient, store: Store
) -> None:
    ended, at_work = make(client), make(client)
    store.batches.cancel(ended)
    later = store.batches.get(ended, owner="local").created_at + store.keep_s + 60
    store.jobs.delete_finished(later)
    assert len(list(store.batches.jobs(ended))) == 3  # not an hour after their end, as single jobs are
    store.sweep(later)
    assert [one.id for one in store.batches.list(owner="local")] == [at_work]
    assert list(store.batches.jobs(ended)) == []
