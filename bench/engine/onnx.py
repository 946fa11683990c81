"""The onnx engine against transformers, both in float32, on the same random weights.

    python -m bench.engine.onnx OUT.json [--rounds 2] [--peers FOLDER] [--small]

What moving from one to the other should bring: a start 40% shorter, 25% more tokens a second, a peak of memory 30%
lower (`engine.md` of the specification). Needs 25 GB of disk and 14 GB of memory. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.engine.compare import SMALL, elsewhere, made, reporter, say
from bench.engine.environments import ROOT, TRANSFORMERS
from bench.engine.ratios import medians

from wentu.cli.machine import read_machine
from wentu.evaluation.bench.arm import our_arm
from wentu.evaluation.random_model import make_random_model
from wentu.evaluation.shapes import Sizes

# Ours over transformers: below 1 where ours is shorter or smaller.
WANTED = {"load_to_first_answer_s": 0.60, "decode_tokens_per_s": 1.25, "peak_1024_mb": 0.70}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--peers", type=Path, default=ROOT / ".bench")
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="work-", dir=made(args.peers)) as work:
        tree = _measured(Path(work), args.peers, SMALL if args.small else Sizes(), args.rounds)
    args.out.write_text(json.dumps({**tree, "small": args.small}, indent=2) + "\n", "utf-8")
    for name, ratio in tree["onnx_over_transformers"].items():
        print(f"{name:28}{ratio:8.3f}   wanted {WANTED[name]:.2f}")


def _measured(work: Path, peers: Path, sizes: Sizes, rounds: int) -> dict[str, Any]:
    say("making random weights")
    model = make_random_model(work / "random", sizes)
    base = {"WENTU_DATA_DIR": str(made(work / "data")), "WENTU_ENGINE__DEADLINE_S": "3600",
            "WENTU_ENGINE__THREADS": str(os.cpu_count() or 1), "WENTU_ENGINE__DTYPE": "float32"}  # fmt: skip
    converted = our_arm("onnx", model, 1, base, job="convert").run(reporter("onnx"))
    ours = our_arm("onnx", model, 1, base)
    theirs = elsewhere(our_arm("transformers", model, 1, base), TRANSFORMERS, peers)
    runs: dict[str, list[dict[str, float | None]]] = {"onnx": [], "transformers": []}
    for number in range(rounds):
        for arm in (ours, theirs) if number % 2 == 0 else (theirs, ours):
            runs[arm.name].append(arm.run(reporter(arm.name)))
    figures = {name: medians(found) for name, found in runs.items()}
    return {
        "machine": asdict(read_machine()),
        "onnx_over_transformers": {
            name: round((figures["onnx"][name] or 0) / (figures["transformers"][name] or 1), 3) for name in WANTED
        },
        "engines": figures,
        "convert": converted,
        "runs": runs,
    }


if __name__ == "__main__":
    main()
