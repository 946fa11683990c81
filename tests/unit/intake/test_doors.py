"""Streams, data URLs and file names: what is checked before a single byte is decoded."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from hostile import pictures
from wentu.core.config import IntakeSettings
from wentu.core.errors import BadDataUrl, BadInput, BlockedLink, ImageTooLarge
from wentu.intake import Intake
from wentu.intake.names import mask_name

MAX_BYTES = 20_000
PNG = pictures.plain(64, 48)
PNG_BASE64 = base64.b64encode(PNG).decode()


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    with Intake(IntakeSettings(max_bytes=MAX_BYTES), dict[str, bytes]().__getitem__) as made:
        yield made


def test_a_stream_is_left_as_soon_as_it_is_too_long(intake: Intake) -> None:
    given = []

    def endless() -> Iterator[bytes]:
        while True:
            given.append(1_000)
            yield bytes(1_000)

    with pytest.raises(ImageTooLarge) as caught:
        intake.take_stream(endless())
    assert caught.value.params == {"rule": "max_bytes", "max_bytes": str(MAX_BYTES)}
    assert sum(given) == MAX_BYTES + 1_000


def test_a_file_without_line_breaks_is_read_in_small_pieces(intake: Intake) -> None:
    class Endless:
        largest = total = 0

        def read(self, size: int, /) -> bytes:
            self.largest = max(self.largest, size)
            self.total += size
            return bytes(size)

    source = Endless()
    with pytest.raises(ImageTooLarge):
        intake.take_stream(source)
    assert 0 < source.largest <= 65_536
    assert source.total <= MAX_BYTES + 65_536


def test_bytes_over_the_limit_are_refused_whatever_they_are(intake: Intake) -> None:
    with pytest.raises(ImageTooLarge):
        intake.take(bytes(MAX_BYTES + 1))


@pytest.mark.parametrize(
    "head",
    [
        "data:image/png;base64,",
        "DATA:IMAGE/PNG;BASE64,",
        "data:image/jpeg;base64,",  # clients often say jpeg whatever they send: the bytes decide
        "data:image/png;charset=utf-8;base64,",
        "data:application/octet-stream;base64,",
    ],
)
def test_data_urls_of_pictures_come_in(intake: Intake, head: str) -> None:
    assert intake.take_data_url(head + PNG_BASE64).media_type == "image/png"


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("", "data_url"),
        ("data:", "data_url"),
        ("data:,", "data_url"),
        ("data:image/png," + PNG_BASE64, "data_url"),
        ("data:image/png;base64" + PNG_BASE64, "data_url"),
        ("data:image/png;" + "a=b;" * 200 + "base64," + PNG_BASE64, "data_url"),
        ("https://example.com/a.png", "data_url"),
        ("data:text/html;base64," + PNG_BASE64, "data_url_type"),
        ("data:;base64," + PNG_BASE64, "data_url_type"),
        ("data:image/png;base64," + PNG_BASE64[:-1] + "!", "data_url_base64"),
        ("data:image/png;base64," + PNG_BASE64 + "====", "data_url_base64"),
        ("data:image/png;base64,QUJD====", "data_url_base64"),
        ("data:image/png;base64,QUJD=", "data_url_base64"),
        ("data:image/png;base64,=" + PNG_BASE64, "data_url_base64"),
        ("data:image/png;base64,ab\ncd", "data_url_base64"),
        ("data:image/png;base64,ab%2Bd", "data_url_base64"),
        ("data:image/png;base64,a", "data_url_base64"),
        ("data:image/png;base64,图片", "data_url_base64"),
    ],
)
def test_wrong_data_urls_are_named(intake: Intake, url: str, rule: str) -> None:
    with pytest.raises(BadDataUrl) as caught:
        intake.take_data_url(url)
    assert caught.value.params["rule"] == rule


def test_a_data_url_without_bytes_is_an_empty_file(intake: Intake) -> None:
    with pytest.raises(BadInput) as caught:
        intake.take_data_url("data:image/png;base64,")
    assert caught.value.params["rule"] == "empty"


def test_the_length_of_base64_is_checked_before_it_is_decoded(intake: Intake) -> None:
    too_long = "data:image/png;base64," + "!" * (MAX_BYTES * 2)  # decoding this would say data_url_base64
    with pytest.raises(ImageTooLarge) as caught:
        intake.take_data_url(too_long)
    assert caught.value.params["rule"] == "max_bytes"


def test_svg_in_a_data_url_is_refused_by_its_content(intake: Intake) -> None:
    with pytest.raises(BadInput) as caught:
        intake.take_data_url("data:image/svg+xml;base64," + base64.b64encode(b"<svg onload=alert(1)>").decode())
    assert caught.value.params == {"rule": "format", "kind": "SVG"}


def test_links_are_off_by_default(intake: Intake) -> None:
    with pytest.raises(BlockedLink) as caught:
        intake.take_link("https://example.com/a.png")
    assert caught.value.params["rule"] == "links_off"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("身份证.jpg", "身***.jpg"),
        ("IMG_20250318_张三.JPEG", "I***.jpeg"),
        ("../../etc/passwd", "p***"),
        ("..\\..\\windows\\system32\\a.png", "a***.png"),
        ("/home/zhang/护照.pdf", "护***.pdf"),
        ("invoice.tar.gz", "i***"),
        ("photo.13800138000", "p***"),
        (".jpg", "***.jpg"),
        ("<script>.png", "***.png"),
        ("\x00\x1b[31m.png", "***.png"),
        ("\u202egnp.exe.png", "***.png"),
        ("a", "a***"),
        ("", ""),
        ("/", ""),
    ],
)
def test_file_names_are_kept_only_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_the_masked_name_comes_with_the_picture(intake: Intake) -> None:
    assert intake.take(PNG, name="C:\\用户\\李四的身份证.png").name == "李***.png"
