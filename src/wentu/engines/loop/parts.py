"""Everything that a question needs, over whatever runtime computes the models."""

from __future__ import annotations

from dataclasses import dataclass

from wentu.core.errors import ContextOverflow
from wentu.core.types import Prompt, SamplingParams
from wentu.engines.loop.answer import Answer
from wentu.engines.loop.cache import BlockCache
from wentu.engines.loop.config import ModelConfig
from wentu.engines.loop.constraint import Constraint
from wentu.engines.loop.drafts import Drafter
from wentu.engines.loop.features import FeatureCache
from wentu.engines.loop.prompt import Encoded, PromptEncoder
from wentu.engines.loop.sampling import Sampler
from wentu.engines.loop.scheduler import Scheduler
from wentu.engines.loop.sequence import BACKGROUND, Request
from wentu.engines.loop.tokens import Tokenizer
from wentu.engines.specs import ModelSpec, Sampling

_BACKGROUND_DEADLINE_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that a question needs. Used by any number of threads; what computes lives in the scheduler's."""

    config: ModelConfig
    tokenizer: Tokenizer
    encoder: PromptEncoder
    spec: ModelSpec
    sampling: Sampling
    cache: BlockCache
    features: FeatureCache
    scheduler: Scheduler
    deadline_s: float

    def request(self, prompt: Prompt, params: SamplingParams) -> Request:
        """A question, ready to be submitted. Raises EngineError, and BadRequest for a schema that is none."""
        encoded = self.encoder.encode(prompt)
        return Request(encoded, self._answer(prompt, encoded, params), deadline_s=self.deadline_s)

    def background(self, prompt: Prompt) -> Request:
        """A prompt to be read without an answer."""
        encoded = self.encoder.encode(prompt, complete=False)
        answer = self._answer(prompt, encoded, SamplingParams(max_tokens=0))
        return Request(encoded, answer, deadline_s=_BACKGROUND_DEADLINE_S, priority=BACKGROUND)

    def forget(self, digest: str) -> None:
        self.scheduler.between_rounds(lambda: self.features.forget(digest))
        self.scheduler.between_rounds(self.cache.clear)

    def _answer(self, prompt: Prompt, encoded: Encoded, params: SamplingParams) -> Answer:
        text = [token for token, key in zip(encoded.ids, encoded.keys, strict=True) if isinstance(key, int)]
        constraint = prompt.json_schema and Constraint.of_json_schema(prompt.json_schema, self.tokenizer)
        return Answer(
            self.tokenizer,
            Sampler(self.sampling.over(params), params.seed, text),
            limit=min(params.max_tokens, self._room(encoded)),
            end_tokens=self.tokenizer.end_tokens,
            stops=params.stop,
            constraint=constraint or None,
            drafter=Drafter([text, *self._lines(prompt)]) if params.max_tokens else None,
            top_logprobs=params.logprobs,
        )

    def _room(self, encoded: Encoded) -> int:
        """How many tokens may follow. Raises ContextOverflow where there is no room for one."""
        most = min(self.config.text.max_positions, self.cache.capacity)
        if len(encoded.ids) >= most:
            raise ContextOverflow(
                f"the conversation has {len(encoded.ids)} tokens and there is room for {most}",
                tokens=len(encoded.ids),
                most=most,
            )
        return most - len(encoded.ids)

    def _lines(self, prompt: Prompt) -> list[list[int]]:
        """The text that OCR read, one picture after the other: what an answer about a page repeats."""
        return [self.tokenizer.encode("\n".join(line.text for line in lines)) for lines in prompt.lines if lines]
