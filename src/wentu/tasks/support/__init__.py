"""Customer service: a question, often with a screenshot, answered from the shop's knowledge base or not at all."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import date

from wentu.core.errors import KnowledgeMissing
from wentu.core.results import FieldValue
from wentu.core.results import Support as SupportResult
from wentu.core.text import is_chinese
from wentu.core.types import Page, Query
from wentu.tasks.base import Knowledge, Task, Told, Tools
from wentu.tasks.support.decide import decide
from wentu.tasks.support.families import Catalogue, catalogue

__all__ = ["Support"]


class Support(Task[SupportResult]):
    """Answers with what the knowledge base says. No model is asked: a price, a stock or an order is never anybody's
    recollection, and what a picture says is data."""

    name = "support"
    spoken = False
    asks_knowledge = True

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: list[tuple[object, date, Catalogue]] = []  # of what answers, and of a copy that is tried

    def read(self, query: Query, pages: Sequence[Page], tools: Tools) -> SupportResult:
        """The whole answer. `query.options`: `language` (zh, en; otherwise the question's) and `failures`, the number
        of answers before this one that did not help. Raises KnowledgeMissing."""
        knowledge = tools.knowledge
        if knowledge is None or not knowledge.number:
            raise KnowledgeMissing("there is no knowledge base yet")
        failures = int(query.options.get("failures", "0"))
        language = query.options.get("language") or (
            "zh" if is_chinese(query.question) or not query.question.strip() else "en"
        )
        products = self._catalogue(knowledge)
        return decide(query.question, pages, knowledge, products, chinese=language.startswith("zh"), failures=failures)

    def prompt(self, query: Query, pages: Sequence[Page], reading: SupportResult | None) -> None:
        return None

    def tell(
        self,
        query: Query,
        pages: Sequence[Page],
        reading: SupportResult | None,
        said: str,
        judged: Mapping[str, FieldValue],
    ) -> Told:
        return Told(reading.answer if reading else "", reading)

    def _catalogue(self, knowledge: Knowledge) -> Catalogue:
        """The families of today; made again when the knowledge base or the day has changed."""
        products, day = knowledge.products(), date.today()
        with self._lock:
            for of, on, known in self._known:
                if of is products and on == day:
                    return known
            made = catalogue(products, day)
            self._known = [(products, day, made), *self._known[:1]]
            return made
