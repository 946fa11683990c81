"""Sizes, patches and positions, checked on cases small enough to write down."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiny import picture
from wentu.core.errors import EngineError
from wentu.engines.loop.config import TextConfig, VisionConfig
from wentu.engines.loop.pictures import Grid, PixelBudget, patch_grid, patches, smart_resize
from wentu.engines.loop.positions import (
    TextRotary,
    block_order,
    mrope_positions,
    vision_embedding,
    vision_rotary,
)

BUDGET = PixelBudget(65_536, 1_048_576)
VISION = VisionConfig(
    depth=4,
    hidden_size=64,
    intermediate_size=96,
    n_heads=4,
    patch_size=16,
    merge_size=2,
    temporal_patch_size=2,
    n_positions=64,
    out_hidden_size=96,
    deepstack_layers=(0, 1, 2),
)


@given(st.integers(1, 4000), st.integers(1, 4000))
def test_resized_sides_are_multiples_inside_the_budget(height: int, width: int) -> None:
    if max(height, width) > 200 * min(height, width):
        return
    rows, columns = smart_resize(height, width, 32, BUDGET)
    assert rows % 32 == columns % 32 == 0
    # A picture thinner than one patch block is widened to one, which may exceed the budget by that much.
    assert rows * columns <= BUDGET.max_px or min(rows, columns) == 32
    assert rows * columns >= BUDGET.min_px


def test_half_a_block_is_rounded_to_the_even_neighbour_as_the_reference_does() -> None:
    assert smart_resize(272, 272 + 32, 32, BUDGET) == (256, 320)


def test_a_picture_too_long_and_thin_is_refused_with_its_size() -> None:
    with pytest.raises(EngineError, match="2010 x 10"):
        smart_resize(10, 2010, 32, BUDGET)


def test_patches_hold_the_pixels_they_are_named_after() -> None:
    asked = picture(320, 256, seed=3)
    grid = patch_grid(asked, VISION, BUDGET)
    assert (grid.rows, grid.columns) == (16, 20)
    flat = patches(asked, grid, VISION)
    assert flat.shape == (320, 768) and flat.dtype == np.float32
    row, column = block_order(grid, 2)
    for index in (0, 1, 2, 3, 4, 57, 319):
        y, x = int(row[index]) * 16, int(column[index]) * 16
        expected = asked.pixels[y : y + 16, x : x + 16].transpose(2, 0, 1).reshape(-1) / 127.5 - 1
        np.testing.assert_allclose(flat[index], expected, atol=1e-6)


def test_the_four_patches_of_one_visual_token_stand_together() -> None:
    row, column = block_order(Grid(4, 4), 2)
    assert list(zip(row[:8], column[:8], strict=True)) == [
        (0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (0, 3), (1, 2), (1, 3),
    ]  # fmt: skip


def test_text_counts_on_after_the_longer_side_of_a_picture() -> None:
    is_picture = np.array([False, False, *[True] * 6, False])
    positions, following = mrope_positions(is_picture, [Grid(4, 6)], 2)
    assert positions[0].tolist() == [0, 1, 2, 2, 2, 2, 2, 2, 5]
    assert positions[1].tolist() == [0, 1, 2, 2, 2, 3, 3, 3, 5]
    assert positions[2].tolist() == [0, 1, 2, 3, 4, 2, 3, 4, 5]
    assert following == 6


def test_row_and_column_turn_their_own_frequencies_of_the_text_rotary() -> None:
    config = TextConfig(400, 96, 160, 3, 4, 2, 32, 1e-6, 1e4, (6, 5, 5), 4096, True)
    cos, _ = TextRotary(config).tables(np.array([[0], [3], [0]]))
    turned = np.flatnonzero(np.abs(cos[0, :16] - 1) > 1e-9)
    assert turned.tolist() == [1, 4, 7, 10, 13]


def test_the_corners_of_the_position_table_meet_the_corners_of_the_picture() -> None:
    table = np.random.default_rng(0).standard_normal((64, 4)).astype(np.float32)
    stretched = vision_embedding(table, Grid(4, 6), 2)
    row, column = block_order(Grid(4, 6), 2)
    for corner, place in {(0, 0): 0, (0, 5): 7, (3, 0): 56, (3, 5): 63}.items():
        index = int(np.flatnonzero((row == corner[0]) & (column == corner[1]))[0])
        np.testing.assert_allclose(stretched[index], table[place], atol=1e-6)


def test_the_first_patch_is_not_turned() -> None:
    cos, sin = vision_rotary(Grid(2, 2), 16, 2)
    assert (cos[0] == 1).all() and (sin[0] == 0).all()
    assert (cos[1, :4] == 1).all() and (cos[1, 4:8] != 1).any()
