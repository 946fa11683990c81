"""Our engine against the peers on this machine: the same random weights, interleaved runs, medians.

    python -m bench.engine.compare OUT.json [--minutes 38] [--rounds 3] [--small]

Writes OUT.json (every run, medians, `ratio_to_best_peer`, ceilings, machine, versions) and OUT.svg. Peers are
installed under `.bench/`, each in an environment of its own, and kept there for the next time. Needs 30 GB of disk
and, for the export of OpenVINO GenAI's files, 13 GB of memory. Nothing else should run meanwhile. `--small` proves the
machinery on a model of a few megabytes; its figures mean nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bench.engine.ceilings import ceilings
from bench.engine.environments import GENAI, LLAMACPP, ROOT, TRANSFORMERS, Environment
from bench.engine.plot import plot
from bench.engine.ratios import medians, ratios

from wentu.cli.machine import read_machine
from wentu.core.errors import WentuError
from wentu.evaluation.bench.arm import Arm, our_arm
from wentu.evaluation.random_model import make_random_model
from wentu.evaluation.shapes import Sizes

OURS = "openvino"
SMALL = Sizes(
    vocabulary=1024, hidden=256, intermediate=512, layers=4, heads=4, kv_heads=2, head_dim=64,
    mrope_section=(12, 10, 10), vision_hidden=128, vision_intermediate=256, vision_depth=4, vision_heads=2,
    deepstack=(0, 1, 2),
)  # fmt: skip
# Fast engines are asked more often; the slowest one tells enough in one run.
ROUNDS = {"transformers": 1}
Figures = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Contender:
    """One side: how it converts (None: it needs no files of its own) and how it is measured."""

    name: str
    convert: Callable[[], Figures] | None
    measure: Arm


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=38.0, help="No round is begun that would pass this.")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--peers", type=Path, default=ROOT / ".bench", help="Where the peers' environments are.")
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="work-", dir=made(args.peers)) as work:
        tree = _compared(Path(work), args.peers, SMALL if args.small else Sizes(), args.rounds, started, args.minutes)
    tree["small"] = args.small
    tree["minutes"] = round((time.monotonic() - started) / 60, 1)
    args.out.write_text(json.dumps(tree, indent=2) + "\n", "utf-8")
    args.out.with_suffix(".svg").write_text(plot(tree["ratio_to_best_peer"], _title(tree)), "utf-8")
    _print_table(tree)


def _compared(work: Path, peers: Path, sizes: Sizes, rounds: int, started: float, minutes: float) -> dict[str, Any]:
    say("making random weights")
    model = make_random_model(work / "random", sizes)
    contenders = list(_contenders(model, work, peers))
    before, runs, problems = ceilings(), {one.name: list[Figures]() for one in contenders}, dict[str, str]()
    converted = {one.name: _tried(one.name, one.convert, problems) for one in contenders if one.convert}
    longest = 0.0
    for number in range(rounds):
        if number and time.monotonic() - started + longest > minutes * 60:
            say(f"no time for round {number + 1}")
            break
        begun = time.monotonic()
        for one in contenders[number % len(contenders) :] + contenders[: number % len(contenders)]:
            if one.name not in problems and number < ROUNDS.get(one.name, rounds):
                found = _tried(one.name, lambda arm=one.measure: arm.run(reporter(arm.name)), problems)
                runs[one.name] += [found] if found else []
        longest = max(longest, time.monotonic() - begun)
    figures = {name: medians([converted.get(name) or {}, *runs[name]]) for name in runs}
    ours = figures[OURS]
    return {
        "machine": asdict(read_machine()),
        "versions": {one.name: _versions(one.measure.command[0]) for one in contenders},
        "ceilings": {"before": before, "after": ceilings()},
        "ratio_to_best_peer": ratios(ours, {name: found for name, found in figures.items() if name != OURS}),
        "floor": _floor(work / "data", ours, before),
        "engines": figures,
        "runs": runs,
        "problems": problems,
    }


def _contenders(model: Path, work: Path, peers: Path) -> Iterator[Contender]:
    """Ours first. Environments that can't be made end the comparison: half of one would mislead."""
    base = {"WENTU_DATA_DIR": str(made(work / "data")), "WENTU_ENGINE__DEADLINE_S": "3600",
            "WENTU_ENGINE__THREADS": str(os.cpu_count() or 1)}  # fmt: skip
    ours = our_arm(OURS, model, 1, base)
    yield Contender(OURS, lambda: our_arm(OURS, model, 1, base, job="convert").run(reporter(OURS)), ours)

    python = _environment(GENAI, peers)
    target = work / "genai"
    command, paths = (
        (str(python), "-m", "bench.engine.peers"),
        {**base, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"},
    )
    exporting = {"job": "convert", "engine": "genai", "model_dir": str(model), "target": str(target)}
    convert = Arm("genai", command, exporting, paths)
    orders = {"job": "measure", "engine": "genai", "model_dir": str(target), "runs": 1}
    yield Contender("genai", lambda: convert.run(reporter("genai")), Arm("genai", command, orders, paths))

    gguf = work / "gguf"
    llama = elsewhere(our_arm("llamacpp", None, 1, {**base, "WENTU_ENGINE__MODEL": str(gguf)}), LLAMACPP, peers)
    yield Contender("llamacpp", lambda: make_gguf(model, gguf), llama)
    theirs = our_arm("transformers", model, 1, {**base, "WENTU_ENGINE__DTYPE": "auto"})
    yield Contender("transformers", None, elsewhere(theirs, TRANSFORMERS, peers))


def elsewhere(arm: Arm, environment: Environment, peers: Path) -> Arm:
    """The same arm in a peer's environment, which may have been made for another checkout: this one is measured."""
    command = (str(_environment(environment, peers)), *arm.command[1:])
    return replace(arm, command=command, environ={**arm.environ, "PYTHONPATH": str(ROOT / "src")})


def _environment(environment: Environment, peers: Path) -> Path:
    say(f"environment {environment.name}")
    return environment.ready(peers)


def make_gguf(model: Path, target: Path) -> Figures:
    """Q4_0 text and Q8_0 vision, in a process of its own: its peak is its own."""
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    command = [sys.executable, "-m", "bench.engine.gguf", str(model), str(target)]
    done = subprocess.run(command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: Figures = json.loads(done.stdout)
    return found


def _tried(name: str, work: Callable[[], Figures] | None, problems: dict[str, str]) -> Figures | None:
    """A contender that fails is named in the result; the others go on."""
    assert work is not None
    try:
        return work()
    except (WentuError, subprocess.CalledProcessError) as exc:
        problems[name] = str(exc)
        say(f"{name} failed: {exc}")
        return None


def _floor(data_dir: Path, ours: Figures, ceiling: dict[str, float]) -> dict[str, float | None]:
    """The most tokens a second that reading the language model once a token allows, and how near decoding comes."""
    size = sum(file.stat().st_size for file in data_dir.glob("converted/*/text.bin"))
    most, decode = ceiling["read_gb_per_s"] * 1e9 / max(size, 1), ours.get("decode_tokens_per_s")
    return {"text_bytes": size, "decode_tokens_per_s": round(most, 1), "reached": decode and round(decode / most, 3)}


def _versions(python: str) -> dict[str, str]:
    code = (
        "import json; from importlib.metadata import distributions;"
        "print(json.dumps({d.name.lower(): d.version for d in distributions()}))"
    )
    found = json.loads(subprocess.run([python, "-c", code], stdout=subprocess.PIPE, text=True, check=True).stdout)
    wanted = ("openvino", "openvino-genai", "optimum-intel", "nncf", "torch", "transformers", "xllamacpp", "llguidance")
    return {name: found[name] for name in wanted if name in found}


def reporter(name: str) -> Callable[[str], None]:
    return lambda step: say(f"{name}: {step}")


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _title(tree: dict[str, Any]) -> str:
    return f"wentu's openvino engine against the best peer ({tree['machine']['processor']}, shorter is better)"


def _print_table(tree: dict[str, Any]) -> None:
    names = list(tree["engines"])
    print(f"{'':36}" + "".join(f"{name:>14}" for name in names))
    for figure in tree["engines"][OURS]:
        values = [tree["engines"][name].get(figure) for name in names]
        print(f"{figure:36}" + "".join(f"{'-' if value is None else format(value, '.4g'):>14}" for value in values))
    print("\nratio to the best peer (below 1: ours is ahead)")
    for name, value in tree["ratio_to_best_peer"].items():
        print(f"{name:36}{'-' if value is None else format(value, '.3f'):>14}")


if __name__ == "__main__":
    main()
