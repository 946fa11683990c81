"""From a chat request to a job: which messages belong to the question, and where its answer will be kept."""

from __future__ import annotations

import json
from dataclasses import dataclass

from wentu.api.auth import Identity
from wentu.api.parts import Turn, check_number, kept_turn, sent_turn
from wentu.api.schemas.chat import ChatRequest, ImagePart, MessageIn, ResponseFormat, WentuIn
from wentu.api.service import Service
from wentu.core.detail import OPTION
from wentu.core.errors import BadRequest, UnknownPicture, UnknownVersion
from wentu.core.types import Message, Query, Role, SamplingParams
from wentu.store import Asked, StoredMessage

_ALIASES = ("stable", "candidate", "previous")


@dataclass(frozen=True, slots=True)
class Question:
    """A job that waits in the queue, with what its answer has to name."""

    job: str
    model: str
    session: str | None
    user_message: str | None
    answer_message: str | None
    picture_ids: tuple[str, ...]


def ask(parts: Service, who: Identity, request: ChatRequest) -> Question:
    """Keeps the question, puts it into the queue, and gives what is needed to follow it.

    Raises the BadInput family, NotFound, Busy. A question that the queue does not take leaves nothing behind.
    """
    parts.queue.check_room(owner=who.owner)
    _check_model(parts, request.model)
    _check_logprobs(request)
    extra = request.wentu or WentuIn()
    check_number(sum(isinstance(part, ImagePart) for one in request.messages for part in one.content), parts)
    if extra.session is None:
        turns, asked = _stateless(parts, who.owner, request, extra), None
    else:
        turns, asked = _in_session(parts, who.owner, request, extra, extra.session)
    picture_ids = tuple(picture for turn in turns for picture in turn.picture_ids)
    job = parts.store.jobs.create(
        _query(request, turns, who.owner, extra),
        owner=who.owner,
        session=extra.session,
        user_message=asked.user_message if asked else None,
        answer_message=asked.answer_message if asked else None,
        picture_ids=picture_ids,
    )
    try:
        parts.queue.submit(job, owner=who.owner)
    except BaseException:
        parts.store.jobs.withdraw(job, keep_question=extra.regenerate is not None)
        raise
    return Question(
        job,
        request.model,
        extra.session,
        asked.user_message if asked else None,
        asked.answer_message if asked else None,
        picture_ids,
    )


def _stateless(parts: Service, owner: str, request: ChatRequest, extra: WentuIn) -> list[Turn]:
    """The client sends the whole conversation."""
    for name in ("parent", "regenerate"):
        if name in extra.model_fields_set:
            raise BadRequest(f"'wentu.{name}' needs 'wentu.session'", param=f"wentu.{name}")
    if not request.messages or request.messages[-1].role != "user":
        raise BadRequest("the last message must be the user's", param="messages")
    turns = [
        sent_turn(parts, owner, _role(one.role), one.content, f"messages[{i}]")
        for i, one in enumerate(request.messages)
    ]
    _check_question(turns[-1])
    return turns


def _in_session(
    parts: Service, owner: str, request: ChatRequest, extra: WentuIn, session: str
) -> tuple[list[Turn], Asked]:
    """The server has the conversation; the client sends the new question, or which one to ask again.

    System messages may stand before the question; they count for this answer and are not kept.
    """
    if extra.regenerate is not None:
        if request.messages:
            raise BadRequest("with 'wentu.regenerate', 'messages' must be empty", param="messages")
        path = parts.store.sessions.path(session, extra.regenerate, owner=owner)
        turns = _history(parts, owner, path)
        if len(turns[-1].picture_ids) < len(path[-1].picture_ids):
            raise UnknownPicture("a picture of this question is no longer kept", param="wentu.regenerate")
        check_number(sum(len(turn.picture_ids) for turn in turns), parts)
        return turns, parts.store.sessions.ask_again(session, extra.regenerate, owner=owner)
    *system, asks = request.messages or [MessageIn(role="system")]
    if asks.role != "user" or any(_role(one.role) != "system" for one in system):
        raise BadRequest("with 'wentu.session', send the new user message only", param="messages")
    parent = extra.parent if "parent" in extra.model_fields_set else parts.store.sessions.get(session, owner=owner).head
    history = _history(parts, owner, parts.store.sessions.path(session, parent, owner=owner))
    told = [sent_turn(parts, owner, "system", one.content, f"messages[{i}]") for i, one in enumerate(system)]
    question = sent_turn(parts, owner, "user", asks.content, f"messages[{len(system)}]")
    _check_question(question)
    check_number(sum(len(turn.picture_ids) for turn in (*told, *history, question)), parts)
    asked = parts.store.sessions.ask(session, owner=owner, parent=parent, content=question.content)
    return [*told, *history, question], asked


