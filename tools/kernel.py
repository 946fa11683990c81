"""Compiles the language model's kernel (src/wentu/engines/openvino/kernel) with the system's C compiler, if it has one.

    python tools/kernel.py           unless it is there and current; where it can't be, that is said and no error
    python tools/kernel.py strict    only tries, with every warning an error

The instructions beyond x86-64's first are asked for a function at a time, so the
library loads on any x86-64 processor and tells by itself whether it can be used.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "src" / "wentu" / "engines" / "openvino" / "kernel"
LIBRARY = FOLDER / "text_kernel.so"
WARNINGS = ("-Wall", "-Wextra", "-Werror")
SHIPPED, SANITIZED = ("-O3",), ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")


def compiler() -> str | None:
    """The C compiler, where the kernel suits the system at all."""
    suited = platform.machine().lower() in ("x86_64", "amd64") and sys.platform in ("linux", "darwin")
    return shutil.which(os.environ.get("CC", "cc")) if suited else None


def is_current() -> bool:
    """Whether the library is there and younger than what it is made of."""
    sources = [*FOLDER.glob("*.[ch]"), Path(__file__)]
    return LIBRARY.is_file() and LIBRARY.stat().st_mtime >= max(source.stat().st_mtime for source in sources)


def compile_kernel(out: Path = LIBRARY, options: tuple[str, ...] = SHIPPED) -> bool:
    """Whether there is now a library at `out`. An older one is gone where compiling fails."""
    found = compiler()
    out.unlink(missing_ok=True)
    if found is None:
        return False
    sources = sorted(str(path) for path in FOLDER.glob("*.c"))
    command = [found, "-std=gnu11", *options, "-fPIC", "-shared", "-fvisibility=hidden", "-pthread", *sources]
    partial = out.with_suffix(f".{os.getpid()}")  # a process that has the old one loaded keeps it
    done = subprocess.run([*command, "-o", str(partial), "-lm"], check=False).returncode == 0
    if done:
        partial.replace(out)
    return done


def main() -> int:
    strict = sys.argv[1:] == ["strict"]
    if compiler() is None:
        print("no C compiler (or not x86-64): OpenVINO computes the language model everywhere", file=sys.stderr)
    elif strict:
        with tempfile.TemporaryDirectory() as folder:
            return 0 if compile_kernel(Path(folder) / LIBRARY.name, (*SHIPPED, *WARNINGS)) else 1
    elif not (is_current() or compile_kernel()):
        print("the kernel could not be compiled: OpenVINO computes the language model everywhere", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
