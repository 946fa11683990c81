"""Pictures by owner: a row a picture, each with its own random id and end of keeping; equal pictures share a file."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select

from wentu.core.errors import UnknownPicture
from wentu.store.database import Database
from wentu.store.files import PictureFiles
from wentu.store.ids import new_id
from wentu.store.models import PictureRow

# A file without a row may be one that is being taken in at this moment; older ones were left by a killed process.
ORPHAN_AGE_S = 3_600


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """What is known of a kept picture; `name` is masked, `bytes` the clean file's size, times are Unix seconds."""

    id: str
    owner: str
    digest: str
    name: str
    media_type: str
    width: int
    height: int
    bytes: int
    pages: int | None
    created_at: float
    expires_at: float


class Pictures:
    """The pictures of all owners. Whoever asks names the owner, so another one's id is simply unknown."""

    def __init__(self, database: Database, files: PictureFiles, *, keep_s: float) -> None:
        self._database = database
        self._files = files
        self._keep_s = keep_s

    def add(
        self,
        data: bytes,
        *,
        owner: str,
        digest: str,
        media_type: str,
        width: int,
        height: int,
        name: str = "",
        pages: int | None = None,
    ) -> StoredPicture:
        """A new picture of this owner, kept until `expires_at`. Raises DiskFull, StorageUnreachable."""
        now = time.time()
        row = PictureRow(
            id=new_id("pic"),
            owner=owner,
            digest=digest,
            name=name[:300],
            media_type=media_type,
            width=width,
            height=height,
            bytes=len(data),
            pages=pages,
            created_at=now,
            expires_at=now + self._keep_s,
        )
        # The row comes before the file: see PictureFiles.delete_unless.
        with self._database.write() as session:
            session.add(row)
        try:
            self._files.put(data, digest)
        except BaseException:
            with self._database.write() as session:
                session.execute(delete(PictureRow).where(PictureRow.id == row.id))
            raise
        return _picture(row)

    def renew(self, digest: str, *, owner: str) -> StoredPicture | None:
        """This owner's picture with that content, kept for the full time again; None if there is none.

        OpenAI clients send the pictures of the whole conversation with every question: one row is enough.
        """
        now = time.time()
        newest = select(PictureRow).where(*_of(owner, now), PictureRow.digest == digest)
        with self._database.write() as session:
            row = session.scalar(newest.order_by(PictureRow.created_at.desc()).limit(1))
            if row is None or digest not in self._files:
                return None
            row.expires_at = now + self._keep_s
            return _picture(row)

    def get(self, picture_id: str, *, owner: str) -> StoredPicture:
        """This owner's picture. Raises UnknownPicture, also where it has expired or belongs to another."""
        found = self.find([picture_id], owner=owner).get(picture_id)
        if found is None:
            raise UnknownPicture("there is no such picture, or it is no longer kept")
        return found

    def find(self, picture_ids: Collection[str], *, owner: str) -> dict[str, StoredPicture]:
        """Those of the pictures that this owner has and that have not expired, by id."""
        chosen = select(PictureRow).where(*_of(owner, time.time()), PictureRow.id.in_(picture_ids))
        with self._database.read() as session:
            return {row.id: _picture(row) for row in session.scalars(chosen)}

    def read(self, picture_id: str, *, owner: str) -> bytes:
        """The clean file. Raises UnknownPicture."""
        return self._files.read(self.get(picture_id, owner=owner).digest)

    def delete(self, picture_id: str, *, owner: str) -> None:
        """Forgets the picture, and its file when no other row has it. Raises UnknownPicture."""
        digest = self.get(picture_id, owner=owner).digest
        with self._database.write() as session:
            session.execute(delete(PictureRow).where(PictureRow.owner == owner, PictureRow.id == picture_id))
        self._drop_file(digest)

    def delete_expired(self, now: float | None = None) -> int:
        """Forgets every picture whose time is over, and files that no row has; gives the number of rows."""
        now = time.time() if now is None else now
        with self._database.write() as session:
            over = delete(PictureRow).where(PictureRow.expires_at <= now).returning(PictureRow.digest)
            digests = list(session.scalars(over))
        for digest in {*digests, *self._files.digests(before=now - ORPHAN_AGE_S)}:
            if not self._has_row(digest):
                self._drop_file(digest)
        self._files.delete_unfinished(before=now - ORPHAN_AGE_S)
        return len(digests)

    def _drop_file(self, digest: str) -> None:
        self._files.delete_unless(digest, lambda: self._has_row(digest))

    def _has_row(self, digest: str) -> bool:
        with self._database.read() as session:
            return session.scalar(select(PictureRow.id).where(PictureRow.digest == digest).limit(1)) is not None


def _of(owner: str, now: float) -> tuple[ColumnElement[bool], ...]:
    return (PictureRow.owner == owner, PictureRow.expires_at > now)


def _picture(row: PictureRow) -> StoredPicture:
    return StoredPicture(
        row.id,
        row.owner,
        row.digest,
        row.name,
        row.media_type,
        row.width,
        row.height,
        row.bytes,
        row.pages,
        row.created_at,
        row.expires_at,
    )
