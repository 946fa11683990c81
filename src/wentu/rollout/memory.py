"""Whether two versions fit into memory together, before anybody tries."""

from __future__ import annotations

from pathlib import Path

from wentu.core.config import Settings
from wentu.core.errors import NoRoomForTwo
from wentu.rollout.manifest import VersionManifest

MB = 1_000_000
# Share of the published bfloat16 weights' size that a format takes in memory. docs/engine-openvino.md has the sizes
# on disk; the embedding stays 16 bits wide and is mapped.
_FORMATS = {"int4": 0.45, "int4-g64": 0.47, "int4-head4": 0.40, "int8": 0.65, "bfloat16": 1.05, "float32": 2.1}
_RUNTIME_MB = 350  # interpreter, runtime and graphs of one engine process
_NO_LIMIT = 1 << 60


def needed_mb(manifest: VersionManifest, settings: Settings) -> int:
    """About how much memory this version takes once it is loaded, its conversations' cache included, MB."""
    if not manifest.model:
        return _RUNTIME_MB // 3
    wanted = settings.over(manifest.options.items())
    weights = sum(file.size_bytes for file in manifest.files if file.path.endswith(".safetensors"))
    share = _FORMATS.get(wanted.openvino.weights, 1.0) if manifest.engine == "openvino" else 1.1
    # A conversation takes what it needs; the bound is reached by few, and checked by the running guardrail.
    cache = min(wanted.openvino.kv_cache_mb, 256) if manifest.engine == "openvino" else 256
    return round(weights * share / MB) + cache + _RUNTIME_MB if weights > 50 * MB else _RUNTIME_MB


def free_mb(root: Path = Path("/")) -> int | None:
    """Memory that new processes may hope for, MB: what the kernel and the container's limit leave. None: unknown."""
    known = [value for value in (_available(root), _left_in_group(root)) if value is not None]
    return min(known) // MB if known else None


def check_room(manifest: VersionManifest, settings: Settings, free: int | None) -> None:
    """Raises NoRoomForTwo when this version does not fit beside what runs."""
    needed = needed_mb(manifest, settings) + settings.rollout.min_free_mb
    if free is not None and needed > free:
        raise NoRoomForTwo(
            f"version '{manifest.name}' needs about {needed} MB, {free} MB are free",
            version=manifest.name,
            needed_mb=needed,
            free_mb=free,
        )


def _available(root: Path) -> int | None:
    for line in _read(root / "proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _left_in_group(root: Path) -> int | None:
    """Of a container's limit (cgroup v2: the container sees its own group as the top one)."""
    limit, used = _read(root / "sys/fs/cgroup/memory.max").strip(), _read(root / "sys/fs/cgroup/memory.current").strip()
    if not limit.isdecimal() or not used.isdecimal() or int(limit) >= _NO_LIMIT:
        return None
    return max(int(limit) - int(used), 0)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
