"""The protocol between a measurement and the processes that it starts."""

from __future__ import annotations

import subprocess
import sys

import pytest

from wentu.core.errors import EngineCrashed, EngineError, WeightsMissing
from wentu.evaluation.bench import Arm

HEAD = "import json, sys; orders = json.loads(sys.stdin.readline())\ndef say(**m): print(json.dumps(m), flush=True)\n"


def arm(code: str, **orders: object) -> Arm:
    """A stranger's program as an arm."""
    return Arm("peer", (sys.executable, "-c", HEAD + code), orders)


def test_any_program_that_speaks_the_protocol_can_be_an_arm() -> None:
    steps: list[str] = []
    code = "say(step='load_s')\nsay(step='prefill_tokens_per_s')\nsay(figures={'load_s': orders['seconds']})"
    assert arm(code, seconds=1.5).run(steps.append) == {"load_s": 1.5}
    assert steps == ["load_s", "prefill_tokens_per_s"]


def test_an_arms_error_stays_what_it_is() -> None:
    failed = "{'code': 'weights_missing', 'message': 'none', 'hint': 'pull', 'retryable': False, 'params': {}}"
    with pytest.raises(WeightsMissing, match="none") as caught:
        arm(f"say(error={failed})").run(lambda step: None)
    assert caught.value.hint == "pull"


@pytest.mark.parametrize("code", ["say(step='load_s')", "sys.exit(3)"])
def test_an_arm_that_ends_without_a_word_has_crashed(code: str) -> None:
    with pytest.raises(EngineCrashed):
        arm(code).run(lambda step: None)


@pytest.mark.parametrize("code", ["print('hello')", "say(other=1)", "say(error='x')", "print('[]')", "say(figures=1)"])
def test_rubbish_is_our_error(code: str) -> None:
    with pytest.raises(EngineError, match="'peer'"):
        arm(code).run(lambda step: None)


def test_an_arm_is_gone_when_its_observer_stops() -> None:
    started: list[int] = []

    def stop(step: str) -> None:
        started.append(int(step))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        arm("import os, time\nsay(step=str(os.getpid()))\ntime.sleep(60)").run(stop)
    gone = subprocess.run(["ps", "-p", str(started[0])], capture_output=True, check=False)
    assert gone.returncode == 1


def test_the_peak_is_that_of_this_program_alone() -> None:
    code = "from wentu.evaluation.bench.memory import peak_mb\na = peak_mb()\nb = bytearray(100_000_000)\n"
    code += "for i in range(0, len(b), 4096): b[i] = 1\nc = peak_mb()\nsay(figures={'grown': c - a})"
    grown = arm(code).run(lambda step: None)["grown"]
    assert grown is not None and 90 < grown < 130
