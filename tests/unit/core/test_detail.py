import pytest

from wentu.core.detail import DETAILS, READING, SCENE, Look, Speed, detail_of, expected_s, n_tokens
from wentu.core.errors import BadRequest


def test_balanced_is_meant_where_nothing_is_said_and_a_wrong_word_is_refused() -> None:
    assert detail_of({}) == "balanced" and detail_of({"detail": "quick"}) == "quick"
    with pytest.raises(BadRequest, match="quick, balanced, precise"):
        detail_of({"detail": "ultra"})


def test_a_closer_look_never_sees_less() -> None:
    for dial in (READING, SCENE):
        looks = [dial[detail] for detail in DETAILS]
        assert [look.tokens for look in looks] == sorted(look.tokens for look in looks)
        assert [look.crops for look in looks] == sorted(look.crops for look in looks)
    assert all(READING[detail].tokens >= SCENE[detail].tokens for detail in DETAILS)


@pytest.mark.parametrize(
    ("size", "most", "tokens"),
    [((448, 448), 1024, 196), ((1024, 1024), 576, 576), ((20, 20), 1024, 64), ((4000, 3000), 1024, 1024)],
)
def test_visual_tokens_come_from_the_pixels(size: tuple[int, int], most: int, tokens: int) -> None:
    assert n_tokens(*size, most) == tokens


def test_the_wait_grows_with_pictures_and_with_their_enlarged_parts() -> None:
    speed = Speed(base_s=0.5, token_s=0.01, pair_s=1e-5, write_s=0.04)
    one = expected_s(speed, [(1024, 1024)], Look(1024))
    assert one[0] == one[1] == pytest.approx(0.5 + 10.24 + 1e-5 * 1024**2)
    least, most = expected_s(speed, [(1024, 1024), (448, 448)], Look(1024, crops=2))
    assert least == pytest.approx(one[0] + 1.96 + 1e-5 * 196**2)
    assert most == pytest.approx(least + 4 * (one[0] - 0.5))
