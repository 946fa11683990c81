"""The graphs give the reference's numbers, and notice when a picture is read in the wrong way."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from integration.engines_openvino.reference import Graphs, Reference, prompt_ids
from tiny import Sizes, make_checkpoint, picture
from wentu.core.types import Picture
from wentu.engines.loop.rows import Rows

TOLERANCE = 1e-4  # logits of the tiny model reach 15

SHAPES = {
    "text only": (),
    "square": ((256, 256),),
    "square, resized": ((250, 261),),
    "small, enlarged": ((60, 40),),
    "tall": ((100, 500),),
    "wide": ((640, 200),),
    "three": ((300, 300), (256, 320), (700, 100)),
}


def pictures_of(name: str) -> list[Picture]:
    return [picture(width, height, seed) for seed, (width, height) in enumerate(SHAPES[name])]


@pytest.mark.parametrize("name", SHAPES)
def test_logits_equal_the_reference(name: str, graphs: Graphs, reference: Reference) -> None:
    pictures = pictures_of(name)
    ids = prompt_ids(graphs.config, pictures)
    difference = np.abs(graphs.logits(ids, pictures) - reference.logits(ids, pictures)).max()
    assert difference < TOLERANCE


@pytest.mark.parametrize(
    ("sizes", "tied", "rope_key"),
    [
        (Sizes(deepstack=(1, 3), vision_depth=4), False, "rope_parameters"),
        (Sizes(heads=4, kv_heads=4, deepstack=(3, 6), vision_depth=9), True, "rope_parameters"),
        (Sizes(rope_theta=10_000.0, mrope_section=(8, 4, 4), layers=4), False, "rope_scaling"),
    ],
    ids=["untied", "no grouping, stages between taps", "other rotary"],
)
def test_other_architectures_equal_the_reference(tmp_path: Path, sizes: Sizes, tied: bool, rope_key: str) -> None:
    folder = make_checkpoint(tmp_path, sizes=sizes, tie_embeddings=tied, rope_key=rope_key)  # type: ignore[arg-type]
    graphs, pictures = Graphs(folder), pictures_of("wide")
    ids = prompt_ids(graphs.config, pictures)
    difference = np.abs(graphs.logits(ids, pictures) - Reference(folder).logits(ids, pictures)).max()
    assert difference < TOLERANCE


def test_a_prompt_cut_into_chunks_gives_the_same_logits(graphs: Graphs, reference: Reference) -> None:
    pictures = pictures_of("wide")
    ids = prompt_ids(graphs.config, pictures)
    whole = graphs.rows(ids, pictures, range(8))
    assert whole.deepstack is not None
    parts, cuts = [], [0, 5, 33, 64, 97, len(ids)]
    for start, end in pairwise(cuts):
        rows = Rows(
            whole.embeds[start:end],
            whole.positions[:, start:end],
            whole.deepstack[:, start:end],
            start,
            range(8),
            end - start,
        )
        parts.append(graphs.text.run([rows])[0])
    assert np.abs(np.concatenate(parts) - reference.logits(ids, pictures)).max() < TOLERANCE


def test_sequences_computed_together_equal_each_alone(graphs: Graphs, reference: Reference) -> None:
    batch, expected, start = [], [], 0
    for seed, name in enumerate(["text only", "tall", "square"]):
        pictures = pictures_of(name)
        ids = prompt_ids(graphs.config, pictures, seed)
        blocks = range(start, start := start + len(ids) // 32 + 1)
        batch.append(graphs.rows(ids, pictures, blocks))
        expected.append(reference.logits(ids, pictures))
    for ours, theirs in zip(graphs.text.run(batch), expected, strict=True):
        assert np.abs(ours - theirs).max() < TOLERANCE


@pytest.mark.parametrize("fault", ["swapped channels", "flipped patch order", "dropped DeepStack"])
def test_a_fault_in_reading_a_picture_shows(fault: str, graphs: Graphs, reference: Reference) -> None:
    pictures = pictures_of("wide")
    ids = prompt_ids(graphs.config, pictures)
    shown = pictures
    if fault == "swapped channels":
        shown = [Picture("x" * 64, np.ascontiguousarray(pictures[0].pixels[:, :, ::-1]))]
    rows = graphs.rows(ids, shown, range(8))
    embeds, deepstack = rows.embeds.copy(), rows.deepstack
    if fault == "flipped patch order":
        visual = np.array(ids) == graphs.config.image_token
        embeds[visual] = embeds[visual][::-1]
    if fault == "dropped DeepStack":
        deepstack = None
    logits = graphs.text.run([Rows(embeds, rows.positions, deepstack, 0, rows.blocks, rows.wanted)])[0]
    assert np.abs(logits - reference.logits(ids, pictures)).max() > 100 * TOLERANCE


@pytest.mark.parametrize(("precision", "least"), [("bfloat16", 0.999), ("int8", 0.99), ("int4-g64", 0.85)])
def test_smaller_weights_point_the_same_way(folder: Path, precision: str, least: float, reference: Reference) -> None:
    """Cosine of all logits with the reference's; random weights are the hardest case for few bits."""
    pictures = pictures_of("square")
    quantized = Graphs(folder, precision)
    ids = prompt_ids(quantized.config, pictures)
    ours, theirs = quantized.logits(ids, pictures).ravel(), reference.logits(ids, pictures).ravel()
    cosine = float(ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs))
    assert cosine > least
