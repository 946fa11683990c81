from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import httpx
import mcp

from wentu.cli.mcp_server import build_server
from wentu.client import Client

CHAT = {
    "choices": [{"message": {"content": "128 元"}, "finish_reason": "stop"}],
    "usage": {},
    "wentu": {"status": "reader", "evidence": [], "unsupported": ["9"], "version": "reader", "timings": {}},
}


def call(answer: httpx.Response, tool: str, arguments: Mapping[str, Any], *folders: Path) -> tuple[Any, list[str]]:
    """What an assistant gets from a tool of a service that always answers this, and the addresses that were asked."""
    asked: list[str] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(201, json={"id": "pic_1"}) if request.url.path == "/v1/pictures" else answer

    async def use() -> Any:
        async with mcp.Client(build_server(client, folders)) as assistant:
            return await assistant.call_tool(tool, dict(arguments))

    with Client("http://x", transport=httpx.MockTransport(serve)) as client:
        return anyio.run(use), asked


def test_an_assistant_gets_the_answer_with_what_it_rests_on(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"picture")
    arguments = {"question": "多少?", "pictures": [str(tmp_path / "a.png")]}
    result, asked = call(httpx.Response(200, json=CHAT), "ask", arguments)
    assert result.structured_content["answer"] == "128 元" and result.structured_content["unsupported"] == ["9"]
    assert asked == ["/v1/pictures", "/v1/chat/completions"]


def test_an_error_says_what_to_do_and_nothing_of_a_library() -> None:
    body = {"error": {"code": "busy", "message": "64 wait", "hint": "Come back.", "params": {}, "param": None}}
    result, _ = call(httpx.Response(429, json=body), "support", {"question": "q"})
    assert result.is_error and "64 wait. Come back. (busy)" in result.content[0].text
    assert "Traceback" not in str(result.content)


def test_files_outside_the_folders_are_not_read_even_through_a_link(tmp_path: Path) -> None:
    inside, secret = tmp_path / "inside", tmp_path / "secret.png"
    inside.mkdir()
    secret.write_bytes(b"secret")
    (inside / "link.png").symlink_to(secret)
    for path in (secret, inside / "link.png", inside / ".." / "secret.png"):
        result, asked = call(httpx.Response(200, json=CHAT), "extract", {"pictures": [str(path)]}, inside)
        assert result.is_error and "blocked_link" in result.content[0].text and asked == []
