"""Recent questions and answers, for a policy that is about to be published: what would it have done to them?"""

from __future__ import annotations

from sqlalchemy import select

from wentu.store.database import Database
from wentu.store.models import MessageRow


def recent_texts(database: Database, limit: int) -> tuple[str, ...]:
    """The texts of the newest messages of all owners, newest first."""
    chosen = select(MessageRow.text).where(MessageRow.text != "").order_by(MessageRow.number.desc()).limit(limit)
    with database.read() as transaction:
        return tuple(transaction.scalars(chosen))
