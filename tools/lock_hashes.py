"""Writes deploy/requirements*.txt: every package of the default and of the extras for servers, with all its hashes.

Versions are those of constraints.txt; uv knows the hashes of every file of a release, so other processors find theirs.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAD = "# Made by `make lock-hashes` from pyproject.toml and constraints.txt; what deploy/install.sh installs{more}.\n"


def main() -> None:
    default = _compiled()
    (ROOT / "deploy" / "requirements.txt").write_text(HEAD.format(more="") + "".join(default), "utf-8")
    more = [block for block in _compiled("postgres", "s3") if block not in default]
    text = HEAD.format(more=" beside it with 'servers'") + "".join(more)
    (ROOT / "deploy" / "requirements-servers.txt").write_text(text, "utf-8")


def _compiled(*extras: str) -> list[str]:
    """One block of text a package."""
    # fmt: off
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--constraint", "constraints.txt",
        "--generate-hashes", "--no-header", "--no-annotate", "--python-version", "3.11.7", "--python-platform", "linux",
        *_index(), *(word for extra in extras for word in ("--extra", extra)),
    ]
    # fmt: on
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return re.findall(r"^[a-z0-9].*\n(?:    .*\n)*", done.stdout, re.M)


def _index() -> list[str]:
    """The package index that pip is set to, which uv does not ask pip for."""
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    found = subprocess.run(asked, capture_output=True, text=True).stdout.strip()
    return ["--default-index", found] if found else []


if __name__ == "__main__":
    main()
