"""The command group by itself: words, JSON and questions, without a hub."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.files import model_files
from wentu.cli.models import app
from wentu.core.errors import UnknownVersion


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WENTU_DATA_DIR", str(tmp_path / "data"))
    folder = tmp_path / "Mine"
    folder.mkdir()
    for name, data in model_files(4_000).items():
        if "/" not in name:
            (folder / name).write_bytes(data)
    return folder


def test_an_empty_list_says_how_to_get_a_model(folder: Path) -> None:
    result = CliRunner().invoke(app, ["list"])
    assert result.exit_code == 0
    assert "wentu models pull" in result.output


def test_the_list_shows_name_and_state(folder: Path) -> None:
    CliRunner().invoke(app, ["add", str(folder)])
    (Path(str(folder.parent)) / "data/models/mine/vocab.json").unlink()
    output = CliRunner().invoke(app, ["list"]).output
    assert "mine" in output
    assert "vocab.json is missing" in output


def test_json_lists_every_field_of_the_contract(folder: Path) -> None:
    CliRunner().invoke(app, ["add", str(folder)])
    (model,) = json.loads(CliRunner().invoke(app, ["list", "--json"]).stdout)["models"]
    expected = {"name", "dir", "repo", "hub", "revision", "size_bytes", "complete", "problems", "pulled_at"}
    assert model.keys() == expected


def test_remove_asks_first_and_keeps_the_model_on_no(folder: Path) -> None:
    CliRunner().invoke(app, ["add", str(folder)])
    refused = CliRunner().invoke(app, ["remove", "mine"], input="n\n")
    assert refused.exit_code == 1
    assert "mine" in CliRunner().invoke(app, ["list"]).output
    assert CliRunner().invoke(app, ["remove", "mine", "--yes"]).exit_code == 0
    assert "mine" not in CliRunner().invoke(app, ["list"]).output


def test_an_unknown_name_is_our_error_and_not_a_traceback_of_the_system(folder: Path) -> None:
    result = CliRunner().invoke(app, ["verify", "nothing"])
    assert isinstance(result.exception, UnknownVersion)


def test_an_unknown_hub_is_a_usage_error(folder: Path) -> None:
    assert CliRunner().invoke(app, ["pull", "--from", "elsewhere"]).exit_code == 2
