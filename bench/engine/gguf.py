"""Random weights as GGUF: Q4_0 for the language model, Q8_0 for its embedding and the vision model.

    PYTHONPATH=.:tests python -m bench.engine.gguf FOLDER TARGET

Q4_0 because the `gguf` package quantises to nothing better in 4 bits; llama.cpp's own Q4_K_M decodes some 15% faster.
Prints seconds and peak as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from gguf import GGMLQuantizationType
from gguf.quants import quantize

from tiny.gguf_files import make_gguf
from wentu.evaluation.bench.memory import peak_mb

_BLOCK = 32
_WIDE = 100_000  # rows: a vocabulary


def _stored(kind: GGMLQuantizationType) -> Any:
    def encode(matrix: Any) -> tuple[Any, GGMLQuantizationType | None]:
        if matrix.shape[1] % _BLOCK:
            return matrix, None
        chosen = GGMLQuantizationType.Q8_0 if len(matrix) > _WIDE else kind
        return quantize(matrix, chosen), chosen

    return encode


def main() -> None:
    start = time.perf_counter()
    q4, q8 = (_stored(kind) for kind in (GGMLQuantizationType.Q4_0, GGMLQuantizationType.Q8_0))
    make_gguf(Path(sys.argv[1]), Path(sys.argv[2]), text_as=q4, vision_as=q8)
    print(json.dumps({"convert_s": round(time.perf_counter() - start, 2), "convert_peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
