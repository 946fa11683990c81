"""The light text classifier that ships: a small network over hashed n-grams of characters and syllables, in numpy.

It knows the kinds of wording that it was trained on (tools/train_text_guard.py); docs/safety.md is its card.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wentu.core.errors import BadSetting
from wentu.safety.folding import fold
from wentu.safety.variants import sounds

SHIPPED = Path(__file__).parent / "data" / "text-guard.npz"
BUCKETS = 1 << 16
CHARACTERS = (1, 2, 3)  # lengths of the n-grams of characters
SYLLABLES = (2, 3)  # and of syllables: what sounds alike is alike, whichever characters or letters write it
MOST = 400  # characters that are looked at; a longer text is judged by pieces
_MARGIN = "\x02"
_SPOKEN = "\x03"


@dataclass(frozen=True, slots=True)
class Network:
    """Rows of `table` (BUCKETS, hidden) int8, times `scale`, are summed by the values of the n-grams that a text has;
    then a bias, a ReLU, and `out` (hidden, labels) with its own bias. The first label is "safe"."""

    labels: tuple[str, ...]
    table: NDArray[np.int8]
    scale: float
    bias: NDArray[np.float32]
    out: NDArray[np.float32]
    out_bias: NDArray[np.float32]

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path,
            labels=np.array(self.labels),
            table=self.table,
            scale=np.float32(self.scale),
            bias=self.bias,
            out=self.out,
            out_bias=self.out_bias,
        )


class LightClassifier:
    """`scores` gives a probability a category; what is left to 1 is the probability that a text is safe."""

    def __init__(self, network: Network) -> None:
        self._network = network

    @classmethod
    def load(cls, path: Path) -> LightClassifier:
        """Raises BadSetting when the file can't be used."""
        try:
            with np.load(path, allow_pickle=False) as kept:
                labels = tuple(str(one) for one in kept["labels"])
                parts = (kept["table"], float(kept["scale"]), kept["bias"], kept["out"], kept["out_bias"])
                return cls(Network(labels, *parts))
        except (OSError, ValueError, KeyError) as exc:
            raise BadSetting(f"the text classifier {path.name} can't be read", name="WENTU_SAFETY__TEXT_MODEL") from exc

    def scores(self, text: str) -> Mapping[str, float]:
        """Probability (0..1) by category: the likeliest category has everything that is not safe, the others nothing.

        A sentence about a weapon and a wish to hurt is no less harmful for being both.
        """
        places, values = features(text)
        if not len(places):
            return {}
        net = self._network
        hidden = np.maximum((values * net.scale) @ net.table[places].astype(np.float32) + net.bias, 0.0)
        logits = hidden @ net.out + net.out_bias
        odds = np.exp(logits - logits.max())
        found = dict.fromkeys(net.labels[1:], 0.0)
        found[net.labels[1 + int(odds[1:].argmax())]] = float(1 - odds[0] / odds.sum())
        return found


def features(text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Buckets of the n-grams of a folded text and their values, of length 1 together (Euclidean)."""
    plain = fold(text[:MOST]).text
    counts: Counter[int] = Counter()
    for gram, count in Counter(_grams(plain)).items():
        counts[zlib.crc32(gram.encode("utf-8", "replace")) % BUCKETS] += count
    values = np.array([1 + math.log(count) for count in counts.values()], np.float32)
    return np.array(list(counts), np.int64), values / max(float(np.linalg.norm(values)), 1e-6)


def _grams(plain: str) -> Iterator[str]:
    if not plain:
        return
    written = _MARGIN + plain + _MARGIN
    for n in CHARACTERS:
        yield from (written[at : at + n] for at in range(len(written) - n + 1))
    spoken = sounds(plain)
    for n in SYLLABLES:
        yield from (_SPOKEN + spoken[at : at + n] for at in range(len(spoken) - n + 1))


@cache
def light_scores() -> Callable[[str], Mapping[str, float]]:
    """`scores` of the model that ships, loaded once."""
    return LightClassifier.load(SHIPPED).scores
