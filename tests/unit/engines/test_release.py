"""What leaves the engine while tokens come in: whole characters, and never a piece of a stop string."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wentu.core.types import TokenLogprob
from wentu.engines.release import Release, Released


def run(stop: tuple[str, ...], pieces: list[bytes]) -> tuple[list[str], Release]:
    """The texts released one after the other, up to the stop."""
    release, texts = Release(stop), []
    for piece in pieces:
        texts.append(release.push(piece).text)
        if release.stopped:
            break
    texts.append(release.flush().text)
    return texts, release


def test_a_character_leaves_when_its_last_byte_has_come() -> None:
    texts, _ = run((), [b"a", *(bytes([byte]) for byte in "图🙂".encode())])
    assert texts == ["a", "", "", "图", "", "", "", "🙂", ""]


def test_half_a_character_at_the_end_is_left_out() -> None:
    assert "".join(run((), ["好图".encode()[:-1]])[0]) == "好"


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    assert "".join(run((), [b"a\xff", b"b"])[0]) == "a\ufffdb"


def test_a_stop_string_over_several_tokens_never_leaves() -> None:
    texts, release = run(("END",), [b"so E", b"N", b"D and more"])
    assert (texts, release.stopped) == (["so ", "", "", ""], True)


def test_what_only_looked_like_a_stop_string_leaves_later() -> None:
    texts, release = run(("END",), [b"E", b"N", b"E", b"x"])
    assert (texts, release.stopped) == (["", "", "EN", "Ex", ""], False)


def test_the_end_of_the_answer_sets_free_what_was_held() -> None:
    assert run(("END",), [b"the EN"])[0] == ["the ", "EN"]


def test_the_first_of_several_stop_strings_counts() -> None:
    assert "".join(run(("zz", "b"), [b"abzz"])[0]) == "a"


def test_empty_stop_strings_stop_nothing() -> None:
    assert "".join(run(("",), [b"abc"])[0]) == "abc"


def test_log_probabilities_leave_with_their_text_and_not_with_the_stop_string() -> None:
    release = Release(("yz",))
    tokens = [TokenLogprob(name, -1.0) for name in "abyz"]
    released = [release.push(token.token.encode(), (token,)) for token in tokens]
    assert [item.logprobs for item in released] == [(tokens[0],), (tokens[1],), (), ()]
    assert release.flush() == Released()


def test_the_log_probabilities_of_a_split_character_leave_together() -> None:
    release, tokens = Release(()), [TokenLogprob("\ufffd", -float(number)) for number in range(3)]
    released = [release.push(bytes([byte]), (token,)) for byte, token in zip("图".encode(), tokens, strict=True)]
    assert [item.logprobs for item in released] == [(), (), tuple(tokens)]


@given(
    text=st.text(alphabet="ab图🙂", max_size=30),
    stop=st.lists(st.text(alphabet="ab图🙂", min_size=1, max_size=4), max_size=3),
    cut=st.integers(1, 5),
)
def test_any_cutting_into_tokens_gives_the_text_before_the_stop_that_is_complete_first(
    text: str, stop: list[str], cut: int
) -> None:
    data = text.encode()
    expected = text
    for end in range(cut, len(data) + cut, cut):
        prefix = data[:end].decode(errors="ignore")
        found = [at for word in stop if (at := prefix.find(word)) >= 0]
        if found:
            expected = prefix[: min(found)]
            break
    texts, _ = run(tuple(stop), [data[at : at + cut] for at in range(0, len(data), cut)])
    assert "".join(texts) == expected


@pytest.mark.parametrize("cut", [1, 2, 3, 7])
def test_no_released_text_is_ever_taken_back(cut: int) -> None:
    data = "图中有 END。".encode()
    texts, _ = run(("END!",), [data[at : at + cut] for at in range(0, len(data), cut)])
    assert "".join(texts) == "图中有 END。"


def test_the_halves_of_a_surrogate_pair_in_two_pieces_are_one_character() -> None:
    release = Release((), "utf-16-le")
    halves = [half.encode("utf-16-le", "surrogatepass") for half in ("a\ud83d", "\ude42b")]
    assert [release.push(half).text for half in halves] == ["a", "🙂b"]
