"""Answers and their pieces as the objects and events of OpenAI's Responses API."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from wentu.api.conversation import Question
from wentu.api.schemas.responses import ResponsesRequest
from wentu.core.types import Answer, FinishReason, Usage
from wentu.store import StoredMessage, wentu_object
from wentu.store.messages import text_of

# Why an answer is not complete; the other reasons end one that is.
_CUT: Mapping[FinishReason, str] = {
    "length": "max_output_tokens",
    "loop": "max_output_tokens",
    "blocked": "content_filter",
}
_MESSAGE, _RESPONSE, _JOB = "msg_", "resp_", "job_"


def id_of(message: str | None, job: str) -> str:
    """An answer that is kept has the id of its message, so that a question can follow; else that of its job."""
    return _RESPONSE + (message.removeprefix(_MESSAGE) if message else job.removeprefix(_JOB))


def message_id(response: str) -> str:
    """The message that a response is kept as."""
    return _MESSAGE + response.removeprefix(_RESPONSE)


class ResponseObject:
    """The objects of one answer; all of them share id, time and what was asked for."""

    def __init__(self, request: ResponsesRequest, question: Question) -> None:
        self._question = question
        self._item = question.answer_message or _MESSAGE + question.job.removeprefix(_JOB)
        wanted = request.text and request.text.format
        self._head = _head(
            id_of(question.answer_message, question.job),
            int(time.time()),
            question.model,
            instructions=request.instructions,
            max_output_tokens=request.max_output_tokens,
            metadata=request.metadata or {},
            previous_response_id=request.previous_response_id,
            store=question.session is not None,
            temperature=request.temperature,
            top_p=request.top_p,
            text={"format": {"type": wanted.type if wanted else "text"}},
        )

    def begun(self) -> dict[str, Any]:
        """The response before its first word."""
        return {**self._head, "status": "in_progress", "output": []}

    def whole(self, answer: Answer, *, retracted: bool) -> dict[str, Any]:
        reason = "content_filter" if retracted else _CUT.get(answer.finish_reason)
        state: Literal["completed", "incomplete"] = "incomplete" if reason else "completed"
        question = self._question
        wentu = wentu_object(
            answer,
            picture_ids=question.picture_ids,
            session=question.session,
            user_message=question.user_message,
            message=question.answer_message,
        )
        return {
            **self._head,
            "status": state,
            "incomplete_details": {"reason": reason} if reason else None,
            "output": [self.item(state, answer.text)],
            "usage": _usage(answer.usage),
            "wentu": wentu,
        }

    def failed(self, error: Mapping[str, Any]) -> dict[str, Any]:
        """The response of a question that was not answered; `error` is our error body."""
        return {**self._head, "status": "failed", "error": dict(error["error"]), "output": []}

    def item(self, state: Literal["in_progress", "completed", "incomplete"], text: str | None) -> dict[str, Any]:
        """The message that is written; without content before its first part."""
        content = [] if text is None else [part(text)]
        return {"id": self._item, "type": "message", "role": "assistant", "status": state, "content": content}

    @property
    def place(self) -> dict[str, Any]:
        """What the events about the answer's text have in common."""
        return {"item_id": self._item, "output_index": 0, "content_index": 0}


def part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def kept_response(message: StoredMessage, previous: str | None) -> dict[str, Any]:
    """A response as its session keeps it. What was asked for, and how many tokens it took, are not kept."""
    wentu = message.wentu or None
    head = _head(
        _RESPONSE + message.id.removeprefix(_MESSAGE),
        int(message.created_at),
        str(wentu["version"]) if wentu else "",
        previous_response_id=previous,
        store=True,
    )
    states = {"streaming": "in_progress", "done": "completed", "failed": "failed", "cancelled": "cancelled"}
    text = text_of(message.content)
    complete = message.state == "done"
    output: Sequence[dict[str, Any]] = []
    if text:
        status = "completed" if complete else "in_progress" if message.state == "streaming" else "incomplete"
        output = [{"id": message.id, "type": "message", "role": "assistant", "status": status, "content": [part(text)]}]
    return {**head, "status": states[message.state], "error": message.error, "output": output, "wentu": wentu}


def _head(id_: str, created_at: int, model: str, **asked: object) -> dict[str, Any]:
    return {
        "id": id_,
        "object": "response",
        "created_at": created_at,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "metadata": {},
        "model": model,
        "parallel_tool_calls": False,
        "temperature": None,
        "text": {"format": {"type": "text"}},
        "tool_choice": "none",
        "tools": [],
        "top_p": None,
        "truncation": "disabled",
        "usage": None,
        "wentu": None,
        **asked,
    }


def _usage(used: Usage) -> dict[str, Any]:
    return {
        "input_tokens": used.prompt_tokens,
        "input_tokens_details": {"cached_tokens": used.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": used.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": used.prompt_tokens + used.completion_tokens,
    }
