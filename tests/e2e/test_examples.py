"""Every file of examples/, run as it stands against the running service."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import pytest
from mcp import Client, StdioServerParameters

from running import Running, environ_for

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
RECEIPT = ROOT.parent / "shared" / "data" / "receipts" / "060.jpg"
QUESTION = "What is the total?"


def run(service: Running, folder: Path, *command: str) -> str:
    environ = environ_for(folder / "data", WENTU_ADDRESS=service.url)
    said = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 0, said.stderr
    return said.stdout


@pytest.mark.parametrize("name", ["python_client.py", "python_stream.py"])
def test_the_python_client(service: Running, tmp_path: Path, name: str) -> None:
    assert "77.20" in run(service, tmp_path, sys.executable, str(EXAMPLES / name), str(RECEIPT), QUESTION)


def test_a_failure_of_the_client_says_what_to_do(tmp_path: Path) -> None:
    environ = environ_for(tmp_path, WENTU_ADDRESS="http://127.0.0.1:9")
    command = [sys.executable, str(EXAMPLES / "python_client.py"), str(RECEIPT), QUESTION]
    said = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 1 and "wentu serve" in said.stderr and "Traceback" not in said.stderr


def test_the_responses_api_through_openai_s_client(service: Running, tmp_path: Path) -> None:
    program = str(EXAMPLES / "openai_responses.py")
    said = run(service, tmp_path, sys.executable, program, str(RECEIPT), QUESTION, "What is the date?")
    assert "77.20" in said and said.splitlines().count("reader") == 2


def test_curl(service: Running, tmp_path: Path) -> None:
    assert "77.20" in run(service, tmp_path, "bash", str(EXAMPLES / "ask.sh"), str(RECEIPT), QUESTION)


def test_langchain(service: Running, tmp_path: Path) -> None:
    assert "77.20" in run(service, tmp_path, sys.executable, str(EXAMPLES / "langchain_ask.py"), str(RECEIPT), QUESTION)


def test_the_llm_command_line(service: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert "77.20" in run(service, tmp_path, "bash", str(EXAMPLES / "llm.sh"), str(RECEIPT), QUESTION)


def test_javascript(service: Running, tmp_path: Path) -> None:
    node = shutil.which("node") or str(Path(sys.executable).parent / "node")
    assert "77.20" in run(service, tmp_path, node, str(EXAMPLES / "ask.mjs"), str(RECEIPT), QUESTION)


def test_an_assistant_uses_the_tools_of_mcp_json(service: Running, tmp_path: Path) -> None:
    (tmp_path / "receipt.jpg").write_bytes(RECEIPT.read_bytes())
    wanted = json.loads((EXAMPLES / "mcp.json").read_text("utf-8"))["mcpServers"]["wentu"]
    program = str(Path(sys.executable).parent / wanted["command"])
    environ = environ_for(tmp_path / "data", WENTU_ADDRESS=service.url)
    server = StdioServerParameters(command=program, args=wanted["args"], env=environ, cwd=tmp_path)

    async def use() -> None:
        async with Client(server) as client:
            tools = await client.list_tools()
            assert {one.name for one in tools.tools} == {"ask", "extract", "chart", "support"}
            asked = await client.call_tool("ask", {"question": QUESTION, "pictures": [str(tmp_path / "receipt.jpg")]})
            assert not asked.is_error and "77.20" in str(asked.structured_content)
            outside = await client.call_tool("ask", {"question": QUESTION, "pictures": [str(RECEIPT)]})
            assert outside.is_error and "blocked_link" in str(outside.content)

    # In a thread of its own: the browser tests' Playwright keeps a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, use).result()
