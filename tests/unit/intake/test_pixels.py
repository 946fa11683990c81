"""What comes out of intake: upright RGB, the right colours, the same picture through every door."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hostile import documents, pictures
from wentu.core.config import IntakeSettings
from wentu.core.errors import BadInput, UnreadableImage, UnsupportedFormat
from wentu.core.types import Raw, Stored
from wentu.intake import Intake

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture(scope="module")
def store() -> dict[str, bytes]:
    return {}


@pytest.fixture(scope="module")
def intake(store: dict[str, bytes]) -> Iterator[Intake]:
    with Intake(IntakeSettings(), store.__getitem__) as made:
        yield made


def corners(image: Image.Image) -> list[str]:
    """The nearest pure colour in each corner, from top left clockwise."""
    w, h = image.size
    points = [image.convert("RGB").getpixel(at) for at in ((8, 8), (w - 9, 8), (w - 9, h - 9), (8, h - 9))]
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    return [min(names, key=lambda n: sum(abs(a - b) for a, b in zip(names[n], p, strict=True))) for p in points]


def four_corners(width: int = 96, height: int = 64) -> Image.Image:
    image = Image.new("RGB", (width, height))
    half = width // 2, height // 2
    for color, at in ((RED, (0, 0)), (GREEN, (half[0], 0)), (BLUE, half), (WHITE, (0, half[1]))):
        image.paste(color, (*at, at[0] + half[0], at[1] + half[1]))
    return image


def clean(intake: Intake, data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(intake.take(data).data))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_exif_orientation_is_turned_upright(intake: Intake, kind: str, orientation: int) -> None:
    taken = intake.take(pictures.with_orientation(four_corners(), orientation, kind))
    assert (taken.width, taken.height) == (96, 64)
    assert corners(Image.open(io.BytesIO(taken.data))) == ["red", "green", "blue", "white"]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_is_read_and_turned_upright(intake: Intake, orientation: int) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    taken = intake.take(pictures.with_orientation(four_corners(), orientation, "HEIF"))
    assert (taken.width, taken.height, taken.media_type) == (96, 64, "image/jpeg")
    assert corners(Image.open(io.BytesIO(taken.data))) == ["red", "green", "blue", "white"]


def test_heic_without_its_library_says_what_to_install(
    intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    heic = pictures.saved(four_corners(), "HEIF")
    (tmp_path / "pillow_heif.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(UnsupportedFormat) as caught:
        intake.take(heic)
    assert "wentu[heic]" in caught.value.hint


@pytest.mark.parametrize(
    ("kind", "options", "media_type"),
    [
        ("JPEG", {}, "image/jpeg"),
        ("PNG", {}, "image/png"),
        ("GIF", {}, "image/png"),
        ("BMP", {}, "image/png"),
        ("WEBP", {}, "image/jpeg"),
        ("WEBP", {"lossless": True}, "image/png"),
        ("TIFF", {}, "image/png"),
        ("TIFF", {"compression": "tiff_lzw"}, "image/png"),
        ("TIFF", {"compression": "tiff_adobe_deflate"}, "image/png"),
        ("TIFF", {"compression": "jpeg"}, "image/jpeg"),
        ("AVIF", {}, "image/jpeg"),
    ],
)
def test_lossy_files_become_jpeg_and_lossless_ones_png(
    intake: Intake, kind: str, options: dict[str, object], media_type: str
) -> None:
    taken = intake.take(pictures.saved(four_corners(), kind, **options))
    assert taken.media_type == media_type
    assert corners(Image.open(io.BytesIO(taken.data))) == ["red", "green", "blue", "white"]


def test_lossless_pixels_come_through_unchanged(intake: Intake) -> None:
    image = pictures.speckled(1023, 769)
    for kind in ("PNG", "BMP", "TIFF"):
        assert np.array_equal(np.asarray(clean(intake, pictures.saved(image, kind))), np.asarray(image))


def test_jpeg_is_kept_at_full_colour_resolution(intake: Intake) -> None:
    sampling = {layer[1:3] for layer in clean(intake, pictures.plain(64, 48, "JPEG")).layer}  # type: ignore[attr-defined]
    assert sampling == {(1, 1)}  # 4:4:4: every component is stored at full size


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_laid_over_white(intake: Intake, mode: str) -> None:
    image = Image.new(mode, (64, 48), (0, 0) if mode == "LA" else (0, 0, 0, 0))
    assert clean(intake, pictures.saved(image, "PNG")).getpixel((9, 9)) == WHITE


def test_a_transparent_palette_colour_is_laid_over_white(intake: Intake) -> None:
    image = Image.new("P", (64, 48), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.paste(1, (32, 0, 64, 48))
    out = clean(intake, pictures.saved(image, "PNG", transparency=0))
    assert out.getpixel((9, 9)) == WHITE
    assert out.getpixel((50, 9)) == RED


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "I;16"), ("TIFF", "I;16"), ("TIFF", "I;16B")])
def test_sixteen_bit_grey_is_scaled_and_not_clipped(intake: Intake, kind: str, mode: str) -> None:
    value = 0x8040
    raw = value.to_bytes(2, "big" if mode == "I;16B" else "little") * (64 * 48)
    out = clean(intake, pictures.saved(Image.frombytes(mode, (64, 48), raw), kind))
    assert out.getpixel((9, 9)) == (0x80, 0x80, 0x80)


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "CMYK"), ("TIFF", "CMYK"), ("JPEG", "L"), ("PNG", "1"), ("PNG", "P")]
)
def test_other_colour_models_become_rgb(intake: Intake, kind: str, mode: str) -> None:
    out = clean(intake, pictures.saved(four_corners().convert(mode), kind))
    assert out.mode == "RGB"
    if mode in ("CMYK", "P"):
        assert corners(out) == ["red", "green", "blue", "white"]


def test_size_limits_hold_exactly(store: dict[str, bytes]) -> None:
    settings = IntakeSettings(max_pixels=10_000, max_side_px=200, min_side_px=10, max_aspect=10)
    with Intake(settings, store.__getitem__) as small:
        assert small.take(pictures.plain(100, 100)).width == 100
        assert small.take(pictures.plain(100, 10)).width == 100
        for size, rule in (
            ((101, 100), "max_pixels"),
            ((201, 40), "max_side"),
            ((100, 9), "min_side"),
            ((120, 11), "max_aspect"),
        ):
            with pytest.raises(BadInput) as caught:
                small.take(pictures.plain(*size))
            assert caught.value.params["rule"] == rule


def test_a_pdf_page_is_drawn_at_200_dpi_and_less_where_the_limits_ask_for_it(intake: Intake) -> None:
    a4 = intake.take(documents.pdf(1))
    assert (a4.width, a4.height) == (1653, 2339)
    poster = intake.take(documents.pdf(1, width_pt=2_384, height_pt=3_370))  # A0: 62 megapixels at 200 dpi
    assert 30_000_000 < poster.width * poster.height <= 40_000_000


def test_the_text_of_a_pdf_page_is_on_it(intake: Intake) -> None:
    page = clean(intake, documents.pdf(1)).convert("L")
    assert page.crop((150, 300, 500, 450)).getextrema()[0] < 64  # "Hello" stands here
    assert page.crop((150, 1000, 500, 1450)).getextrema() == (255, 255)


def test_a_scanned_pdf_page_is_kept_as_jpeg(intake: Intake) -> None:
    scan = pictures.saved(pictures.speckled(400, 600), "PDF")
    assert intake.take(scan).media_type == "image/jpeg"
    assert intake.take(documents.pdf(1)).media_type == "image/png"


def test_the_digest_is_the_sha256_of_the_clean_file(intake: Intake) -> None:
    taken = intake.take(pictures.plain(64, 48))
    assert taken.digest == hashlib.sha256(taken.data).hexdigest()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_raw_and_stored_pictures_load_as_the_same_pixels(intake: Intake, store: dict[str, bytes], kind: str) -> None:
    data = pictures.plain(64, 48, kind)
    taken = intake.take(data)
    store[taken.digest] = taken.data
    raw, stored = intake.load(Raw(data, "a.jpg")), intake.load(Stored(taken.digest))
    assert raw.digest == stored.digest == taken.digest
    assert raw.pixels.shape == (48, 64, 3) and raw.pixels.dtype == np.uint8
    assert np.array_equal(raw.pixels, stored.pixels)
    assert not stored.pixels.flags.writeable


def test_the_same_file_has_the_same_digest_through_every_door(intake: Intake) -> None:
    import base64

    data = pictures.plain(64, 48)
    url = "data:image/png;base64," + base64.b64encode(data).decode()
    digests = {
        intake.take(data, name="a.png").digest,
        intake.take_stream(iter([data[:10], data[10:]])).digest,
        intake.take_stream(io.BytesIO(data)).digest,
        intake.take_data_url(url).digest,
        intake.load(Raw(data)).digest,
    }
    assert len(digests) == 1


def test_a_stored_file_that_has_changed_is_not_decoded(intake: Intake, store: dict[str, bytes]) -> None:
    store["0" * 64] = pictures.bomb_png()
    with pytest.raises(UnreadableImage) as caught:
        intake.load(Stored("0" * 64))
    assert caught.value.params["rule"] == "stored_damaged"


def test_a_clean_file_taken_in_again_stays_the_same_where_nothing_is_lost(intake: Intake) -> None:
    once = intake.take(pictures.plain(64, 48))
    assert intake.take(once.data).digest == once.digest
