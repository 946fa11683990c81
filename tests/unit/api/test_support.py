"""Customer service over HTTP: the answer's names, the desk, the loop, the figures, the widget, the webhook."""

import hashlib
import hmac
import io
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from wentu.api.service import EXTENSION, Service
from wentu.core.config import SupportSettings
from wentu.core.results import Citation, Region, Support
from wentu.core.types import Answer, Done, Query, Usage
from wentu.store import Store

BOX = ((10.0, 20.0), (90.0, 20.0), (90.0, 40.0), (10.0, 40.0))
FOUND = Support(
    "contradiction",
    "P9 的价格是 ¥3999。",
    sku="P9-128-W",
    facts={"price": 3999, "stock": 8},
    citations=(
        Citation("knowledge", "price", 3999, "P9", "P9-128-W", "phones.csv:5", 1),
        Citation("picture", "price", 4999, "¥4999", region=Region(0, BOX, (3,))),
    ),
    seen={"model": "P9"},
)
CSV = "sku,model,price\nA1,杯子,12\nA2,碗,十元\n"


def answers(queue: Any, result: Support) -> None:
    done = Answer(result.answer, "reader", (), "reader", "reader", "stop", Usage(), {"ocr": 0.4}, result=result)
    queue.script = lambda query: [Done(done)]


def upload(client: FlaskClient, text: str = CSV, name: str = "cups.csv") -> Any:
    return client.post("/v1/knowledge/imports", data={"file": (io.BytesIO(text.encode()), name)})


def test_an_answer_has_exactly_the_names_of_the_contract(client: FlaskClient, queue: Any, png: bytes) -> None:
    answers(queue, FOUND)
    picture = client.post("/v1/pictures", data={"file": (io.BytesIO(png), "s.png")}).json["id"]
    asked = client.post("/v1/support", json={"question": "多少钱", "pictures": [f"wentu:{picture}"]})
    assert asked.status_code == 200
    assert set(asked.json) == set("id outcome sku faq_id answer facts citations candidates version".split())
    row, box = asked.json["citations"]
    assert (row["id"], row["place"], row["version"]) == ("P9-128-W", "phones.csv:5", 1)
    assert (box["picture_id"], box["box"]) == (picture, [10.0, 20.0, 90.0, 40.0])


def test_failures_in_a_row_are_counted_within_a_conversation(client: FlaskClient, queue: Any) -> None:
    answers(queue, Support("not_in_kb", "没有找到"))
    counted = []
    for conversation in ("c1", "c1", "c2"):
        client.post("/v1/support", json={"question": "老板是谁", "conversation": conversation})
        counted.append(queue.query().options["failures"])
    assert counted == ["0", "1", "0"]


def test_a_hand_over_waits_at_the_desk_until_a_person_replies(client: FlaskClient, queue: Any) -> None:
    answers(queue, Support("handoff", "正在转接", reason="asked", summary="转人工"))
    case = client.post("/v1/support", json={"question": "转人工"}).json["id"]
    waiting = client.get("/v1/support/cases?state=waiting").json["data"]
    assert [(one["id"], one["summary"]) for one in waiting] == [(case, "转人工")]
    reply = {"answer": "可以货到付款。", "remember": True}
    assert client.post(f"/v1/support/cases/{case}/reply", json=reply).json["state"] == "replied"
    assert client.get(f"/v1/support/cases/{case}/status").json["reply"] == "可以货到付款。"
    (kept,) = client.get("/v1/knowledge/corrections").json["data"]
    assert (kept["question"], kept["answer"], len(kept["history"])) == ("转人工", "可以货到付款。", 1)
    assert client.delete(f"/v1/knowledge/corrections/{kept['id']}").status_code == 204


def test_figures_keep_confirmed_and_assumed_apart(client: FlaskClient, queue: Any) -> None:
    for conversation, result, solved in (
        ("a", FOUND, True),
        ("b", FOUND, None),
        ("c", FOUND, False),
        ("d", Support("handoff", "", reason="restricted"), None),
    ):
        answers(queue, result)
        case = client.post("/v1/support", json={"question": "多少钱", "conversation": conversation}).json["id"]
        if solved is not None:
            client.post(f"/v1/support/cases/{case}/rating", json={"solved": solved})
    found = client.get("/v1/support/figures").json
    assert (found["involvement"], found["handoffs"]) == (0.75, {"restricted": 1})
    assert found["confirmed"] == found["assumed"] == pytest.approx(1 / 3)
    assert found["automation"] == pytest.approx(0.5)
    assert found["median_work_s"] == pytest.approx(0.4)


