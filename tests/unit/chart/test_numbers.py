"""Numbers as charts print them."""

import pytest

from wentu.tasks.chart.numbers import parse_number, parted_numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,200", 1200), ("3.5k", 3500), ("12%", 12), ("−4", -4), ("1.2万", 12000), ("$1,000", 1000),
        ("5000-", 5000), ("2:36", 2.36), ("1O0", 100), ("1e3", 1000),
    ],
)  # fmt: skip
def test_a_printed_number_has_its_value(text: str, value: float) -> None:
    assert parse_number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["Q1", "B2", "一月", "2023-04", "1,20", "Apples", "", "O"])
def test_what_is_no_number_gets_no_value(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("149,976161,758", "149,976 161,758"), ("12.534.1", "12.5 34.1"), ("13.0%15.5%", "13.0% 15.5%"),
        ("1,234,567", "1,234,567"), ("12.5", "12.5"), ("2024.05.01", "2024.05.01"), ("6058.7", "6058.7"),
    ],
)  # fmt: skip
def test_numbers_read_as_one_word_are_parted_where_their_form_tells(text: str, parted: str) -> None:
    assert parted_numbers(text) == parted
