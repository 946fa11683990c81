"""Manifests and digests."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from wentu.core.errors import DiskFull, IncompleteModel, ModelFilesError
from wentu.models.disk import disk_errors
from wentu.models.manifest import FileEntry, FileHasher, Manifest, content_revision, read_manifest, size_text
from wentu.models.manifest import write_manifest as write
from wentu.models.net import Patience

MANIFEST = Manifest("Qwen/X", "huggingface", "c" * 40, "mirror", 1.5, (FileEntry("a.json", 2, "d" * 64),))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write(tmp_path, MANIFEST)
    assert read_manifest(tmp_path) == MANIFEST
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_no_manifest_is_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 2}'])
def test_a_manifest_that_makes_no_sense_is_an_error_with_a_way_out(text: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(IncompleteModel) as caught:
        read_manifest(tmp_path)
    assert "remove" in caught.value.hint


def test_a_crash_while_writing_leaves_the_old_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, MANIFEST)
    with monkeypatch.context() as patch:
        patch.setattr("os.replace", _crash)
        with pytest.raises(KeyboardInterrupt):
            write(tmp_path, Manifest("Qwen/Y", "huggingface", "d" * 40, "official", 2.5, ()))
    assert read_manifest(tmp_path) == MANIFEST


def test_git_blob_ids_are_those_of_git() -> None:
    # `printf 'hello\n' | git hash-object --stdin`
    hasher = FileHasher(FileEntry("a", 6, git_sha1="ce013625030ba8dba906f756967f9e9ca394464a"))
    hasher.update(b"hel")
    hasher.update(b"lo\n")
    assert hasher.matches()
    assert hasher.sha256 == hashlib.sha256(b"hello\n").hexdigest()


def test_a_file_without_a_listed_digest_never_matches() -> None:
    assert not FileHasher(FileEntry("a", 0)).matches()


def test_the_revision_of_a_content_does_not_depend_on_the_order() -> None:
    files = (FileEntry("a", 1, "a" * 64), FileEntry("b", 2, "b" * 64))
    assert content_revision(files) == content_revision(files[::-1])
    assert content_revision(files) != content_revision(files[:1])


@pytest.mark.parametrize(("number", "error"), [(28, DiskFull), (27, DiskFull), (13, ModelFilesError)])
def test_errors_of_the_disk_become_ours(number: int, error: type[ModelFilesError]) -> None:
    with pytest.raises(error) as caught, disk_errors():
        raise OSError(number, "Reason", "/a/private/path")
    assert "private" not in caught.value.message + caught.value.hint


def test_waiting_times_double_up_to_a_bound() -> None:
    waits = [Patience().wait_s(failures) for failures in (1, 2, 3, 20)]
    assert waits == pytest.approx([1, 2, 4, 60], rel=0.25)


@pytest.mark.parametrize(("n_bytes", "text"), [(5, "5 B"), (1500, "2 kB"), (4_255_140_312, "4.26 GB")])
def test_sizes_are_written_as_disks_are_sold(n_bytes: int, text: str) -> None:
    assert size_text(n_bytes) == text


def _crash(*_: object) -> None:
    raise KeyboardInterrupt
