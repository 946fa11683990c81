"""The knowledge base of a shop, as everything else sees it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wentu.core.config import Settings
from wentu.core.knowledge import Correction, Entry, EntryHit, Product, ProductHit
from wentu.knowledge import corrections, search, staging, versions
from wentu.knowledge.corrections import Edit
from wentu.knowledge.database import Journal, KnowledgeFile, current_version
from wentu.knowledge.importing import SourceFile, Taken, read_files
from wentu.knowledge.items import entry_from, product_from
from wentu.knowledge.vectors import Vectors
from wentu.knowledge.versions import Change, Version


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is; the last one has its version. `done` counts rows, first read and then written."""

    stage: str
    done: int
    total: int | None = None
    version: Version | None = None


class KnowledgeBase:
    """Products, entries and corrections in one SQLite file. Thread-safe; processes may share the file."""

    def __init__(self, settings: Settings, path: Path | None = None) -> None:
        self._settings = settings
        journal: Journal = "DELETE" if settings.shared_dir else "WAL"
        self._file = KnowledgeFile(path or settings.knowledge_file, journal=journal)
        self._copy: tuple[str, KnowledgeBase] | None = None
        self._vectors = Vectors()
        self._lock = threading.Lock()
        self._loaded: tuple[int, tuple[Product, ...]] = (-1, ())

    def import_files(
        self, files: Iterable[SourceFile], *, note: str = "", replace: bool = False
    ) -> Iterator[ImportProgress]:
        """Takes files in as the next version, all or nothing; the last progress has the version with its report.

        What is known by the same sku or id is updated, everything else stays (with `replace`: ends).
        Raises BadKnowledge.
        """
        named, taken = list(files), Taken()
        for done, taken in read_files(named):  # noqa: B007 - the last one is used below
            yield ImportProgress("reading", done)
        with self._file.write() as connection:
            change = Change(current_version(connection) + 1)
            for done in versions.put(connection, taken.items, change, replace=replace):
                yield ImportProgress("writing", done, len(taken.items))
            versions.record(connection, change, note or ", ".join(one.name for one in named), taken.refused)
        for done, total in self._vectors.fill(self._file):
            yield ImportProgress("vectors", done, total)
        yield ImportProgress("done", len(taken.items), len(taken.items), self.version(change.number))

    def stage(self, files: Iterable[SourceFile], *, note: str = "", replace: bool = False) -> Iterator[ImportProgress]:
        """As `import_files`, but into a copy: what answers now goes on, `at` gives the copy, `publish` takes it in.

        The last progress has the version that it would be. A copy from before gives way. Raises BadKnowledge.
        """
        path = staging.copy(self._file)
        for progress in KnowledgeBase(self._settings, path).import_files(files, note=note, replace=replace):
            if progress.version is not None:
                staging.seal(self._file)
            yield progress

    @property
    def staged(self) -> str:
        """The name of the copy that waits, "" where none does."""
        return staging.name_of(self._file, self.number)

    def at(self, name: str) -> KnowledgeBase:
        """The copy, while it is called so; everything else is what answers now. Raises BadKnowledge for a copy that is
        not what was imported, when it is first asked."""
        if "." not in name or name != self.staged:
            return self
        with self._lock:
            if self._copy is None or self._copy[0] != name:
                path = staging.path_of(self._file)
                with self._file.beside(path).read() as connection:
                    staging.check(connection, name)
                self._copy = name, KnowledgeBase(self._settings, path)
            return self._copy[1]

    def publish(self, name: str) -> Version:
        """Makes the copy of this name the next version, or one that equals the older version of this number. Raises
        UnknownKnowledge, BadKnowledge."""
        if not name or name != self.staged:
            return self.roll_back(int(name) if name.isdecimal() else 0)
        with self._file.write() as connection:
            number = staging.take_in(connection, self._file, name)
        for _ in self._vectors.fill(self._file):
            pass
        staging.remove(self._file)
        return self.version(number)

    def roll_back(self, number: int) -> Version:
        """Makes a new version that equals version `number`. Raises UnknownKnowledge."""
        with self._file.write() as connection:
            change = versions.roll_back(connection, number)
        return self.version(change.number)

    def versions(self) -> tuple[Version, ...]:
        """Every version, the newest first."""
        with self._file.read() as connection:
            return versions.history(connection)

    def version(self, number: int) -> Version:
        """Raises UnknownKnowledge."""
        with self._file.read() as connection:
            return versions.version_at(connection, number)

    @property
    def number(self) -> int:
        """The version that answers now; 0 before the first import."""
        with self._file.read() as connection:
            return current_version(connection)

    def products(self) -> tuple[Product, ...]:
        """Every product of the version that answers now, valid today or not."""
        with self._file.read() as connection:
            number = current_version(connection)
            with self._lock:
                if self._loaded[0] != number:
                    rows = connection.execute(
                        "SELECT * FROM items WHERE removed IS NULL AND kind = 'product' ORDER BY row"
                    )
                    self._loaded = (number, tuple(product_from(row) for row in rows))
                return self._loaded[1]

    def entries(self) -> tuple[Entry, ...]:
        """Every FAQ entry and article section of the version that answers now."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT * FROM items WHERE removed IS NULL AND kind = 'entry' ORDER BY row")
            return tuple(entry_from(row) for row in rows)

    def find_products(self, text: str, limit: int = 20) -> list[ProductHit]:
        """Products that a text may be about, best first."""
        with self._file.read() as connection:
            return search.find_products(connection, text, limit)

    def find_entries(self, question: str, limit: int = 5) -> list[EntryHit]:
        """Entries that may answer a question, best first."""
        cosines = self._vectors.cosines(self._file, question)
        with self._file.read() as connection:
            return search.find_entries(connection, question, limit, cosines)

    def correction(self, question: str, sku: str) -> Correction | None:
        """What a person answered to this question, or to one that says the same."""
        with self._file.read() as connection:
            return corrections.match(connection, question, sku)

    def correct(self, question: str, answer: str, *, sku: str = "", author: str = "") -> Correction:
        """Keeps a person's answer for the next time this is asked."""
        with self._file.write() as connection:
            return corrections.add(connection, question, answer, sku=sku, author=author)

    def corrections(self) -> tuple[Correction, ...]:
        with self._file.read() as connection:
            return corrections.every(connection)

    def edits(self, correction_id: str) -> tuple[Edit, ...]:
        """Every wording a correction had, the newest first."""
        with self._file.read() as connection:
            return corrections.history(connection, correction_id)

    def retire(self, correction_id: str) -> None:
        """Stops using a correction. Raises UnknownKnowledge."""
        with self._file.write() as connection:
            corrections.retire(connection, correction_id)

    def forget(self, questions: Iterable[str]) -> int:
        """Deletes the corrections of these questions for good, in a copy that waits too; their number."""
        asked, copy = tuple(questions), staging.path_of(self._file)
        if copy.is_file():
            _forget(self._file.beside(copy), asked)
        return _forget(self._file, asked)

    def count_hit(self, row: int = 0, correction: str = "") -> None:
        """Counts that an item or a correction has answered somebody."""
        with self._file.write() as connection:
            if correction:
                corrections.count_hit(connection, correction)
            else:
                connection.execute("UPDATE items SET hits = hits + 1 WHERE row = ?", (row,))

    def hits(self) -> dict[int, int]:
        """How often each living item has answered, by row; only those that have."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT row, hits FROM items WHERE removed IS NULL AND hits > 0")
            return {row["row"]: row["hits"] for row in rows}


def _forget(file: KnowledgeFile, questions: tuple[str, ...]) -> int:
    with file.write() as connection:
        gone = corrections.forget(connection, questions)
    if gone:
        file.compact()
    return gone
