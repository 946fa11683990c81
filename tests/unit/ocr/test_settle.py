"""A page's own text against its pixels: which characters are used, and which only stand as a doubt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from wentu.core.geometry import Box, Glyph
from wentu.core.types import TextLine
from wentu.ocr.glyphs import text_of
from wentu.ocr.recognise import ctc_likelihood
from wentu.ocr.settle import settle

EM = 20.0


@dataclass(frozen=True)
class Crop:
    """A look in which each text is as likely as told, what was read itself at 1."""

    text: str
    others: dict[str, float]

    def likelihood(self, text: str) -> float:
        return 0.0 if text == self.text else math.log(self.others.get(text, 1e-9))


def print_of(text: str, y: float = 100, x: float = 100) -> list[Glyph]:
    """Characters side by side, Latin ones half as wide; a blank is room."""
    glyphs = []
    for one in text:
        wide = EM if ord(one) > 0xFF else EM / 2
        if one != " ":
            glyphs.append(Glyph(one, Box(x, y, x + wide, y + EM)))
        x += wide
    return glyphs


def line(text: str, y: float = 100, width: float = 400, score: float = 0.9) -> TextLine:
    return TextLine(text, ((98, y - 2), (98 + width, y - 2), (98 + width, y + EM + 2), (98, y + EM + 2)), score)


ANCHOR, ANCHOR_PRINT = line("发票号码", y=40), print_of("发票号码", y=40)


def settled(read: str, told: str, look: Crop | None = None) -> TextLine:
    lines = settle([ANCHOR, line(read)], [*ANCHOR_PRINT, *print_of(told)], lambda box: look or Crop(read, {}))
    return next(one for one in lines if one.box.y0 > 90)


def test_where_both_say_the_same_the_layers_exact_characters_are_used() -> None:
    found = settled("TotalAmount:12.50", "Total Amount： 12.50")
    assert (found.text, found.source, found.score, found.rival) == ("Total Amount： 12.50", "layer", 1.0, "")


def test_a_line_that_ocr_cut_short_is_looked_at_where_the_layer_says_it_is() -> None:
    assert settled("甲方（盖章", "甲方（盖章）", Crop("甲方(盖章)", {})).text == "甲方（盖章）"


def test_a_character_that_the_pixels_leave_open_is_the_layers() -> None:
    found = settled("纯牛奶250m1", "纯牛奶250ml", Crop("纯牛奶250m1", {"纯牛奶250ml": 0.13}))
    assert (found.text, found.source, found.score) == ("纯牛奶250ml", "layer", 0.9)


def test_a_figure_that_the_pixels_speak_against_is_never_used() -> None:
    found = settled("金额 1200.00", "金额 7200.00")
    assert (found.text, found.source, found.rival) == ("金额 1200.00", "ocr", "金额7200.00")


def test_a_page_whose_words_are_mostly_others_is_read_by_its_pixels_alone() -> None:
    lines = [line("合计金额", y=100), line("一百元整", y=200), line("收款人", y=300)]
    layer = [*print_of("合计金额", y=100), *print_of("!#$%&", y=200), *print_of("+,-", y=300)]
    assert settle(lines, layer, lambda box: Crop("", {})) == lines


def test_a_glyph_without_a_known_character_leaves_the_line_to_ocr() -> None:
    found = settled("李昇", "李\ufffd")
    assert (found.text, found.source, found.rival) == ("李昇", "ocr", "")


@pytest.mark.parametrize(("read", "n_lines"), [("1", 2), ("", 1), ("7", 1)])
def test_a_line_that_ocr_missed_is_taken_only_where_the_pixels_say_the_same(read: str, n_lines: int) -> None:
    lone = print_of("1", y=200)
    found = settle([ANCHOR], [*ANCHOR_PRINT, *lone], lambda box: Crop(read, {}))
    assert len(found) == n_lines and found[-1].source == "layer"


def test_drawn_signs_are_no_contradiction() -> None:
    assert settled("⊗壹佰圆整", "ⓧ壹佰圆整").source == "layer"


def test_words_run_on_over_the_rows_of_one_line_and_doubled_print_counts_once() -> None:
    bold = [Glyph(one.text, Box(one.box.x0 + 1, one.box.y0, one.box.x1 + 1, one.box.y1)) for one in print_of("名称")]
    assert text_of([*print_of("名称"), *bold]) == "名称"
    assert text_of([*print_of("购", y=10), *print_of("买", y=34), *print_of("方", y=58)]) == "购买方"


def test_radicals_that_writers_put_for_characters_are_read_as_these() -> None:
    assert text_of(print_of("⽅⾦额")) == "方金额"


def _likelihood(probabilities: Sequence[Sequence[float]], labels: list[int]) -> float:
    return math.exp(ctc_likelihood(np.log(np.array(probabilities)), labels))


def test_the_likelihood_of_a_text_sums_over_all_ways_to_write_it() -> None:
    two_steps = [[0.5, 0.3, 0.2], [0.6, 0.1, 0.3]]
    assert _likelihood(two_steps, []) == pytest.approx(0.5 * 0.6)
    assert _likelihood(two_steps, [1]) == pytest.approx(0.3 * 0.6 + 0.5 * 0.1 + 0.3 * 0.1)
    assert _likelihood(two_steps, [1, 2]) == pytest.approx(0.3 * 0.3)
    assert _likelihood(two_steps, [1, 1]) == 0  # two equal labels need a blank between them
