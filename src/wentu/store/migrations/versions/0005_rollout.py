"""Aliases, decisions, exposures, recorded questions, replies and votes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "rollout_aliases",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("state", sa.Text(), nullable=False),
    )
    op.create_table(
        "rollout_decisions",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        _number("at"),
        _text("action", 20),
        _text("by", 40),
        _text("run", 40),
        _text("stable", 200),
        _text("candidate", 200),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
    )
    op.create_table(
        "rollout_exposures",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        _number("at", index=True),
        _text("run", 40),
        _text("job", 40, index=True),
        _text("owner", 40),
        _text("unit", 32),
        _text("version", 200),
        _text("reason", 20),
        _text("task", 40),
        _text("outcome", 20),
        _text("finish", 20),
        sa.Column("empty", sa.Boolean(), nullable=False),
        sa.Column("ttft_s", sa.Float()),
        sa.Column("tokens_per_s", sa.Float()),
        sa.Column("asked_again", sa.Boolean(), nullable=False),
        sa.Column("thumb", sa.Integer(), nullable=False),
    )
    op.create_index("ix_rollout_exposures_run_version", "rollout_exposures", ["run", "version"])
    op.create_table(
        "rollout_recordings",
        sa.Column("id", sa.String(40), primary_key=True),
        _number("at"),
        _number("expires_at", index=True),
        _text("owner", 40, index=True),
        _text("job", 40, index=True),
        _text("unit", 32),
        _text("scenario", 80),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
    )
    op.create_table(
        "rollout_replies",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        _number("at"),
        _text("recording", 40),
        _text("version", 200, index=True),
        _text("source", 20),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        _text("error", 80),
        _number("seconds"),
        sa.UniqueConstraint("recording", "version"),
    )
    op.create_table(
        "rollout_votes",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        _number("at"),
        _text("recording", 40),
        _text("one", 200),
        _text("other", 200),
        _text("voter", 40),
        _text("winner", 200),
        sa.UniqueConstraint("recording", "one", "other", "voter"),
    )


def downgrade() -> None:
    for table in ("votes", "replies", "recordings", "exposures", "decisions", "aliases"):
        op.drop_table(f"rollout_{table}")


def _text(name: str, length: int, *, index: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, index=index)


def _number(name: str, *, index: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Float(), nullable=False, index=index)
