"""What is kept: keys, pictures, conversations and jobs, in one database and one folder of picture files."""

from __future__ import annotations

from dataclasses import dataclass

from wentu.core.config import Settings
from wentu.store.answers import wentu_object
from wentu.store.database import Database
from wentu.store.files import PictureFiles
from wentu.store.jobs import Job, Jobs
from wentu.store.keys import Key, Keys, NewKey
from wentu.store.messages import StoredMessage
from wentu.store.pictures import Pictures, StoredPicture
from wentu.store.sessions import Asked, Sessions, StoredSession

__all__ = [
    "Asked",
    "Database",
    "Job",
    "Jobs",
    "Key",
    "Keys",
    "NewKey",
    "PictureFiles",
    "Pictures",
    "Sessions",
    "Store",
    "StoredMessage",
    "StoredPicture",
    "StoredSession",
    "open_store",
    "wentu_object",
]


@dataclass(frozen=True, slots=True)
class Store:
    """Everything that is kept, opened once a process (after a fork, never before)."""

    database: Database
    files: PictureFiles
    keys: Keys
    pictures: Pictures
    sessions: Sessions
    jobs: Jobs

    def sweep(self, now: float | None = None) -> None:
        """Forgets what has outlived its time: expired pictures, ended jobs. To be called every few minutes."""
        self.pictures.delete_expired(now)
        self.jobs.delete_finished(now)

    def close(self) -> None:
        self.database.close()


def open_store(settings: Settings) -> Store:
    """The store these settings name, with its tables up to date. Raises BadSetting."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database)
    database.upgrade()
    files = PictureFiles(settings.pictures_dir)
    keep_s = settings.retention_pictures_h * 3600
    pictures = Pictures(database, files, keep_s=keep_s)
    return Store(database, files, Keys(database), pictures, Sessions(database), Jobs(database))
