"""The same through the program `wentu`, with its exit codes and its JSON."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hub import HubServer, model_files

COMMAND = [sys.executable, "-c", "from wentu.cli import main; main()"]


@pytest.fixture
def environment(tmp_path: Path, server: HubServer) -> dict[str, str]:
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("WENTU_", "HF_"))}
    return keep | {"WENTU_DATA_DIR": str(tmp_path / "data"), "HF_ENDPOINT": server.url}


def run(environment: dict[str, str], *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "models", *arguments],
        env=environment,
        input=answer,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_pull_list_verify_remove_from_end_to_end(environment: dict[str, str]) -> None:
    pulled = run(environment, "pull", "--json")
    assert pulled.returncode == 0, pulled.stderr
    assert json.loads(pulled.stdout)["complete"] is True
    listed = json.loads(run(environment, "list", "--json").stdout)["models"]
    assert [model["name"] for model in listed] == ["qwen3-vl-2b-instruct"]
    assert run(environment, "verify").returncode == 0
    assert run(environment, "remove", "qwen3-vl-2b-instruct", answer="n\n").returncode == 1
    assert run(environment, "remove", "qwen3-vl-2b-instruct", answer="y\n").returncode == 0
    assert json.loads(run(environment, "list", "--json").stdout) == {"models": []}


def test_a_tampered_file_makes_verify_exit_1_and_name_it(environment: dict[str, str], tmp_path: Path) -> None:
    run(environment, "pull")
    (tmp_path / "data/models/qwen3-vl-2b-instruct/vocab.json").write_bytes(b"[]")
    verified = run(environment, "verify", "--json")
    assert verified.returncode == 1
    (model,) = json.loads(verified.stdout)["models"]
    assert model["ok"] is False
    assert "vocab.json has changed" in model["problems"][0]


def test_no_answer_is_explained_on_standard_error_with_exit_1(environment: dict[str, str], server: HubServer) -> None:
    server.close()
    started = time.monotonic()
    failed = run(environment, "pull")
    assert failed.returncode == 1
    assert time.monotonic() - started < 20
    assert "Hugging Face can't be reached" in failed.stderr
    assert "--from modelscope" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_an_unknown_hub_is_a_usage_error(environment: dict[str, str]) -> None:
    assert run(environment, "pull", "--from", "elsewhere").returncode == 2


def test_verify_without_a_model_says_how_to_get_one(environment: dict[str, str]) -> None:
    failed = run(environment, "verify")
    assert failed.returncode == 1
    assert "wentu models pull" in failed.stderr


def test_add_says_what_is_missing(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    failed = run(environment, "add", str(folder))
    assert failed.returncode == 1
    for name, data in model_files().items():
        if "/" not in name:
            (folder / name).write_bytes(data)
    added = run(environment, "add", str(folder), "--name", "House Model", "--json")
    assert json.loads(added.stdout)["name"] == "house-model"
    assert "tokenizer_config.json is missing" in failed.stderr


def test_ctrl_c_stops_a_pull_and_says_how_to_go_on(environment: dict[str, str], server: HubServer) -> None:
    server.faults.stall.add("model.safetensors")
    process = subprocess.Popen([*COMMAND, "models", "pull"], env=environment, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not server.requests_for("model.safetensors"):
        assert time.monotonic() < deadline, "the download did not begin"
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "goes on where it stopped" in errors
