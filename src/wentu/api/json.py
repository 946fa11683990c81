"""JSON as the standard has it, in both directions."""

from __future__ import annotations

import json
from typing import Any

from flask.json.provider import DefaultJSONProvider


class StrictJson(DefaultJSONProvider):
    """Reads no NaN and no bottomless nesting, and writes Chinese as Chinese."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Raises ValueError, which Flask answers with 400."""
        try:
            return json.loads(s, parse_constant=_refuse, **kwargs)
        except RecursionError as exc:
            raise ValueError("nested too deeply") from exc


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
