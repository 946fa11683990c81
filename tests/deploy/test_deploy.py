"""What an administrator runs: Dockerfile, compose files, systemd units, pinned packages, the bill of materials."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
LISTS = ("requirements.txt", "requirements-servers.txt")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.M)


def run(*command: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WENTU_")}
    return subprocess.run(
        list(map(str, command)), cwd=ROOT, env={**kept, **environ}, capture_output=True, text=True, timeout=60
    )


def pins(*files: Path) -> dict[str, str]:
    """Versions by the name of the package."""
    return {name: version for file in files for name, version in PIN.findall(file.read_text("utf-8"))}


def composed(*files: str, **environ: str) -> dict[str, Any]:
    """The services as Docker Compose itself understands these files."""
    options = [word for file in files for word in ("-f", file)]
    done = run(BIN / "docker-compose", *options, "config", "--format", "json", **environ)
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr.lower(), done.stderr
    services: dict[str, Any] = json.loads(done.stdout)["services"]
    return services


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    done = run(BIN / "hadolint", "Dockerfile")
    assert done.returncode == 0 and not done.stdout, done.stdout + done.stderr


def test_the_image_runs_as_nobody_in_particular_and_has_nothing_that_builds() -> None:
    last = (ROOT / "Dockerfile").read_text("utf-8").rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.M) and re.search(r"^HEALTHCHECK ", last, re.M)
    assert "apt-get" not in last and "pip install" not in last and "uninstall --yes --quiet pip" in last


def test_everything_that_the_dockerfile_copies_is_let_through() -> None:
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] == "!"}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.M)
    for name in " ".join(copied).split():
        assert name == "." or name in let_through, name
    built_from = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"][
        "sdist"
    ]
    for name in built_from["include"]:
        assert any(one == name or one.startswith(f"{name}/") for one in let_through), name


def test_one_machine_has_a_read_only_root_and_no_open_door() -> None:
    (wentu,) = composed("compose.yaml").values()
    assert wentu["read_only"] and wentu["cap_drop"] == ["ALL"] and wentu["security_opt"] == ["no-new-privileges:true"]
    assert [port["host_ip"] for port in wentu["ports"]] == ["127.0.0.1"]
    assert [volume["target"] for volume in wentu["volumes"]] == ["/data"] and "/tmp" in str(wentu["tmpfs"])


def test_many_machines_share_queue_database_and_folder() -> None:
    services = composed("compose.yaml", "compose.many.yaml", WENTU_DATABASE_PASSWORD="p$$w")
    assert set(services) == {"web", "worker", "proxy", "queue", "database"}
    for name in ("web", "worker"):
        one = services[name]
        assert one["read_only"] and one["cap_drop"] == ["ALL"] and "ports" not in one  # or a second one can't start
        assert {"WENTU_BROKER_URL", "WENTU_DATABASE_URL", "WENTU_SHARED_DIR"} <= set(one["environment"])
        assert "/shared" in [volume["target"] for volume in one["volumes"]]
        assert {"queue", "database"} == set(one["depends_on"])
    assert "/data" not in [volume["target"] for volume in services["web"]["volumes"]]
    assert services["worker"]["command"] == ["wentu", "worker"]
    assert services["database"]["healthcheck"] and services["queue"]["healthcheck"]


def test_a_database_without_a_password_is_refused() -> None:
    done = run(BIN / "docker-compose", "-f", "compose.yaml", "-f", "compose.many.yaml", "config", "--quiet")
    assert done.returncode != 0 and "WENTU_DATABASE_PASSWORD" in done.stderr


def test_the_settings_of_the_compose_files_are_settings() -> None:
    from wentu.core.config import load_settings

    for service in composed("compose.yaml", "compose.many.yaml", WENTU_DATABASE_PASSWORD="p").values():
        load_settings({name: value for name, value in service.get("environment", {}).items() if name[:6] == "WENTU_"})


@pytest.mark.parametrize("name", ["wentu.service", "wentu@.service"])
def test_systemd_understands_the_unit_and_finds_it_closed(name: str, tmp_path: Path) -> None:
    unit = tmp_path / name.replace("@", "@api")
    text = (ROOT / "deploy" / name).read_text("utf-8")
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.M), "utf-8")
    verified = run("systemd-analyze", "verify", "--man=no", unit)
    assert verified.returncode == 0 and not verified.stderr, verified.stderr
    # 10 is open to everything; below 2.5 is what systemd-analyze calls well closed ("OK" reaches to 5).
    judged = run("systemd-analyze", "security", "--offline=true", "--threshold=25", unit)
    assert judged.returncode == 0, judged.stdout[-300:] + judged.stderr


def test_every_pinned_package_is_the_one_that_the_tests_ran_with() -> None:
    tested = pins(ROOT / "constraints.txt")
    for name, version in pins(*(ROOT / "deploy" / file for file in LISTS)).items():
        assert tested.get(name) == version, f"{name}: run 'make lock-hashes'"


def test_every_dependency_is_pinned_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    for files, wanted in ((LISTS[:1], project["dependencies"]), (LISTS, extras["postgres"] + extras["s3"])):
        pinned = pins(*(ROOT / "deploy" / file for file in files))
        for requirement in map(Requirement, wanted):
            if requirement.marker is None or requirement.marker.evaluate({"sys_platform": "linux"}):
                assert canonicalize_name(requirement.name) in pinned, f"{requirement.name}: run 'make lock-hashes'"
    for file in LISTS:
        for block in re.split(r"\n(?=[a-z0-9#])", (ROOT / "deploy" / file).read_text("utf-8").strip()):
            assert block.startswith("#") or "--hash=sha256:" in block, block[:60]


def test_the_bill_of_materials_names_every_package_with_its_hashes(tmp_path: Path) -> None:
    out = tmp_path / "wentu.cdx.json"
    done = run(sys.executable, "tools/sbom.py", out, "--no-validate")
    assert done.returncode == 0, done.stderr
    bill = json.loads(out.read_text("utf-8"))
    assert bill["bomFormat"] == "CycloneDX" and bill["metadata"]["component"]["name"] == "wentu"
    found = {one["name"].lower().replace("_", "-"): one["version"] for one in bill["components"]}
    assert found == pins(*(ROOT / "deploy" / file for file in LISTS))
