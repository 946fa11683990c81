"""Canary, promote, rollback on a real database; and a crash in the middle of a swap."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from wentu.core.config import RolloutSettings, Settings
from wentu.core.errors import BadRequest, BadSetting, NoRoomForTwo, VersionTampered, WrongMove
from wentu.rollout.artifacts import VersionArtifacts
from wentu.rollout.control import Control
from wentu.rollout.manifest import VersionFile, VersionManifest, differences
from wentu.store import Store, open_store

OLD = VersionManifest("old", "openvino", model="m", files=(VersionFile("model.safetensors", 900_000_000, "a" * 64),))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings)
    yield opened
    opened.close()


@pytest.fixture
def versions(settings: Settings) -> VersionArtifacts:
    made = VersionArtifacts(settings, stable=lambda: "old", free=lambda: 8_000)
    for name in ("old", "new", "third"):
        made.manifests.note(VersionManifest(name, "openvino", model="m", files=OLD.files))
    return made


@pytest.fixture
def control(versions: VersionArtifacts, store: Store) -> Control:
    return Control(store.aliases, versions, by="local")


def test_try_promote_and_go_back(control: Control, store: Store) -> None:
    names = control.canary("new", 10)
    assert (names.stable, names.candidate, names.percent, names.mode) == ("old", "new", 10, "canary")
    names = control.promote(reason="better")
    assert (names.stable, names.previous, names.candidate, names.mode) == ("new", "old", "", "off")
    assert names.in_use == {"new", "old"}
    names = control.rollback()
    assert (names.stable, names.previous) == ("old", "new")
    history = [(one.action, one.by, one.reason) for one in store.aliases.decisions()]
    assert history == [("rollback", "local", ""), ("promote", "local", "better"), ("canary", "local", "")]


def test_the_next_step_keeps_who_is_in_and_counts_anew(control: Control) -> None:
    first, second = control.canary("new", 10), control.canary("new", 25)
    assert (first.salt, second.percent) == (second.salt, 25) and first.run != second.run


def test_rolling_back_a_canary_ends_it_and_changes_nothing_else(control: Control) -> None:
    control.canary("new", 10)
    names = control.rollback()
    assert (names.stable, names.candidate, names.previous, names.mode) == ("old", "", "", "off")


def test_moves_that_make_no_sense_are_refused(control: Control, store: Store) -> None:
    for wrong in (control.promote, control.rollback, control.pause, control.resume, lambda: control.canary("old", 10)):
        with pytest.raises(WrongMove):
            wrong()
    control.canary("new", 10)
    with pytest.raises(WrongMove, match="'new' is being tried"):
        control.canary("third", 10)
    assert store.aliases.read().candidate == "new"


def test_two_that_do_not_fit_are_not_started_and_the_other_ways_are_named(settings: Settings, store: Store) -> None:
    versions = VersionArtifacts(settings, stable=lambda: "old", free=lambda: 900)
    for name, options in (("old", {}), ("new", {"openvino.weights": "int8"}), ("prompt", {})):
        versions.manifests.note(VersionManifest(name, "openvino", model="m", files=OLD.files, options=options))
    tight = Control(store.aliases, versions, by="local")
    with pytest.raises(NoRoomForTwo, match="900 MB are free") as caught:
        tight.canary("new", 10)
    assert "replay" in caught.value.hint and store.aliases.read().mode == "off"
    assert tight.canary("prompt", 10).candidate == "prompt"  # it shares the engine of the stable one
    tight.rollback()
    names = tight.promote("new")  # blue/green: one after the other
    assert (names.stable, names.previous) == ("new", "old")


def test_a_version_that_is_tried_never_changes_after(control: Control, versions: VersionArtifacts) -> None:
    control.canary("new", 10)
    versions.manifests.note(VersionManifest("new", "openvino", model="other"))
    assert versions.manifests.read("new").model == "m"
    with pytest.raises(BadRequest, match="never changes"):
        versions.manifests.make(VersionManifest("new", "openvino"))


def test_a_new_version_of_another_prompt(versions: VersionArtifacts) -> None:
    made = versions.create("new-prompt", like="old", prompts={"chat": "短答。"}, options={"openvino.weights": "int8"})
    changed = differences(versions.manifests.read("old"), made)
    assert set(changed) == {"prompts.chat", "options.openvino.weights"} and changed["prompts.chat"] == ("", "短答。")
    with pytest.raises(BadSetting, match=r"openvino\.weight"):
        versions.create("wrong", like="old", options={"openvino.weight": "int8"})
    with pytest.raises(BadRequest, match="known: temperature"):
        versions.create("wrong", like="old", sampling={"warmth": 1.0})


def test_a_manifest_that_somebody_changed_is_refused_by_name(
    control: Control, versions: VersionArtifacts, settings: Settings
) -> None:
    path = settings.versions_dir / "new.json"
    path.write_text(path.read_text().replace("a" * 64, "b" * 64))
    with pytest.raises(VersionTampered, match="'new' was changed"):
        control.canary("new", 10)
    assert [one.name for one in versions.manifests.list()] == ["old", "third"]


SWAPS = """
import sys
from pathlib import Path
from wentu.core.config import Settings
from wentu.rollout.artifacts import VersionArtifacts
from wentu.rollout.control import Control
from wentu.store import open_store
settings = Settings(data_dir=Path(sys.argv[1]), database_url=sys.argv[2])
store = open_store(settings)
control = Control(store.aliases, VersionArtifacts(settings, stable=lambda: "old"), by="local")
print("ready", flush=True)
while True:
    control.rollback()
"""


def test_a_crash_in_the_middle_of_a_swap_leaves_the_old_or_the_new(
    control: Control, store: Store, settings: Settings
) -> None:
    control.canary("new", 10)
    control.promote()
    seen = set()
    for pause_s in (0.002, 0.009):
        command = [sys.executable, "-c", SWAPS, str(settings.data_dir), settings.database_url]
        child = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert child.stdout is not None and child.stdout.readline() == b"ready\n"
        time.sleep(pause_s)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        names = store.aliases.read()
        assert {names.stable, names.previous} == {"old", "new"}
        latest = store.aliases.decisions(1)[0]
        # The line of history went with the swap.
        assert names.stable == (latest.candidate if latest.action == "promote" else latest.stable)
        seen.add(names.stable)
    assert seen <= {"old", "new"}


def test_steps_can_be_set_in_a_variable() -> None:
    from wentu.core.config import load_settings

    assert load_settings({"WENTU_ROLLOUT__STEPS": "5,50"}).rollout == RolloutSettings(steps=(5, 50))
