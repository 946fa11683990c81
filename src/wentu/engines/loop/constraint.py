"""Answers that must fit a grammar: which tokens are allowed next, and which are the only ones possible."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from llguidance import LLMatcher
from numpy.typing import NDArray

from wentu.core.errors import BadRequest, EngineError
from wentu.engines.loop.tokens import Tokenizer

# White space inside JSON is fixed, as json.dumps writes it: more of the answer is forced, and a small model can't
# lose itself in blanks.
_JSON_FORM = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}


class Constraint:
    """One answer's grammar, moved on token by token. Nothing here changes the model's own probabilities."""

    def __init__(self, grammar: str, tokenizer: Tokenizer) -> None:
        self._matcher = LLMatcher(tokenizer.grammar, grammar)
        self._vocabulary = tokenizer.grammar.vocab_size
        if self._matcher.is_error():
            raise BadRequest("the output format can't be enforced", hint="Use a simpler JSON Schema or pattern.")

    @classmethod
    def of_json_schema(cls, schema: str, tokenizer: Tokenizer) -> Constraint:
        """Raises BadRequest for what is no JSON Schema, or uses keywords that can't be enforced."""
        try:
            tree = json.loads(schema)
            grammar = LLMatcher.grammar_from_json_schema(tree, overrides=_JSON_FORM)
        except (ValueError, TypeError) as exc:
            raise BadRequest("the output format is not a JSON Schema") from exc
        return cls(grammar, tokenizer)

    @classmethod
    def of_regex(cls, pattern: str, tokenizer: Tokenizer) -> Constraint:
        """The whole answer matches `pattern` (Rust's regex syntax). Raises BadRequest for a bad one."""
        return cls(LLMatcher.grammar_from_regex(pattern), tokenizer)

    @property
    def finished(self) -> bool:
        """Whether only the end of the answer can follow."""
        return bool(self._matcher.is_stopped())

    def allowed(self) -> NDArray[np.bool_]:
        """(vocabulary,) bool: the tokens that may come next."""
        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        self._check()
        return np.unpackbits(bits, bitorder="little")[: self._vocabulary].astype(np.bool_)

    def accept(self, token: int) -> None:
        """Moves on by a token that `allowed` permitted."""
        self._matcher.consume_token(token)
        self._check()

    def forced(self) -> list[int]:
        """The tokens that are the only way on from here, already moved past."""
        tokens = [int(token) for token in self._matcher.compute_ff_tokens()]
        if tokens:
            self._matcher.consume_tokens(tokens)
            self._check()
        return tokens

    def fitting(self, tokens: Sequence[int]) -> int:
        """How many of `tokens` could come next, one after another."""
        return int(self._matcher.validate_tokens(list(tokens)))

    def _check(self) -> None:
        if self._matcher.is_error():
            raise EngineError("the answer could not be kept to the output format", hint="Use a simpler output format.")
