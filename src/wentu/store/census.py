"""How much is kept, in numbers: for the administrator's overview. No content is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from wentu.store.database import Database
from wentu.store.models import MessageRow, PictureRow, SessionRow


@dataclass(frozen=True, slots=True)
class Census:
    """Counts of what is kept; `picture_bytes` counts a file once, however many keys have it."""

    pictures: int
    picture_bytes: int
    sessions: int
    messages: int


def take_census(database: Database) -> Census:
    """Raises StorageUnreachable."""
    files = select(func.max(PictureRow.bytes).label("bytes")).group_by(PictureRow.digest).subquery()
    chosen = select(
        select(func.count()).select_from(files).scalar_subquery(),
        select(func.coalesce(func.sum(files.c.bytes), 0)).scalar_subquery(),
        select(func.count()).select_from(SessionRow).scalar_subquery(),
        select(func.count()).select_from(MessageRow).scalar_subquery(),
    )
    with database.read() as transaction:
        return Census(*map(int, transaction.execute(chosen).one()))
