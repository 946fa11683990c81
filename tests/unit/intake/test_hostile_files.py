"""Every class of hostile or awkward file meets its named error, or comes in as nothing but pixels."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from hostile import CASES, Case, documents, pictures
from wentu.core.config import IntakeSettings
from wentu.core.errors import BadInput, BadRequest, ImageTooLarge, UnreadableImage, UnsupportedFormat
from wentu.intake import Intake
from wentu.intake.rules import RULES


def nothing_stored(digest: str) -> bytes:
    raise AssertionError(f"nothing was stored under {digest}")


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    with Intake(IntakeSettings(), nothing_stored) as made:
        yield made


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_hostile_file_meets_its_named_error(intake: Intake, case: Case) -> None:
    if case.code is None:
        taken = intake.take(case.make(), name=case.name)
        with Image.open(io.BytesIO(taken.data)) as clean:
            clean.load()
            assert clean.size == (taken.width, taken.height)
        return
    with pytest.raises(BadInput) as caught:
        intake.take(case.make(), name=case.name)
    assert (caught.value.code, caught.value.params["rule"]) == (case.code, case.rule)


def test_the_bomb_is_small_on_disk_and_named_with_its_size(intake: Intake) -> None:
    bomb = pictures.bomb_png()
    assert len(bomb) < 25_000
    with pytest.raises(ImageTooLarge) as caught:
        intake.take(bomb)
    assert caught.value.params == {"rule": "max_pixels", "width": "13000", "height": "13000", "max_pixels": "40000000"}


@pytest.mark.parametrize("kind", pictures.KINDS)
@pytest.mark.parametrize("missing", [12, 100, 1000])
def test_a_file_that_lost_its_end_never_becomes_half_a_picture(intake: Intake, kind: str, missing: int) -> None:
    with pytest.raises(UnreadableImage):
        intake.take(pictures.plain(320, 240, kind)[:-missing])


def test_a_progressive_jpeg_that_lost_its_last_scans_is_refused(intake: Intake) -> None:
    with pytest.raises(UnreadableImage):
        intake.take(pictures.saved(pictures.speckled(320, 240), "JPEG", progressive=True)[:-500])


def test_only_the_first_frame_of_an_animation_is_decoded(intake: Intake) -> None:
    taken = intake.take(pictures.animated_gif(400))
    assert Image.open(io.BytesIO(taken.data)).getpixel((100, 75)) == (255, 0, 0)


def test_metadata_of_every_kind_is_gone(intake: Intake) -> None:
    dirty = pictures.jpeg_with_gps_and_thumbnail()
    assert dirty.count(pictures.SECRET) >= 5
    taken = intake.take(dirty)
    assert pictures.SECRET not in taken.data
    assert b"Exif" not in taken.data
    with Image.open(io.BytesIO(taken.data)) as clean:
        assert not clean.getexif()
        assert not {"icc_profile", "comment", "xmp", "exif"} & set(clean.info)


def test_png_text_profiles_and_transparency_marks_are_gone(intake: Intake) -> None:
    from PIL import PngImagePlugin

    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", pictures.SECRET.decode())
    image = pictures.speckled(64, 48)
    dirty = pictures.saved(
        image, "PNG", pnginfo=notes, icc_profile=pictures.SECRET, transparency=(1, 2, 3), dpi=(72, 72)
    )
    clean = intake.take(dirty).data
    assert clean[12:16] == b"IHDR"
    assert all(mark not in clean for mark in (b"tEXt", b"iCCP", b"tRNS", b"pHYs", pictures.SECRET))


def test_bytes_behind_the_picture_are_gone(intake: Intake) -> None:
    archive = documents.zip_archive()
    taken = intake.take(pictures.plain(64, 48, "JPEG") + archive)
    assert b"PK\x03\x04" not in taken.data
    assert taken.data.endswith(b"\xff\xd9")


def test_a_gif_that_is_also_javascript_stays_no_javascript(intake: Intake) -> None:
    taken = intake.take(pictures.gif_that_is_javascript())
    assert b"alert" not in taken.data
    assert taken.media_type == "image/png"


def test_content_decides_and_not_the_name(intake: Intake) -> None:
    assert intake.take(pictures.plain(64, 48, "PNG"), name="photo.jpg").media_type == "image/png"
    with pytest.raises(UnsupportedFormat) as caught:
        intake.take(documents.html(), name="photo.png")
    assert caught.value.params["kind"] == "HTML"


def test_javascript_in_a_pdf_does_not_run(intake: Intake) -> None:
    taken = intake.take(documents.pdf_with_javascript())
    assert taken.data == intake.take(documents.pdf(1)).data


def test_a_page_of_a_long_pdf_comes_with_the_page_count(intake: Intake) -> None:
    assert intake.take(documents.pdf(500), page=7).pages == 500


def test_a_page_that_is_not_there_is_named_with_the_count(intake: Intake) -> None:
    for page in (4, 0, -1):
        with pytest.raises(BadRequest) as caught:
            intake.take(documents.pdf(3), page=page)
        assert caught.value.params == {"rule": "pdf_page", "page": str(page), "pages": "3"}


def test_pages_beyond_the_limit_are_not_drawn(intake: Intake) -> None:
    with pytest.raises(BadRequest) as caught:
        intake.take(documents.pdf(500), page=21)
    assert caught.value.params["rule"] == "pdf_page_limit"


def test_a_picture_has_no_pages_to_ask_for(intake: Intake) -> None:
    with pytest.raises(BadRequest) as caught:
        intake.take(pictures.plain(64, 48), page=2)
    assert caught.value.params["rule"] == "no_pages"


def test_a_pdf_that_takes_forever_is_ended_in_time() -> None:
    with Intake(IntakeSettings(decode_timeout_s=1.0), nothing_stored) as intake:
        with pytest.raises(UnreadableImage) as caught:
            intake.take(documents.slow_pdf())
    assert caught.value.params == {"rule": "timeout", "timeout_s": "1.0"}


def test_a_picture_that_needs_more_memory_than_allowed_is_named() -> None:
    large = pictures.saved(Image.new("RGBA", (7_000, 5_700), (1, 2, 3, 128)), "PNG", compress_level=1)
    with Intake(IntakeSettings(decode_memory_mb=256), nothing_stored) as intake:
        with pytest.raises(ImageTooLarge) as caught:
            intake.take(large)
    assert caught.value.params == {"rule": "memory", "memory_mb": "256"}


def test_no_error_carries_a_library_s_words(intake: Intake) -> None:
    for case in CASES:
        if case.code is None:
            continue
        with pytest.raises(BadInput) as caught:
            intake.take(case.make())
        error = caught.value
        params = {name: value for name, value in error.params.items() if name != "rule"}
        assert error.message == RULES[error.params["rule"]].message.format(**params)
