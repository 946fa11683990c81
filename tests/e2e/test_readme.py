"""The code that the READMEs show, run as it stands against the running service."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from running import Running, environ_for

ROOT = Path(__file__).parents[2]
RECEIPT = ROOT.parent / "shared" / "data" / "receipts" / "060.jpg"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    return [code for found, code in BLOCK.findall(text) if found == language]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scans").mkdir()
    for name in ("receipt.jpg", "scans/receipt.jpg"):
        (tmp_path / name).write_bytes(RECEIPT.read_bytes())
    return tmp_path


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_openai_client(service: Running, folder: Path, page: str) -> None:
    (code,) = blocks(page, "python")
    code = code.replace("http://127.0.0.1:8760", service.url)
    said = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr
    assert "77.20" in said.stdout


def test_the_shell_commands(service: Running, folder: Path) -> None:
    environ = environ_for(folder / "data")
    environ["PATH"] = f"{Path(sys.executable).parent}:{environ['PATH']}"
    for code in blocks("README.md", "bash"):
        code = code.replace("http://127.0.0.1:8760", service.url)
        said = subprocess.run(["bash", "-c", code], cwd=folder, env=environ, capture_output=True, text=True, timeout=60)
        assert said.returncode == 0, said.stderr
        assert "77.20" in said.stdout
