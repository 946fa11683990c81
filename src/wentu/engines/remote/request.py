"""A Prompt as the body of POST /chat/completions (OpenAI API reference, "Create chat completion")."""

from __future__ import annotations

import json
import re
from typing import Any

from wentu.core.errors import EngineError
from wentu.core.types import Picture, Prompt, SamplingParams, Turn
from wentu.engines.remote.pictures import data_url

# Servers put the text through their template and then tokenise the whole, control tokens included. What looks like
# one is therefore broken by a character that nobody sees: <|im_start|> of most families, and <__media__> of llama.cpp.
CONTROL = re.compile(r"<(?=\|[^<>|\s]{1,64}\|>|__\w{1,64}__>)")
ZERO_WIDTH_SPACE = "\u200b"


def body(prompt: Prompt, params: SamplingParams, model: str, max_pixels: int) -> dict[str, Any]:
    """What is not asked for is left out, so that the server's own defaults count.

    Raises EngineError if `prompt.json_schema` is no JSON.
    """
    tree: dict[str, Any] = {
        "model": model,
        "messages": [_message(turn, max_pixels) for turn in prompt.turns],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": params.max_tokens,
        **_sampling(params),
    }
    if prompt.json_schema is not None:
        tree["response_format"] = _response_format(prompt.json_schema)
    return tree


def plain(text: str) -> str:
    """Text that no tokenizer takes for control tokens: `<` and a zero-width space where one would begin."""
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return CONTROL.sub(f"<{ZERO_WIDTH_SPACE}", clean)


def _message(turn: Turn, max_pixels: int) -> dict[str, Any]:
    """A turn of text alone is sent as a string: servers without pictures know nothing else."""
    parts = _merged(turn.parts)
    if not any(isinstance(part, Picture) for part in parts):
        return {"role": turn.role, "content": plain("".join(map(str, parts)))}
    return {"role": turn.role, "content": [_part(part, max_pixels) for part in parts]}


def _merged(parts: tuple[str | Picture, ...]) -> list[str | Picture]:
    """Neighbouring texts as one, as servers would join them: a control token may hide in two halves."""
    merged: list[str | Picture] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return merged


def _part(part: str | Picture, max_pixels: int) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": plain(part)}
    return {"type": "image_url", "image_url": {"url": data_url(part, max_pixels)}}


def _sampling(params: SamplingParams) -> dict[str, Any]:
    """`top_k` and `repetition_penalty` are not OpenAI's, but vLLM and SGLang take them by these names.

    llama-server takes `top_k` too, and calls the other one `repeat_penalty`.
    """
    asked: dict[str, Any] = {
        "temperature": params.temperature,
        "top_p": params.top_p,
        "top_k": params.top_k,
        "presence_penalty": params.presence_penalty,
        "repetition_penalty": params.repetition_penalty,
        "repeat_penalty": params.repetition_penalty,
        "seed": params.seed,
        "stop": list(params.stop) or None,
    }
    if params.logprobs is not None:
        asked |= {"logprobs": True, "top_logprobs": params.logprobs}
    return {name: value for name, value in asked.items() if value is not None}


def _response_format(schema: str) -> dict[str, Any]:
    try:
        tree = json.loads(schema)
    except ValueError as exc:
        raise EngineError("the JSON Schema of the answer is no JSON", hint="Correct response_format.") from exc
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": tree, "strict": True}}
