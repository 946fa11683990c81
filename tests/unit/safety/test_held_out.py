"""The sentences by which the guard's figures are told, and the figures that may not get worse."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wentu.cli.app import app
from wentu.evaluation.guard.benign import benign_sentences
from wentu.evaluation.guard.held_out import harmful_sentences, harmless_sentences

TRAINING = Path(__file__).parents[3] / "tools" / "text_guard"
LONG = 5


def pieces(text: str) -> set[str]:
    plain = re.sub(r"\W", "", text)
    return {plain[at : at + LONG] for at in range(len(plain) - LONG + 1)}


def test_no_sentence_that_was_held_out_stands_in_the_training_lines_or_beside_them() -> None:
    """Of no sentence half stands in one training line, choices filled in or not, in stretches of five characters."""
    lines = [line for name in ("unsafe.txt", "safe.txt") for line in (TRAINING / name).read_text("utf-8").splitlines()]
    learnt = [pieces(line) for line in lines if line and not line.startswith("#")]
    held = [text for _, text in (*harmful_sentences(), *harmless_sentences())]
    near = [text for text in held if any(len(pieces(text) & one) * 2 > len(pieces(text)) for one in learnt)]
    assert near == []
    assert not set(held) & set(benign_sentences())


def test_the_sets_are_as_large_as_the_figures_say() -> None:
    assert len(benign_sentences()) >= 500 and len(harmless_sentences()) >= 500
    kinds = {kind for kind, _ in harmful_sentences()}
    assert all(sum(kind == one for kind, _ in harmful_sentences()) >= 25 for one in kinds) and len(kinds) == 8


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WENTU_DATA_DIR", str(tmp_path))
    return tmp_path


def test_the_figures_of_the_shipped_policy_do_not_get_worse(here: Path) -> None:
    done = CliRunner().invoke(app, ["policy", "measure", "--json"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    for name, most in (("chosen on", 0.006), ("held out", 0.045)):
        harmless = report["harmless"][name]
        assert len(harmless["stopped"]) / harmless["sentences"] <= most, harmless["stopped"]
    found, tried = (sum(column) for column in zip(*report["harmful"].values(), strict=True))
    assert tried == 200 and found / tried >= 0.5
    for disguise in ("as they are", "zero-width and variation selectors", "full width", "traditional", "capitals"):
        assert report["variants"][disguise][0] == report["variants"][disguise][1], disguise


def test_a_policy_is_published_once_its_effect_was_agreed_to(here: Path) -> None:
    file = here / "mine.json"
    file.write_text('{"words": [{"text": "新词"}]}', "utf-8")
    asked = CliRunner().invoke(app, ["policy", "publish", str(file)], input="n\n")
    assert asked.exit_code == 1 and "0 recent texts" in asked.output and not (here / "policies").exists()
    assert CliRunner().invoke(app, ["policy", "publish", str(file)], input="y\n").exit_code == 0
    assert CliRunner().invoke(app, ["policy", "publish", str(file), "--yes"]).exit_code == 0
    assert [path.name for path in sorted((here / "policies").iterdir())] == ["0001.json", "0002.json"]
