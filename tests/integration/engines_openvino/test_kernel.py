"""Our own language model kernel computes what OpenVINO computes from the same graph."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from integration.engines_openvino.parts import GREEDY, ask, load
from integration.engines_openvino.reference import Graphs, prompt_ids
from tiny import Sizes, make_checkpoint, picture
from wentu.core.errors import EngineError
from wentu.engines.loop.rows import Rows
from wentu.engines.openvino.formats import find_precision
from wentu.engines.openvino.graph_text import build_text
from wentu.engines.openvino.kernel.library import find_library
from wentu.engines.openvino.kernel.text_model import KernelText
from wentu.engines.openvino.text_model import TextModel

pytestmark = pytest.mark.skipif(find_library() is None, reason="no C compiler, or not an x86-64 with AVX2")

# 8-bit weights: the kernel's inputs keep 15 bits, so only the order of the sums differs (logits reach 25).
EXACT = 5e-3
# 4-bit weights: inputs of 8 bits in groups, over all logits and the spread of the logits; a wrong order, position,
# scale or picture costs tens of percent.
COARSE = 0.025

SIZES = {
    "groups of 32": Sizes(),
    "groups of 64": Sizes(hidden=192, intermediate=320, heads=6, kv_heads=6),
    "groups of 128": Sizes(hidden=256, intermediate=384, heads=8, kv_heads=2, head_dim=64, mrope_section=(12, 10, 10)),
}


class Both:
    """The two language models over one graph."""

    def __init__(self, folder: Path, weights: str, kv_precision: Literal["u8", "full"] = "full") -> None:
        self.graphs = Graphs(folder, weights)
        self.config = self.graphs.config
        graph = build_text(self.graphs.checkpoint, self.config, find_precision(weights))
        kernel = KernelText.open(graph, self.graphs.checkpoint, self.config, 2, 40_000_000, kv_precision)
        assert kernel is not None
        self.kernel = kernel

    def prompt(self, seed: int, n_pictures: int, first_block: int) -> Rows:
        pictures = [picture(200 + 90 * index, 256, seed + index) for index in range(n_pictures)]
        ids = prompt_ids(self.config, pictures, seed)
        return self.graphs.rows(ids, pictures, range(first_block, first_block + len(ids) // 32 + 2))

    def openvino(self, batch: Sequence[Rows]) -> list[NDArray[np.float32]]:
        return list(self.graphs.text.run(batch))


@pytest.fixture(scope="module")
def exact(folder: Path) -> Both:
    return Both(folder, "int8")


def cut(rows: Rows, start: int, end: int) -> Rows:
    deepstack = None if rows.deepstack is None else rows.deepstack[:, start:end]
    return Rows(rows.embeds[start:end], rows.positions[:, start:end], deepstack, start, rows.blocks, end - start)


def test_prompts_of_several_sequences_equal_openvinos(exact: Both) -> None:
    batch = [exact.prompt(1, 2, 0), exact.prompt(2, 0, 20), exact.prompt(3, 1, 30)]
    for ours, theirs in zip(exact.kernel.run(batch), exact.openvino(batch), strict=True):
        assert np.abs(ours - theirs).max() < EXACT


def test_pieces_of_any_size_equal_the_whole_prompt(exact: Both) -> None:
    """One row at a time over the border of a block, as in writing, and runs of rows, as drafts are checked."""
    whole = exact.prompt(4, 1, 40)
    expected = exact.openvino([whole])[0]
    cuts = [0, 5, 30, *range(31, 36), 38, 63, 64, 66, whole.n]
    pieces = [exact.kernel.run([cut(whole, a, b)])[0] for a, b in pairwise(cuts)]
    assert np.abs(np.concatenate(pieces) - expected).max() < EXACT


def test_one_row_each_of_many_sequences(exact: Both) -> None:
    prompts = [exact.prompt(10 + index, 0, 50 + 4 * index) for index in range(7)]
    exact.kernel.run([cut(rows, 0, rows.n - 1) for rows in prompts])
    ours = exact.kernel.run([cut(rows, rows.n - 1, rows.n) for rows in prompts])
    for last, theirs in zip(ours, exact.openvino(prompts), strict=True):
        assert np.abs(last - theirs[-1:]).max() < EXACT


def test_a_copied_block_serves_as_the_original(exact: Both) -> None:
    whole = exact.prompt(5, 0, 90)
    expected = exact.kernel.run([whole])[0]
    exact.kernel.copy_block(90, 95)
    last = cut(whole, whole.n - 1, whole.n)
    copied = Rows(last.embeds, last.positions, None, last.past, [95], 1)
    assert np.abs(exact.kernel.run([copied])[0] - expected[-1:]).max() < EXACT


def test_rows_without_logits_give_none(exact: Both) -> None:
    whole = exact.prompt(6, 0, 96)
    rows = Rows(whole.embeds, whole.positions, None, 0, whole.blocks, 0)
    assert [logits.shape for logits in exact.kernel.run([rows])] == [(0, exact.config.text.vocab_size)]


@pytest.mark.parametrize("sizes", SIZES)
def test_4_bit_weights_and_an_8_bit_cache_are_near_openvinos(tmp_path: Path, sizes: str) -> None:
    both = Both(make_checkpoint(tmp_path, seed=5, sizes=SIZES[sizes]), "int4-head4", "u8")
    batch = [both.prompt(7, 1, 0), both.prompt(8, 0, 10)]
    for ours, theirs in zip(both.kernel.run(batch), both.openvino(batch), strict=True):
        assert np.sqrt(np.square(ours - theirs).mean()) < COARSE * theirs.std()


@pytest.mark.parametrize(
    "wrong",
    [
        {"blocks": [10_000_000]},
        {"blocks": [-1]},
        {"blocks": []},
        {"past": -1},
        {"past": 32},
        {"wanted": 10},
        {"embeds": np.zeros((9, 7), np.float32)},
        {"positions": np.zeros((3, 8), np.int64)},
        {"deepstack": np.zeros((1, 9, 96), np.float32)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_rows_that_do_not_fit_never_reach_c(exact: Both, wrong: dict[str, object]) -> None:
    whole = exact.prompt(9, 0, 0)
    fitting: dict[str, object] = {
        "embeds": whole.embeds,
        "positions": whole.positions,
        "deepstack": None,
        "past": 0,
        "blocks": [0],
        "wanted": 1,
    }
    with pytest.raises(EngineError):
        exact.kernel.run([Rows(**{**fitting, **wrong})])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"weights": "int4", "kernel": "on"}, KernelText),
        ({"weights": "int4", "kernel": "off"}, TextModel),
        ({"weights": "float32", "kernel": "on"}, TextModel),
    ],
    ids=["on", "off", "weights that it lacks"],
)
def test_the_setting_chooses(
    folder: Path, tmp_path: Path, options: dict[str, object], expected: type[KernelText | TextModel]
) -> None:
    engine = load(folder, tmp_path, kv_precision="u8", **options)
    assert isinstance(engine._parts.scheduler._run.__self__, expected)  # type: ignore[attr-defined]
    answers = [engine.generate(ask(picture(256, 256), "cat"), GREEDY) for _ in range(2)]
    assert answers[0].text == answers[1].text and answers[1].usage.cached_tokens > 0
    engine.close()
