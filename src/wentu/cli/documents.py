"""Which documents a command means: files, pages of PDFs, folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wentu.core.config import IntakeSettings
from wentu.core.errors import UnreadableImage

_SUFFIXES = frozenset(".jpg .jpeg .png .webp .gif .bmp .tif .tiff .avif .heic .heif .pdf .ofd".split())


@dataclass(frozen=True, slots=True)
class Document:
    """A picture, or one page of a PDF or OFD (from 1). `id` is the path, with "#2" for page 2 and so on."""

    id: str
    path: str
    page: int | None = None


def find_documents(paths: Sequence[str], limits: IntakeSettings) -> list[Document]:
    """Every document once, folders in the order of their names. Raises UnreadableImage for a path that is none."""
    found = [one for path in paths for file in _files(path) for one in _pages(file, limits)]
    return list({one.id: one for one in found}.values())


def _files(path: str) -> Iterator[str]:
    if path == "-" or not Path(path).is_dir():
        yield path
        return
    inside = sorted(file for file in Path(path).rglob("*") if file.suffix.lower() in _SUFFIXES and file.is_file())
    if not inside:
        raise UnreadableImage(
            f"there is no picture, PDF or OFD in {path}", hint="Name files, or a folder that holds some."
        )
    yield from map(str, inside)


def _pages(path: str, limits: IntakeSettings) -> Iterator[Document]:
    """The file itself; of a PDF or OFD each page. The decoding child, which sees every foreign file, counts them."""
    yield Document(path, path)
    if Path(path).suffix.lower() not in (".pdf", ".ofd"):
        return
    from wentu.intake import Intake

    def nothing(digest: str) -> bytes:
        raise KeyError(digest)

    with Intake(limits, nothing) as intake:
        try:
            pages = intake.take(Path(path).read_bytes()).pages or 1
        except (OSError, UnreadableImage):
            return  # the document itself will say what is wrong with it
    for page in range(2, min(pages, limits.max_pdf_pages) + 1):
        yield Document(f"{path}#{page}", path, page)
