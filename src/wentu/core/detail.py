"""How closely a vision model looks at a picture, and how long that takes on this machine.

A picture costs its visual tokens twice: in the vision model, whose attention grows with their square, and in the
prompt. A scene is understood with few of them; text needs more, since a letter that is lower than a patch can't be
read however long one looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from wentu.core.errors import BadRequest

Detail = Literal["quick", "balanced", "precise"]
DETAILS: tuple[Detail, ...] = get_args(Detail)
OPTION = "detail"
# Side of the square that one visual token of the Qwen3-VL family covers: patches of 16 pixels, merged two by two.
TOKEN_PX = 32
LEAST_TOKENS = 64  # the maker enlarges smaller pictures to so many (preprocessor_config.json, size.shortest_edge)


@dataclass(frozen=True, slots=True)
class Look:
    """At most `tokens` visual tokens for a whole picture.

    Where its text would then be lower than `line_px` pixels, up to `crops` enlarged parts are looked at as well.
    """

    tokens: int
    crops: int = 0
    line_px: float = 0.0


# Accuracy by tokens from a public report on the 2B model (30 photographs): 320 -> 19 right, 576 -> 25, 1,024 -> 26.
SCENE: Mapping[Detail, Look] = {"quick": Look(320), "balanced": Look(576), "precise": Look(1024)}
# A line lower than one patch (16 pixels) shares its patch with its neighbours; precise asks for half a patch more.
# One view of over 1,024 tokens is never taken: attention over it costs more time and memory than several parts.
READING: Mapping[Detail, Look] = {
    "quick": Look(576),
    "balanced": Look(1024, crops=2, line_px=16),
    "precise": Look(1024, crops=4, line_px=24),
}


@dataclass(frozen=True, slots=True)
class Speed:
    """What one version takes on this machine, in seconds, with nothing else to do.

    The first token of an answer about a picture of n visual tokens comes after `base_s` + n `token_s` + n² `pair_s`;
    each one more after `write_s`.
    """

    base_s: float
    token_s: float
    pair_s: float
    write_s: float

    def first_token_s(self, tokens: Sequence[int]) -> float:
        """Seconds until the first token of an answer about pictures of so many visual tokens each."""
        return self.base_s + sum(n * self.token_s + n * n * self.pair_s for n in tokens)


def detail_of(options: Mapping[str, str]) -> Detail:
    """What a query asks for; balanced where it says nothing. Raises BadRequest."""
    asked = options.get(OPTION, "balanced")
    if asked not in DETAILS:
        raise BadRequest(f"'{OPTION}' is one of {', '.join(DETAILS)}", param=OPTION)
    return asked


def n_tokens(width: int, height: int, most: int) -> int:
    """About how many visual tokens a picture of so many pixels takes when `most` are allowed."""
    return max(min(round(width * height / TOKEN_PX**2), most), min(LEAST_TOKENS, most))


def expected_s(speed: Speed, sizes: Sequence[tuple[int, int]], look: Look) -> tuple[float, float]:
    """Seconds to the first token with no enlarged parts and with all of them. `sizes`: (width, height) of pictures."""
    whole = [n_tokens(width, height, look.tokens) for width, height in sizes]
    parts = [look.tokens] * look.crops * len(sizes)
    return speed.first_token_s(whole), speed.first_token_s([*whole, *parts])
