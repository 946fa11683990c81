"""Server-sent events out of bytes as they come (HTML Standard, section 9.2.6, Interpreting an event stream)."""

from __future__ import annotations

import codecs
import re

# A line that never ends would fill the memory; no chunk of an answer comes near.
MAX_EVENT_CHARS = 1_000_000

LINE_END = re.compile(r"\r\n|\n|\r")


class EventTooLong(Exception):
    """An event is longer than MAX_EVENT_CHARS."""


class EventReader:
    """Collects the `data` of events; comments, ids, retry times and event names are passed over.

    Lines may end in CR LF, LF or CR, bytes may be cut anywhere, even inside a character or between CR and LF.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line = ""
        self._data: list[str] = []
        self._n_chars = 0
        self._after_cr = False
        self._first = True

    def feed(self, data: bytes) -> list[str]:
        """The events that these bytes complete. Raises EventTooLong."""
        text = self._decoder.decode(data)
        if self._first and text:
            text, self._first = text.removeprefix("\ufeff"), False
        if self._after_cr and text:
            text, self._after_cr = text.removeprefix("\n"), False
        self._after_cr = self._after_cr or text.endswith("\r")
        *lines, rest = LINE_END.split(self._line + text)
        self._line = rest
        events = [event for line in lines if (event := self._take(line)) is not None]
        if len(self._line) + self._n_chars > MAX_EVENT_CHARS:
            raise EventTooLong
        return events

    def finish(self) -> list[str]:
        """What is left at the end. The standard drops an event without its blank line; many servers forget that."""
        lines, self._line = [self._line, ""], ""
        return [event for line in lines if (event := self._take(line)) is not None]

    def _take(self, line: str) -> str | None:
        if not line:
            data, self._data, self._n_chars = self._data, [], 0
            return "\n".join(data) if data else None
        field, _, value = line.partition(":")
        if field == "data":
            self._data.append(value.removeprefix(" "))
            self._n_chars += len(value)
        return None