def _history(parts: Service, owner: str, path: tuple[StoredMessage, ...]) -> list[Turn]:
    """The branch as turns; an answer that failed or was stopped before its first word says nothing and is left out."""
    turns = [kept_turn(parts, owner, message) for message in path]
    return [turn for turn in turns if not (turn.role == "assistant" and turn.empty)]


def _query(request: ChatRequest, turns: list[Turn], owner: str, extra: WentuIn) -> Query:
    messages: tuple[Message, ...] = tuple(turn.message for turn in turns)
    options = _options(request.response_format) | _detail(request, extra) | ({"record": "yes"} if extra.record else {})
    return Query(
        messages, model=request.model, sampling=_sampling(request), owner=owner, session=extra.session, options=options
    )


def _sampling(request: ChatRequest) -> SamplingParams:
    max_tokens = request.max_completion_tokens or request.max_tokens or SamplingParams().max_tokens
    return SamplingParams(
        max_tokens=max_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        top_k=request.top_k,
        presence_penalty=request.presence_penalty,
        repetition_penalty=request.repetition_penalty,
        seed=request.seed,
        stop=tuple(request.stop or ()),
        logprobs=(request.top_logprobs or 0) if request.logprobs else None,
    )


def _detail(request: ChatRequest, extra: WentuIn) -> dict[str, str]:
    """How closely to look: our own word, else OpenAI's on the pictures of this request, the closest one."""
    parts = (part for one in request.messages for part in one.content)
    asked = {part.image_url.detail for part in parts if isinstance(part, ImagePart)}
    detail = extra.detail or ("precise" if "high" in asked else "quick" if asked == {"low"} else None)
    return {OPTION: detail} if detail else {}


def _options(wanted: ResponseFormat | None) -> dict[str, str]:
    """The JSON Schema that the answer must follow, as `Query.options["json_schema"]`."""
    if wanted is None or wanted.type == "text":
        return {}
    if wanted.type == "json_object":
        return {"json_schema": '{"type":"object"}'}
    if wanted.json_schema is None or wanted.json_schema.schema_ is None:
        raise BadRequest("'response_format.json_schema.schema' is missing", param="response_format.json_schema.schema")
    return {"json_schema": json.dumps(wanted.json_schema.schema_, ensure_ascii=False)}


def _check_model(parts: Service, model: str) -> None:
    """A wrong name is better refused now than after the wait; without a worker nobody knows the names."""
    if model in _ALIASES:
        return
    worker = parts.queue.worker()
    names = [version.name for version in worker.versions] if worker else []
    if names and model not in names:
        raise UnknownVersion(f"there is no version '{model}' here", param="model", version=model)


def _check_logprobs(request: ChatRequest) -> None:
    if request.top_logprobs is not None and not request.logprobs:
        raise BadRequest("'top_logprobs' needs 'logprobs': true", param="top_logprobs")


def _check_question(turn: Turn) -> None:
    if turn.empty:
        raise BadRequest("the question is empty", hint="Send some text, a picture, or both.", param="messages")


def _role(sent: str) -> Role:
    """OpenAI renamed the system role to developer."""
    return "assistant" if sent == "assistant" else "user" if sent == "user" else "system"
