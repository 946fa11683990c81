"""What the doctor says about machines with and without what wentu needs."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from wentu.cli import findings
from wentu.cli.doctor import doctor
from wentu.cli.findings import EngineState, Finding
from wentu.cli.machine import Feature, Machine
from wentu.core.config import RemoteSettings, Settings, WebSettings
from wentu.models import InstalledModel

GOOD = Machine("Linux", "A CPU", 8, 4, 8.0, (Feature("AVX2", True, "fair"),), 16 * 10**9, 12 * 10**9, None)
MODEL = InstalledModel("qwen3-vl-2b-instruct", Path("/models/qwen3-vl-2b-instruct"), complete=True)
app = typer.Typer()
app.command()(doctor)


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("WENTU_BROKER_URL", "WENTU_WEB__HOST", "WENTU_REMOTE__URL", "WENTU_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WENTU_DATA_DIR", str(tmp_path))


@pytest.fixture
def listening_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_machine_with_everything_exits_0_and_says_what_to_do_next() -> None:
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 0, result.output
    assert "What to do next:" in result.output
    assert "wentu models pull" in result.output
    assert "wentu serve" in result.output


def test_json_carries_the_machine_the_findings_and_the_steps() -> None:
    tree = json.loads(CliRunner().invoke(app, ["--json"]).stdout)
    assert tree["can_run"] is True
    assert tree["machine"]["cores_logical"] >= 1
    assert {"processor", "memory", "disk", "text reader", "queue", "page", "vision model", "address"} <= {
        finding["part"] for finding in tree["findings"]
    }
    assert {"reader", "remote"} <= {engine["name"] for engine in tree["engines"] if engine["installed"]}
    assert tree["next"]


def test_a_queue_that_does_not_answer_exits_1_and_never_shows_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("WENTU_BROKER_URL", f"redis://:hunter2@127.0.0.1:{closed.getsockname()[1]}/0")
        result = CliRunner().invoke(app, [])
    assert result.exit_code == 1
    assert "WENTU_BROKER_URL does not answer" in " ".join(result.output.split())
    assert "hunter2" not in result.output


def test_a_queue_that_answers_is_fine(listening_port: int, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, broker_url=f"redis://127.0.0.1:{listening_port}")
    assert findings.queue(settings).level == "ok"


def test_an_open_address_without_a_key_keeps_wentu_from_running(tmp_path: Path) -> None:
    finding = findings.address(Settings(data_dir=tmp_path, web=WebSettings(host="0.0.0.0")))
    assert finding.level == "problem"
    assert "wentu keys add" in finding.todo


def test_an_open_address_with_a_key_is_fine(tmp_path: Path) -> None:
    from wentu.store.database import Database
    from wentu.store.keys import Keys

    settings = Settings(data_dir=tmp_path, web=WebSettings(host="0.0.0.0"))
    database = Database(settings.database)
    database.upgrade()
    Keys(database).make("admin", name="me")
    database.close()
    assert findings.address(settings).level == "ok"


def test_an_address_in_use_is_mentioned(listening_port: int, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, web=WebSettings(port=listening_port))
    assert "answers there already" in findings.address(settings).text


def test_a_data_folder_that_is_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    assert findings.disk(Settings(data_dir=tmp_path / "taken"), has_model=False).level == "problem"


def test_a_small_disk_is_a_note_only_while_a_model_has_to_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "MODEL_DISK_BYTES", 10**18)
    assert findings.disk(Settings(data_dir=tmp_path), has_model=False).level == "note"
    assert findings.disk(Settings(data_dir=tmp_path), has_model=True).level == "ok"


def test_a_container_with_little_memory_is_told_so() -> None:
    finding = findings.memory(replace(GOOD, memory_limit_bytes=2 * 10**9))
    assert finding.level == "note"
    assert "limited to 2.00 GB" in finding.text


def test_one_core_and_a_processor_without_avx2_are_noted() -> None:
    assert findings.processor(GOOD).level == "ok"
    assert "2 cores" in findings.processor(replace(GOOD, cores_allowed=1.0)).todo
    assert "AVX2" in findings.processor(replace(GOOD, features=(Feature("AVX2", False, "fair"),))).todo


def test_without_weights_the_first_step_is_to_get_them(tmp_path: Path) -> None:
    finding = findings.weights(Settings(data_dir=tmp_path), [], [EngineState("transformers", True)])
    assert (finding.level, "wentu models pull" in finding.todo) == ("note", True)


def test_weights_without_an_engine_ask_for_the_engine(tmp_path: Path) -> None:
    engines = [EngineState("reader", True), EngineState("transformers", False, ("torch",), "pip install ...")]
    finding = findings.weights(Settings(data_dir=tmp_path), [MODEL], engines)
    assert "pip install 'wentu[transformers]'" in finding.todo


def test_a_remote_server_needs_no_weights_here(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, remote=RemoteSettings(url="http://127.0.0.1:1/v1"))
    assert findings.weights(settings, [], []).level == "ok"


def test_an_engine_names_its_missing_packages_and_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(findings, "_has_distribution", lambda name: name != "torch")
    (state,) = [each for each in findings.find_engines(Settings(data_dir=tmp_path)) if each.name == "transformers"]
    assert (state.installed, state.missing) == (False, ("torch",))
    assert state.install == "pip install 'wentu[transformers]'"


def test_a_missing_text_reader_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "find_spec", lambda name: None)
    assert findings.reader().level == "problem"


def test_problems_come_before_notes_and_then_nothing_says_it_can_start() -> None:
    seen = [Finding("a", "note", "", "second"), Finding("b", "problem", "", "first"), Finding("c", "ok", "")]
    assert list(findings.next_steps(seen)) == ["first", "second"]


def test_looking_imports_no_engine_and_no_text_reader() -> None:
    code = (
        "import sys, typer; from typer.testing import CliRunner; from wentu.cli.doctor import doctor\n"
        "app = typer.Typer(); app.command()(doctor); result = CliRunner().invoke(app, [])\n"
        "assert result.exit_code == 0, result.output\n"
        "heavy = {'torch', 'transformers', 'openvino', 'onnxruntime', 'rapidocr', 'cv2'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_a_database_and_a_bucket_of_one_s_own_are_asked_for_real(tmp_path: Path) -> None:
    assert list(findings.kept_elsewhere(Settings(data_dir=tmp_path))) == []
    reached = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'other.db'}")
    assert [(one.part, one.level) for one in findings.kept_elsewhere(reached)] == [("database", "ok")]
    wrong = Settings(data_dir=tmp_path, database_url="oracle7://u:hidden@h/d", pictures_url="gs://b")
    found = list(findings.kept_elsewhere(wrong))
    assert [(one.part, one.level) for one in found] == [("database", "problem"), ("pictures", "problem")]
    assert all(one.todo for one in found) and "hidden" not in str(found)
