"""A picture and a question through every door: curl, the OpenAI client, the command line."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from running import Running, environ_for, run_wentu, serving
from wentu import samples

QUESTION = "图里写了什么？"


def data_url(data: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def sample(name: str) -> tuple[bytes, str]:
    found = next(item for item in samples.samples() if item.id == name)
    return samples.read(name), found.media_type


@pytest.fixture(scope="session")
def names() -> list[str]:
    return [item.id for item in samples.samples()]


def client(service: Running) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{service.url}/v1", api_key="not-needed-on-loopback")


def content(name: str) -> list[Any]:
    return [
        {"type": "text", "text": QUESTION},
        {"type": "image_url", "image_url": {"url": data_url(*sample(name))}},
    ]


def test_the_page_answers_within_five_seconds_of_the_start(service: Running, tmp_path: Path) -> None:
    # 3.1 to 4.5 s on two cores; a shared machine's speed drifts by a third, so a slow start gets a second and a third.
    seconds = [service.seconds_to_page]
    while seconds[-1] >= 5 and len(seconds) < 3:
        with serving(tmp_path / str(len(seconds))) as again:
            seconds.append(again.seconds_to_page)
    assert min(seconds) < 5, seconds
    home = httpx.get(service.url)
    assert (
        home.status_code == 200
        and "<script" in home.text
        and "default-src 'self'" in home.headers["content-security-policy"]
    )


def test_the_openai_client_streams_an_answer_with_evidence(service: Running) -> None:
    stream = client(service).chat.completions.create(
        model="stable", stream=True, messages=[{"role": "user", "content": content("invoice")}]
    )
    text, last = "", None
    for chunk in stream:
        text += chunk.choices[0].delta.content or ""
        last = chunk
    assert last is not None and last.choices[0].finish_reason == "stop"
    told = last.to_dict()["wentu"]
    assert isinstance(told, dict) and told["status"] == "reader" and told["version"] == "reader"
    assert len(told["evidence"]) > 20
    for item in told["evidence"]:
        assert len(item["polygon"]) == 4 and 0 <= item["start"] < item["end"] <= len(text)
    assert "发票" in text and "wentu models pull" in text


def test_the_openai_client_gets_the_same_without_streaming(service: Running) -> None:
    answer = client(service).chat.completions.create(
        model="stable", messages=[{"role": "user", "content": content("invoice")}]
    )
    assert "发票" in (answer.choices[0].message.content or "")
    assert answer.usage is not None and answer.usage.completion_tokens > 0


def test_curl_streams_events(service: Running) -> None:
    body = json.dumps({"model": "stable", "stream": True, "messages": [{"role": "user", "content": content("chart")}]})
    said = subprocess.run(
        ["curl", "-sSN", f"{service.url}/v1/chat/completions", "-H", "Content-Type: application/json", "-d", "@-"],
        input=body,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    lines = [line for line in said.splitlines() if line.startswith("data: ")]
    assert lines[-1] == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    assert "销售额" in "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)


def test_the_command_line_answers_with_boxes(service: Running, tmp_path: Any) -> None:
    picture = tmp_path / "invoice.png"
    picture.write_bytes(sample("invoice")[0])
    environ = environ_for(tmp_path / "own-data")
    said = run_wentu("ask", str(picture), "价税合计是多少？", environ=environ)
    assert said.returncode == 0, said.stderr
    assert "12854.50" in said.stdout and "built-in reader" in said.stderr
    as_json = run_wentu("ask", str(picture), QUESTION, "--json", environ=environ)
    answer = json.loads(as_json.stdout)
    assert answer["status"] == "reader" and len(answer["evidence"]) > 20


def test_an_uploaded_picture_is_asked_by_its_id_over_several_turns(service: Running) -> None:
    data, media_type = sample("product")
    with httpx.Client(base_url=service.url, timeout=60) as http:
        picture = http.post("/v1/pictures", files={"file": ("shop.png", data, media_type)}).json()
        session = http.post("/v1/sessions", json={}).json()["id"]

        def ask(parts: list[Any]) -> dict[str, Any]:
            answer = http.post(
                "/v1/chat/completions",
                json={
                    "model": "stable",
                    "messages": [{"role": "user", "content": parts}],
                    "wentu": {"session": session},
                },
            )
            assert answer.status_code == 200, answer.text
            return answer.json()  # type: ignore[no-any-return]

        part = {"type": "image_url", "image_url": {"url": f"wentu:{picture['id']}"}}
        first = ask([{"type": "text", "text": QUESTION}, part])
        assert first["wentu"]["evidence"][0]["picture_id"] == picture["id"]
        second = ask([{"type": "text", "text": "价格是多少？"}])
        assert "没有图片" not in second["choices"][0]["message"]["content"]
        kept = http.get(f"/v1/sessions/{session}").json()
        assert [message["role"] for message in kept["messages"]] == ["user", "assistant"] * 2
        assert kept["title"] == QUESTION


def test_every_sample_can_be_asked(service: Running, names: list[str]) -> None:
    assert len(names) >= 5
    for name in names:
        answer = client(service).chat.completions.create(
            model="stable", messages=[{"role": "user", "content": content(name)}]
        )
        assert (answer.choices[0].message.content or "").startswith("图里的文字"), name


def test_stop_frees_the_worker(service: Running) -> None:
    with httpx.Client(base_url=service.url, timeout=30) as http:
        with http.stream(
            "POST",
            "/v1/chat/completions",
            json={"model": "stable", "stream": True, "messages": [{"role": "user", "content": content("street")}]},
        ) as response:
            next(response.iter_lines())
        for _ in range(100):
            queue = http.get("/v1/status").json()["queue"]
            if queue == {"waiting": 0, "running": 0}:
                return
        raise AssertionError("the stopped question still runs")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, None),
        (b"[]", 400, None),
        (json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "?"}]}).encode(), 404, None),
        (json.dumps({"model": "stable", "messages": []}).encode(), 400, None),
        (json.dumps({"model": "stable", "messages": [{"role": "user", "content": "?"}], "n": 100}).encode(), 400, None),
    ],
)
def test_nonsense_gets_openais_error_body(service: Running, body: bytes, status: int, code: str | None) -> None:
    answer = httpx.post(
        f"{service.url}/v1/chat/completions", content=body, headers={"Content-Type": "application/json"}
    )
    error = answer.json()["error"]
    assert answer.status_code == status
    assert error["message"] and error["code"] and error["hint"] and "Traceback" not in answer.text
