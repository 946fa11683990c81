"""A real SQLite store in a temporary folder. `tests/integration/postgres` has the same fixtures on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wentu.core.config import Settings
from wentu.store import Store, open_store


@pytest.fixture
def empty_url(tmp_path: Path) -> str:
    """A database without tables."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Settings(data_dir=tmp_path))
    yield opened
    opened.close()
