"""/v1/responses: OpenAI's Responses API. An answer that is kept is a message of a session, and its id names both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from wentu.api import limits
from wentu.api.auth import Identity, identity
from wentu.api.conversation import Question, ask
from wentu.api.described import files
from wentu.api.response_object import ResponseObject, id_of, kept_response, message_id
from wentu.api.response_stream import ResponseStream
from wentu.api.schemas.chat import (
    ChatRequest,
    ImagePart,
    ImageUrl,
    JsonSchema,
    MessageIn,
    Part,
    ResponseFormat,
    TextPart,
    WentuIn,
)
from wentu.api.schemas.responses import (
    InputImage,
    InputPart,
    ResponseOut,
    ResponsesRequest,
    ResponsesWentuIn,
    TextFormat,
)
from wentu.api.service import Service, service
from wentu.api.stream import Follow, silence_s, wait
from wentu.core.errors import BadRequest, UnknownMessage, WentuError

blueprint = APIBlueprint("responses", __name__, tag="Questions")

_MESSAGES = re.compile(r"^messages\[(\d+)\]")
_NAMES = {"messages": "input", "max_tokens": "max_output_tokens"}


@blueprint.post("/v1/responses")
@blueprint.input(ResponsesRequest, arg_name="body")
@blueprint.output(ResponseOut)
@blueprint.doc(responses=files("The answer; with `stream` as the API's events", "text/event-stream"))
@limits.body(limits.chat_bytes)
def create_response(body: ResponsesRequest) -> Response | dict[str, Any]:
    """Ask about pictures, in the form of the Responses API

    An answer is kept in a session unless `store` is false; `previous_response_id` goes on after it.
    """
    parts = service()
    question = _ask(parts, identity(), body)
    streaming = bool(body.stream)
    follow = Follow(parts, question.job, silence_s=silence_s(parts, streaming=streaming), comes_back=streaming)
    made = ResponseObject(body, question)
    if not streaming:
        answer, retracted = wait(follow, request.environ)
        return made.whole(answer, retracted=retracted)
    stream = ResponseStream(follow, made, progress=(body.wentu or ResponsesWentuIn()).progress)
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return Response(stream, mimetype="text/event-stream", headers=headers)


@blueprint.get("/v1/responses/<response_id>")
@blueprint.output(ResponseOut)
def get_response(response_id: str) -> dict[str, Any]:
    """An answer that is kept"""
    parts, who = service(), identity()
    kept = message_id(response_id)
    path = parts.store.sessions.path(parts.store.sessions.of_message(kept, owner=who.owner), kept, owner=who.owner)
    if path[-1].role != "assistant":
        raise UnknownMessage("there is no such response")
    earlier = next((one.id for one in reversed(path[:-1]) if one.role == "assistant"), None)
    return kept_response(path[-1], id_of(earlier, "") if earlier else None)


def _ask(parts: Service, who: Identity, body: ResponsesRequest) -> Question:
    """The question in the queue. A session that was begun for a question that was not taken does not stay.

    Raises what `conversation.ask` raises.
    """
    if body.tools:
        raise BadRequest("wentu calls no tools", hint="Send the request without 'tools'.", param="tools")
    if body.background:
        raise BadRequest("answers are not made in the background here", hint="Use POST /v1/jobs.", param="background")
    if body.previous_response_id is not None:
        with _naming(body, "previous_response_id"):
            after = message_id(body.previous_response_id)
            session = parts.store.sessions.of_message(after, owner=who.owner)
        return _taken(parts, who, body, WentuIn.model_validate({"session": session, "parent": after}))
    if body.store is False or not _is_one_question(body):
        return _taken(parts, who, body, WentuIn())
    session = parts.store.sessions.create(owner=who.owner).id
    try:
        return _taken(parts, who, body, WentuIn(session=session))
    except BaseException:
        parts.store.sessions.delete(session, owner=who.owner)
        raise


def _is_one_question(body: ResponsesRequest) -> bool:
    """A conversation that the client keeps itself and sends whole is not kept here a second time."""
    return sum(one.role not in ("system", "developer") for one in body.input) == 1


def _taken(parts: Service, who: Identity, body: ResponsesRequest, place: WentuIn) -> Question:
    extra = body.wentu or ResponsesWentuIn()
    with _naming(body, None):
        return ask(
            parts, who, _as_chat(body, place.model_copy(update={"record": extra.record, "detail": extra.detail}))
        )


def _as_chat(body: ResponsesRequest, place: WentuIn) -> ChatRequest:
    """The same question as a chat's."""
    messages = [MessageIn(role=one.role, content=[_part(two) for two in one.content]) for one in body.input]
    if body.instructions is not None:
        messages.insert(0, MessageIn(role="system", content=[TextPart(type="text", text=body.instructions)]))
    wanted = body.text.format if body.text else None
    return ChatRequest(
        messages=messages,
        model=body.model,
        max_tokens=body.max_output_tokens,
        temperature=body.temperature,
        top_p=body.top_p,
        response_format=_format(wanted) if wanted else None,
        wentu=place,
    )


def _format(wanted: TextFormat) -> ResponseFormat:
    if wanted.type == "json_schema" and wanted.schema_ is None:
        raise BadRequest("'text.format.schema' is missing", param="text.format.schema")
    return ResponseFormat(type=wanted.type, json_schema=JsonSchema(schema=wanted.schema_))


def _part(part: InputPart) -> Part:
    if isinstance(part, InputImage):
        detail = "high" if part.detail == "original" else part.detail
        return ImagePart(type="image_url", image_url=ImageUrl(url=part.image_url, detail=detail))
    return TextPart(type="text", text=part.text)


@contextmanager
def _naming(body: ResponsesRequest, param: str | None) -> Iterator[None]:
    """Names the field that an error of the chat names as this request calls it; or `param`."""
    try:
        yield
    except WentuError as error:
        found = param or error.params.get("param")
        if found is not None:
            error.params["param"] = _as_input(found, 0 if body.instructions is None else 1)
        raise


def _as_input(path: str, before: int) -> str:
    """`messages[1].content[0].image_url.url` -> `input[0].content[0].image_url`, `before` messages being ours."""
    numbered = _MESSAGES.sub(lambda match: f"input[{max(0, int(match[1]) - before)}]", path)
    return numbered.removesuffix(".url") if numbered.startswith("input[") else _NAMES.get(path, path)
