import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from wentu.core.config import Settings
from wentu.core.errors import BadBackup
from wentu.store import open_store
from wentu.store.backup import LIST, back_up, restore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a conversation, a picture, and what is not worth saving."""
    folder = tmp_path / "data"
    store = open_store(Settings(data_dir=folder))
    store.sessions.create(owner="local", title="发票")
    store.files.put(b"pixels", "ab" * 32)
    store.close()
    for name in ("models/big.safetensors", "converted/x.bin", "queue/valkey.log", "run/serve.lock"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def titles(folder: Path) -> list[str]:
    store = open_store(Settings(data_dir=folder))
    found = [session.title for session in store.sessions.list(owner="local", limit=10)[0]]
    store.close()
    return found


def saved(folder: Path) -> Path:
    target = folder.parent / "backup.tar.gz"
    steps = list(back_up(folder, target))
    assert steps and steps[-1].done == steps[-1].total
    return target


def test_a_backup_brings_everything_back_on_another_machine(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    list(restore(saved(folder), other))
    assert titles(other) == ["发票"]
    assert (other / "pictures" / "ab" / "ab" / ("ab" * 32)).read_bytes() == b"pixels"
    assert not (other / "models").exists() and not (other / "queue").exists()


def test_a_backup_made_while_a_writer_holds_the_database_is_whole(folder: Path, tmp_path: Path) -> None:
    store = open_store(Settings(data_dir=folder))
    store.sessions.create(owner="local", title="刚写下的")  # still in the write-ahead file
    backup = saved(folder)
    store.close()
    list(restore(backup, tmp_path / "other"))
    assert sorted(titles(tmp_path / "other")) == ["刚写下的", "发票"]


def test_what_was_there_before_is_kept_beside_and_models_stay(folder: Path) -> None:
    backup = saved(folder)
    store = open_store(Settings(data_dir=folder))
    store.sessions.create(owner="local", title="之后")
    store.close()
    list(restore(backup, folder))
    assert titles(folder) == ["发票"]
    assert (folder / "models" / "big.safetensors").exists()
    (aside,) = folder.glob("replaced-*")
    assert sorted(titles(aside)) == ["之后", "发票"]
    assert [path.name for path in folder.glob(".restore-*")] == []


def rewritten(backup: Path, change: Callable[[str, bytes], list[tuple[str, bytes]]]) -> Path:
    """The same archive with each member changed."""
    with tarfile.open(backup) as archive:
        members = [(one.name, archive.extractfile(one).read()) for one in archive]  # type: ignore[union-attr]
    with tarfile.open(backup, "w:gz") as archive:
        for name, data in (new for member in members for new in change(*member)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return backup


def flip(name: str, data: bytes) -> list[tuple[str, bytes]]:
    return [(name, data if name == LIST else b"?" + data[1:])]


def lose(name: str, data: bytes) -> list[tuple[str, bytes]]:
    return [] if name.startswith("pictures/") else [(name, data)]


def cut(name: str, data: bytes) -> list[tuple[str, bytes]]:
    return [] if name == LIST else [(name, data)]


def climb(name: str, data: bytes) -> list[tuple[str, bytes]]:
    if name != LIST:
        return []
    listing = json.loads(data) | {"files": {"../escaped": "0" * 64}}
    return [("../escaped", b"x"), (LIST, json.dumps(listing).encode())]


@pytest.mark.parametrize("change", [flip, lose, cut, climb])
def test_a_backup_that_is_not_whole_changes_nothing(
    folder: Path, change: Callable[..., list[tuple[str, bytes]]]
) -> None:
    backup = rewritten(saved(folder), change)
    with pytest.raises(BadBackup):
        list(restore(backup, folder))
    assert titles(folder) == ["发票"]
    assert not (folder.parent / "escaped").exists()


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00cut"])
def test_another_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.tar.gz"
    file.write_bytes(content)
    with pytest.raises(BadBackup):
        list(restore(file, tmp_path / "data"))


def test_a_truncated_backup_is_refused(folder: Path, tmp_path: Path) -> None:
    backup = saved(folder)
    backup.write_bytes(backup.read_bytes()[:-200])
    with pytest.raises(BadBackup):
        list(restore(backup, tmp_path / "other"))


def test_a_backup_of_machines_that_share_a_folder_is_that_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "mine", shared_dir=tmp_path / "shared")
    store = open_store(settings)
    store.sessions.create(owner="local", title="共用的")
    store.files.put(b"pixels", "ab" * 32)
    store.audit.note("local", "tried", "x")
    store.close()
    assert settings.kept_dir == tmp_path / "shared" and not (tmp_path / "mine" / "pictures").exists()
    list(restore(saved(settings.kept_dir), tmp_path / "other"))
    assert titles(tmp_path / "other") == ["共用的"] and (tmp_path / "other" / "audit.key").is_file()
