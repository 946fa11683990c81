"""How long a rollback takes: from the command or the button to the whole first answer of the old version.

    PYTHONPATH=tests python -m bench.rollout [--times 10]

The tiny model that sees and a worse one, in the running service. Warm: the old version is kept loaded. Cold: so much
memory must stay free that it is not, so its load is part of the way back; the service's log tells how long that took.
Beside it stands what the same version needs from cold to its answer when it is asked by name, without a rollback.
Writes bench/results/rollout.json. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.record import record, spread

from running import Running, run_wentu, serving, wait_for_version
from seeing import CHECKPOINT
from seeing.worse import make_worse
from trying import SETTINGS, Client, bring, loaded_s, make, settings_of

NO_ROOM = {"WENTU_ROLLOUT__MIN_FREE_MB": "100000000"}
PAUSE_S = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=10)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wentu-") as folder:
        data_dir = _versions(Path(folder))
        buttons, commands = _warm(data_dir, args.times)
        cold, alone = [], []
        for _ in range(max(args.times // 2, 1)):  # in turns, since the machine's speed drifts
            alone.append(_alone(data_dir))
            cold.append(_cold(data_dir))
    figures = {
        "warm_button": spread(buttons),
        "warm_command": spread(commands),
        "cold_button": spread([seconds for seconds, _ in cold]),
        "cold_by_name": spread(alone),
        "loading": spread([load_s for _, load_s in cold]),
    }
    path = record("rollout", "rollback", figures, ("openvino",))
    print(f"warm: {_ms(buttons)} from the button, {_ms(commands)} from the command to the old version's first answer")
    print(f"cold: {_ms([seconds for seconds, _ in cold])}, of which loading {_ms([one for _, one in cold])};"
          f" asked by name, nothing rolled back: {_ms(alone)} ({path})")  # fmt: skip


def _versions(folder: Path) -> Path:
    """A data folder with "sees-bare" and "worse-bare"."""
    data_dir = folder / "data"
    settings = settings_of(data_dir)
    bring(settings, make_worse(folder / "worse"), "worse")
    bring(settings, CHECKPOINT, "sees")
    for name in ("worse", "sees"):
        make(settings, f"{name}-bare", name)
    return data_dir


def _warm(data_dir: Path, times: int) -> tuple[list[float], list[float]]:
    """Seconds from the button, and from the start of `wentu rollout rollback`, Python's own start included."""
    with serving(data_dir, **SETTINGS) as running, Client(running) as client:
        wait_for_version(running, "sees")
        for version in ("sees-bare", "worse-bare"):
            client.move("promote", version=version)
            client.wait_ready(version)
            client.ask()
        buttons = [_back(client, lambda: _press(client)) for _ in range(times)]
        return buttons, [_back(client, lambda: _command(running)) for _ in range(times)]


def _cold(data_dir: Path) -> tuple[float, float]:
    """Seconds from the button, and of the load that they contain; the service is started for it."""
    with serving(data_dir, **SETTINGS, **NO_ROOM) as running, Client(running) as client:
        wait_for_version(running, client.rollout["aliases"]["stable"])
        return _back(client, lambda: _press(client)), loaded_s(running)


def _alone(data_dir: Path) -> float:
    """Seconds from a question to the previous version, which has to be loaded, to its whole answer."""
    with serving(data_dir, **SETTINGS, **NO_ROOM) as running, Client(running) as client:
        aliases = client.rollout["aliases"]
        wait_for_version(running, aliases["stable"])
        time.sleep(PAUSE_S)
        begun = time.perf_counter()
        assert client.ask(model=aliases["previous"])["version"] == aliases["previous"]
        return time.perf_counter() - begun


def _back(client: Client, roll_back: Callable[[], None]) -> float:
    previous = client.rollout["aliases"]["previous"]
    time.sleep(PAUSE_S)
    begun = time.perf_counter()
    roll_back()
    answered = client.ask()["version"]
    seconds = time.perf_counter() - begun
    assert answered == previous, answered
    return seconds


def _press(client: Client) -> None:
    client.move("rollback")


def _command(running: Running) -> None:
    done = run_wentu("rollout", "rollback", environ=running.environ)
    assert done.returncode == 0, done.stderr


def _ms(seconds: list[float]) -> str:
    return f"{1000 * statistics.median(seconds):.0f} ms"


if __name__ == "__main__":
    main()
