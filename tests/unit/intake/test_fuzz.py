"""Any bytes whatever: a picture or a named refusal, never another exception."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from hostile import documents, ofd, pictures
from wentu.core.config import IntakeSettings
from wentu.core.errors import BadInput
from wentu.intake import Intake, Taken
from wentu.intake.dataurl import decode_data_url
from wentu.intake.links import parse_link
from wentu.intake.names import mask_name

pillow_heif.register_heif_opener()
GOOD = [pictures.plain(40, 30, kind) for kind in pictures.KINDS] + [
    pictures.with_orientation(pictures.speckled(40, 30), 6, "JPEG"),
    pictures.saved(pictures.speckled(40, 30), "JPEG", progressive=True),
    pictures.saved(pictures.speckled(40, 30), "TIFF", compression="tiff_lzw"),
    pictures.saved(pictures.speckled(40, 30, "1"), "TIFF", compression="group4"),
    pictures.saved(pictures.speckled(40, 30), "HEIF"),
    pictures.multi_picture_jpeg(),
    pictures.animated_gif(3),
    documents.pdf(2, width_pt=60, height_pt=40),
    ofd.ofd([ofd.text(2, 10, 5, "正文 1")], box="0 0 30 20"),
]
in_children = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    limits = IntakeSettings(decode_timeout_s=10, max_pixels=1_000_000)
    with Intake(limits, dict[str, bytes]().__getitem__) as made:
        yield made


def taken_or_refused(intake: Intake, data: bytes) -> Taken | None:
    try:
        taken = intake.take(data)
    except BadInput as error:
        assert error.params["rule"]
        return None
    with Image.open(io.BytesIO(taken.data)) as clean:
        clean.load()
        assert (clean.mode, clean.size) == ("RGB", (taken.width, taken.height))
    return taken


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=400))
def test_any_bytes_are_a_picture_or_a_named_refusal(intake: Intake, data: bytes) -> None:
    taken_or_refused(intake, data)


@in_children
@given(start=st.sampled_from([data[:n] for data in GOOD for n in (4, 16, 64)]), rest=st.binary(max_size=400))
def test_any_bytes_behind_a_true_beginning_are_a_picture_or_a_named_refusal(
    intake: Intake, start: bytes, rest: bytes
) -> None:
    taken_or_refused(intake, start + rest)


@in_children
@given(
    data=st.sampled_from(GOOD),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12),
)
def test_good_files_with_wrong_bytes_are_a_picture_or_a_named_refusal(
    intake: Intake, data: bytes, flips: list[tuple[float, int]]
) -> None:
    damaged = bytearray(data)
    for where, value in flips:
        damaged[int(where * len(damaged))] = value
    taken_or_refused(intake, bytes(damaged))


@settings(max_examples=300, deadline=None)
@given(url=st.text(max_size=200) | st.text(max_size=60).map("data:image/png;base64,".__add__))
def test_any_text_as_data_url_is_bytes_or_a_named_refusal(url: str) -> None:
    try:
        assert isinstance(decode_data_url(url, max_bytes=100), bytes)
    except BadInput as error:
        assert error.params["rule"]


@settings(max_examples=300, deadline=None)
@given(url=st.text(max_size=100) | st.text(max_size=60).map("https://".__add__))
def test_any_text_as_link_is_a_plain_target_or_a_named_refusal(url: str) -> None:
    try:
        target = parse_link(url)
    except BadInput as error:
        assert error.params["rule"] == "link_url"
    else:
        assert target.host.isascii() and target.path.isascii() and target.path.isprintable()


@settings(max_examples=300, deadline=None)
@given(name=st.text(max_size=60))
def test_a_masked_name_never_shows_more_than_one_letter_and_an_extension(name: str) -> None:
    masked = mask_name(name)
    stem = masked.split("***")[0]
    assert len(stem) <= 1 and "/" not in masked and "\\" not in masked and masked.isprintable()
