"""What is kept: keys, pictures, conversations and jobs, in one database and one folder of picture files."""

from __future__ import annotations

import time
from dataclasses import dataclass

from wentu.core.config import Settings
from wentu.store.aliases import Aliases, AliasStore, Decision, Kind
from wentu.store.answers import support_object, wentu_object
from wentu.store.audit import Audit
from wentu.store.batches import Batch, Batches
from wentu.store.cases import SupportCase, SupportCases, SupportFigures
from wentu.store.database import Database
from wentu.store.exposures import Exposure, Exposures
from wentu.store.files import PictureFiles
from wentu.store.jobs import Job, Jobs
from wentu.store.keys import Key, Keys, NewKey
from wentu.store.messages import StoredMessage
from wentu.store.pictures import Pictures, StoredPicture
from wentu.store.places import picture_files, recorded_files
from wentu.store.recordings import Recording, Recordings, Reply, Vote
from wentu.store.reviews import Review, Reviews
from wentu.store.sessions import Asked, Sessions, StoredSession

__all__ = [
    "AliasStore",
    "Aliases",
    "Asked",
    "Audit",
    "Batch",
    "Batches",
    "Database",
    "Decision",
    "Exposure",
    "Exposures",
    "Job",
    "Jobs",
    "Key",
    "Keys",
    "Kind",
    "NewKey",
    "PictureFiles",
    "Pictures",
    "Recording",
    "Recordings",
    "Reply",
    "Review",
    "Reviews",
    "Sessions",
    "Store",
    "StoredMessage",
    "StoredPicture",
    "StoredSession",
    "SupportCase",
    "SupportCases",
    "SupportFigures",
    "Vote",
    "open_store",
    "support_object",
    "wentu_object",
]


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the cases of reviewers and of customer service are kept, and idle conversations, seconds; 0: for ever.
    Pictures carry their own end."""

    reviews_s: float
    support_s: float
    sessions_s: float


@dataclass(frozen=True, slots=True)
class Store:
    """Everything that is kept, opened once a process (after a fork, never before)."""

    database: Database
    files: PictureFiles
    keys: Keys
    pictures: Pictures
    sessions: Sessions
    jobs: Jobs
    batches: Batches
    reviews: Reviews
    audit: Audit
    retention: Retention
    cases: SupportCases
    aliases: AliasStore
    exposures: Exposures
    recordings: Recordings
    keep_s: float

    def sweep(self, now: float | None = None) -> None:
        """Forgets what has outlived its time, each type by its own. To be called every few minutes."""
        self.pictures.delete_expired(now)
        self.jobs.delete_finished(now)
        self.recordings.delete_expired(now)
        self.exposures.delete_expired(now)
        now = time.time() if now is None else now
        self.batches.delete_old(keep_s=self.keep_s, now=now)
        self.reviews.delete_old(now - self.retention.reviews_s)
        self.cases.delete_old(now - self.retention.support_s)
        if self.retention.sessions_s:
            self.sessions.delete_idle(now - self.retention.sessions_s)

    def close(self) -> None:
        self.database.close()


def open_store(settings: Settings) -> Store:
    """The store these settings name, with its tables up to date. Raises BadSetting."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database)
    database.upgrade()
    files = picture_files(settings)
    keep_s = settings.retention_pictures_h * 3600
    pictures = Pictures(database, files, keep_s=keep_s)
    audit = Audit(database, settings.audit_key)
    return Store(
        database,
        files,
        Keys(database),
        pictures,
        Sessions(database),
        Jobs(database),
        Batches(database),
        Reviews(database, audit),
        audit,
        Retention(
            reviews_s=settings.retention_reviews_h * 3600,
            support_s=settings.retention_support_h * 3600,
            sessions_s=settings.retention_sessions_h * 3600,
        ),
        SupportCases(database),
        AliasStore(database),
        Exposures(database),
        Recordings(database, recorded_files(settings)),
        keep_s,
    )
