"""What `mkdocs build` needs beside its configuration.

Links that leave docs/ lead to a file of the checkout and not to a page. Pictures that the browser tests make are shown
where they were made (`make docs-site`): `<!-- picture: NAME -->` names one.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
MADE = ROOT / "docs" / "images" / "made"
_LEAVING = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+[^)#\s]+)[^)\s]*\)")
_PICTURE = re.compile(r"<!-- picture: ([\w-]+) -->")


def on_page_markdown(markdown: str, page: Any, **_: object) -> str:
    """The page, made ready. A link to a file that is not there stays as it is, and the strict build fails."""
    folder = (ROOT / "docs" / page.file.src_uri).parent

    def named(link: re.Match[str]) -> str:
        target = Path(os.path.normpath(folder / link[2]))
        if target.is_relative_to(ROOT / "docs") or not target.exists():
            return link[0]
        return f"{link[1]} (`{target.relative_to(ROOT).as_posix()}`)"

    return _PICTURE.sub(_shown, _LEAVING.sub(named, markdown))


def _shown(wanted: re.Match[str]) -> str:
    made = MADE / f"{wanted[1]}.png"
    return f"![](images/made/{made.name})" if made.is_file() else ""
