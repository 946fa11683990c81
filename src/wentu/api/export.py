"""A conversation as a file to keep: everything as JSON, or the branch it stands at as Markdown.

Both say that the answers were made by AI, in the text and in the metadata (GB 45438-2025).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from wentu.api.schemas.sessions import MessageOut, SessionWithMessages
from wentu.core.ai_label import AI_LABEL, AIGC, GENERATOR, export_note, implicit_text


def as_json(session: SessionWithMessages) -> str:
    """The session object of docs/http.md, with a note who made it."""
    note = export_note(session.id)
    return json.dumps({**session.model_dump(mode="json"), "export": note}, ensure_ascii=False, indent=2) + "\n"


def as_markdown(session: SessionWithMessages) -> str:
    """The branch that the session stands at, question by question."""
    label = f"{AIGC}: {implicit_text(session.id)}"
    head = f"---\ngenerator: {GENERATOR}\nai_generated: true\nsession: {session.id}\n{label}\n---\n"
    title = session.title.replace("\n", " ").strip() or "wentu"
    blocks = [head, f"# {title}\n", f"> {AI_LABEL}\n", *(_block(one) for one in _branch(session))]
    return "\n".join(blocks)


def _branch(session: SessionWithMessages) -> list[MessageOut]:
    by_id = {one.id: one for one in session.messages}
    branch: list[MessageOut] = []
    here = session.head
    while here is not None and here in by_id:
        branch.append(by_id[here])
        here = by_id[here].parent
    return branch[::-1]


def _block(message: MessageOut) -> str:
    who = "问 · Question" if message.role == "user" else "答 · Answer (AI)"
    time = datetime.fromtimestamp(message.created_at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    lines = [f"## {who}", f"*{time}{_source(message)}*", ""]
    for part in message.content:
        lines.append(part["text"] if part["type"] == "text" else f"[picture {part['image_url']['url']}]")
    if message.state != "done":
        lines.append(f"*({message.state})*")
    return "\n".join(lines) + "\n"


def _source(message: MessageOut) -> str:
    return f" · {message.wentu.version} · {message.wentu.status}" if message.wentu is not None else ""
