"""Features are kept within their bounds, survive a restart only where allowed, and can be forgotten."""

import os
import time
from pathlib import Path

import numpy as np

from wentu.engines.loop.features import FeatureCache

ONE = np.arange(256, dtype=np.float32).reshape(4, 8, 8)  # 1,024 bytes


def make(folder: Path, memory: int = 10_000, disk: int = 0, age_s: float = 100.0, model: str = "m") -> FeatureCache:
    return FeatureCache(memory, folder, disk, age_s, model)


def test_the_least_recently_used_picture_leaves_memory_first(tmp_path: Path) -> None:
    cache = make(tmp_path, memory=2_500)
    cache.put("a", ONE)
    cache.put("b", ONE)
    assert cache.get("a") is not None
    cache.put("c", ONE)
    assert cache.get("b") is None and cache.get("a") is not None and cache.get("c") is not None


def test_nothing_is_written_unless_the_disk_is_allowed(tmp_path: Path) -> None:
    make(tmp_path).put("a", ONE)
    assert list(tmp_path.rglob("*")) == []


def test_a_restart_finds_what_was_on_disk_bit_for_bit_and_for_the_same_weights_only(tmp_path: Path) -> None:
    make(tmp_path, disk=10_000).put("a", ONE)
    found = make(tmp_path, disk=10_000).get("a")
    assert found is not None
    np.testing.assert_array_equal(found, ONE)
    assert make(tmp_path, disk=10_000, model="other").get("a") is None


def test_files_are_for_this_user_alone(tmp_path: Path) -> None:
    make(tmp_path, disk=10_000).put("a", ONE)
    (file,) = tmp_path.rglob("*.npy")
    assert file.stat().st_mode & 0o077 == 0


def test_the_disk_keeps_to_its_bound_and_drops_the_oldest(tmp_path: Path) -> None:
    cache = make(tmp_path, memory=0, disk=2_600)
    for index, name in enumerate("abc"):
        cache.put(name, ONE)
        (file,) = tmp_path.rglob(f"{name}.npy")
        os.utime(file, (time.time() - 50 + index, time.time() - 50 + index))
    assert cache.get("a") is None and cache.get("c") is not None


def test_what_is_too_old_is_removed(tmp_path: Path) -> None:
    make(tmp_path, disk=10_000).put("a", ONE)
    (file,) = tmp_path.rglob("*.npy")
    os.utime(file, (1, 1))
    assert make(tmp_path, disk=10_000).get("a") is None
    assert not file.exists()


def test_a_damaged_file_means_reading_the_picture_again(tmp_path: Path) -> None:
    make(tmp_path, disk=10_000).put("a", ONE)
    (file,) = tmp_path.rglob("*.npy")
    file.write_bytes(file.read_bytes()[:200])
    assert make(tmp_path, disk=10_000).get("a") is None


def test_a_forgotten_picture_is_gone_in_every_size(tmp_path: Path) -> None:
    cache = make(tmp_path, disk=10_000)
    for name in ("aa-16x16", "aa-20x16", "bb-16x16"):
        cache.put(name, ONE)
    cache.forget("aa")
    assert [file.name for file in tmp_path.rglob("*.npy")] == ["bb-16x16.npy"]
    assert cache.get("aa-16x16") is None and cache.get("bb-16x16") is not None
