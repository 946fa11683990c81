"""/v1/sessions: conversations that the server keeps."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from wentu.api.auth import identity
from wentu.api.described import files
from wentu.api.export import as_json, as_markdown
from wentu.api.schemas.sessions import (
    ExportQuery,
    MessageOut,
    SessionCreate,
    SessionOut,
    SessionsOut,
    SessionsQuery,
    SessionUpdate,
    SessionWithMessages,
)
from wentu.api.service import service
from wentu.api.stream import stop
from wentu.core.errors import BadRequest
from wentu.store import StoredSession

blueprint = APIBlueprint("sessions", __name__, tag="Sessions")


@blueprint.post("/v1/sessions")
@blueprint.input(SessionCreate, arg_name="body")
@blueprint.output(SessionOut, status_code=201)
def create_session(body: SessionCreate) -> SessionOut:
    """Begin a conversation"""
    return SessionOut.of(service().store.sessions.create(owner=identity().owner, title=_clean(body.title) or ""))


@blueprint.get("/v1/sessions")
@blueprint.input(SessionsQuery, location="query", arg_name="args")
@blueprint.output(SessionsOut)
def list_sessions(args: SessionsQuery) -> SessionsOut:
    """List conversations, newest first"""
    found, more = service().store.sessions.list(
        owner=identity().owner, query=args.query.replace("\0", ""), limit=args.limit, after=args.after
    )
    return SessionsOut(data=[SessionOut.of(one) for one in found], has_more=more)


@blueprint.get("/v1/sessions/<session_id>")
@blueprint.output(SessionWithMessages)
def get_session(session_id: str) -> SessionWithMessages:
    """A conversation with all its branches"""
    return _whole(session_id)


@blueprint.patch("/v1/sessions/<session_id>")
@blueprint.input(SessionUpdate, arg_name="body")
@blueprint.output(SessionOut)
def update_session(session_id: str, body: SessionUpdate) -> SessionOut:
    """Rename a conversation, or choose the branch it stands at"""
    if body.title is None and body.head is None:
        raise BadRequest("send 'title', 'head' or both")
    updated = service().store.sessions.update(
        session_id, owner=identity().owner, title=_clean(body.title), head=body.head
    )
    return SessionOut.of(updated)


@blueprint.delete("/v1/sessions/<session_id>")
@blueprint.doc(responses={204: "Deleted"})
def delete_session(session_id: str) -> tuple[str, int]:
    """Delete a conversation; an answer that is being written is stopped"""
    parts, owner = service(), identity().owner
    parts.store.sessions.get(session_id, owner=owner)
    for job in parts.store.jobs.unfinished(session=session_id):
        stop(parts, job)
    parts.store.sessions.delete(session_id, owner=owner)
    return "", 204


@blueprint.get("/v1/sessions/<session_id>/export")
@blueprint.input(ExportQuery, location="query", arg_name="args")
@blueprint.doc(responses=files("A file", "text/markdown", "application/json"))
def export_session(session_id: str, args: ExportQuery) -> Response:
    """Export a conversation as a file"""
    whole = _whole(session_id)
    if args.format == "json":
        return _file(as_json(whole), "application/json", f"{session_id}.json")
    return _file(as_markdown(whole), "text/markdown; charset=utf-8", f"{session_id}.md")


def _whole(session_id: str) -> SessionWithMessages:
    parts, owner = service(), identity().owner
    session: StoredSession = parts.store.sessions.get(session_id, owner=owner)
    messages = parts.store.sessions.messages(session_id, owner=owner)
    wanted = {picture for message in messages for picture in message.picture_ids}
    pictures = parts.store.pictures.find(wanted, owner=owner)
    writing = parts.store.jobs.writing(session_id)
    return SessionWithMessages.build(session, [MessageOut.of(one, pictures, writing.get(one.id)) for one in messages])


def _clean(title: str | None) -> str | None:
    return None if title is None else title.replace("\0", "").strip()


def _file(text: str, content_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type=content_type, headers=headers)
