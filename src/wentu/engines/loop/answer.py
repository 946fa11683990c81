"""One answer while it is being written: which tokens are decided, what of it may be shown, why it ends."""

from __future__ import annotations

from collections.abc import Callable, Collection

from wentu.core.types import Chunk, FinishReason, TokenLogprob
from wentu.engines.loop.constraint import Constraint
from wentu.engines.loop.drafts import Drafter
from wentu.engines.loop.loop_guard import LoopGuard
from wentu.engines.loop.sampling import Float32, Sampler, best_tokens, log_probabilities
from wentu.engines.loop.tokens import Tokenizer
from wentu.engines.release import Release, Released


class Answer:
    """Decides tokens from logits. Knows nothing of caches, batches and pictures.

    `limit` is the most tokens that may be written; `top_logprobs` the number of alternatives reported with each
    token, None for no log-probabilities.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        sampler: Sampler,
        *,
        limit: int,
        end_tokens: Collection[int],
        stops: tuple[str, ...] = (),
        constraint: Constraint | None = None,
        drafter: Drafter | None = None,
        top_logprobs: int | None = None,
    ) -> None:
        self.tokens: list[int] = []
        self.finish_reason: FinishReason | None = None if limit > 0 else "length"
        self.top_logprobs = top_logprobs
        self._tokenizer = tokenizer
        self._sampler = sampler
        self._limit = limit
        self._end_tokens = frozenset(end_tokens)
        self._constraint = constraint
        self._drafter = drafter
        # Tokens are decided before they are reported, so two readers follow: one looks out for stop strings.
        self._lookout = Release(stops)
        self._release = Release(stops)
        self._guard = LoopGuard()
        self._ended = 0  # 1 once an end token was chosen, which counts as written
        self.n_reported = 0
        self._force()

    @property
    def n_written(self) -> int:
        return len(self.tokens) + self._ended

    @property
    def done(self) -> bool:
        """Finished, and every token reported."""
        return self.finish_reason is not None and self.n_reported == len(self.tokens)

    def choose(self, logits: Float32) -> None:
        """Decides the next token from logits (vocabulary,), and those that must follow it."""
        allowed = None if self._constraint is None else self._constraint.allowed()
        token = self._sampler.choose(logits, allowed)
        if self._constraint is not None and token not in self._end_tokens:
            self._constraint.accept(token)
        self._decide(token)
        self._force()

    def guess(self, limit: int) -> list[int]:
        """Tokens that might come next, for checking in the same call."""
        if self._drafter is None or self.finish_reason is not None or limit <= 0:
            return []
        guessed = self._drafter.guess(min(limit, self._limit - len(self.tokens) - 1))
        return guessed[: self._constraint.fitting(guessed)] if self._constraint and guessed else guessed

    def learn_from_guess(self, guessed: int, accepted: int) -> None:
        if self._drafter is not None:
            self._drafter.learn_from(guessed, accepted)

    def report(self, until: int, logits_before: Callable[[int], Float32]) -> list[Chunk]:
        """What may be shown of the tokens up to index `until`.

        `logits_before(i)` gives the logits from which token i was, or would have been, chosen. Asked only where
        log-probabilities are wanted.
        """
        released = []
        for index in range(self.n_reported, until):
            logprobs = () if self.top_logprobs is None else (self._logprob(index, logits_before(index)),)
            released.append(self._release.push(self._tokenizer.bytes_of(self.tokens[index]), logprobs))
        self.n_reported = max(self.n_reported, until)
        if self.done:
            released.append(self._release.flush())
        return _joined(released)

    def _logprob(self, index: int, logits: Float32) -> TokenLogprob:
        values, name = log_probabilities(logits), self._tokenizer.name_of
        top = tuple((name(token), float(values[token])) for token in best_tokens(values, self.top_logprobs or 0))
        return TokenLogprob(name(self.tokens[index]), float(values[self.tokens[index]]), top)

    def _force(self) -> None:
        """Decides what the constraint leaves no choice about."""
        if self._constraint is None or self.finish_reason is not None:
            return
        for token in self._constraint.forced():
            self._decide(token)
            if self.finish_reason is not None:
                return
        if self._constraint.finished:
            self.finish_reason = "stop"

    def _decide(self, token: int) -> None:
        if token in self._end_tokens:
            self._ended = 1
            self.finish_reason = "stop"
            return
        data = self._tokenizer.bytes_of(token)
        self.tokens.append(token)
        self._lookout.push(data)
        self._sampler.accept(token)
        if self._drafter is not None:
            self._drafter.accept(token)
        if self._lookout.stopped:
            self.finish_reason = "stop"
        elif self._guard.push(token, data):
            self.finish_reason = "loop"
        elif len(self.tokens) >= self._limit:
            self.finish_reason = "length"


def _joined(released: list[Released]) -> list[Chunk]:
    """One chunk of all that is shown at once; none where that is nothing."""
    text = "".join(piece.text for piece in released)
    logprobs = tuple(logprob for piece in released for logprob in piece.logprobs)
    return [Chunk(text, logprobs)] if text or logprobs else []
