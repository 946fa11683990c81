"""Choosing a token from logits: penalties, constraint, temperature, top-k, top-p, in the order the field uses.

The order is that of transformers 5.23 and vLLM: penalties on raw logits, then what may not be said, then temperature,
then top-k, then top-p.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from wentu.engines.specs import Sampling

Float32 = NDArray[np.float32]

_HEAD = 1024  # candidates looked at first when top-k is off; the whole vocabulary only if top-p reaches beyond


class Sampler:
    """One answer's choices. The same seed and logits give the same tokens, whatever runs beside them.

    Every sampled token takes exactly one number from the generator, so drafts and batches don't shift the sequence.
    """

    def __init__(self, policy: Sampling, seed: int | None, prompt: Iterable[int]) -> None:
        """`prompt`: text tokens that the repetition penalty counts as said."""
        self._policy = policy
        self._random = np.random.default_rng(seed)
        self._prompt = np.unique(np.fromiter(prompt, np.int64))
        self._written: Counter[int] = Counter()

    def choose(self, logits: Float32, allowed: NDArray[np.bool_] | None = None) -> int:
        """The next token from logits (vocabulary,); `allowed` (vocabulary,) marks what a constraint permits."""
        policy, scores = self._policy, self._penalised(logits)
        if allowed is not None:
            scores = np.where(allowed, scores, -np.inf)
        if policy.temperature <= 0:
            return int(scores.argmax())
        tokens, weights = _candidates(scores, policy)
        sums = np.cumsum(weights)
        place = int(np.searchsorted(sums, self._random.random() * sums[-1], side="right"))
        return int(tokens[min(place, len(tokens) - 1)])

    def accept(self, token: int) -> None:
        """Remembers a token that was written, chosen or forced."""
        self._written[token] += 1

    def _penalised(self, logits: Float32) -> Float32:
        policy = self._policy
        written = np.fromiter(self._written, np.int64, len(self._written))
        if policy.repetition_penalty == 1.0 and policy.presence_penalty == 0.0:
            return logits
        scores = logits.copy()
        if policy.repetition_penalty != 1.0:
            said = np.union1d(self._prompt, written)
            values = scores[said]
            scores[said] = np.where(values > 0, values / policy.repetition_penalty, values * policy.repetition_penalty)
        scores[written] -= policy.presence_penalty
        return scores


def log_probabilities(logits: Float32) -> Float32:
    """Natural logarithms (vocabulary,) of the model's own probabilities."""
    top = logits.max()
    return np.asarray(logits - (top + np.log(np.exp((logits - top).astype(np.float64)).sum())), np.float32)


def best_tokens(scores: Float32, n: int) -> list[int]:
    """The `n` highest tokens, best first."""
    return [int(token) for token in _largest(scores, n)] if n else []


def _candidates(scores: Float32, policy: Sampling) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The tokens that may be drawn and their unnormalised probabilities."""
    weights = np.exp((scores - scores.max()).astype(np.float64) / policy.temperature)
    if policy.top_k <= 0 and policy.top_p >= 1.0:
        return np.arange(len(scores)), weights
    if policy.top_k > 0:
        tokens = _largest(scores, policy.top_k)
        mass = policy.top_p * weights[tokens].sum()  # top-p is a share of what top-k left
    else:
        tokens = _largest(scores, _HEAD)
        mass = policy.top_p * weights.sum()
        if weights[tokens].sum() < mass:
            tokens = _largest(scores, len(scores))
    if policy.top_p < 1.0:
        # As many as are needed to reach the mass, and at least one.
        reached = int(np.searchsorted(np.cumsum(weights[tokens]), mass, side="left"))
        tokens = tokens[: reached + 1]
    return tokens, weights[tokens]


def _largest(scores: Float32, n: int) -> NDArray[np.int64]:
    """Indices of the `n` largest scores in descending order (of equal ones the lower index first)."""
    n = min(n, len(scores))
    found = np.argpartition(scores, len(scores) - n)[len(scores) - n :]
    return found[np.lexsort((found, -scores[found]))]
