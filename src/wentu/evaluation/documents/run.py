"""The document test: draws, spoils, reads and measures, on this machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from wentu.core.config import IntakeSettings
from wentu.core.errors import BadInput
from wentu.core.results import Extraction
from wentu.core.types import Glyph, Message, Page, Picture, Query, Raw, TextLine
from wentu.evaluation.documents.degrade import DEGRADATIONS, LEVELS, degrade
from wentu.evaluation.documents.draw import DRAWERS, Sample
from wentu.evaluation.documents.measure import Outcome, outcomes, same, similarity
from wentu.intake import Intake
from wentu.tasks.base import Tools
from wentu.tasks.extract import Extract
from wentu.tasks.extract.kinds import parse
from wentu.verify import judge

Ocr = Callable[[Picture], tuple[TextLine, ...]]
CLEAN = "clean"
_ENDINGS = (".png", ".jpg", ".jpeg", ".pdf")


@dataclass(frozen=True, slots=True)
class Case:
    """One picture of the set."""

    id: str
    group: str
    level: int
    sample: Sample
    pixels: NDArray[np.uint8]
    layer: tuple[Glyph, ...] = ()


def cases(documents: int, seed: int, *, levels: Sequence[int] = LEVELS) -> Iterator[Case]:
    """`documents` of every type, clean, and each of them once more at every level, degradations taken in turn."""
    kinds = tuple(DEGRADATIONS)
    for at, (kind, draw) in enumerate(DRAWERS.items()):
        for n in range(documents):
            sample = draw(Random(f"{seed}/{kind}/{n}"))
            yield Case(f"{kind}/{n}", CLEAN, 0, sample, sample.pixels)
            for level in levels:
                name = kinds[(at + n * len(LEVELS) + level) % len(kinds)]
                yield Case(f"{kind}/{n}/{level}", name, level, sample, degrade(sample.pixels, name, level, seed + n))


def n_cases(documents: int, levels: Sequence[int] = LEVELS) -> int:
    return len(DRAWERS) * documents * (1 + len(levels))


def read(pixels: NDArray[np.uint8], kind: str, ocr: Ocr, layer: tuple[Glyph, ...] = ()) -> Extraction:
    """What the deterministic reading alone makes of a picture, judged; `layer` is the page's own text."""
    digest = hashlib.sha256(pixels.tobytes() + repr((pixels.shape, layer)).encode()).hexdigest()
    picture = Picture(digest, pixels, layer)
    pages = [Page(picture, ocr(picture))]
    task = Extract()
    query = Query((Message("user", ()),), task=task.name, options={"type": kind, "full_numbers": "true"})
    reading = task.read(query, pages, Tools(ocr))
    judged = judge(task.claims(query, pages, reading, ""), pages)
    result = task.tell(query, pages, reading, "", judged).result
    assert isinstance(result, Extraction)
    return result


def measure(case: Case, ocr: Ocr) -> list[Outcome]:
    result = read(case.pixels, case.sample.type, ocr, case.layer)
    return outcomes(case.id, case.sample.type, case.group, case.level, case.sample.truth, result.fields)


def labelled(folder: Path, *, layers: bool = True) -> Iterator[Case]:
    """Documents of one's own: `NAME.png` (.jpg, .pdf) beside `NAME.json` with `{"type": ..., "fields": {id: value}}`.

    Without `layers` PDFs are read by their pixels alone. Raises BadInput for a truth that is none, or that has no
    picture.
    """
    for path in sorted(folder.glob("*.json")):
        picture = next((p for end in _ENDINGS if (p := path.with_suffix(end)).is_file()), None)
        try:
            told = json.loads(path.read_text("utf-8"))
            kind, truth = str(told["type"]), dict(told["fields"])
        except (ValueError, KeyError, TypeError) as exc:
            hint = 'It holds {"type": "receipt", "fields": {"total": 12.5}}.'
            raise BadInput(f"{path.name} does not say type and fields", hint=hint) from exc
        if picture is None:
            raise BadInput(f"there is no picture beside {path.name}", hint="Its name ends in .png, .jpg or .pdf.")
        pixels, layer = _page(picture) if picture.suffix == ".pdf" else (_pixels(picture), ())
        yield Case(path.stem, CLEAN, 0, Sample(kind, "", pixels, truth, {}), pixels, layer if layers else ())


@dataclass(frozen=True, slots=True)
class ReceiptScore:
    """Shares of real receipts: date and total exact, company and address at least 0.9 similar."""

    n: int
    company: float
    date: float
    address: float
    total: float


def measure_receipts(folder: Path, ocr: Ocr) -> ReceiptScore:
    """Receipts in the form of SROIE: `NAME.jpg` beside `NAME.json` with company, date, address and total."""
    hits = dict.fromkeys(("company", "date", "address", "total"), 0)
    truths = sorted(folder.glob("*.json"))
    for path in truths:
        truth = json.loads(path.read_text("utf-8"))
        fields = read(_pixels(path.with_suffix(".jpg")), "receipt", ocr).fields
        values = {name: fields[name].value for name in ("merchant.name", "date", "merchant.address", "total")}
        hits["company"] += similarity(str(values["merchant.name"] or ""), truth["company"]) >= 0.9
        hits["address"] += similarity(str(values["merchant.address"] or ""), truth["address"]) >= 0.9
        hits["date"] += same(values["date"], parse("date", truth["date"]))
        hits["total"] += same(values["total"], float(parse("amount", truth["total"].lstrip("$RM ")) or -1))
    n = max(1, len(truths))
    return ReceiptScore(len(truths), *(hits[name] / n for name in ("company", "date", "address", "total")))


def _page(path: Path) -> tuple[NDArray[np.uint8], tuple[Glyph, ...]]:
    """The first page of a PDF as every door takes it in. Raises BadInput."""

    def nothing(digest: str) -> bytes:
        raise KeyError(digest)

    with Intake(IntakeSettings(), nothing) as intake:
        picture = intake.load(Raw(path.read_bytes(), path.name))
    return picture.pixels, picture.layer


def _pixels(path: Path) -> NDArray[np.uint8]:
    """A picture file upright, as RGB."""
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
