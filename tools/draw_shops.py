"""Draws the shops that `wentu eval support` measures: `python tools/draw_shops.py FOLDER [--seed N] [--per-kind N]`."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.shops.cases import write
from tools.shops.goods import SHOPS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-kind", type=int, default=8)
    args = parser.parse_args()
    for name, make in SHOPS.items():
        rng = random.Random(f"{args.seed} {name}")
        cases = write(make(rng), args.folder / name, rng, args.per_kind)
        print(f"{args.folder / name}: {len(cases)} cases")


if __name__ == "__main__":
    main()
