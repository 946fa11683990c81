"""The openvino engine with its kernel and without it, beside llama.cpp, in turns on the same random weights.

    python -m bench.engine.kernel OUT.json [--rounds 1] [--peers FOLDER] [--small]

What the kernel of docs/decisions/0067 brings on this processor. Needs 9 GB of disk. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.engine.compare import SMALL, elsewhere, made, make_gguf, reporter, say
from bench.engine.environments import LLAMACPP, ROOT
from bench.engine.ratios import medians, ratios

from wentu.cli.machine import read_machine
from wentu.evaluation.bench.arm import our_arm
from wentu.evaluation.random_model import make_random_model
from wentu.evaluation.shapes import Sizes


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--peers", type=Path, default=ROOT / ".bench")
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="work-", dir=made(args.peers)) as work:
        tree = _measured(Path(work), args.peers, SMALL if args.small else Sizes(), args.rounds)
    args.out.write_text(json.dumps({**tree, "small": args.small}, indent=2) + "\n", "utf-8")
    for name, found in tree["engines"].items():
        told = (f"{figure} {value:.4g}" for figure, value in found.items() if value is not None)
        print(f"{name}: {', '.join(told)}")


def _measured(work: Path, peers: Path, sizes: Sizes, rounds: int) -> dict[str, Any]:
    say("making random weights")
    model, gguf = make_random_model(work / "random", sizes), work / "gguf"
    base = {"WENTU_DATA_DIR": str(made(work / "data")), "WENTU_ENGINE__DEADLINE_S": "3600",
            "WENTU_ENGINE__THREADS": str(os.cpu_count() or 1)}  # fmt: skip
    our_arm("openvino", model, 1, base, job="convert").run(reporter("openvino"))
    make_gguf(model, gguf)
    arms = {
        "kernel": our_arm("openvino", model, 1, {**base, "WENTU_OPENVINO__KERNEL": "on"}),
        "llamacpp": elsewhere(
            our_arm("llamacpp", None, 1, {**base, "WENTU_ENGINE__MODEL": str(gguf)}), LLAMACPP, peers
        ),
        "no_kernel": our_arm("openvino", model, 1, {**base, "WENTU_OPENVINO__KERNEL": "off"}),
    }
    runs: dict[str, list[dict[str, float | None]]] = {name: [] for name in arms}
    for _ in range(rounds):
        for name, arm in arms.items():
            runs[name].append(arm.run(reporter(name)))
    figures = {name: medians(found) for name, found in runs.items()}
    return {
        "machine": asdict(read_machine()),
        "kernel_over": {name: ratios(figures["kernel"], {name: figures[name]}) for name in ("llamacpp", "no_kernel")},
        "engines": figures,
        "runs": runs,
    }


if __name__ == "__main__":
    main()
