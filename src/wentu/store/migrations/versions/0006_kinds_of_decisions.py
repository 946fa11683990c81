"""Decisions about policies and knowledge bases stand in the same history as those about versions."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("rollout_decisions", sa.Column("kind", sa.String(20), nullable=False, server_default="model"))


def downgrade() -> None:
    op.drop_column("rollout_decisions", "kind")
