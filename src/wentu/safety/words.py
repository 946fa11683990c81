"""The list of words that a deployment does not want in questions, pictures or answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from wentu.core.config import SafetySettings
from wentu.core.errors import BadSetting, Refused
from wentu.core.text import normalize
from wentu.core.types import Query, TextLine
from wentu.safety.guard import Guard


class WordList:
    """Words in comparing form: full width, case, spaces and zero-width characters make no difference."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.words = tuple(sorted({normalize(word).text for word in words} - {""}, key=len, reverse=True))
        self.longest = max(map(len, self.words), default=0)

    def find(self, text: str) -> int | None:
        """Where in `text`, already in comparing form, the first listed word begins."""
        return min((start for word in self.words if (start := text.find(word)) >= 0), default=None)

    @classmethod
    def read(cls, path: Path | None) -> WordList:
        """The list in a file, one word a line. Raises BadSetting when it can't be read."""
        if path is None:
            return cls()
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as exc:
            raise BadSetting(
                f"WENTU_SAFETY__BLOCKED_WORDS names {path}, which can't be read as UTF-8 text",
                name="WENTU_SAFETY__BLOCKED_WORDS",
            ) from exc
        return cls(line for line in lines if line.strip() and not line.lstrip().startswith("#"))


class Safety:
    """The checks on the way in and on the way out, by one policy."""

    def __init__(self, settings: SafetySettings) -> None:
        self._words = WordList.read(settings.blocked_words)

    def check_query(self, query: Query) -> None:
        """Raises Refused when the user's newest message holds a blocked word."""
        if self._words.find(normalize(query.question).text) is not None:
            raise Refused("the question was not accepted by this service's rules", rule="blocked_words")

    def check_lines(self, pages: Sequence[Sequence[TextLine]]) -> None:
        """Raises Refused when the text in a picture holds a blocked word, also across its line breaks."""
        for lines in pages:
            if self._words.find(normalize("".join(line.text for line in lines)).text) is not None:
                raise Refused("the text in the picture was not accepted by this service's rules", rule="blocked_words")

    def guard(self) -> Guard:
        """A new guard for one answer on its way out."""
        return Guard(self._words.find, self._words.longest)
