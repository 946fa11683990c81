"""Reading other machines than this one, from copies of what they say about themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from wentu.cli.machine import Machine, read_machine

X86 = """processor\t: {i}
model name\t: A Xeon
flags\t\t: fpu sse avx2 avx512f avx512_vnni amx_int8
"""


def lay(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture
def server_files() -> dict[str, str]:
    files = {"proc/cpuinfo": "\n".join(X86.format(i=i) for i in range(8))}
    for i in range(8):
        files[f"sys/devices/system/cpu/cpu{i}/topology/physical_package_id"] = "0\n"
        files[f"sys/devices/system/cpu/cpu{i}/topology/core_id"] = f"{i % 4}\n"
    return files | {"proc/meminfo": "MemTotal:       16000000 kB\nMemAvailable:   12000000 kB\n"}


def present(machine: Machine) -> list[str]:
    return [feature.name for feature in machine.features if feature.present]


def test_hardware_threads_are_told_from_cores(tmp_path: Path, server_files: dict[str, str]) -> None:
    machine = read_machine(lay(tmp_path, server_files), "Linux")
    assert (machine.cores_physical, machine.cores_logical, machine.cores_allowed) == (4, 8, 8)
    assert (machine.memory_bytes, machine.available_bytes) == (16_384_000_000, 12_288_000_000)
    assert present(machine) == ["AVX2", "AVX512", "VNNI", "AMX"]


def test_the_limits_of_a_container_count_from_any_group_above(tmp_path: Path, server_files: dict[str, str]) -> None:
    limits = {
        "proc/self/cgroup": "0::/pod/box\n",
        "sys/fs/cgroup/pod/box/cpu.max": "max 100000\n",
        "sys/fs/cgroup/pod/cpu.max": "250000 100000\n",
        "sys/fs/cgroup/pod/box/memory.max": "4000000000\n",
        "sys/fs/cgroup/pod/memory.max": "max\n",
    }
    machine = read_machine(lay(tmp_path, server_files | limits), "Linux")
    assert machine.cores_allowed == 2.5
    assert machine.memory_limit_bytes == machine.usable_bytes == 4_000_000_000


def test_the_older_cgroups_are_read_too(tmp_path: Path, server_files: dict[str, str]) -> None:
    limits = {
        "proc/self/cgroup": "5:memory:/docker/x\n3:cpu,cpuacct:/docker/x\n",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "150000\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        "sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes": "9223372036854771712\n",
    }
    machine = read_machine(lay(tmp_path, server_files | limits), "Linux")
    assert (machine.cores_allowed, machine.memory_limit_bytes) == (1.5, None)


def test_an_arm_server_shows_its_own_instruction_sets(tmp_path: Path) -> None:
    cpuinfo = "processor\t: 0\nFeatures\t: fp asimd asimddp i8mm\n"
    machine = read_machine(lay(tmp_path, {"proc/cpuinfo": cpuinfo}), "Linux")
    assert present(machine) == ["NEON", "DOTPROD", "I8MM"]


def test_a_mac_is_asked_through_sysctl() -> None:
    answers = {
        "hw.memsize": "17179869184",
        "hw.logicalcpu": "10",
        "hw.physicalcpu": "10",
        "machdep.cpu.brand_string": "Apple M4",
        "hw.optional.neon": "1",
        "hw.optional.arm.FEAT_I8MM": "1",
    }
    machine = read_machine(system="Darwin", sysctl=lambda name: answers.get(name, ""))
    assert (machine.processor, machine.cores_physical, machine.memory_bytes) == ("Apple M4", 10, 17_179_869_184)
    assert present(machine) == ["NEON", "I8MM"]


def test_a_machine_that_says_nothing_still_has_a_core(tmp_path: Path) -> None:
    machine = read_machine(tmp_path, "Linux")
    assert machine.cores_logical >= 1
    assert machine.memory_bytes is None
    assert present(machine) == []
