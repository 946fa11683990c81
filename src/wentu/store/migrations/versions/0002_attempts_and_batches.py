"""Lost attempts, priorities and batches of jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("owner", sa.String(40), nullable=False, index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("task", sa.String(40), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False, index=True),
        sa.Column("cancelled_at", sa.Float()),
    )
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("losses", sa.Integer(), nullable=False, server_default="0"))
        jobs.add_column(sa.Column("priority", sa.String(20), nullable=False, server_default="interactive"))
        jobs.add_column(sa.Column("batch", sa.String(40)))
        jobs.add_column(sa.Column("number", sa.Integer()))
        jobs.add_column(sa.Column("label", sa.String(300)))
        jobs.create_foreign_key("fk_jobs_batch", "batches", ["batch"], ["id"], ondelete="CASCADE")
        jobs.create_index("ix_jobs_batch", ["batch"])


def downgrade() -> None:
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_index("ix_jobs_batch")
        jobs.drop_constraint("fk_jobs_batch", type_="foreignkey")
        for column in ("label", "number", "batch", "priority", "losses"):
            jobs.drop_column(column)
    op.drop_table("batches")
