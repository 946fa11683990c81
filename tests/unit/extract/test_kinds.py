"""Printed values become normalised ones, or nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wentu.evaluation.documents.people import capitals
from wentu.tasks.extract.amounts import find_capitals, parse_capitals, parse_number
from wentu.tasks.extract.kinds import find_dates, parse


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2021年3月5日", "2021-03-05"),
        ("2021 年 03 月 05 日", "2021-03-05"),
        ("二〇二一年三月十五日", "2021-03-15"),
        ("20210305", "2021-03-05"),
        ("25-03-2018 09:42:19 AM", "2018-03-25"),
        ("27/05/20188:07 PM", "2018-05-27"),
        ("03 Apr 2018", "2018-04-03"),
        ("2025-04-2214:50", "2025-04-22"),
        ("2021.02.30", None),
        ("41/2-51-", None),
    ],
)
def test_dates_are_read_in_every_printed_form(text: str, iso: str | None) -> None:
    assert parse("date", text) == iso


def test_a_day_over_twelve_tells_month_before_day() -> None:
    assert [iso for _, _, iso in find_dates("12/25/2019")] == ["2019-12-25"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("壹佰壹拾叁圆整", "113"),
        ("人民币壹万贰仟元正", "12000"),
        ("叁佰元零伍分", "300.05"),
        ("⊗壹仟零伍圆叁角伍分", "1005.35"),
        ("负壹佰元整", "-100"),
        ("贰拾圆零叁分", "20.03"),
    ],
)
def test_capital_amounts_are_numbers(text: str, value: str) -> None:
    assert parse_capitals(text) == Decimal(value)


@pytest.mark.parametrize("cents", [1, 10, 105, 10_000, 10_010_005, 123_456_789, 20_000_00, 100_500_50])
def test_capitals_that_we_print_are_read_back(cents: int) -> None:
    amount = Decimal(cents) / 100
    assert parse_capitals(capitals(amount)) == amount


def test_text_without_capitals_has_none() -> None:
    assert find_capitals("合计 100.00") is None
    assert parse_capitals("一个") is None


@pytest.mark.parametrize(
    ("text", "value"), [("¥1,234.50", "1234.50"), ("-3.00", "-3.00"), ("RM 7.00", "7.00"), ("7.00 8.00", None)]
)
def test_one_number_is_an_amount_and_two_are_none(text: str, value: str | None) -> None:
    assert parse_number(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "rate"), [("9%", "9%"), ("%6", "9%"), ("%b", "9%"), ("%9", "6%"), ("%E1", "13%"), ("%K", None)]
)
def test_a_rate_that_ocr_turned_upside_down_is_turned_back(text: str, rate: str | None) -> None:
    assert parse("rate", text) == rate
