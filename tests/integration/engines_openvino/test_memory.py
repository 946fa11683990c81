"""Pages that are given back are read again when they are needed."""

import mmap
import os
from pathlib import Path

from wentu.engines.loop.memory import drop_mapped_pages, trim_heap

SIZE = 8_000_000


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_mapped_files_of_a_folder_leave_memory_and_keep_their_content(tmp_path: Path) -> None:
    content = os.urandom(SIZE)
    for name in ("inside", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "weights.bin").write_bytes(content)
    with (tmp_path / "inside" / "weights.bin").open("rb") as stream:
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    assert mapped[:] == content
    before = resident_mb()
    assert SIZE <= drop_mapped_pages(tmp_path / "inside") < 2 * SIZE
    # Half of it, since the runtime's own threads may take memory at the same moment.
    assert resident_mb() < before - 0.5 * SIZE / 1e6
    assert mapped[:] == content
    assert drop_mapped_pages(tmp_path / "other") == 0
    mapped.close()


def test_trimming_the_heap_is_harmless() -> None:
    kept = bytearray(os.urandom(1000))
    copy = bytes(kept)
    trim_heap()
    assert bytes(kept) == copy
