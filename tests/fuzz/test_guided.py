"""`make fuzz`: each target of guided.py in a process of its own, for its share of FUZZ_MINUTES."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hostile import pictures

pytest.importorskip("atheris", reason="Atheris has wheels for Linux on x86-64 only")

MINUTES = float(os.environ.get("FUZZ_MINUTES", "0.1"))
WAYS = 2  # the other way is test_parsers.py
TESTS = Path(__file__).parents[1]
SEEDS: dict[str, list[bytes]] = {
    "events": [b'data: {"a": 1}\r\n\r\n: ping\n\ndata:x\rdata: y\r\r', "\ufeffid: 1\ndata: 好\n\n".encode()],
    "headers": [pictures.plain(40, 30, kind) for kind in pictures.KINDS],
    "names": [b"data:image/png;base64,iVBORw0KGgo=", b"https://a.example:443/x.png?y#z", "身份证 (1).JPG".encode()],
    "texts": ["不是三字词，三*字-词，13812345678 壞\u200b词 a@b.example".encode()],
    "policies": [b'{"words": [{"text": "x", "exempt": ["xy"]}], "text": {"*": {"review": 0.5, "block": 1.5}}}'],
}


@pytest.mark.timeout(0)
@pytest.mark.parametrize("target", SEEDS)
def test_guided_inputs_find_no_fault(target: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(SEEDS[target]):
        (corpus / str(number)).write_bytes(seed)
    seconds = max(int(MINUTES * 60 / len(SEEDS) / WAYS), 1)
    limits = [f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=3000", f"-artifact_prefix={tmp_path}/"]
    done = subprocess.run(
        [sys.executable, "-m", "fuzz.guided", target, *limits, str(corpus)],
        cwd=TESTS,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if line.startswith("Done ")]
    print(f"{target}: {' '.join(told)}")
    assert done.returncode == 0, done.stderr[-4_000:]
