"""An engine without weights for tests of everything around engines: it says what it is told to, at a given pace."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Self

from wentu.core.config import Settings
from wentu.core.errors import EngineError
from wentu.core.types import Chunk, Progress, Prompt, SamplingParams, TokenLogprob, Usage
from wentu.engines.base import Capabilities, Engine, VersionSpec
from wentu.engines.release import cut

# Variables of the test that starts the process; they are no settings, since no user should need them.
PACE_VARIABLE, TEXT_VARIABLE = "FAKE_ENGINE_TOKEN_S", "FAKE_ENGINE_TEXT"


class FakeEngine(Engine):
    """Answers with `text`, or by repeating the question, one character a token, `token_s` seconds apart.

    A question that begins with "fail:" raises EngineError with the rest as message; "crash:" ends the process
    that runs the engine, as a fault in native code would.
    """

    capabilities = Capabilities(sees=False, logprobs=True)

    def __init__(self, text: str | None = None, token_s: float = 0.0) -> None:
        self.text = text
        self.token_s = token_s

    @classmethod
    def load(cls, spec: VersionSpec, settings: Settings) -> Self:
        return cls(os.environ.get(TEXT_VARIABLE), float(os.environ.get(PACE_VARIABLE, "0")))

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        question = prompt.question
        if question.startswith("fail:"):
            raise EngineError(question.removeprefix("fail:").strip())
        if question.startswith("crash:"):
            os._exit(11)
        yield Chunk(progress=Progress("encoding", 1.0))
        text, reason = cut(self.text if self.text is not None else question, params)
        for character in text:
            time.sleep(self.token_s)
            logprobs = (TokenLogprob(character, 0.0),) if params.logprobs is not None else ()
            yield Chunk(character, logprobs)
        yield Chunk(finish_reason=reason, usage=Usage(len(question), len(text)))
