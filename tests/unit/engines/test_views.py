import math

import numpy as np
import pytest

from wentu.core.detail import Look
from wentu.core.types import Picture, Prompt, TextLine, Turn
from wentu.engines.views import OVERVIEW_TOKENS, PARTS_FOLLOW, enlarged_parts, shown

TOKEN_PX = 32
LOOK = Look(1024, crops=2, line_px=16)


def page(width: int, height: int, digest: str = "d") -> Picture:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:] = np.arange(width, dtype=np.uint32)[None, :, None] % 251
    return Picture(digest, pixels)


def line(x: float, y: float, height: float, n: int = 23) -> TextLine:
    text = "字" * n
    right, bottom = x + height * len(text), y + height
    return TextLine(text, ((x, y), (right, y), (right, bottom), (x, bottom)), 0.9)


def column(top: int, bottom: int, height: int, x: float = 60.0, n: int = 23) -> tuple[TextLine, ...]:
    return tuple(line(x, float(y), height, n) for y in range(top, bottom, 2 * height))


def prompt(picture: Picture, lines: tuple[TextLine, ...]) -> Prompt:
    return Prompt((Turn("system", ("s",)), Turn("user", (picture, "?"))), (lines,))


def test_a_picture_is_reduced_to_the_visual_tokens_of_the_look_and_keeps_its_digest() -> None:
    found = shown(prompt(page(2000, 1500), ()), [Look(320)], TOKEN_PX).pictures
    assert len(found) == 1 and found[0].digest == "d"
    assert found[0].width % TOKEN_PX == found[0].height % TOKEN_PX == 0
    assert found[0].width * found[0].height <= 320 * TOKEN_PX**2
    assert found[0].width / found[0].height == pytest.approx(4 / 3, rel=0.06)


def test_a_picture_that_fits_stays_the_same_object() -> None:
    picture = page(640, 480)
    asked = prompt(picture, column(20, 460, 30))
    assert shown(asked, [LOOK], TOKEN_PX).pictures[0] is picture


def test_text_that_is_large_enough_gets_no_parts() -> None:
    scan, lines = page(2400, 3400), column(100, 3300, 60)
    assert enlarged_parts(prompt(scan, lines).pages[0], LOOK, TOKEN_PX) == ()


def test_small_print_gets_parts_in_which_it_can_be_read_and_no_line_is_cut() -> None:
    scan, lines = page(2400, 3400), column(100, 3300, 28, n=80)
    parts = enlarged_parts(prompt(scan, lines).pages[0], LOOK, TOKEN_PX)
    whole = math.sqrt(LOOK.tokens * TOKEN_PX**2 / (scan.width * scan.height))
    assert len(parts) == 2 and 28 * whole < 16
    assert all(part.scale >= 1.25 * whole for part in parts)
    for one in lines:
        assert any(
            part.box.x0 <= one.box.x0 and part.box.y0 <= one.box.y0
            and part.box.x1 >= one.box.x1 and part.box.y1 >= one.box.y1
            for part in parts
        )  # fmt: skip


def test_parts_follow_their_picture_with_digests_of_their_own_and_without_lines() -> None:
    scan, lines = page(2400, 3400), column(100, 3300, 28, n=80)
    found = shown(prompt(scan, lines), [LOOK], TOKEN_PX)
    whole, first, second = found.pictures
    assert (whole.digest, len({first.digest, second.digest})) == ("d", 2)
    assert first.digest.startswith("d+") and second.digest.startswith("d+")
    assert whole.width * whole.height <= OVERVIEW_TOKENS * TOKEN_PX**2
    assert all(part.width * part.height <= LOOK.tokens * TOKEN_PX**2 for part in (first, second))
    assert found.lines == (lines, (), ()) and found.turns[1].parts[1] == PARTS_FOLLOW
    assert found.turns[1].parts[-1] == "?"


def test_a_part_shows_the_pixels_of_its_place() -> None:
    scan = page(2400, 3400)
    lines = column(1000, 1300, 24, x=1200)
    (part,) = enlarged_parts(prompt(scan, lines).pages[0], LOOK, TOKEN_PX)
    cut = shown(prompt(scan, lines), [LOOK], TOKEN_PX).pictures[1]
    left = int(scan.pixels[0, round(part.box.x0), 0])
    assert abs(int(cut.pixels[0, 0, 0]) - left) <= 2
    assert cut.width / (part.box.x1 - part.box.x0) == pytest.approx(part.scale, rel=0.05)


def test_a_small_picture_full_of_small_print_is_enlarged_itself() -> None:
    shot, lines = page(600, 420), column(10, 400, 9, x=10, n=60)
    found = shown(prompt(shot, lines), [LOOK], TOKEN_PX)
    assert len(found.pictures) == 1 and found.lines == (lines,)
    assert found.pictures[0].width > 1.5 * shot.width


def test_a_little_small_print_beside_large_text_is_worth_no_second_view() -> None:
    scan = page(2400, 3400)
    lines = (*column(100, 3000, 60), line(100, 3300, 20))
    assert len(shown(prompt(scan, lines), [LOOK], TOKEN_PX).pictures) == 1


def test_without_crops_small_print_stays_small() -> None:
    scan, lines = page(2400, 3400), column(100, 3300, 28, n=80)
    assert len(shown(prompt(scan, lines), [Look(1024)], TOKEN_PX).pictures) == 1


def test_each_picture_of_a_conversation_gets_its_own_look() -> None:
    first, second = page(1000, 1000, "a"), page(1000, 1000, "b")
    asked = Prompt((Turn("user", (first, "?")), Turn("assistant", ("!",)), Turn("user", (second, "??"))))
    found = shown(asked, [Look(64), Look(576)], TOKEN_PX)
    assert [picture.digest for picture in found.pictures] == ["a", "b"]
    assert found.pictures[0].width < found.pictures[1].width and found.question == "??"
