"""The language model's kernel under the address and undefined-behaviour sanitizers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kernel as building
from tiny import Sizes, make_checkpoint

WALK = """
import sys
from pathlib import Path
import numpy as np
from wentu.engines.loop.checkpoint import Checkpoint
from wentu.engines.loop.config import read_config
from wentu.engines.loop.rows import Rows
from wentu.engines.openvino.formats import find_precision
from wentu.engines.openvino.graph_text import build_text
from wentu.engines.openvino.kernel import library
from wentu.engines.openvino.kernel.text_model import KernelText

library.LIBRARY, folder = Path(sys.argv[1]), Path(sys.argv[2])
config, checkpoint = read_config(folder), Checkpoint(folder)
for weights, kv_precision in (("int4", "u8"), ("int4-head4", "full"), ("int8", "full")):
    graph = build_text(checkpoint, config, find_precision(weights))
    kernel = KernelText.open(graph, checkpoint, config, 2, 1, kv_precision)
    assert kernel.n_blocks == 2
    for past, n in ((0, 31), (31, 1), (32, 1), (33, 31), (0, 64), (60, 3)):
        embeds, positions = np.ones((n, config.text.hidden_size), np.float32), np.ones((3, n), np.int64)
        visual = np.ones((config.n_deepstack, *embeds.shape), np.float32)
        logits = kernel.run([Rows(embeds, positions, visual, past, [1, 0], n)])[0]
        assert logits.shape[0] == n and np.isfinite(logits).all()
    kernel.run([Rows(embeds * np.nan, positions, None, 60, [1, 0], 3)])
    kernel.run([Rows(embeds * np.inf, positions, None, 60, [1, 0], 3)])
print("clean")
"""

SIZES = (
    Sizes(),
    Sizes(hidden=192, intermediate=320, heads=6, kv_heads=6),
    Sizes(hidden=256, intermediate=384, heads=8, kv_heads=2, head_dim=64, mrope_section=(12, 10, 10)),
)


@pytest.mark.timeout(600)
def test_the_sanitizers_find_nothing(tmp_path: Path) -> None:
    """All group sizes, all counts of rows; a cache of two blocks, so that the first byte beyond is seen."""
    library = tmp_path / "sanitized.so"
    compiler = building.compiler()
    if compiler is None:
        pytest.skip("no C compiler, or not an x86-64 processor: there is no kernel here")
    assert building.compile_kernel(library, building.SANITIZED), (
        "the compiler has no sanitizers (gcc: libasan, libubsan)"
    )
    # libstdc++ too, so that the sanitizer finds how OpenVINO throws.
    preloaded = " ".join(_found(compiler, name) for name in ("libasan.so", "libstdc++.so.6"))
    for index, sizes in enumerate(SIZES):
        folder = make_checkpoint(tmp_path / str(index), sizes=sizes)
        done = subprocess.run(
            [sys.executable, "-c", WALK, str(library), str(folder)],
            env={**os.environ, "LD_PRELOAD": preloaded, "ASAN_OPTIONS": "detect_leaks=0"},
            capture_output=True,
            text=True,
        )
        assert done.stdout == "clean\n", done.stdout + done.stderr


def _found(compiler: str, name: str) -> str:
    """Where the compiler has a library."""
    return subprocess.run([compiler, f"-print-file-name={name}"], capture_output=True, text=True).stdout.strip()
