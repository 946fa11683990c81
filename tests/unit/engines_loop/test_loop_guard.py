"""Circles are noticed, and what only looks like one is not."""

import random

import pytest

from wentu.engines.loop.loop_guard import LoopGuard


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
