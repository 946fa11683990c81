"""An environment of its own for each peer: their requirements exclude one another, and ours must not change."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# On Linux x86-64 torch's CPU build carries "+cpu" and may need PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS (see Makefile).
TORCH = "torch==2.13.0" + ("+cpu" if (platform.system(), platform.machine()) == ("Linux", "x86_64") else "")
# What the measuring process itself imports.
MEASURING = ("httpx", "numpy", "pillow", "pydantic", "tokenizers")


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment by name; `first` is installed alone and without its dependencies."""

    name: str
    packages: tuple[str, ...]
    first: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    def ready(self, place: Path) -> Path:
        """Its Python, made now if it is not there whole. Raises CalledProcessError."""
        folder = place / self.name
        python, stamp = folder / "bin" / "python", folder / "wentu-stamp"
        wanted = "\n".join((*self.first, *self.packages))
        if stamp.is_file() and stamp.read_text("utf-8") == wanted:
            return python
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        for package in self.first:
            _pip(python, "install", "--no-deps", package)
        # Named again, or a package that wants the newest torch would bring another build of it.
        _pip(python, "install", *self.first, *self.packages, *MEASURING)
        for package in self.unwanted:
            _pip(python, "uninstall", "--yes", package)
        _pip(python, "install", "--no-deps", "--editable", str(ROOT))
        stamp.write_text(wanted, "utf-8")
        return python


def _pip(python: Path, *arguments: str) -> None:
    environ = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run([str(python), "-m", "pip", "--quiet", *arguments], env=environ, check=True, stdout=sys.stderr)


# optimum-intel 2.2 exports Qwen3-VL with transformers 4.57.6 only, and not where torchvision is installed.
GENAI = Environment(
    "genai",
    ("openvino-genai==2026.4.1.0", "optimum-intel==2.2.*", "transformers==4.57.6", "nncf>=3.4,<4"),
    (TORCH,),
    ("torchvision",),
)
LLAMACPP = Environment("llamacpp", ("xllamacpp==2026.10.11549",))
TRANSFORMERS = Environment("transformers", ("transformers==5.23.0", "accelerate"), (TORCH,))
