"""The web process: `python -m wentu.api`, started by `wentu serve`."""

from __future__ import annotations

import sys

from wentu.api.server import serve
from wentu.core.config import load_settings
from wentu.core.errors import WentuError
from wentu.core.logs import set_up_logs


def main() -> int:
    try:
        settings = load_settings()
        set_up_logs(settings.log_level, settings.log_format)
        serve(settings)
    except WentuError as exc:
        print(f"wentu web: {exc.message}\n{exc.hint}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
