"""Checksums hold for right numbers and for no number with one wrong character."""

from __future__ import annotations

from random import Random

import pytest

from wentu.evaluation.documents import people
from wentu.tasks.extract.identifiers import (
    card_checksum,
    id_checksum,
    one_confusion_away,
    organisation_checksum,
    uscc_checksum,
)


@pytest.mark.parametrize("seed", range(20))
def test_made_numbers_are_right_and_one_changed_digit_is_noticed(seed: int) -> None:
    rng = Random(seed)
    number = people.id_number(rng, "110101", people.day(rng, 1960, 2000), male=True)
    card, code = people.card_number(rng), people.credit_code(rng)
    assert id_checksum(number) and card_checksum(card) and uscc_checksum(code) and organisation_checksum(code)
    place = rng.randrange(8)
    assert not id_checksum(_changed(number, place))
    assert not card_checksum(_changed(card, place))
    assert not uscc_checksum(_changed(code, place))


def test_codes_of_cooperatives_begin_with_n2() -> None:
    from stdnum.cn import uscc

    body = "N2110101MA0ABCDE1"
    assert uscc_checksum(body + uscc.calc_check_digit(body))


def test_a_confused_character_is_found_by_the_checksum() -> None:
    code = people.credit_code(Random(3))
    place = next(at for at, character in enumerate(code[:8]) if character in "0158")
    wrong = code[:place] + {"0": "O", "1": "I", "5": "S", "8": "B"}[code[place]] + code[place + 1 :]
    assert code in one_confusion_away(wrong, uscc_checksum)


def _changed(number: str, place: int) -> str:
    return number[:place] + str((int(number[place]) + 3) % 10) + number[place + 1 :]
