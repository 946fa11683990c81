"""What a version has of its own beside weights: its system prompts and its sampling."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from wentu.core.types import Prompt, Query, SamplingParams, Turn, VersionSpec

SAMPLING = tuple(field.name for field in fields(SamplingParams) if field.default is None and field.name != "logprobs")


def with_sampling(query: Query, version: VersionSpec) -> Query:
    """The same question; what it leaves open of its sampling is as this version has it."""
    open_ = {name: value for name, value in version.sampling if getattr(query.sampling, name) is None}
    if not open_:
        return query
    typed: dict[str, Any] = {name: int(v) if name in ("top_k", "seed") else v for name, v in open_.items()}
    return replace(query, sampling=replace(query.sampling, **typed))


def with_prompt(prompt: Prompt, query: Query, version: VersionSpec) -> Prompt:
    """The prompt with this version's system text in the place of ours; none where its text is empty. A system message
    of the client's own stays."""
    text = dict(version.prompts).get(query.task)
    if text is None or any(message.role == "system" for message in query.messages):
        return prompt
    turns = tuple(turn for turn in prompt.turns if turn.role != "system")
    return replace(prompt, turns=(Turn("system", (text,)), *turns) if text else turns)
