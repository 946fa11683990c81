"""Names of an axis that were missed or misread, put right by the others."""

import pytest

from wentu.tasks.chart.sequences import repaired, rule_of


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("1月", "", "S月", "4月", "5月"), ("1月", "2月", "3月", "4月", "5月")),
        (("Jul", "Aug", "Sep", "0t"), ("Jul", "Aug", "Sep", "Oct")),
        (("2023-11", "2023-12", "2024-01", ""), ("2023-11", "2023-12", "2024-01", "2024-02")),
        (("Q1", "Q2", "ε3", "Q4"), ("Q1", "Q2", "Q3", "Q4")),
        (("5月", "69月", "7月", "8月", "9月"), ("5月", "6月", "7月", "8月", "9月")),
    ],
)
def test_a_name_that_breaks_the_rule_follows_it(names: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    assert repaired(names) == wanted


@pytest.mark.parametrize(
    "names",
    [
        ("1月", "2月", "3月", "合计"),
        ("10", "20", "30", "100"),
        ("北京", "上海", ""),
        ("2020", "2019", "2018"),
        ("2010", "2011", "2012", "2013", "2015"),
    ],
)
def test_names_without_a_rule_or_with_a_reason_stay(names: tuple[str, ...]) -> None:
    assert repaired(names) == names


def test_holes_are_filled_by_place() -> None:
    assert repaired(("2015", "2016", "2019"), (0, 1, 4)) == ("2015", "2016", "2017", "2018", "2019")
    assert repaired(("a", "b"), (0, 2)) == ("a", "", "b")


def test_every_second_name_has_names_between() -> None:
    rule = rule_of(("Jan", "Mar", "May"), (0, 1, 2))
    assert rule is not None and rule.step == 2
    assert [rule.between(k) for k in (-1, 1, 3)] == ["Dec", "Feb", "Apr"]
