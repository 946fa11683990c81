"""The moves of a rollout, a crash in the middle of them included, on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from servers import Server
from unit.rollout.test_moves import (  # noqa: F401
    control,
    test_a_crash_in_the_middle_of_a_swap_leaves_the_old_or_the_new,
    test_try_promote_and_go_back,
    versions,
)
from wentu.core.config import Settings


@pytest.fixture
def settings(postgres: Server, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=postgres.url)
