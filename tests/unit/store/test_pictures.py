from __future__ import annotations

import errno
import hashlib
import os
import time
from pathlib import Path

import pytest

from wentu.core.errors import DiskFull, UnknownPicture
from wentu.store import Store, StoredPicture
from wentu.store.folder import FolderFiles

DATA = b"clean picture"
DIGEST = hashlib.sha256(DATA).hexdigest()


def add(store: Store, owner: str = "a", data: bytes = DATA) -> StoredPicture:
    digest = hashlib.sha256(data).hexdigest()
    return store.pictures.add(data, owner=owner, digest=digest, media_type="image/png", width=4, height=3)


def kept(store: Store) -> list[str]:
    return [path.name for path in store.files.folder.rglob("*") if path.is_file()]


def test_files_lie_in_two_levels_and_are_whole(store: Store) -> None:
    store.files.put(DATA, DIGEST)
    assert (store.files.folder / DIGEST[:2] / DIGEST[2:4] / DIGEST).read_bytes() == DATA
    assert store.files.read(DIGEST) == DATA and DIGEST in store.files
    store.files.put(DATA, DIGEST)
    assert kept(store) == [DIGEST]


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "a" * 63, "A" * 64, "0" * 64, "\0" * 64, DIGEST + "\n"])
def test_only_a_kept_digest_is_ever_read(store: Store, digest: str) -> None:
    with pytest.raises(UnknownPicture):
        store.files.read(digest)


def test_a_full_disk_is_said_and_leaves_neither_row_nor_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        add(store)
    monkeypatch.undo()
    assert kept(store) == [] and store.pictures.renew(DIGEST, owner="a") is None


def test_a_picture_is_its_owner_s_alone(store: Store) -> None:
    mine = add(store, "a")
    assert store.pictures.get(mine.id, owner="a") == mine and store.pictures.read(mine.id, owner="a") == DATA
    assert store.pictures.find([mine.id], owner="b") == {} and store.pictures.renew(DIGEST, owner="b") is None
    for forbidden in (store.pictures.get, store.pictures.read, store.pictures.delete):
        with pytest.raises(UnknownPicture):
            forbidden(mine.id, owner="b")


def test_a_file_stays_until_its_last_owner_lets_it_go(store: Store) -> None:
    mine, theirs = add(store, "a"), add(store, "b")
    store.pictures.delete(mine.id, owner="a")
    assert store.pictures.read(theirs.id, owner="b") == DATA
    store.pictures.delete(theirs.id, owner="b")
    assert kept(store) == []


def test_an_expired_picture_is_unknown_at_once_and_gone_after_the_sweep(store: Store) -> None:
    mine = add(store)
    later = mine.expires_at + 1
    add(store, data=b"another")
    assert store.pictures.delete_expired(mine.created_at + 1) == 0
    assert store.pictures.delete_expired(later) == 2 and kept(store) == []
    with pytest.raises(UnknownPicture):
        store.pictures.get(mine.id, owner="a")


def test_expiry_holds_before_any_sweep(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = add(store)
    monkeypatch.setattr(time, "time", lambda: mine.expires_at + 1)
    with pytest.raises(UnknownPicture):
        store.pictures.read(mine.id, owner="a")


def test_a_picture_that_is_sent_again_is_kept_for_the_full_time_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = add(store)
    monkeypatch.setattr(time, "time", lambda: mine.created_at + 3_600)
    again = store.pictures.renew(DIGEST, owner="a")
    assert again is not None and again.id == mine.id and again.expires_at == mine.expires_at + 3_600


def test_files_that_a_killed_process_left_are_swept(store: Store) -> None:
    store.files.put(DATA, DIGEST)
    other = hashlib.sha256(b"x").hexdigest()
    store.files.put(b"x", other)
    (store.files.folder / other[:2] / other[2:4] / other).rename(
        store.files.folder / other[:2] / other[2:4] / f"{other}.gone"
    )
    (store.files.folder / other[:2] / other[2:4] / ".new-abc").write_bytes(b"half")
    store.pictures.delete_expired(time.time())
    assert len(kept(store)) == 3  # they may belong to an upload of this moment
    store.pictures.delete_expired(time.time() + 4_000)
    assert kept(store) == []


def test_a_picture_taken_in_while_its_file_is_deleted_keeps_its_file(tmp_path: Path) -> None:
    """The other process writes its row just before the deleter looks for rows, and its file just after."""
    files = FolderFiles(tmp_path)
    files.put(DATA, DIGEST)
    assert files.delete_unless(DIGEST, lambda: True) is False
    assert files.read(DIGEST) == DATA

    def rows_are_looked_for() -> bool:
        files.put(DATA, DIGEST)  # a row written after the look: its file is put anew
        return False

    assert files.delete_unless(DIGEST, rows_are_looked_for) is True
    assert files.read(DIGEST) == DATA
