"""Writes docs/settings.md from the settings tree, so that it can't be out of date (a unit test compares)."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from wentu.core.config import PREFIX, Settings

HEAD = """# Settings

Made by `make docs` from `src/wentu/core/config.py`. Every setting is a variable, or a key of `wentu.toml` in the folder
where wentu is started (`WENTU_CONFIG` names another file): `WENTU_WEB__PORT=9000` is `port = 9000` under `[web]`.
Variables win. A name or value that wentu does not know stops the start and is named.
"""


def text() -> str:
    """The whole page."""
    own, parts = [], []
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            doc = (kind.__doc__ or "").strip().splitlines()[0]
            parts.append(f"\n## `[{name}]`\n{doc}\n\n{_table(kind, f'{PREFIX}{name.upper()}__')}")
        else:
            own.append(name)
    return f"{HEAD}\n{_table(Settings, PREFIX, only=own)}{''.join(parts)}"


def _table(model: type[BaseModel], prefix: str, only: list[str] | None = None) -> str:
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        if only is None or name in only:
            rows.append(f"| `{prefix}{name.upper()}` | {_default(field.default)} | {field.description or ''} |")
    return "\n".join(rows) + "\n"


def _default(value: object) -> str:
    if value is PydanticUndefined:
        return "`~/.local/share/wentu`"
    shown = str(value) if not isinstance(value, tuple) else ",".join(map(str, value))
    return f"`{shown}`" if shown not in ("", "None") else "-"


if __name__ == "__main__":
    Path("docs/settings.md").write_text(text(), "utf-8")
