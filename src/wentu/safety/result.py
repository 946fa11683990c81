"""The texts inside an answer's result: every string that a client would show, whatever the task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wentu.core.codec import adapter, to_plain
from wentu.core.results import Result
from wentu.core.types import Answer
from wentu.safety.personal_data import mask


def texts_of(result: Result | None) -> Iterator[str]:
    """The result's texts. One after another they may form a word that none of them holds, so the whole comes last."""
    if result is None:
        return
    texts = list(dict.fromkeys(_strings(to_plain(result))))
    yield from texts
    yield "\n".join(texts)


def masked(answer: Answer) -> Answer:
    """The answer with stars for personal data, in its words, its evidence and its result."""
    plain = _mapped(to_plain(answer))
    made: Answer = adapter(Answer).validate_python({**plain, "version": answer.version, "engine": answer.engine})
    return made


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _mapped(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {name: _mapped(one) for name, one in value.items()}
    return [_mapped(one) for one in value] if isinstance(value, list) else value
