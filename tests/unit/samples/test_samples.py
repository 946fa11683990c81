"""The sample pictures: what the index says is what the files are, and the script draws the same ones anywhere."""

from __future__ import annotations

import io
import socket
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wentu.core.errors import NotFound
from wentu.samples import read, samples

TOOLS = Path(__file__).parents[3] / "tools"
EXPECTED_IDS = {"id-card", "invoice", "chart", "product", "street"}
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.int16)


def test_there_is_one_sample_of_each_kind() -> None:
    assert {sample.id for sample in samples()} == EXPECTED_IDS


def test_the_index_tells_each_file_s_true_size_and_type() -> None:
    for sample in samples():
        with Image.open(io.BytesIO(read(sample.id))) as image:
            assert (image.width, image.height) == (sample.width, sample.height)
            assert MEDIA_TYPES[str(image.format)] == sample.media_type


def test_samples_are_wide_enough_to_read_and_small_enough_to_ship() -> None:
    for sample in samples():
        assert 1000 <= sample.width <= 1600
        assert len(read(sample.id)) < 250_000


def test_every_sample_has_a_title_and_two_or_three_questions_in_both_languages() -> None:
    for sample in samples():
        assert set(sample.title) == set(sample.questions) == {"zh-CN", "en"}
        assert all(sample.title.values())
        assert all(2 <= len(questions) <= 3 and all(questions) for questions in sample.questions.values())


def test_an_unknown_sample_is_not_found() -> None:
    for wrong in ("nothing", "../samples.json", ""):
        with pytest.raises(NotFound):
            read(wrong)


def test_redrawing_needs_no_network_and_gives_the_pictures_that_are_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("drawing asked for the network")

    monkeypatch.syspath_prepend(str(TOOLS))
    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    import draw_samples

    draw_samples.draw_all(tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == EXPECTED_IDS
    for path in tmp_path.iterdir():
        drawn, shipped = pixels(path.read_bytes()), pixels(read(path.stem))
        assert drawn.shape == shipped.shape
        # Another release of FreeType may move edges by a hair; a changed word or colour is far above this.
        assert np.abs(drawn - shipped).mean() < 1.0


def test_the_invented_numbers_pass_their_checks_and_the_invoice_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TOOLS))
    from sample_pictures import id_card, invoice
    from sample_pictures.numbers import capitals

    # GB 11643 as ISO 7064 MOD 11-2: the weighted sum with the check character is 1 modulo 11.
    number = id_card.NUMBER
    assert sum((10 if c == "X" else int(c)) * pow(2, 17 - i, 11) for i, c in enumerate(number)) % 11 == 1
    assert number[6:14] == "19960520" and int(number[16]) % 2 == 0  # the card says born 1996-05-20, female
    # GB 32100: the weighted sum of the first 17 and the check character (weight 1) are 0 modulo 31 together.
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for code in (invoice.BUYER_ID, invoice.SELLER_ID):
        assert len(code) == 18
        weighted = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
        assert (weighted + alphabet.index(code[17])) % 31 == 0
    assert invoice.TOTAL == Decimal("12854.50") == invoice.AMOUNT + invoice.TAX
    assert capitals(invoice.TOTAL) == "壹万贰仟捌佰伍拾肆圆伍角整"
    assert capitals(Decimal("10203.04")) == "壹万零贰佰零叁圆肆分"
