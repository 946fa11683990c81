"""Which token comes next: penalties, temperature, top-k, top-p and a seed, in the order that the field uses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wentu.core.errors import EngineError
from wentu.core.types import TokenLogprob
from wentu.engines.specs.base import Sampling
from wentu.engines.specs.vocabulary import Vocabulary

if TYPE_CHECKING:
    from torch import Tensor


class Sampler:
    """Picks tokens for one answer. Logits are (vocabulary,) float32; a seed repeats the same answer.

    The presence penalty counts tokens of the answer (OpenAI API reference), the repetition penalty tokens of
    prompt and answer (Keskar et al. 2019, CTRL, section 4.1).
    """

    def __init__(self, sampling: Sampling, prompt_ids: Iterable[int], seed: int | None) -> None:
        import torch

        self._sampling = sampling
        self._seen = set(prompt_ids)
        self._written: set[int] = set()
        self._random = torch.Generator()
        if seed is None:
            self._random.seed()
        else:
            self._random.manual_seed(seed % 2**63)

    def pick(self, logits: Tensor) -> int:
        """The next token's id. Raises EngineError if the model computed no numbers."""
        if bool(logits.isnan().any()):
            raise EngineError(
                "the model computed no usable numbers",
                hint="Check the weights ('wentu models verify') or set WENTU_ENGINE__DTYPE=float32.",
            )
        scores = self._penalised(logits)
        if self._sampling.temperature <= 0:
            token = int(scores.argmax())
        else:
            token = self._draw(scores / self._sampling.temperature)
        self._written.add(token)
        self._seen.add(token)
        return token

    def _penalised(self, logits: Tensor) -> Tensor:
        scores = logits.clone()
        if self._sampling.repetition_penalty != 1:
            seen = sorted(self._seen)
            values, penalty = scores[seen], self._sampling.repetition_penalty
            scores[seen] = (values / penalty).where(values > 0, values * penalty)
        if self._sampling.presence_penalty and self._written:
            scores[sorted(self._written)] -= self._sampling.presence_penalty
        return scores

    def _draw(self, scores: Tensor) -> int:
        """Top-k, then top-p: the fewest tokens whose probabilities reach `top_p` (Holtzman et al. 2020)."""
        size = len(scores)
        top_k = min(self._sampling.top_k, size) if self._sampling.top_k > 0 else size
        values, tokens = scores.topk(top_k)
        probabilities = values.softmax(-1)
        before = probabilities.cumsum(-1) - probabilities
        kept = probabilities.where((before < self._sampling.top_p) | (before == 0), 0)
        return int(tokens[kept.multinomial(1, generator=self._random)])


def logprob(logits: Tensor, token: int, n_top: int, vocabulary: Vocabulary) -> TokenLogprob:
    """The model's own log-probability of `token`: before penalties, temperature and filters."""
    scores = logits.log_softmax(-1)
    values, ids = scores.topk(min(n_top, len(scores)))
    top = tuple((vocabulary.name(int(i)), float(value)) for value, i in zip(values, ids, strict=True))
    return TokenLogprob(vocabulary.name(token), float(scores[token]), top)
