"""A PDF page's own text: what is seen comes along with its place, what nobody sees stays behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hostile import documents, pictures
from wentu.core.config import IntakeSettings
from wentu.core.types import Box, Glyph, Raw, Stored
from wentu.intake import Intake
from wentu.intake.layer import MAX_GLYPHS, pack, unpack

SEEN = b"BT /F1 24 Tf 72 700 Td (Total 12.50) Tj ET "


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    with Intake(IntakeSettings(), lambda digest: b"") as made:
        yield made


def layer(intake: Intake, data: bytes) -> str:
    return "".join(one.text for one in intake.load(Raw(data)).layer)


def test_words_come_with_the_place_where_they_are_drawn(intake: Intake) -> None:
    picture = intake.load(Raw(documents.pdf(1, content=SEEN)))
    assert "".join(one.text for one in picture.layer) == "Total12.50"
    for one in picture.layer:
        part = picture.pixels[int(one.box.y0) : int(one.box.y1) + 1, int(one.box.x0) : int(one.box.x1) + 1]
        assert part.min() < 64, one.text


@pytest.mark.parametrize(
    "hidden",
    [
        b"1 1 1 rg BT /F1 24 Tf 72 600 Td (Hidden) Tj ET",
        b"0.97 0.97 0.97 rg BT /F1 24 Tf 72 600 Td (Hidden) Tj ET",
        b"BT 3 Tr /F1 24 Tf 72 600 Td (Hidden) Tj ET",
        b"BT 3 Tr /F1 24 Tf 72 700 Td (Hidden 9.50) Tj ET",  # over words that are seen
        b"BT /F1 1 Tf 72 600 Td (Hidden) Tj ET",
        b"BT /F1 24 Tf 700 600 Td (Hidden) Tj ET",
        b"BT /F1 24 Tf -90 600 Td (Hidden) Tj ET",
        b"q 0 0 9 9 re W n BT /F1 24 Tf 72 600 Td (Hidden) Tj ET Q",
        b"BT /F1 24 Tf 72 600 Td (Hidden) Tj ET 1 0 0 rg 60 590 200 40 re f",
    ],
    ids=["white", "nearly white", "no ink", "no ink over ink", "tiny", "off right", "off left", "clipped", "behind"],
)
def test_words_that_nobody_sees_are_left_out(intake: Intake, hidden: bytes) -> None:
    assert layer(intake, documents.pdf(1, content=SEEN + hidden)) == "Total12.50"


def test_words_in_a_turned_page_stand_where_they_are_drawn(intake: Intake) -> None:
    turned = documents.pdf(1, content=SEEN).replace(b"/MediaBox", b"/Rotate 90 /MediaBox")
    first = intake.load(Raw(turned)).layer[0].box
    assert first.x0 > 1_800 and first.height < first.width  # A4 lies: its top is on the right


def test_a_scan_with_somebody_elses_words_under_it_has_no_layer(intake: Intake) -> None:
    scan = pictures.saved(pictures.speckled(400, 600), "PDF")
    assert layer(intake, scan) == ""


def test_a_page_with_more_characters_than_anybody_reads_has_no_layer(intake: Intake) -> None:
    line = b"BT /F1 3 Tf 1 %d Td (" + b"ab" * 150 + b") Tj ET "
    many = b"".join(line % (2 + 8 * n) for n in range(MAX_GLYPHS // 300 + 1))
    assert layer(intake, documents.pdf(1, content=many)) == ""


def test_the_same_pixels_with_other_words_are_another_picture(intake: Intake) -> None:
    told = b"/Span << /ActualText (Total 92.50) >> BDC " + SEEN + b" EMC"
    honest, lying = (intake.load(Raw(documents.pdf(1, content=one))) for one in (SEEN, told))
    assert (honest.pixels == lying.pixels).all() and honest.digest != lying.digest


def test_a_stored_page_still_has_its_words() -> None:
    kept: dict[str, bytes] = {}
    with Intake(IntakeSettings(), kept.__getitem__) as intake:
        data = documents.pdf(1, content=SEEN)
        taken = intake.take(data)
        kept[taken.digest] = taken.data
        assert intake.load(Stored(taken.digest)).layer == intake.load(Raw(data)).layer != ()


def test_a_picture_that_calls_a_text_chunk_its_layer_has_none(intake: Intake) -> None:
    page = intake.take(documents.pdf(1, content=SEEN)).data
    assert intake.load(Raw(page)).layer == ()


@pytest.mark.parametrize(
    "text",
    [
        *("", "[", "null", "7", '["ab",[1,2,3,4]]', '["a",[1,2,3,4.5]]', '["a",[1,2,3,1e99]]', '["a",{}]'),
        *('[["a"],[1,2,3,4]]', '["a",[1,2,3,1000000000]]', "[" * 90_000),
    ],
)
def test_what_is_no_layer_is_none(text: str) -> None:
    assert unpack(text) == ()


def test_a_layer_survives_its_way() -> None:
    glyphs = (Glyph("圆", Box(1, 2, 30, 40)), Glyph("𠮷", Box(-3, 2, 5, 9)))
    assert unpack(pack(glyphs)) == glyphs
