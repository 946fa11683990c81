"""`TransformersEngine`: a question in, tokens out, nothing clever in between; other engines are compared to it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from wentu.core.config import Settings
from wentu.core.errors import EngineError, WeightsMissing
from wentu.core.types import Chunk, FinishReason, Progress, Prompt, SamplingParams, Usage, VersionSpec
from wentu.engines.base import Capabilities, Engine
from wentu.engines.release import Release, Released
from wentu.engines.transformers.border import border
from wentu.engines.transformers.inputs import Inputs, read_prompt
from wentu.engines.transformers.network import Network, Reading, Seen
from wentu.engines.transformers.sampler import Sampler, logprob
from wentu.engines.transformers.weights import Weights, load_weights

if TYPE_CHECKING:
    from torch import Tensor

# Prompt tokens read between two chances to cancel: about 2 s of the 2B model in bfloat16 on two cores
# (docs/engines.md).
PREFILL_TOKENS = 256


class TransformersEngine(Engine):
    """Qwen3-VL from a local folder through torch on the CPU, float32 or bfloat16.

    Several threads may ask at once: their forward passes take turns. A JSON schema is not enforced.
    """

    capabilities = Capabilities(sees=True, logprobs=True)

    def __init__(self, weights: Weights) -> None:
        self.capabilities = replace(self.capabilities, box_scale=weights.spec.box_scale, token_px=weights.spec.token_px)
        self._loaded: tuple[Weights, Network] | None = (weights, Network(weights.model))

    @classmethod
    def load(cls, spec: VersionSpec, settings: Settings) -> Self:
        """Raises EngineMissing without the extra `transformers`, WeightsMissing, OutOfMemory."""
        if spec.model_dir is None or not spec.model_dir.is_dir():
            raise WeightsMissing(f"version '{spec.name}' has no model folder", version=spec.name)
        with border(loading=True):
            return cls(load_weights(spec.model_dir, settings.engine))

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        with border():
            if self._loaded is None:
                raise EngineError("the engine is closed")
            yield from _answer(*self._loaded, prompt, params)

    def close(self) -> None:
        """Lets go of the weights; an answer under way keeps them until it ends."""
        self._loaded = None


def _answer(weights: Weights, network: Network, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
    inputs = read_prompt(prompt, weights)
    seen = yield from _see(network, inputs)
    reading = network.open(inputs, seen)
    logits = yield from _read(network, reading, len(inputs.ids))
    yield Chunk(progress=Progress("writing"))
    max_tokens = min(params.max_tokens, weights.max_positions - len(inputs.ids))
    sampler = Sampler(weights.sampling.over(params), inputs.ids, params.seed)
    release = Release(params.stop)
    reason: FinishReason = "length"
    n_tokens = 0
    while n_tokens < max_tokens:
        token = sampler.pick(logits)
        n_tokens += 1
        if token in weights.end_ids:
            reason = "stop"
            break
        scores = () if params.logprobs is None else (logprob(logits, token, params.logprobs, weights.vocabulary),)
        # A chunk for every token, even where its text is held back: a caller can only cancel between chunks.
        yield _chunk(release.push(weights.vocabulary.piece(token), scores))
        if release.stopped:
            reason = "stop"
            break
        if n_tokens < max_tokens:
            logits = network.step(reading, token)
    last = release.flush()
    yield Chunk(last.text, last.logprobs, finish_reason=reason, usage=Usage(len(inputs.ids), n_tokens))


def _see(network: Network, inputs: Inputs) -> Generator[Chunk, None, list[Seen]]:
    """Encodes the pictures one by one and returns their features."""
    seen: list[Seen] = []
    for number, picture in enumerate(inputs.pictures):
        yield Chunk(progress=Progress("encoding", number / len(inputs.pictures)))
        seen.append(network.see(picture))
    return seen


def _read(network: Network, reading: Reading, n_tokens: int) -> Generator[Chunk, None, Tensor]:
    """Reads the prompt in stretches and returns the logits after its last token."""
    logits: Tensor | None = None
    for begin in range(0, n_tokens, PREFILL_TOKENS):
        yield Chunk(progress=Progress("reading_prompt", begin / n_tokens))
        logits = network.read(reading, begin, min(begin + PREFILL_TOKENS, n_tokens))
    return logits


def _chunk(released: Released) -> Chunk:
    return Chunk(released.text, released.logprobs)
