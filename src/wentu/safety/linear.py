"""The light text classifier that ships: a linear model over hashed character n-grams, computed with numpy alone.

It knows the wording it was trained on (tools/train_text_guard.py) and little beyond; docs/safety.md is its card.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wentu.core.errors import BadSetting
from wentu.safety.folding import fold

SHIPPED = Path(__file__).parent / "data" / "text-guard.npz"
BUCKETS = 1 << 15
LONGEST = 3  # characters of an n-gram
MOST = 400  # characters that are looked at; a longer text is judged by pieces
_MARGIN = "\x02"


class LinearClassifier:
    """`scores` gives a probability a category; what is left to 1 is the probability that a text is safe."""

    def __init__(self, labels: Sequence[str], weights: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
        self._labels = tuple(labels)
        self._weights = weights
        self._bias = bias

    @classmethod
    def load(cls, path: Path) -> LinearClassifier:
        """Raises BadSetting when the file can't be used."""
        try:
            with np.load(path, allow_pickle=False) as kept:
                labels = [str(one) for one in kept["labels"]]
                weights = kept["weights"].astype(np.float32) * kept["scale"]
                return cls(labels, weights, kept["bias"].astype(np.float32))
        except (OSError, ValueError, KeyError) as exc:
            raise BadSetting(f"the text classifier {path.name} can't be read", name="WENTU_SAFETY__TEXT_MODEL") from exc

    def scores(self, text: str) -> Mapping[str, float]:
        """Probability (0..1) by category; the first label, "safe", is left out."""
        places, values = features(text)
        if not len(places):
            return {}
        logits = values @ self._weights[places] + self._bias
        odds = np.exp(logits - logits.max())
        return dict(zip(self._labels[1:], (odds / odds.sum())[1:].tolist(), strict=True))


def features(text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Buckets of the n-grams of a folded text and their values, of length 1 together (Euclidean)."""
    plain = _MARGIN + fold(text[:MOST]).text + _MARGIN
    grams = Counter(plain[at : at + n] for n in range(1, LONGEST + 1) for at in range(len(plain) - n + 1))
    counts: Counter[int] = Counter()
    for gram, count in grams.items():
        counts[zlib.crc32(gram.encode("utf-8", "replace")) % BUCKETS] += count
    values = np.array([1 + math.log(count) for count in counts.values()], np.float32)
    return np.array(list(counts), np.int64), values / max(float(np.linalg.norm(values)), 1e-6)


def save_weights(path: Path, labels: Sequence[str], weights: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
    """8 bits a weight: one scale for all of them."""
    scale = float(np.abs(weights).max()) / 127
    small = np.round(weights / scale).astype(np.int8)
    np.savez_compressed(path, labels=np.array(labels), weights=small, scale=np.float32(scale), bias=bias)


@cache
def light_scores() -> Callable[[str], Mapping[str, float]]:
    """`scores` of the model that ships, loaded once."""
    return LinearClassifier.load(SHIPPED).scores
