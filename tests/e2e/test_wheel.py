"""The wheel, as deploy/install.sh installs it: into an empty environment, without Node, a compiler or torch."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from running import environ_for, run_wentu, serving

ROOT = Path(__file__).parents[2]
# The promise of the README: what installing wentu adds to an empty environment, as du counts it.
MOST_MB = 700


@pytest.mark.timeout(600)
def test_the_wheel_installs_alone_and_serves(tmp_path: Path) -> None:
    dist, home = tmp_path / "dist", tmp_path / "env"
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(dist), str(ROOT))
    (wheel,) = dist.glob("*.whl")
    _run(sys.executable, "-m", "venv", str(home))
    pip = str(home / "bin" / "pip")
    empty_mb = _size_mb(home)
    _run(str(ROOT / "deploy" / "install.sh"), str(home), str(wheel))
    installed = "\n" + _run(pip, "list", "--format", "freeze").lower()
    assert not [name for name in ("torch", "transformers", "nodejs", "tokenizers") if f"\n{name}" in installed]
    added_mb = _size_mb(home) - empty_mb
    print(f"installed: {added_mb} MB beside {empty_mb} MB of an empty environment")
    assert added_mb < MOST_MB

    tools = tmp_path / "bin"  # a PATH without Node and compilers
    tools.mkdir()
    environ = environ_for(tmp_path / "data", PATH=str(tools))
    program = str(home / "bin" / "wentu")
    shut = _shut_in(tmp_path, program)
    with serving(tmp_path / "data", program=shut, PATH=str(tools), **_places(tmp_path / "data")) as running:
        assert running.seconds_to_page < 10  # the first start compiles Python's bytecode
        page = httpx.get(running.url).text
        script = next(part for part in page.split('"') if part.endswith(".js") and "index" in part)
        assert httpx.get(f"{running.url}{script}").status_code == 200
        picture = httpx.post(f"{running.url}/v1/samples/invoice").json()["id"]
        parts = [
            {"type": "text", "text": "价税合计是多少？"},
            {"type": "image_url", "image_url": {"url": f"wentu:{picture}"}},
        ]
        body = {"model": "stable", "messages": [{"role": "user", "content": parts}]}
        answer = httpx.post(f"{running.url}/v1/chat/completions", json=body, timeout=60).json()
        assert "12854.50" in answer["choices"][0]["message"]["content"]
    doctor = subprocess.run([program, "doctor"], env=environ, capture_output=True, text=True, timeout=60)
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert run_wentu("--version", environ=environ_for(tmp_path)).stdout.startswith("wentu ")


def _shut_in(folder: Path, program: str) -> str:
    """The program as the container runs it: the root file system read-only but for the data folder, no capability.

    Where this user may not mount, as it is."""
    script = folder / "shut-in"
    script.write_text(
        f"""#!/bin/sh
exec /usr/bin/unshare --mount /bin/sh -ec '
/usr/bin/mount --bind "$WENTU_DATA_DIR" "$WENTU_DATA_DIR"
/usr/bin/mount -o remount,ro,bind /
exec /usr/bin/setpriv --no-new-privs --bounding-set=-all --inh-caps=-all {program} "$@"' sh "$@"
"""
    )
    script.chmod(0o755)
    (folder / "data" / "tmp").mkdir(parents=True)
    tried = subprocess.run([str(script), "--version"], env=environ_for(folder / "data"), capture_output=True)
    print(f"read-only root: {tried.returncode == 0}")
    return str(script) if tried.returncode == 0 else program


def _places(data_dir: Path) -> dict[str, str]:
    return {"HOME": str(data_dir), "TMPDIR": str(data_dir / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _size_mb(folder: Path) -> int:
    return int(_run("du", "-sm", str(folder)).split()[0])
