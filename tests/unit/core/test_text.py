from hypothesis import given
from hypothesis import strategies as st

from wentu.core.text import display_width, normalize


def test_width_case_spaces_and_invisible_characters_make_no_difference() -> None:
    assert normalize("ＡＢｃ：１２３ \u200b￥").text == normalize("abc:123¥").text


def test_a_span_leads_back_to_the_characters_as_they_were_written() -> None:
    written = "合计 （大写）：㎏ 5"
    compared = normalize(written)
    start = compared.text.index("(大写)")
    begin, end = compared.span(start, start + 4)
    assert written[begin:end] == "（大写）"


def test_one_character_that_becomes_two_keeps_its_place() -> None:
    compared = normalize("5㎏!")
    assert compared.text == "5kg!"
    assert compared.span(1, 3) == (1, 2)


@given(st.text())
def test_every_span_lies_inside_the_original(text: str) -> None:
    compared = normalize(text)
    assert len(compared.text) == len(compared.starts)
    for place in range(len(compared.text)):
        begin, end = compared.span(place, place + 1)
        assert 0 <= begin < end <= len(text)


def test_chinese_characters_are_twice_as_wide() -> None:
    assert display_width("价格 12") == 7
