"""One side of a comparison, in a process of its own: its memory is its own, and so may be its Python.

The protocol is small, so that a program in another environment can be an arm too: one line of JSON orders comes on
standard input, which stays open for as long as the arm is wanted; lines of JSON go to standard output: `{"step": ...}`
before each measurement, and last `{"figures": {...}}` or `{"error": {...}}`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wentu.core.codec import adapter
from wentu.core.errors import EngineCrashed, EngineError, error_from_event
from wentu.core.process import stop
from wentu.core.types import Failed


@dataclass(frozen=True, slots=True)
class Arm:
    """A command that measures, what it is told, and the variables that it gets besides ours."""

    name: str
    command: tuple[str, ...]
    orders: Mapping[str, object]
    environ: Mapping[str, str] = field(default_factory=dict)

    def run(self, report: Callable[[str], None]) -> dict[str, float | None]:
        """The figures by name. Raises the arm's own error; EngineCrashed, EngineError if it has none."""
        child = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=os.name == "posix",
        )
        try:
            return _follow(child, self.orders, report)
        except BrokenPipeError as exc:
            raise EngineCrashed("the measuring process ended before it began") from exc
        except (ValueError, KeyError, AttributeError, TypeError) as exc:  # pydantic's errors are ValueErrors
            raise EngineError(f"what the measuring process of '{self.name}' said is not understood") from exc
        finally:
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
            stop(child, patience_s=10.0)


def our_arm(engine: str, model_dir: Path | None, runs: int, environ: Mapping[str, str], *, job: str = "measure") -> Arm:
    """One of wentu's engines. The job "convert" makes the engine's files, if it has such, in place of measuring."""
    orders = {"engine": engine, "model_dir": model_dir and str(model_dir), "runs": runs, "job": job}
    return Arm(engine, (sys.executable, "-m", "wentu.evaluation.bench"), orders, environ)


def _follow(
    child: subprocess.Popen[bytes], orders: Mapping[str, object], report: Callable[[str], None]
) -> dict[str, float | None]:
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(json.dumps(orders).encode() + b"\n")
    child.stdin.flush()
    for line in child.stdout:
        said: Any = json.loads(line)
        if "error" in said:
            raise error_from_event(adapter(Failed).validate_python(said["error"]))
        if "figures" in said:
            return {str(name): value for name, value in said["figures"].items()}
        report(said["step"])
    raise EngineCrashed("the engine's process ended while it was measured")