def test_an_import_reports_what_it_refused_and_can_be_taken_back(client: FlaskClient) -> None:
    first = upload(client)
    assert first.status_code == 201
    assert first.json["refused"] == [{"place": "cups.csv:3", "reason": "bad_price", "value": "十元"}]
    upload(client, "sku,model,price\nA1,杯子,15\n")
    assert client.get("/v1/knowledge/search?query=杯子").json["products"][0]["price"] == 15
    assert client.post("/v1/knowledge/versions/1/rollback").json["number"] == 3
    assert client.get("/v1/knowledge/search?query=杯子").json["products"][0]["price"] == 12
    assert [one["number"] for one in client.get("/v1/knowledge/versions").json["data"]] == [3, 2, 1]
    assert upload(client, "x", "x.exe").json["error"]["code"] == "bad_knowledge"
    assert client.post("/v1/knowledge/versions/9/rollback").status_code == 404


def test_customers_see_neither_the_desk_nor_the_knowledge_base(as_key: Callable[[], FlaskClient], queue: Any) -> None:
    answers(queue, FOUND)
    mine, other = as_key(), as_key()
    case = mine.post("/v1/support", json={"question": "多少钱"}).json["id"]
    for path in ("/v1/support/cases", "/v1/support/figures", "/v1/knowledge/versions", f"/v1/support/cases/{case}"):
        assert mine.get(path).status_code == 403, path
    assert mine.get(f"/v1/support/cases/{case}/status").status_code == 200
    assert other.get(f"/v1/support/cases/{case}/status").status_code == 404


def test_an_agent_sees_a_customer_s_picture(
    client: FlaskClient, as_key: Callable[[], FlaskClient], app: APIFlask, store: Store, queue: Any, png: bytes
) -> None:
    answers(queue, replace(FOUND, outcome="handoff", reason="asked"))
    customer = as_key()
    picture = customer.post("/v1/pictures", data={"file": (io.BytesIO(png), "s.png")}).json["id"]
    asked = {"question": "转人工", "pictures": [f"wentu:{picture}"]}
    case = customer.post("/v1/support", json=asked).json["id"]
    desk = app.test_client()
    desk.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {store.keys.make('agent').secret}"
    assert desk.get(f"/v1/support/cases/{case}/pictures/0").data == png
    assert desk.get(f"/v1/support/cases/{case}/pictures/1").status_code == 404


def test_the_widget_may_be_framed_by_the_sites_that_are_named_and_by_no_other(
    app: APIFlask, client: FlaskClient
) -> None:
    parts: Service = app.extensions[EXTENSION]
    support = SupportSettings(widget_origins=("https://shop.example", "https://x; script-src *"))
    app.extensions[EXTENSION] = replace(parts, settings=parts.settings.model_copy(update={"support": support}))
    with client.get("/widget") as page:
        policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://shop.example" in policy
    assert "script-src *" not in policy
    with client.get("/widget.js") as loader, client.get("/widget/widget.css") as style:
        assert loader.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert style.mimetype == "text/css"
    assert "frame-ancestors 'none'" in client.get("/healthz").headers["Content-Security-Policy"]


def test_a_hand_over_is_announced_with_a_signature_that_can_be_checked(
    app: APIFlask, client: FlaskClient, queue: Any
) -> None:
    got: list[tuple[str, bytes]] = []
    arrived = threading.Event()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.headers["X-Wentu-Signature"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()
            arrived.set()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.handle_request, daemon=True).start()
    parts: Service = app.extensions[EXTENSION]
    url = f"http://127.0.0.1:{server.server_port}/hook"
    support = SupportSettings.model_validate({"webhook_url": url, "webhook_secret": "s3"})
    app.extensions[EXTENSION] = replace(parts, settings=parts.settings.model_copy(update={"support": support}))
    answers(queue, Support("handoff", "正在转接", reason="asked", summary="转人工"))
    case = client.post("/v1/support", json={"question": "转人工"}).json["id"]
    assert arrived.wait(10)
    server.server_close()
    (signed, body) = got[0]
    stamp, sent = (part.partition("=")[2] for part in signed.split(","))
    assert sent == hmac.new(b"s3", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert (json.loads(body)["id"], json.loads(body)["reason"]) == (case, "asked")


def test_an_empty_question_is_refused(client: FlaskClient, queue: Any) -> None:
    assert client.post("/v1/support", json={"question": " "}).json["error"]["param"] == "question"
    assert queue.submitted == []


def test_a_query_carries_task_and_language(client: FlaskClient, queue: Any) -> None:
    answers(queue, FOUND)
    client.post("/v1/support", json={"question": "price?", "language": "zh"})
    query: Query = queue.query()
    assert (query.task, query.options["language"]) == ("support", "zh")


def test_an_answer_that_safety_holds_is_a_refusal_and_no_fault(client: FlaskClient, queue: Any) -> None:
    held = Answer("", "reader", (), "v", "reader", "blocked", Usage(), {}, result=None, review="rev_1")
    queue.script = lambda query: [Done(held)]
    asked: Any = client.post("/v1/support", json={"question": "多少钱"})
    assert asked.status_code == 400 and asked.json["error"]["code"] == "refused"
