"""`wentu models convert` as a user runs it, on a tiny checkpoint."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tiny import make_checkpoint
from wentu.cli.models import app
from wentu.core.config import load_settings
from wentu.core.errors import IncompleteModel, UnknownVersion, WeightsMissing
from wentu.core.types import Prompt, SamplingParams, Turn, VersionSpec
from wentu.engines.openvino import OpenVinoEngine
from wentu.engines.openvino import assembly as openvino_assembly

COMMAND = [sys.executable, "-c", "from wentu.cli import main; main()", "models"]


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WENTU_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def added(data_dir: Path, tmp_path: Path) -> str:
    folder = make_checkpoint(tmp_path / "Tiny")
    assert CliRunner().invoke(app, ["add", str(folder)]).exit_code == 0
    return "tiny"


def told(*arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(app, ["convert", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    tree: dict[str, object] = json.loads(result.stdout)
    return tree


def test_a_conversion_says_where_it_lies_and_how_big_it_is(added: str, data_dir: Path) -> None:
    tree = told()
    folder = Path(str(tree["dir"]))
    assert tree.keys() == {"name", "weights", "dir", "size_bytes", "made", "seconds"}
    assert (tree["name"], tree["weights"], tree["made"]) == (added, "int4", True)
    assert folder.parent == data_dir / "converted"
    assert tree["size_bytes"] == sum(path.stat().st_size for path in folder.iterdir())


def test_it_is_made_once_and_anew_only_by_force(added: str) -> None:
    first = told(added)
    manifest = Path(str(first["dir"])) / "manifest.json"
    inode = manifest.stat().st_ino
    assert told(added)["made"] is False
    assert manifest.stat().st_ino == inode
    assert told(added, "--force")["made"] is True
    assert manifest.stat().st_ino != inode


def test_the_engine_loads_what_was_converted_and_converts_nothing(
    added: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(added, "--weights", "int4")

    def refuse(*_: object) -> None:
        raise AssertionError("it was converted again")

    monkeypatch.setattr(openvino_assembly, "convert", refuse)
    engine = OpenVinoEngine.load(VersionSpec("t", "openvino", data_dir / "models" / added), load_settings())
    assert engine.generate(Prompt((Turn("user", ("?",)),)), SamplingParams(max_tokens=2)).usage.prompt_tokens
    engine.close()


def test_other_weights_get_a_folder_of_their_own(added: str) -> None:
    assert told(added, "--weights", "float32")["dir"] != told(added)["dir"]


def test_people_are_told_in_a_sentence(added: str) -> None:
    first = CliRunner().invoke(app, ["convert", added, "--weights", "int8"]).stdout
    again = CliRunner().invoke(app, ["convert", added, "--weights", "int8"]).stdout
    assert "tiny is converted to int8" in first
    assert "was converted before" in again


def test_unknown_weights_are_a_usage_error_that_lists_the_known_ones(added: str) -> None:
    result = CliRunner().invoke(app, ["convert", "--weights", "int3"])
    assert result.exit_code == 2
    assert "int4-g64" in result.output


def test_a_model_that_is_not_here_or_not_whole_is_our_error(data_dir: Path, added: str) -> None:
    assert isinstance(CliRunner().invoke(app, ["convert", "nothing"]).exception, UnknownVersion)
    (data_dir / "models" / added / "tokenizer.json").unlink()
    assert isinstance(CliRunner().invoke(app, ["convert", added]).exception, IncompleteModel)
    assert isinstance(CliRunner().invoke(app, ["convert"]).exception, WeightsMissing)


def test_without_a_model_the_program_says_how_to_get_one_and_exits_1(tmp_path: Path) -> None:
    environ = os.environ | {"WENTU_DATA_DIR": str(tmp_path)}
    done = subprocess.run([*COMMAND, "convert"], env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "wentu models pull" in done.stderr


def test_stopping_it_leaves_nothing_behind(added: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C comes while the first weights are read."""
    real = openvino_assembly.convert

    def interrupted(model_dir: Path, config: object, options: object, folder: Path, report: object) -> object:
        return real(model_dir, config, options, folder, lambda fraction: signal.raise_signal(signal.SIGINT))

    monkeypatch.setattr(openvino_assembly, "convert", interrupted)
    result = CliRunner().invoke(app, ["convert", added])
    assert result.exit_code == 1
    assert "stopped" in str(result.exception)
    assert list((data_dir / "converted").iterdir()) == []
