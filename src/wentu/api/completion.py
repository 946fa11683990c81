"""Answers and their pieces as OpenAI's objects."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from wentu.api.conversation import Question
from wentu.core.types import Answer, FinishReason, TokenLogprob, Usage
from wentu.store import wentu_object

# A loop was cut, so the answer is not complete; a stopped answer ends where its reader wanted it to.
_REASONS: Mapping[FinishReason, str] = {
    "stop": "stop",
    "length": "length",
    "loop": "length",
    "cancelled": "stop",
    "blocked": "content_filter",
}
# OpenAI's own stand-in for a probability of zero, whose logarithm JSON can't say.
_LEAST_LOGPROB = -9999.0


class Completion:
    """The objects of one answer; all of them share id, time and model."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self._id = "chatcmpl-" + question.job.removeprefix("job_")
        self._created = int(time.time())

    def whole(self, answer: Answer, *, retracted: bool) -> dict[str, Any]:
        """OpenAI's `chat.completion`."""
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": answer.text, "refusal": None},
            "logprobs": _logprobs(answer),
            "finish_reason": _reason(answer, retracted),
        }
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": usage(answer.usage),
            "wentu": self.wentu(answer),
        }

    def accepted(self) -> dict[str, Any]:
        """The first chunk: the question is in the queue."""
        event = {
            "event": "accepted",
            "job": self.question.job,
            "session": self.question.session,
            "user_message": self.question.user_message,
            "message": self.question.answer_message,
        }
        return self.chunk({"role": "assistant", "content": ""}, wentu=event)

    def done(self, answer: Answer, *, retracted: bool) -> dict[str, Any]:
        """The last chunk with a choice. The log probabilities of all tokens are here: pieces carry text alone."""
        wentu = {"event": "done", **self.wentu(answer)}
        return self.chunk({}, wentu=wentu, finish_reason=_reason(answer, retracted), logprobs=_logprobs(answer))

    def usage(self, answer: Answer) -> dict[str, Any]:
        """OpenAI's chunk for `stream_options.include_usage`, which has no choice."""
        return {**self._head("chat.completion.chunk"), "choices": [], "usage": usage(answer.usage)}

    def chunk(
        self,
        delta: Mapping[str, str],
        *,
        wentu: Mapping[str, Any] | None = None,
        finish_reason: str | None = None,
        logprobs: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        choice = {"index": 0, "delta": dict(delta), "logprobs": logprobs, "finish_reason": finish_reason}
        chunk = {**self._head("chat.completion.chunk"), "choices": [choice]}
        return chunk if wentu is None else {**chunk, "wentu": dict(wentu)}

    def wentu(self, answer: Answer) -> dict[str, Any]:
        return wentu_object(
            answer,
            picture_ids=self.question.picture_ids,
            session=self.question.session,
            user_message=self.question.user_message,
            message=self.question.answer_message,
        )

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": self._id,
            "object": kind,
            "created": self._created,
            "model": self.question.model,
            "system_fingerprint": None,
        }


def usage(used: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.completion_tokens,
        "total_tokens": used.prompt_tokens + used.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": used.cached_tokens},
    }


def _reason(answer: Answer, retracted: bool) -> str:
    return "content_filter" if retracted else _REASONS[answer.finish_reason]


def _logprobs(answer: Answer) -> dict[str, Any] | None:
    if not answer.logprobs:
        return None
    return {"content": [_token(one) for one in answer.logprobs], "refusal": None}


def _token(one: TokenLogprob) -> dict[str, Any]:
    top = [_alternative(token, logprob) for token, logprob in one.top]
    return {**_alternative(one.token, one.logprob), "top_logprobs": top}


def _alternative(token: str, logprob: float) -> dict[str, Any]:
    data = list(token.encode("utf-8", "replace"))
    return {"token": token, "logprob": max(logprob, _LEAST_LOGPROB), "bytes": data}
