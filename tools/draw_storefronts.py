"""Draws shops that the code was not made with: `python tools/draw_storefronts.py FOLDER [--seed N] [--per-kind N]`."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.storefronts.camera import camera
from tools.storefronts.files import write
from tools.storefronts.goods import KEYS, shop


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-kind", type=int, default=4)
    args = parser.parse_args()
    with camera() as taken_by:
        for key in KEYS:
            rng = random.Random(f"{args.seed} {key}")
            number = write(shop(key, rng), args.folder / key, rng, args.per_kind, taken_by)
            print(f"{args.folder / key}: {number} cases", flush=True)


if __name__ == "__main__":
    main()
