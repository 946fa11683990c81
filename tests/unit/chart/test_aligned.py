"""Names that do not stand where their values are: slanted ones, and lines that markers make longer."""

import numpy as np
import pytest

from wentu.tasks.chart.aligned import aligned
from wentu.tasks.chart.marks import Stroke
from wentu.tasks.chart.places import Places

HEIGHTS = (200.0, 60.0, 150.0, 90.0, 180.0, 40.0, 120.0)
PLACES = np.linspace(80.0, 380.0, len(HEIGHTS))


def stroke(longer_px: float = 0.0) -> Stroke:
    """A line with corners at the places, gone on level by so much at both ends as a marker does."""
    xs = np.arange(80.0 - longer_px, 380.5 + longer_px)
    return Stroke(0, tuple(xs), tuple(np.interp(xs, PLACES, HEIGHTS)), 2.0)


@pytest.mark.parametrize("off_px", [-21.0, -6.0, 4.0, 12.0])
def test_names_beside_their_places_are_put_where_the_line_turns(off_px: float) -> None:
    names = Places(tuple("abcdefg"), tuple(PLACES + off_px))
    assert np.allclose(aligned(names, [stroke()]).pixels, PLACES, atol=1.0)


def test_markers_at_the_ends_do_not_spread_the_places() -> None:
    names = Places(tuple("abcdefg"), tuple(np.linspace(75.0, 385.0, len(HEIGHTS))))
    assert np.allclose(aligned(names, [stroke(5.0)]).pixels, PLACES, atol=1.5)


def test_a_straight_line_leaves_its_names_where_they_are() -> None:
    xs = np.arange(80.0, 381.0)
    straight = Stroke(0, tuple(xs), tuple(300 - 0.5 * xs), 2.0)
    assert np.allclose(aligned(Places(tuple("abcdefg"), tuple(PLACES + 1)), [straight]).pixels, PLACES, atol=2.5)
