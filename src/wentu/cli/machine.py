"""What this machine has for a model to run on, read without any package: cores, instruction sets, memory, limits."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Name, flags of /proc/cpuinfo of which one is enough, and what it means for the speed of int8 and bfloat16 work.
_FEATURES: dict[str, tuple[tuple[str, tuple[str, ...], str], ...]] = {
    "x86": (
        ("AVX2", ("avx2",), "fair"),
        ("AVX512", ("avx512f",), "good"),
        ("VNNI", ("avx512_vnni", "avx_vnni"), "fast"),
        ("BF16", ("avx512_bf16", "amx_bf16"), "fast"),
        ("AMX", ("amx_int8", "amx_tile"), "fastest"),
    ),
    "arm": (
        ("NEON", ("asimd", "neon"), "fair"),
        ("DOTPROD", ("asimddp",), "good"),
        ("I8MM", ("i8mm",), "fast"),
        ("BF16", ("bf16",), "fast"),
    ),
}
# macOS: sysctl names of the same features (Apple, "Determining Instruction Set Characteristics").
_SYSCTL_ARM = {"i8mm": "hw.optional.arm.FEAT_I8MM", "bf16": "hw.optional.arm.FEAT_BF16"}
_SYSCTL_ARM |= {"asimddp": "hw.optional.arm.FEAT_DotProd", "asimd": "hw.optional.neon"}
_NO_LIMIT = 1 << 60  # cgroup v1 writes a number near 2^63 for "none"


@dataclass(frozen=True, slots=True)
class Feature:
    """An instruction set: whether it is here, and what it means for speed in one word."""

    name: str
    present: bool
    speed: str


@dataclass(frozen=True, slots=True)
class Machine:
    """The facts. `cores_allowed` is what affinity and the container leave of `cores_logical`; None: not known."""

    system: str
    processor: str
    cores_logical: int
    cores_physical: int
    cores_allowed: float
    features: tuple[Feature, ...]
    memory_bytes: int | None
    available_bytes: int | None
    memory_limit_bytes: int | None

    @property
    def usable_bytes(self) -> int | None:
        """Memory that a new process may hope for."""
        known = [value for value in (self.available_bytes, self.memory_limit_bytes) if value is not None]
        return min(known, default=None)


def read_machine(root: Path = Path("/"), system: str = "", sysctl: Callable[[str], str] | None = None) -> Machine:
    """This machine. `root`, `system` and `sysctl` let a test show it another one."""
    system = system or platform.system()
    ask = sysctl or _sysctl
    if system == "Darwin":
        return _mac(ask)
    cpuinfo = _read(root / "proc/cpuinfo")
    logical = len(re.findall(r"^processor\s*:", cpuinfo, re.M)) or os.cpu_count() or 1
    memory = dict(re.findall(r"^(\w+):\s+(\d+) kB", _read(root / "proc/meminfo"), re.M))
    flags = re.search(r"^(?:flags|Features)\s*:(.*)$", cpuinfo, re.M)
    name = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.M)
    quota, limit = _cgroup_limits(root)
    affinity = len(os.sched_getaffinity(0)) if root == Path("/") and hasattr(os, "sched_getaffinity") else logical
    return Machine(
        system=f"{system} {platform.release()} {platform.machine()}",
        processor=name[1] if name else platform.processor() or platform.machine(),
        cores_logical=logical,
        cores_physical=_physical_cores(root) or logical,
        cores_allowed=min(float(affinity), quota or float(logical)),
        features=_features(set(flags[1].split()) if flags else set()),
        memory_bytes=_kib(memory.get("MemTotal")),
        available_bytes=_kib(memory.get("MemAvailable")),
        memory_limit_bytes=limit,
    )


def _features(flags: set[str]) -> tuple[Feature, ...]:
    kind = "arm" if flags & {"asimd", "neon"} or platform.machine().lower() in ("arm64", "aarch64") else "x86"
    return tuple(Feature(name, bool(flags & set(any_of)), speed) for name, any_of, speed in _FEATURES[kind])


def _physical_cores(root: Path) -> int:
    """Cores without their second hardware threads: pairs of package and core id (Linux, cputopology.rst)."""
    cores = set()
    for topology in (root / "sys/devices/system/cpu").glob("cpu[0-9]*/topology"):
        cores.add((_read(topology / "physical_package_id"), _read(topology / "core_id")))
    return len(cores)


def _cgroup_limits(root: Path) -> tuple[float | None, int | None]:
    """Cores and bytes that the container (cgroup v2 or v1) allows; None where it sets no limit."""
    cores = [_cores(folder) for folder in _cgroups(root, "cpu")]
    memory = [_bytes(folder) for folder in _cgroups(root, "memory")]
    return min((c for c in cores if c), default=None), min((m for m in memory if m), default=None)


def _cgroups(root: Path, controller: str) -> Iterator[Path]:
    """The groups that this process is in, from its own up to the top: any of them may set a limit."""
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if controllers and controller not in controllers.split(","):
            continue
        top = root / "sys/fs/cgroup" / (controller if controllers else "")
        group = top / path.lstrip("/")
        for folder in (group, *group.parents):
            yield folder
            if folder == top:
                break


def _cores(group: Path) -> float | None:
    quota, period = [*_read(group / "cpu.max").split(), "", ""][:2]
    if not quota:
        quota, period = _read(group / "cpu.cfs_quota_us").strip(), _read(group / "cpu.cfs_period_us").strip()
    return int(quota) / int(period) if quota.isdecimal() and period.isdecimal() else None


def _bytes(group: Path) -> int | None:
    value = (_read(group / "memory.max") or _read(group / "memory.limit_in_bytes")).strip()
    return int(value) if value.isdecimal() and int(value) < _NO_LIMIT else None


def _mac(ask: Callable[[str], str]) -> Machine:
    flags = {flag for flag, name in _SYSCTL_ARM.items() if ask(name) == "1"}
    flags |= set(f"{ask('machdep.cpu.features')} {ask('machdep.cpu.leaf7_features')}".lower().split())
    memory, logical = ask("hw.memsize"), ask("hw.logicalcpu")
    cores = int(logical) if logical.isdecimal() else os.cpu_count() or 1
    physical = ask("hw.physicalcpu")
    return Machine(
        system=f"Darwin {platform.release()} {platform.machine()}",
        processor=ask("machdep.cpu.brand_string"),
        cores_logical=cores,
        cores_physical=int(physical) if physical.isdecimal() else cores,
        cores_allowed=float(cores),
        features=_features(flags),
        memory_bytes=int(memory) if memory.isdecimal() else None,
        available_bytes=None,
        memory_limit_bytes=None,
    )


def _sysctl(name: str) -> str:
    try:
        done = subprocess.run(["sysctl", "-n", name], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _kib(value: str | None) -> int | None:
    return int(value) * 1024 if value else None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
