"""What a first visit costs, read off the built page."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import wentu

DIST = Path(wentu.__file__).parent / "web_dist"
BUDGET_BYTES = 300_000
_LOADED = re.compile(r"<(?:script[^>]*src|link[^>]*rel=\"modulepreload\"[^>]*href)=\"/([^\"]+\.js)\"")
_IMPORT = re.compile(r"(?:^|[;}])import(?:[^\"'()]*?from)?[\"']\./([^\"']+\.js)[\"']")


def first_scripts() -> set[Path]:
    """The scripts that the browser needs before the page stands: those of index.html and what they import at once."""
    waiting = [DIST / name for name in _LOADED.findall((DIST / "index.html").read_text("utf-8"))]
    found: set[Path] = set()
    while waiting:
        script = waiting.pop()
        if script not in found:
            found.add(script)
            waiting += [script.parent / name for name in _IMPORT.findall(script.read_text("utf-8"))]
    return found


def test_the_first_load_is_under_300_kb_of_compressed_script() -> None:
    scripts = first_scripts()
    sizes = {one.name: len(gzip.compress(one.read_bytes(), 6)) for one in scripts}
    assert len(sizes) > 1 and sum(sizes.values()) < BUDGET_BYTES, sizes


def test_charts_are_drawn_by_a_library_that_comes_with_the_first_chart() -> None:
    holders = [one for one in (DIST / "assets").glob("*.js") if "renderToSVGString" in one.read_text("utf-8")]
    assert holders and not set(holders) & first_scripts()
