"""Cases of customer service."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "support_cases",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("conversation", sa.String(80), nullable=False, index=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("picture_ids", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False, index=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_by", sa.String(40), nullable=False),
        sa.Column("solved", sa.Boolean()),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("work_s", sa.Float(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False, index=True),
        sa.Column("replied_at", sa.Float()),
    )


def downgrade() -> None:
    op.drop_table("support_cases")
