"""OpenVINO GenAI as an engine that `measure` can ask. Runs in the peer's own environment, with our `src` beside it.

Its best settings on 2 cores: int4 in groups of 64, activations quantised in groups of 64, prefix caching on. Answers
that are asked for together are computed together.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self

import openvino as ov
import openvino_genai as genai

from wentu.core.config import Settings
from wentu.core.types import Chunk, Picture, Prompt, SamplingParams, Usage, VersionSpec
from wentu.engines.base import Capabilities, Engine

GROUP = 64
CACHE_GB = 1  # as much as ours has by default
TOGETHER_S = 0.02  # answers asked for within this time begin together

Asked = tuple[str, list[Any], Any, "Future[Any]"]


class GenAiEngine(Engine):
    """A ContinuousBatchingPipeline; one thread of it serves all that ask."""

    capabilities = Capabilities(sees=True, json_schema=True)

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._asked: queue.SimpleQueue[Asked | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @classmethod
    def load(cls, spec: VersionSpec, settings: Settings) -> Self:
        scheduler = genai.SchedulerConfig()
        scheduler.cache_size, scheduler.enable_prefix_caching = CACHE_GB, True
        options: dict[str, Any] = {"DYNAMIC_QUANTIZATION_GROUP_SIZE": GROUP, "INFERENCE_PRECISION_HINT": "f32"}
        if settings.engine.threads:
            options["INFERENCE_NUM_THREADS"] = settings.engine.threads
        assert spec.model_dir is not None
        return cls(genai.ContinuousBatchingPipeline(spec.model_dir, scheduler, "CPU", options, {}, dict(options)))

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        text, images = _written(prompt)
        config = genai.GenerationConfig()
        config.max_new_tokens, config.do_sample, config.apply_chat_template = params.max_tokens, False, False
        config.ignore_eos = prompt.json_schema is None  # answers of the length that is asked for
        if prompt.json_schema:
            config.structured_output_config = genai.StructuredOutputConfig(regex=_regex(prompt.json_schema))
        answer: Future[Any] = Future()
        self._asked.put((text, images, config, answer))
        result = answer.result()
        usage = Usage(result.perf_metrics.get_num_input_tokens(), params.max_tokens)
        yield Chunk(result.texts[0], finish_reason="length", usage=usage)

    def close(self) -> None:
        self._asked.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (first := self._asked.get()) is not None:
            batch = [first]
            while True:
                try:
                    more = self._asked.get(timeout=TOGETHER_S)
                except queue.Empty:
                    break
                if more is None:
                    return
                batch.append(more)
            try:
                texts, images, configs, answers = zip(*batch, strict=True)
                for answer, result in zip(answers, self._generate(texts, images, configs), strict=True):
                    answer.set_result(result)
            except Exception as exc:
                for *_, answer in batch:
                    answer.set_exception(exc)

    def _generate(self, texts: Any, images: Any, configs: Any) -> list[Any]:
        return list(self._pipeline.generate(list(texts), images=list(images), generation_config=list(configs)))


def _written(prompt: Prompt) -> tuple[str, list[Any]]:
    """ChatML, as our engines write it; pictures where their tag stands."""
    images: list[Any] = []
    written = []
    for turn in prompt.turns:
        written.append(f"<|im_start|>{turn.role}\n")
        for part in turn.parts:
            if isinstance(part, Picture):
                written.append(f"<ov_genai_image_{len(images)}>")
                images.append(ov.Tensor(part.pixels[None]))
            else:
                written.append(part)
        written.append("<|im_end|>\n")
    return "".join(written) + "<|im_start|>assistant\n", images


def _regex(schema: str) -> str:
    """The same characters that our engines are held to: `json.dumps` of an object of patterned strings."""
    properties = json.loads(schema)["properties"]
    fields = ", ".join(f'"{name}": "{value["pattern"].strip("^$")}"' for name, value in properties.items())
    return rf"\{{{fields}\}}"


def export(model_dir: Path, target: Path) -> None:
    """Converts a checkpoint with optimum-intel."""
    from optimum.exporters.openvino import main_export
    from optimum.intel import OVWeightQuantizationConfig
    from optimum.intel.openvino.configuration import OVConfig

    quantization = OVWeightQuantizationConfig(bits=4, sym=True, group_size=GROUP, ratio=1.0)
    main_export(
        str(model_dir),
        output=target,
        task="image-text-to-text",
        ov_config=OVConfig(quantization_config=quantization),
        convert_tokenizer=True,
    )
