"""The scripts in bench/ run, here on a tiny model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tiny import make_checkpoint

ROOT = Path(__file__).parents[3]


def test_drafts_are_measured_against_plain_decoding(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "tiny")
    command = [sys.executable, "-m", "bench.engine.drafts", str(folder), "--runs", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    tree = json.loads(done.stdout)
    assert tree["speedup"] > 1, "a page of a hundred tokens is checked in a few calls"
    assert tree["page_text_plain_s"] > tree["page_text_drafts_s"] > 0
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]
