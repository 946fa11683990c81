"""Text out of DOCX and PDF files, headings marked as Markdown has them.

A DOCX is a zip of XML, of which only paragraphs, their heading styles and tables matter here; the standard library
reads that, and the usual package would bring 20 MB of an XML library. A PDF is parsed by a C++ library, so foreign
ones are read in a child process with little time and memory, as intake does.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from wentu.core.errors import BadKnowledge
from wentu.knowledge.tables import check_zip

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_STYLE = re.compile(r"(?:heading|标题|ttulo|berschrift)\s*(\d)|^(\d)$", re.I)
PDF_TIMEOUT_S = 60.0


def docx_text(data: bytes, name: str) -> str:
    """Paragraphs of a DOCX, one a line; headings begin with "#" signs. Raises BadKnowledge."""
    check_zip(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            document = archive.read("word/document.xml")
            styles = archive.read("word/styles.xml") if "word/styles.xml" in archive.namelist() else b""
        if b"<!DOCTYPE" in document[:2_000] or b"<!ENTITY" in document:
            raise BadKnowledge(f"{name} is not a document that can be read", name=name)
        levels = _heading_levels(styles)
        body = ElementTree.fromstring(document).find(f"{_W}body")
    except (KeyError, ElementTree.ParseError, zipfile.BadZipFile) as exc:
        raise BadKnowledge(f"{name} is not a document that can be read", name=name) from exc
    return "" if body is None else "\n".join(_paragraphs(body, levels))


def pdf_text(data: bytes, name: str) -> str:
    """The text of a PDF, page by page. Raises BadKnowledge, also when the child needs too long."""
    command = [sys.executable, "-m", "wentu.knowledge.pdf"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=PDF_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as exc:
        raise BadKnowledge(f"{name} takes too long to read", name=name) from exc
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode or not text.strip():
        raise BadKnowledge(
            f"{name} has no text that can be read", hint="A scanned PDF has none: send its text.", name=name
        )
    return text


def _heading_levels(styles: bytes) -> dict[str, int]:
    """Level by style id, for the styles that are named as headings."""
    if not styles or b"<!ENTITY" in styles:
        return {}
    found: dict[str, int] = {}
    for style in ElementTree.fromstring(styles).iter(f"{_W}style"):
        style_id, label = style.get(f"{_W}styleId", ""), style.find(f"{_W}name")
        match = _HEADING_STYLE.search(label.get(f"{_W}val", "") if label is not None else style_id)
        if match:
            found[style_id] = int(match.group(1) or match.group(2))
    return found


def _paragraphs(body: ElementTree.Element, levels: dict[str, int]) -> Iterator[str]:
    for paragraph in body.iter(f"{_W}p"):
        text = "".join(_run(node) for node in paragraph.iter()).strip()
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        style_id = "" if style is None else style.get(f"{_W}val", "")
        match = _HEADING_STYLE.search(style_id)
        level = levels.get(style_id) or (int(match.group(1) or match.group(2)) if match else 0)
        yield f"{'#' * level} {text}" if level and text else text


def _run(node: ElementTree.Element) -> str:
    if node.tag == f"{_W}t":
        return node.text or ""
    return "\n" if node.tag in (f"{_W}br", f"{_W}cr") else "\t" if node.tag == f"{_W}tab" else ""
