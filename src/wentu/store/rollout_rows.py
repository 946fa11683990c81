"""The rows of comparing versions: what the names mean, who decided what, what was answered, replayed and voted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Boolean, Float, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wentu.store.models import Base


class AliasesRow(Base):
    """One row a kind, so that every change of its names is one UPDATE: a crash leaves the old names or the new ones."""

    __tablename__ = "rollout_aliases"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[str] = mapped_column(Text)


class DecisionRow(Base):
    __tablename__ = "rollout_decisions"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[float] = mapped_column(Float)
    action: Mapped[str] = mapped_column(String(20))
    by: Mapped[str] = mapped_column(String(40))
    run: Mapped[str] = mapped_column(String(40))
    stable: Mapped[str] = mapped_column(String(200))
    candidate: Mapped[str] = mapped_column(String(200))
    percent: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    kind: Mapped[str] = mapped_column(String(20))


class ExposureRow(Base):
    """One answer of one version. `unit` is a keyed hash of the session: no words and no names are here."""

    __tablename__ = "rollout_exposures"
    __table_args__ = (Index("ix_rollout_exposures_run_version", "run", "version"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[float] = mapped_column(Float, index=True)
    run: Mapped[str] = mapped_column(String(40))
    job: Mapped[str] = mapped_column(String(40), index=True)
    owner: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(32))
    version: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(20))
    task: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(20))
    finish: Mapped[str] = mapped_column(String(20))
    empty: Mapped[bool] = mapped_column(Boolean)
    ttft_s: Mapped[float | None] = mapped_column(Float)
    tokens_per_s: Mapped[float | None] = mapped_column(Float)
    asked_again: Mapped[bool] = mapped_column(Boolean)
    thumb: Mapped[int] = mapped_column(Integer)


class RecordingRow(Base):
    """A question that may be asked again of other versions: masked, with the consent of its owner, until it expires."""

    __tablename__ = "rollout_recordings"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[float] = mapped_column(Float)
    expires_at: Mapped[float] = mapped_column(Float, index=True)
    owner: Mapped[str] = mapped_column(String(40), index=True)
    job: Mapped[str] = mapped_column(String(40), index=True)
    unit: Mapped[str] = mapped_column(String(32))
    scenario: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(Text)
    expected: Mapped[str] = mapped_column(Text)


class ReplyRow(Base):
    """What one version said to one recorded question (in a replay, or as a shadow)."""

    __tablename__ = "rollout_replies"
    __table_args__ = (UniqueConstraint("recording", "version"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[float] = mapped_column(Float)
    recording: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(200), index=True)
    source: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    right: Mapped[bool] = mapped_column(Boolean)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    error: Mapped[str] = mapped_column(String(80))
    seconds: Mapped[float] = mapped_column(Float)


class VoteRow(Base):
    __tablename__ = "rollout_votes"
    __table_args__ = (UniqueConstraint("recording", "one", "other", "voter"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[float] = mapped_column(Float)
    recording: Mapped[str] = mapped_column(String(40))
    one: Mapped[str] = mapped_column(String(200))
    other: Mapped[str] = mapped_column(String(200))
    voter: Mapped[str] = mapped_column(String(40))
    winner: Mapped[str] = mapped_column(String(200))
