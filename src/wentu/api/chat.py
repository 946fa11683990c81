"""POST /v1/chat/completions."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from wentu.api import limits
from wentu.api.auth import identity
from wentu.api.completion import Completion
from wentu.api.conversation import ask
from wentu.api.described import files
from wentu.api.schemas.chat import ChatCompletion, ChatRequest, WentuIn
from wentu.api.service import service
from wentu.api.stream import EventStream, Follow, silence_s, wait

blueprint = APIBlueprint("chat", __name__, tag="Questions")


@blueprint.post("/v1/chat/completions")
@blueprint.input(ChatRequest, arg_name="body")
@blueprint.output(ChatCompletion)
@blueprint.doc(
    responses=files("The answer; with `stream` as server-sent events of OpenAI's chunks", "text/event-stream")
)
@limits.body(limits.chat_bytes)
def create_chat_completion(body: ChatRequest) -> Response | dict[str, Any]:
    """Ask about pictures

    OpenAI's form, streaming or not; the object `wentu` adds sessions, progress and evidence.
    """
    parts = service()
    question = ask(parts, identity(), body)
    streaming = bool(body.stream)
    follow = Follow(parts, question.job, silence_s=silence_s(parts, streaming=streaming), comes_back=streaming)
    completion = Completion(question)
    if not streaming:
        answer, retracted = wait(follow, request.environ)
        return completion.whole(answer, retracted=retracted)
    stream = EventStream(
        follow,
        completion,
        progress=(body.wentu or WentuIn()).progress,
        include_usage=body.stream_options is not None and body.stream_options.include_usage,
    )
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return Response(stream, mimetype="text/event-stream", headers=headers)
