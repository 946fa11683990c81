"""Writes openapi.json: `python -m wentu.api.openapi [FILE]`, to standard output without a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from wentu.api.app import bare_app


def document() -> str:
    """The description of the API as it is now."""
    app = bare_app()
    with app.app_context():
        return json.dumps(app.spec, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(document(), "utf-8")
    else:
        sys.stdout.write(document())
