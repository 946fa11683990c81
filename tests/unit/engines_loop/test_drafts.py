"""Guesses are copied from the right place and adapt to how often they are right."""

from wentu.engines.loop.drafts import MAX_DRAFT, Drafter


def written(drafter: Drafter, tokens: list[int]) -> Drafter:
    for token in tokens:
        drafter.accept(token)
    return drafter


def test_a_guess_goes_on_where_the_source_has_the_same_tokens() -> None:
    page = list(range(100, 130))
    drafter = written(Drafter([page]), [7, 104, 105])
    assert drafter.guess(8) == [106, 107, 108, 109]


def test_the_longest_agreement_wins() -> None:
    drafter = written(Drafter([[1, 2, 3, 50, 51], [9, 3, 60, 61]]), [1, 2, 3])
    assert drafter.guess(8)[:2] == [50, 51]


def test_the_answer_so_far_is_a_source_too() -> None:
    drafter = written(Drafter([]), [1, 2, 3, 4, 5, 1, 2])
    assert drafter.guess(2) == [3, 4]


def test_nothing_known_means_no_guess() -> None:
    assert written(Drafter([[1, 2, 3]]), [8]).guess(8) == []
    assert Drafter([[1, 2, 3]]).guess(8) == []
    assert written(Drafter([[1, 2, 3]]), [1, 2]).guess(0) == []


def test_right_guesses_grow_and_wrong_ones_shrink() -> None:
    drafter = written(Drafter([list(range(100))]), [4, 5])
    for _ in range(3):
        drafter.learn_from(4, 4)
    assert len(drafter.guess(99)) == MAX_DRAFT
    for _ in range(6):
        drafter.learn_from(8, 0)
    assert len(drafter.guess(99)) == 1
