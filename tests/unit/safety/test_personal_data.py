import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wentu.safety.personal_data import find_personal, mask

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def an_id(rng: random.Random) -> str:
    """A number that keeps GB 11643, of nobody."""
    body = f"110105{rng.randint(1950, 2005)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{rng.randint(0, 999):03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def a_card(rng: random.Random) -> str:
    body = "622202" + "".join(str(rng.randint(0, 9)) for _ in range(12))
    for check in range(10):
        digits = [int(digit) for digit in reversed(body + str(check))]
        if (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0:
            return body + str(check)
    raise AssertionError


@given(st.randoms(use_true_random=False), st.text(alphabet="好 ，号码是a。", max_size=8))
def test_what_keeps_its_check_digits_is_found_and_masked_in_place(rng: random.Random, around: str) -> None:
    for kind, number in (("id", an_id(rng)), ("bank_card", a_card(rng))):
        text = f"{around}：{number}，{around}"
        [found] = find_personal(text)
        assert (found.kind, text[found.start : found.end]) == (kind, number)
        hidden = mask(text)
        assert len(hidden) == len(text) and number[4:-4] not in hidden and hidden.count("*") >= 10


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("电话138 1234 5678", "phone"),
        ("＋86-138-1234-5678", "phone"),
        ("１３８１２３４５６７８", "phone"),
        ("车牌京A12345。", "plate"),
        ("沪AD12345", "plate"),
        ("粤B·1234警", "plate"),
        ("发到zhang.san+a@mail.example.com。", "email"),
    ],
)
def test_other_kinds_are_known_by_their_form(text: str, kind: str) -> None:
    assert [one.kind for one in find_personal(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",
        "6222020000000000001",
        "订单20251105123456",
        "金额 13,800.00",
        "版本1.3.0",
        "A4纸",
        "京东A座",
    ],
)
def test_numbers_that_only_look_like_it_stay(text: str) -> None:
    assert find_personal(text) == [] and mask(text) == text


@given(st.text(max_size=80))
def test_any_text_keeps_its_length(text: str) -> None:
    assert len(mask(text)) == len(text)
