"""How a comparison with the peers is read: below 1 is ahead, whichever way a figure points."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from bench.engine.plot import plot
from bench.engine.ratios import LARGER, SMALLER, medians, ratios

OURS = {"first_token_448_cold_s": 2.0, "decode_tokens_per_s": 30.0, "first_token_448_uploaded_before_s": 0.25}
PEERS = {
    "slow": {"first_token_448_cold_s": 8.0, "decode_tokens_per_s": 10.0, "first_token_448_read_before_s": 5.0},
    "quick": {"first_token_448_cold_s": 2.5, "decode_tokens_per_s": 20.0, "first_token_448_read_before_s": 0.5},
}


def test_the_best_peer_counts_and_ahead_is_below_one() -> None:
    found = ratios(OURS, PEERS)
    assert found["first_token_448_cold"] == 0.8
    assert found["decode"] == round(20 / 30, 3)
    assert found["first_token_448_uploaded_before"] == 0.5, "held against a picture that was asked about before"


def test_behind_is_above_one() -> None:
    found = ratios({"first_token_448_cold_s": 5.0, "decode_tokens_per_s": 10.0}, PEERS)
    assert found["first_token_448_cold"] == 2.0 and found["decode"] == 2.0


def test_what_nobody_measured_has_no_ratio() -> None:
    found = ratios(OURS, {"broken": {}})
    assert set(found) == set(SMALLER | LARGER) and set(found.values()) == {None}


def test_runs_give_their_median_and_the_most_memory() -> None:
    runs = [{"load_s": 1.0, "peak_1024_mb": 10.0}, {"load_s": 9.0, "peak_1024_mb": 30.0}, {"load_s": 2.0, "x_s": None}]
    assert medians(runs) == {"load_s": 2.0, "peak_1024_mb": 30.0, "x_s": None}


def test_the_plot_is_an_svg_with_a_bar_for_every_ratio_that_there_is() -> None:
    drawn = ElementTree.fromstring(plot({"load": 0.5, "decode": 9.0, "convert": None}, "ours <and> theirs"))
    bars = [node for node in drawn.iter() if node.tag.endswith("rect")][1:]
    assert len(bars) == 2 and float(bars[0].attrib["width"]) < float(bars[1].attrib["width"])
