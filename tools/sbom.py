"""Writes the bill of materials (CycloneDX, JSON) of what deploy/install.sh installs: `tools/sbom.py OUT`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LISTS = ("requirements.txt", "requirements-servers.txt")


def main(out: str, *options: str) -> int:
    """The exit code of cyclonedx-py, which takes seconds to check its output (unless told `--no-validate`)."""
    with tempfile.TemporaryDirectory() as name:
        together = Path(name) / "requirements.txt"
        together.write_text("".join((ROOT / "deploy" / file).read_text("utf-8") for file in LISTS), "utf-8")
        # fmt: off
        command = [
            sys.executable, "-m", "cyclonedx_py", "requirements", str(together),
            "--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "application",
            "--output-reproducible", "--output-format", "JSON", "--output-file", out, *options,
        ]
        # fmt: on
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
