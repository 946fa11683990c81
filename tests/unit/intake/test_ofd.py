"""OFD files: drawn as they look, with the words that are seen; hostile ones are refused by name."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from hostile import ofd
from wentu.core.config import IntakeSettings
from wentu.core.errors import BadInput, BadRequest, UnreadableImage, UnsupportedFormat
from wentu.core.types import Picture, Raw
from wentu.intake import Intake

WORDS = ofd.text(20, 30, 5, "合计金额 ￥128.50")


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    with Intake(IntakeSettings(), lambda digest: b"") as made:
        yield made


def load(intake: Intake, objects: str, page: int | None = None, **more: object) -> Picture:
    return intake.load(Raw(ofd.ofd([objects], **more), page=page))  # type: ignore[arg-type]


def words(picture: Picture) -> str:
    return "".join(one.text for one in picture.layer)


def color(picture: Picture, x_mm: float, y_mm: float) -> tuple[int, ...]:
    return tuple(int(v) for v in picture.pixels[round(y_mm * 200 / 25.4), round(x_mm * 200 / 25.4)])


def test_words_stand_where_they_are_drawn(intake: Intake) -> None:
    picture = load(intake, WORDS)
    assert (picture.width, picture.height) == (1654, 1103)  # 210 x 140 mm at 200 dpi
    assert words(picture) == "合计金额￥128.50"
    for one in picture.layer:
        part = picture.pixels[int(one.box.y0) : int(one.box.y1), int(one.box.x0) : int(one.box.x1) + 1]
        assert part.min() < 96, one.text


def test_template_annotation_lines_fills_and_pictures_are_drawn(intake: Intake) -> None:
    stamp = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    stamp.paste((200, 0, 0, 255), (10, 10, 30, 30))
    out = io.BytesIO()
    stamp.save(out, "PNG")
    objects = WORDS + ofd.rectangle(100, 50, 20, 20, "0 0 255") + ofd.picture(150, 50, 20, 20)
    more = {"template": ofd.text(20, 15, 4, "发票号码："), "annotation": ofd.text(5, 30, 4, "作废")}
    picture = load(intake, objects + ofd.path("M 10 100 L 200 100"), media={"50": out.getvalue()}, **more)
    assert words(picture) == "发票号码：合计金额￥128.50作废"
    assert color(picture, 110, 60) == (0, 0, 255)
    assert color(picture, 160, 60) == (200, 0, 0) and color(picture, 151, 51) == (255, 255, 255)
    assert max(color(picture, 100, 100)) < 64


def test_each_page_can_be_asked_for(intake: Intake) -> None:
    two = ofd.ofd([WORDS, ofd.text(20, 30, 5, "第二页")])
    assert words(intake.load(Raw(two, page=2))) == "第二页"
    assert intake.take(two, name="发票.ofd").pages == 2 and intake.take(two, name="发票.ofd").name == "发***.ofd"
    with pytest.raises(BadRequest) as caught:
        intake.take(two, page=3)
    assert caught.value.params["rule"] == "pdf_page"


@pytest.mark.parametrize(
    "hidden",
    [
        ofd.text(20, 60, 5, "藏字", color="255 255 255"),
        ofd.text(20, 60, 5, "藏字", extra='Alpha="3"'),
        ofd.text(20, 60, 5, "藏字", extra='Visible="false"'),
        ofd.text(20, 60, 0.2, "藏字"),
        ofd.text(300, 60, 5, "藏字"),
        ofd.text(20, 60, 5, "藏字") + ofd.rectangle(10, 50, 60, 20, "255 255 255"),
    ],
    ids=["white", "transparent", "invisible", "tiny", "off the page", "behind"],
)
def test_words_that_nobody_sees_are_left_out(intake: Intake, hidden: str) -> None:
    assert words(load(intake, WORDS + hidden)) == "合计金额￥128.50"


@pytest.mark.parametrize(
    "data",
    [
        ofd.entity_bomb(),
        ofd.bloated(),
        ofd.zipped({"OFD.xml": "<a/>"}),
        ofd.zipped({"OFD.xml": "<a>"}),
        ofd.zipped({"OFD.xml": "<a/>".encode("utf-16")}),
        ofd.ofd([WORDS], more={"OFD.xml": ofd.zipped({})}),
        ofd.ofd([ofd.text(20, 30, 5, "字").replace('X="0"', 'X="nan"')]),
        ofd.ofd([ofd.path("M 1 1 Z 4 4")]),
        ofd.zipped({f"{n}": "" for n in range(3_001)} | {"OFD.xml": "<a/>"}),
        ofd.ofd([WORDS])[:-40] + b"OFD.xml",
    ],
    ids=["entities", "bloated", "no body", "no XML", "UTF-16", "zip in zip", "nan", "no path", "parts", "cut off"],
)
def test_what_is_no_good_ofd_is_refused(intake: Intake, data: bytes) -> None:
    with pytest.raises(UnreadableImage):
        intake.take(data)


@pytest.mark.parametrize("box", ["0 0 0 0", "0 0 1 9000"])
def test_a_page_of_no_sensible_size_is_refused_or_drawn_small(intake: Intake, box: str) -> None:
    try:
        picture = load(intake, "", box=box)
    except BadInput as refused:
        assert refused.params["rule"] in ("unreadable", "max_aspect", "min_side")
    else:
        assert picture.width * picture.height <= IntakeSettings().max_pixels


def test_a_way_out_of_the_archive_leads_nowhere(intake: Intake) -> None:
    with pytest.raises(UnreadableImage):
        intake.take(ofd.ofd([WORDS], more={"OFD.xml": _pointing("../../../../etc/passwd")}))


def test_blocks_within_blocks_are_drawn_to_a_bound(intake: Intake) -> None:
    deep = "<ofd:PageBlock>" * 12 + WORDS + "</ofd:PageBlock>" * 12
    endless = "<ofd:PageBlock>" * 5_000 + WORDS + "</ofd:PageBlock>" * 5_000
    assert words(load(intake, deep)) == "合计金额￥128.50"
    assert words(load(intake, endless)) == ""


def test_other_zips_are_still_refused_by_name(intake: Intake) -> None:
    with pytest.raises(UnsupportedFormat):
        intake.take(ofd.zipped({"payload.txt": "hidden"}))


def test_distances_in_groups_place_characters(intake: Intake) -> None:
    grouped = ofd.text(20, 30, 5, "一二三四").replace('DeltaX="5 5 5"', 'DeltaX="g 2 10 20"')
    edges = [one.box.x0 * 25.4 / 200 for one in load(intake, grouped).layer]
    assert [round(edge - edges[0]) for edge in edges] == [0, 10, 20, 40]


def test_condensed_print_is_drawn_as_narrow_as_the_file_says(intake: Intake) -> None:
    plain, narrow = (
        load(intake, ofd.text(20, 30, 5, "国", extra=extra)).layer[0].box for extra in ("", 'HScale="0.5"')
    )
    assert narrow.width == pytest.approx(plain.width / 2, abs=2) and narrow.height == plain.height
    squeezed = load(intake, ofd.text(20, 30, 5, "国国", extra='CTM="0.5 0 0 1 0 0"'))
    assert words(squeezed) == "国国"
    right = squeezed.layer[1].box
    assert right.width == pytest.approx(plain.width / 2, abs=2)
    assert squeezed.pixels[:, round(right.x1) + 2 :].min() == 255


def test_colours_may_come_from_the_layers_drawing_parameters(intake: Intake) -> None:
    bare = ofd.path("M 10 30 L 100 30 L 100 60 L 10 60 C", 'Stroke="false" Fill="true"')
    param = '<ofd:DrawParams><ofd:DrawParam ID="4"><ofd:FillColor Value="0 128 0"/></ofd:DrawParam></ofd:DrawParams>'
    resources = f"<ofd:Res {ofd.NS}>{param}</ofd:Res>".encode()
    page = f'<ofd:Page {ofd.NS}><ofd:Content><ofd:Layer DrawParam="4">{bare}</ofd:Layer></ofd:Content></ofd:Page>'
    more = {"Doc_0/PublicRes.xml": resources, "Doc_0/Pages/Page_0/Content.xml": page.encode()}
    assert color(load(intake, "", more=more), 50, 45) == (0, 128, 0)


def _pointing(location: str) -> bytes:
    return f"<ofd:OFD {ofd.NS}><ofd:DocBody><ofd:DocRoot>{location}</ofd:DocRoot></ofd:DocBody></ofd:OFD>".encode()
