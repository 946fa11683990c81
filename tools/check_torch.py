"""Exits 1 when the installed torch is a CUDA build: it brings gigabytes that no test needs. torch isn't imported."""

from __future__ import annotations

import importlib.util
import runpy
import sys
from pathlib import Path


def main() -> int:
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        print("torch is not installed", file=sys.stderr)
        return 1
    version = runpy.run_path(str(Path(spec.origin).parent / "version.py"))
    if version.get("cuda") is not None:
        print("this torch is a CUDA build: install the CPU build of torch 2.13.0 into .venv first", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
