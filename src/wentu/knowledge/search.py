"""Hybrid search: bm25 over terms, optional vectors, both fused by rank, re-ranked by what the words answer to."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from wentu.core.knowledge import EntryHit, ProductHit
from wentu.core.marks import quantities, same_colour
from wentu.core.terms import fold, terms
from wentu.knowledge.concepts import concepts
from wentu.knowledge.features import codes, features, names_trouble, share
from wentu.knowledge.items import entry_from, product_from

# Cormack, Clarke, Buettcher: Reciprocal Rank Fusion (SIGIR 2009) used 60, and so does nearly everybody since.
RRF_K = 60
# The rarest terms of a text decide; with more of them a common pair of characters only costs time.
MAX_QUERY_TERMS = 24
_POOL = 40


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How rare a term is in one search table: inverse document frequencies, from the table's own vocabulary."""

    connection: sqlite3.Connection
    table: str

    def idf(self, found: Iterable[str]) -> dict[str, float]:
        """ln(1 + N / df) for each term that the table has at all."""
        wanted = list(dict.fromkeys(found))
        total = self.connection.execute(f"SELECT count(*) FROM {self.table}_terms_docsize").fetchone()[0]
        known: dict[str, float] = {}
        for start in range(0, len(wanted), 400):
            part = wanted[start : start + 400]
            marks = ",".join("?" * len(part))
            rows = self.connection.execute(
                f"SELECT term, doc FROM {self.table}_vocabulary WHERE term IN ({marks})", part
            )
            known.update({term: math.log(1 + total / doc) for term, doc in rows})
        return known


def find_products(connection: sqlite3.Connection, text: str, limit: int) -> list[ProductHit]:
    """Products whose terms the text has, best first, those whose quantities and colours it names before their twins."""
    idf = Vocabulary(connection, "product").idf(terms(text))
    rarest = sorted(idf, key=lambda term: -idf[term])[:MAX_QUERY_TERMS]
    if not rarest:
        return []
    rows = connection.execute(
        "SELECT items.*, ranked.score FROM (SELECT rowid AS found, bm25(product_terms) AS score FROM product_terms"
        " WHERE product_terms MATCH ? ORDER BY score LIMIT ?) AS ranked JOIN items ON items.row = ranked.found",
        (_match(rarest), max(limit, _POOL)),
    ).fetchall()
    named = {one.mark for one in quantities(text)}
    colours = fold(text)
    hits = [ProductHit(product_from(row), -row["score"]) for row in rows]
    return sorted(hits, key=lambda hit: -_with_marks(hit, named, colours))[:limit]


def find_entries(
    connection: sqlite3.Connection,
    question: str,
    limit: int,
    cosines: Callable[[Sequence[int]], dict[int, float]] | None,
) -> list[EntryHit]:
    """Entries that answer to the question's words, best first. `cosines` gives likeness by row; None: no vectors."""
    wanted = [*terms(question), *concepts(question)]
    idf = Vocabulary(connection, "entry").idf(wanted)
    rarest = sorted(idf, key=lambda term: -idf[term])[: 2 * MAX_QUERY_TERMS]
    by_words = _rows_by_words(connection, rarest)
    likeness = cosines(()) if cosines else {}
    by_vectors = sorted(likeness, key=lambda row: -likeness[row])[:_POOL]
    fused = _fuse([by_words, by_vectors])
    if not fused:
        return []
    marks = ",".join("?" * len(fused))
    rows = connection.execute(f"SELECT * FROM items WHERE row IN ({marks})", list(fused)).fetchall()
    total = connection.execute("SELECT count(*) FROM entry_terms_docsize").fetchone()[0]
    rare = math.log(1 + max(total, 1))

    def weigh(term: str) -> float:
        return idf.get(term, rare)

    asked, asked_codes = features(question, weigh), codes(question)
    hits = [_hit(row, fused[row["row"]], asked, asked_codes, weigh, likeness.get(row["row"])) for row in rows]
    return sorted(hits, key=lambda hit: (-hit.score, hit.entry.id))[:limit]


def _rows_by_words(connection: sqlite3.Connection, found: Sequence[str]) -> list[int]:
    if not found:
        return []
    rows = connection.execute(
        "SELECT rowid FROM entry_terms WHERE entry_terms MATCH ? ORDER BY bm25(entry_terms, 3.0, 1.0) LIMIT ?",
        (_match(found), _POOL),
    )
    return [row[0] for row in rows]


def _hit(
    row: sqlite3.Row,
    fused: float,
    asked: dict[str, float],
    asked_codes: frozenset[str],
    weigh: Callable[[str], float],
    cosine: float | None,
) -> EntryHit:
    entry = entry_from(row)
    title, text = features(entry.title, weigh), features(entry.text, weigh)
    coverage, overlap = share(asked, title, faint=text), share(title, asked)
    if asked_codes and asked_codes & codes(f"{entry.title}\n{entry.text}"):
        coverage, overlap = max(coverage, 0.95), max(overlap, 0.9)
    elif codes(entry.title) and (asked_codes or names_trouble(entry.title)):
        coverage, overlap = 0.3 * coverage, 0.3 * overlap  # another error's entry
    score = 0.65 * coverage + 0.35 * overlap + fused
    return EntryHit(entry, score, coverage, overlap, cosine)


def _with_marks(hit: ProductHit, named: set[tuple[str, str]], folded: str) -> float:
    own = {one.mark for value in (hit.product.label, *hit.product.attributes.values()) for one in quantities(value)}
    colour = hit.product.attributes.get("colour", "")
    known = bool(colour) and (fold(colour) in folded or any(same_colour(colour, word) for word in folded.split()))
    return hit.score * (1 + 0.2 * len(own & named) + 0.1 * known)


def _fuse(rankings: Iterable[Sequence[int]]) -> dict[int, float]:
    """Reciprocal rank fusion: the sum of 1 / (k + rank) over the rankings that have the row."""
    found: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, 1):
            found[row] = found.get(row, 0.0) + 1 / (RRF_K + rank)
    return found


def _match(found: Iterable[str]) -> str:
    """An FTS5 expression; every term is quoted, so nothing in a text is an operator."""
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in found)
