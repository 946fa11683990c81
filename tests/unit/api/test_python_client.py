"""`wentu.Client` against the API itself, without a network between them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from apiflask import APIFlask

from wentu import Client
from wentu.client import Reply
from wentu.core.errors import (
    BadRequest,
    Busy,
    EngineTimeout,
    ServerGone,
    UnknownBatch,
    UnknownVersion,
    UnreadableImage,
    WentuError,
)
from wentu.core.results import Chart, ChartPoint, ChartSeries, Extraction, FieldValue, Region, Repair, Support
from wentu.core.types import Done, Progress, Retract, Token

from .conftest import ANSWER, FakeQueue


@pytest.fixture
def wentu(app: APIFlask) -> Iterator[Client]:
    with Client("http://127.0.0.1:8760", transport=httpx.WSGITransport(app=app)) as made:
        yield made


def test_an_answer_comes_with_its_evidence(wentu: Client, queue: FakeQueue, png: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png)
    reply = wentu.ask("合计多少?", tmp_path / "a.png", png, seed=7, system="短一点")
    assert str(reply) == "合计 128 元" and reply.status == "grounded" and reply.usage.completion_tokens == 4
    (evidence,) = reply.evidence
    assert evidence.text == "128" and evidence.polygon[2] == (9, 5)
    query = queue.query()
    assert len(query.pictures) == 2 and query.sampling.seed == 7
    assert [one.role for one in query.messages] == ["system", "user"]


def test_a_stream_gives_its_pieces_and_the_reply_last(wentu: Client) -> None:
    pieces = list(wentu.stream("合计多少?"))
    assert pieces[0] == Progress("queued", position=1, wait_s=0.5)
    assert pieces[1:3] == [Token("合计 "), Token("128 元")]
    assert isinstance(pieces[3], Reply) and pieces[3] == wentu_reply_like(wentu.ask("合计多少?"), pieces[3])


def wentu_reply_like(reply: Reply, other: Reply) -> Reply:
    """The same answer; each question is a job of its own."""
    return replace(reply, job=other.job)


def test_what_is_taken_back_is_missing_in_the_reply(wentu: Client, queue: FakeQueue) -> None:
    queue.script = lambda query: [Token("好 bad"), Retract(2, "keywords", "…"), Done(replace(ANSWER, text="好 …"))]
    *_, retract, reply = wentu.stream("q")
    assert retract == Retract(2, "keywords", "…")
    assert isinstance(reply, Reply) and reply.text == "好 …" and reply.finish_reason == "content_filter"


def test_a_conversation_is_remembered(wentu: Client, queue: FakeQueue) -> None:
    session = wentu.session("发票")
    wentu.ask("one", session=session)
    reply = wentu.ask("two", session=session)
    assert [one.text for one in queue.query().messages] == ["one", "合计 128 元", "two"]
    assert reply.session == session and reply.message


def test_a_schema_and_a_version_reach_the_worker(wentu: Client, queue: FakeQueue) -> None:
    wentu.ask("q", json_schema={"type": "array"}, model="reader-1", max_tokens=5)
    query = queue.query()
    assert query.options["json_schema"] == '{"type": "array"}' and query.model == "reader-1"
    assert query.sampling.max_tokens == 5 and wentu.versions() == ("reader-1",)


def test_a_document_s_fields_come_as_they_are_inside_wentu(wentu: Client, queue: FakeQueue, png: bytes) -> None:
    region = Region(0, ((0, 0), (9, 0), (9, 5), (0, 5)), (3,))
    value = FieldValue(
        12.5, "12.50", "12.5", "amount", "grounded", 0.9, {"ocr": 0.9}, (region,), "exact", (), Repair("1", "2", "sum")
    )
    extraction = Extraction("receipt", {"total": value})
    queue.script = lambda query: [Done(replace(ANSWER, result=extraction, evidence=()))]
    found = wentu.extract(png, type="receipt")
    assert found.result == extraction and found.version == "reader-1" and found.id.startswith("pic_")
    wentu.extract(png, fields=["total"])
    assert queue.query().options["schema"] == '["total"]'


def test_a_chart_comes_as_it_is_inside_wentu(wentu: Client, queue: FakeQueue, png: bytes) -> None:
    point = ChartPoint(3.0, 0.1, "pixel", (0, 0, 4, 3), {"pixel": 3.0})
    chart = Chart("bar", "标题", x=("1月",), series=(ChartSeries("甲", (3.0,), (point,)),), steps=("一",))
    queue.script = lambda query: [Done(replace(ANSWER, text="一", result=chart, evidence=()))]
    found = wentu.chart(png, question="最高?", language="zh-CN")
    assert found.result == chart and found.answer == "一"
    assert wentu.chart(table={"type": "bar", "x": ["1月"], "series": []}).result == chart
    with pytest.raises(BadRequest):
        wentu.chart()


def test_a_customer_is_answered(wentu: Client, queue: FakeQueue) -> None:
    support = Support("answered", "128 元", sku="A1", facts={"price": 128})
    queue.script = lambda query: [Done(replace(ANSWER, text="128 元", result=support, evidence=()))]
    case = wentu.support("多少钱?", conversation="c")
    assert (case.outcome, case.sku, case.facts, case.answer) == ("answered", "A1", {"price": 128}, "128 元")


def test_batches_are_made_waited_for_and_stopped(wentu: Client, queue: FakeQueue, png: bytes) -> None:
    batch = wentu.batches.create({"one": png, "two": [png, png]}, task="chat", question="q", name="扫描")
    assert (batch.state, batch.total, batch.name) == ("running", 2, "扫描")
    assert wentu.batches.list() == (batch,)
    with pytest.raises(EngineTimeout):
        wentu.batches.wait(batch, timeout_s=0)
    wentu.batches.cancel(batch)
    assert wentu.batches.wait(batch.id).state == "cancelled"
    assert [one["id"] for one in wentu.batches.results(batch)] in ([], ["one", "two"])
    with pytest.raises(UnknownBatch):
        wentu.batches.get("bat_nothing")


def test_every_failure_is_one_of_our_errors(wentu: Client, queue: FakeQueue) -> None:
    with pytest.raises(UnknownVersion) as unknown:
        wentu.ask("q", model="gpt-4o")
    assert unknown.value.hint and unknown.value.params["param"] == "model"
    with pytest.raises(UnreadableImage):
        wentu.ask("q", "nowhere.png")
    queue.script = lambda query: [Token("a"), EngineTimeout("too slow", seconds=3).as_event()]
    with pytest.raises(EngineTimeout) as slow:
        list(wentu.stream("q"))
    assert slow.value.params == {"seconds": "3"} and slow.value.retryable
    queue.full = True
    with pytest.raises(Busy) as busy:
        wentu.ask("q")
    assert busy.value.retry_after_s == 7


@pytest.mark.parametrize(
    "answer",
    [
        lambda request: (_ for _ in ()).throw(httpx.ConnectError("library text")),
        lambda request: httpx.Response(502, text="<html>proxy</html>"),
        lambda request: httpx.Response(200, text="<html>"),
        lambda request: httpx.Response(200, text="data: {\n\n"),
    ],
)
def test_another_server_or_none_is_said_in_our_words(answer: object) -> None:
    client = Client("http://x", transport=httpx.MockTransport(answer))  # type: ignore[arg-type]
    for call in (lambda: client.ask("q"), lambda: list(client.stream("q")), client.status):
        with pytest.raises(WentuError) as caught:
            call()  # type: ignore[operator]
        assert "library" not in caught.value.message and "<html>" not in caught.value.message


def test_an_address_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENTU_ADDRESS", "nowhere")
    with pytest.raises(ServerGone):
        Client().status()


def test_importing_wentu_is_light_and_the_client_brings_no_engine() -> None:
    code = (
        "import sys, wentu; assert 'httpx' not in sys.modules and 'pydantic' not in sys.modules; wentu.Client;"
        "heavy = {'openvino', 'rapidocr', 'cv2', 'flask', 'celery', 'sqlalchemy'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
