"""Text comes out whole, without stop strings, and not for ever."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wentu.engines.openvino.output import LoopGuard, TextStream


def pieces(text: str, sizes: list[int]) -> list[bytes]:
    data, cut, start = text.encode(), [], 0
    while start < len(data):
        size = sizes[len(cut) % len(sizes)]
        cut.append(data[start : start + size])
        start += size
    return cut


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.lists(st.integers(1, 5), min_size=1))
def test_characters_cut_by_tokens_come_out_whole(text: str, sizes: list[int]) -> None:
    stream = TextStream(())
    shown = [stream.push(piece) for piece in pieces(text, sizes)] + [stream.finish()]
    assert "".join(shown) == text


@given(st.lists(st.integers(1, 5), min_size=1))
def test_a_stop_string_never_shows_however_it_is_cut(sizes: list[int]) -> None:
    stream, shown = TextStream(("。停止", "停止!")), ""
    for piece in pieces("答案是:停。停止!后面", sizes):
        shown += stream.push(piece)
        assert "停止" not in shown and not shown.endswith("。")
    assert shown + stream.finish() == "答案是:停"
    assert stream.stopped


def test_the_beginning_of_a_stop_string_that_goes_on_otherwise_is_shown() -> None:
    stream = TextStream(("END",))
    assert [stream.push(b"the E"), stream.push(b"N"), stream.push(b"D"[:0]), stream.push(b"Z")] == [
        "the ",
        "",
        "",
        "ENZ",
    ]


def test_the_beginning_of_a_stop_string_at_the_end_is_shown() -> None:
    stream = TextStream(("END",))
    assert stream.push(b"the EN") + stream.finish() == "the EN"


def test_half_a_character_at_the_end_is_replaced() -> None:
    stream = TextStream(())
    assert stream.push("猫".encode()[:2]) == ""
    assert stream.finish() == "\ufffd"


def first_loop(tokens: list[int], data: bytes = b"x") -> int | None:
    guard = LoopGuard()
    return next((index for index, token in enumerate(tokens) if guard.push(token, data)), None)


@pytest.mark.parametrize("period", [1, 2, 7, 40])
def test_going_round_in_circles_is_noticed(period: int) -> None:
    start = list(range(1000, 1050))
    found = first_loop(start + list(range(period)) * 300)
    assert found is not None and found < 50 + max(96, 6 * period) + 2 * period


def test_rows_of_a_table_and_random_text_are_no_loop() -> None:
    row = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    table = [token for i in range(40) for token in [*row, 100 + i]]
    noise = random.Random(0).choices(range(50), k=3000)
    assert first_loop(table) is None and first_loop(noise) is None
    assert first_loop([5] * 80) is None  # a ruled line


def test_white_space_without_end_is_noticed() -> None:
    assert first_loop(random.Random(1).choices(range(3), k=100), b" \n") == 63
