"""`Client`: a running wentu as a few typed methods."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal

import httpx

from wentu.client.batches import Batches
from wentu.client.link import Link
from wentu.client.pictures import Picture, address_of
from wentu.client.replies import Case, Found, Reply, chart_of, extraction_of, reply_of
from wentu.core.codec import adapter
from wentu.core.detail import Detail
from wentu.core.results import Chart, Extraction
from wentu.core.types import Progress, Retract, Token

ADDRESS = "http://127.0.0.1:8760"
Piece = Progress | Token | Retract | Reply


class Client:
    """Asks a running wentu. Pictures are paths, bytes, or addresses (`wentu:pic_...`, `data:`, allowed links).

    Every failure is one of `wentu.core.errors`, with `code`, `hint` and `retryable`. Address and key
    may come from WENTU_ADDRESS and WENTU_KEY; `transport` is httpx's, for tests and proxies. Safe to use from several
    threads.
    """

    def __init__(
        self,
        address: str | None = None,
        *,
        key: str | None = None,
        timeout_s: float = 600.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        found = address or os.environ.get("WENTU_ADDRESS") or ADDRESS
        self._link = Link(found, key or os.environ.get("WENTU_KEY"), timeout_s, transport)
        self.batches = Batches(self._link)

    def ask(self, question: str, *pictures: Picture, **options: Any) -> Reply:
        """The whole answer to a question about pictures; options as in `stream`."""
        body = self._link.post("/v1/chat/completions", self._question(question, pictures, **options))
        choice = body["choices"][0]
        return reply_of(choice["message"]["content"], choice["finish_reason"], body["usage"], body["wentu"])

    def stream(self, question: str, *pictures: Picture, **options: Any) -> Iterator[Piece]:
        """Progress, tokens and retractions as they come, and the Reply last.

        Options: `model` (a version or alias), `session` (from `session()`: the answer knows what was said before),
        `detail` (quick, balanced, precise), `system`, `json_schema`, `max_tokens`, `temperature`,
        `top_p`, `seed`, `stop`.
        """
        sent = self._question(question, pictures, **options)
        sent |= {"stream": True, "stream_options": {"include_usage": True}}
        sent["wentu"] |= {"progress": True}
        text, ending, done = "", "stop", dict[str, Any]()
        for chunk in self._link.events("/v1/chat/completions", sent):
            told = chunk.get("wentu") or {}
            for choice in chunk["choices"]:
                if said := choice["delta"].get("content"):
                    text += said
                    yield Token(said)
                ending = choice["finish_reason"] or ending
            if told.get("event") == "progress":
                yield adapter(Progress).validate_python(told)
            elif told.get("event") == "retract":
                taken_back = adapter(Retract).validate_python(told)
                text = text[: taken_back.offset] + taken_back.replacement
                yield taken_back
            elif told.get("event") == "done":
                done = told
            if not chunk["choices"]:
                yield reply_of(text, ending, chunk["usage"], done)

    def session(self, title: str = "") -> str:
        """A new conversation for `ask(..., session=...)`."""
        return str(self._link.post("/v1/sessions", {"title": title})["id"])

    def extract(
        self,
        *pages: Picture,
        type: str = "auto",
        fields: Sequence[str] | Mapping[str, Any] | None = None,
        full_numbers: bool = False,
        model: str = "stable",
    ) -> Found[Extraction]:
        """The fields of one document, whose pages are the pictures. `fields`: your own, as names or a JSON Schema."""
        own = None if fields is None else dict(fields) if isinstance(fields, Mapping) else list(fields)
        body = {"pictures": self._addresses(pages), "type": type, "fields": own, "full_numbers": full_numbers}
        return extraction_of(self._link.post("/v1/extractions", {**body, "model": model}))

    def chart(
        self,
        picture: Picture | None = None,
        *,
        table: Mapping[str, Any] | None = None,
        question: str = "",
        language: Literal["zh-CN", "en"] | None = None,
        model: str = "stable",
    ) -> Found[Chart]:
        """A chart's table, statistics, forecast and steps; from a picture, or anew from a table that was corrected."""
        address = None if picture is None else address_of(self._link, picture)
        body = {"picture": address, "table": table, "question": question, "language": language, "model": model}
        return chart_of(self._link.post("/v1/charts", body))

    def support(
        self,
        question: str,
        *pictures: Picture,
        conversation: str | None = None,
        language: Literal["zh", "en"] | None = None,
        model: str = "stable",
    ) -> Case:
        """A customer's question answered from the knowledge base, or handed over."""
        body = {"question": question, "pictures": self._addresses(pictures), "conversation": conversation}
        found = self._link.post("/v1/support", {**body, "language": language, "model": model})
        return adapter(Case).validate_python(found)

    def upload(self, picture: Picture, *, page: int | None = None) -> str:
        """`wentu:pic_...` of a file, to be asked about more than once; `page` (from 1) is for a PDF."""
        return address_of(self._link, picture, page)

    def versions(self) -> tuple[str, ...]:
        """The versions that can answer."""
        return tuple(one["id"] for one in self._link.get("/v1/models")["data"])

    def status(self) -> dict[str, Any]:
        """Version, engine, queue and limits of the machine (docs/http.md)."""
        return dict(self._link.get("/v1/status"))

    def close(self) -> None:
        """Lets the connections go; safe to call twice."""
        self._link.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _addresses(self, pictures: Sequence[Picture]) -> list[str]:
        return [address_of(self._link, one) for one in pictures]

    def _question(
        self,
        question: str,
        pictures: Sequence[Picture],
        *,
        model: str = "stable",
        session: str | None = None,
        detail: Detail | None = None,
        system: str = "",
        json_schema: Mapping[str, Any] | None = None,
        **sampling: Any,
    ) -> dict[str, Any]:
        """The body of a chat; sampling by OpenAI's names."""
        images = [{"type": "image_url", "image_url": {"url": one}} for one in self._addresses(pictures)]
        messages: list[dict[str, Any]] = [{"role": "user", "content": [*images, {"type": "text", "text": question}]}]
        if system:
            messages.insert(0, {"role": "system", "content": system})
        body: dict[str, Any] = {"model": model, "messages": messages, **sampling}
        if json_schema is not None:
            schema = {"name": "answer", "schema": dict(json_schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        place = {"session": session, "detail": detail}
        return body | {"wentu": {name: value for name, value in place.items() if value is not None}}
