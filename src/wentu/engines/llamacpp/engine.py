"""`LlamaCppEngine`: owns a llama-server on loopback that nobody else can ask, and talks to it as to a remote one."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Self

from pydantic import SecretStr

from wentu.core.config import RemoteSettings, Settings
from wentu.core.errors import EngineError, WeightsMissing
from wentu.core.types import Chunk, Prompt, SamplingParams, Turn, VersionSpec
from wentu.engines.base import Capabilities, Engine
from wentu.engines.llamacpp.border import loading, own_words
from wentu.engines.llamacpp.files import GgufFiles, find_files
from wentu.engines.loop.pictures import PixelBudget, resized
from wentu.engines.remote import RemoteEngine
from wentu.engines.specs import ModelSpec

# Questions that the server answers together; one more waits inside it. They share the context.
N_SLOTS = 4
# Bound of the conversations that it keeps beside the context, MiB; its own default is 8,192.
PROMPT_CACHE_MIB = 1_024
WARNINGS = 2  # of llama.cpp's 0 (output), 1 (errors) ... 4 (debug)


class LlamaCppEngine(Engine):
    """Answers several questions at once; llama.cpp keeps what it has read of a conversation for the next turn.

    Its server listens on a port of 127.0.0.1 that the system picks, and takes questions with a key that is made
    here and told to nobody.
    """

    capabilities = Capabilities(sees=True, json_schema=True, logprobs=True)

    def __init__(self, server: object, remote: RemoteEngine, family: ModelSpec, budget: PixelBudget) -> None:
        self.capabilities = replace(remote.capabilities, token_px=family.token_px)
        self._lock = threading.Lock()
        self._server: object | None = server
        self._remote = remote
        self._family = family
        self._budget = budget

    @classmethod
    def load(cls, spec: VersionSpec, settings: Settings) -> Self:
        """The files of the version's folder, or those that WENTU_ENGINE__MODEL points to, in memory.

        Raises EngineMissing, WeightsMissing, EngineError, OutOfMemory.
        """
        place = spec.model_dir or _place(settings.engine.model)
        files, key = find_files(place), secrets.token_urlsafe(32)
        with loading(files.text.name):
            import xllamacpp

            server = xllamacpp.Server(_params(xllamacpp, files, key, settings))
        remote = RemoteSettings(
            url=f"{server.listening_address}/v1",
            key=SecretStr(key),
            model=files.family.family,
            timeout_s=settings.engine.deadline_s,
        )
        reaching = settings.model_copy(update={"remote": remote})
        return cls(server, RemoteEngine.load(spec, reaching), files.family, _budget(files.family, settings))

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        chosen = replace(params, **asdict(self._family.sampling.over(params)))
        try:
            with closing(self._remote.stream(self._sized(prompt), chosen)) as chunks:  # type: ignore[type-var]
                yield from chunks
        except EngineError as exc:
            raise own_words(exc) from exc

    def _sized(self, prompt: Prompt) -> Prompt:
        """Pictures in the size that the model reads: llama.cpp (b11549) resizes in another way than the model was
        trained with, and read 41% of the pictures that the tiny checkpoint knows by heart, against 100% like this."""

        def turn(turn: Turn) -> Turn:
            parts = (p if isinstance(p, str) else resized(p, self._family.token_px, self._budget) for p in turn.parts)
            return replace(turn, parts=tuple(parts))

        return replace(prompt, turns=tuple(turn(one) for one in prompt.turns))

    def close(self) -> None:
        """Ends answers under way, then the server, which has no other way to end than being let go of."""
        self._remote.close()
        with self._lock:
            self._server = None


def _place(model: str) -> Path:
    place = Path(model).expanduser()
    if not model or not place.exists():
        raise WeightsMissing(
            f"there are no GGUF files at '{model}'" if model else "the llamacpp engine needs a folder with GGUF files",
            hint="Set WENTU_ENGINE__MODEL to a folder with the model's .gguf file and its mmproj file.",
        )
    return place


def _budget(family: ModelSpec, settings: Settings) -> PixelBudget:
    """llama.cpp's own least is 8 tokens; the maker enlarges smaller pictures to 64."""
    return PixelBudget(family.min_pixels, max(family.min_pixels, settings.engine.max_pixels))


def _params(library: Any, files: GgufFiles, key: str, settings: Settings) -> Any:
    params = library.CommonParams()
    params.model.path, params.mmproj.path = str(files.text), str(files.vision)
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [key]
    params.ui = params.endpoint_slots = params.endpoint_props = params.endpoint_metrics = False
    params.verbosity = WARNINGS
    params.n_ctx, params.n_parallel, params.kv_unified = settings.llamacpp.context_tokens, N_SLOTS, True
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.fit_params = False  # it would load everything twice to measure free memory
    budget = _budget(files.family, settings)
    params.image_min_tokens, params.image_max_tokens = (
        pixels // files.family.token_px**2 for pixels in (budget.min_px, budget.max_px)
    )
    params.sampling.min_p = 0.0  # the makers' numbers have no such filter; llama.cpp's default is 0.05
    if settings.engine.threads:
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings.engine.threads
    return params
