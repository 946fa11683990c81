"""Models on disk: added by hand, verified, listed, removed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from hub import model_files
from hub.pulling import Puller, finish
from tiny import make_checkpoint
from wentu.core.config import Settings
from wentu.core.errors import BadRequest, DiskFull, IncompleteModel, PullRunning, UnknownVersion
from wentu.models import add, installed, remove, verify
from wentu.models.folders import lock


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    """A folder of files as a user brings it on a stick."""
    folder = tmp_path / "stick" / "Qwen3-VL 2B (copy)"
    folder.mkdir(parents=True)
    for name, data in model_files().items():
        if "/" not in name:
            (folder / name).write_bytes(data)
    return folder


def test_a_folder_brought_by_hand_becomes_a_complete_model(settings: Settings, brought: Path) -> None:
    model = finish(add(settings, brought))
    assert (model.name, model.hub, model.complete) == ("qwen3-vl-2b-copy", "folder", True)
    assert model.revision.startswith("content-")
    assert not (model.dir / "pytorch_model.bin").exists()
    assert finish(verify(settings, model.name)) == model


def test_a_real_tiny_checkpoint_is_accepted(settings: Settings, tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "tiny", shards=2)
    assert finish(add(settings, folder)).complete


def test_files_are_linked_and_take_no_second_room(settings: Settings, brought: Path) -> None:
    model = finish(add(settings, brought))
    assert os.path.samefile(model.dir / "model.safetensors", brought / "model.safetensors")


def test_a_copy_stays_when_the_stick_is_pulled_out(settings: Settings, brought: Path) -> None:
    model = finish(add(settings, brought, copy=True))
    shutil.rmtree(brought)
    assert list(verify(settings, model.name))[-1].problems == ()


def test_a_hub_cache_with_symbolic_links_is_taken_by_content(settings: Settings, brought: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot"
    snapshot.mkdir()
    for path in brought.iterdir():
        (snapshot / path.name).symlink_to(path)
    model = finish(add(settings, snapshot, name="from-cache"))
    assert not any(path.is_symlink() for path in model.dir.iterdir())
    assert model.complete


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("config.json", "config.json is missing: it describes the network"),
        ("preprocessor_config.json", "it says how pictures are prepared"),
        ("chat_template.json", "it says how a conversation is written"),
        ("model.safetensors", "model.safetensors (or model.safetensors.index.json with its parts) is missing"),
    ],
)
def test_a_missing_file_is_named_with_its_purpose(name: str, words: str, settings: Settings, brought: Path) -> None:
    (brought / name).unlink()
    with pytest.raises(IncompleteModel) as caught:
        list(add(settings, brought))
    assert words in caught.value.message
    assert installed(settings) == ()


def test_either_form_of_the_tokenizer_will_do(settings: Settings, brought: Path) -> None:
    (brought / "tokenizer.json").unlink()
    assert finish(add(settings, brought)).complete


def test_a_half_copied_weight_file_is_recognised_by_its_size(settings: Settings, brought: Path) -> None:
    weights = brought / "model.safetensors"
    os.truncate(weights, 200_000)
    with pytest.raises(IncompleteModel, match="has 200000 bytes"):
        list(add(settings, brought))


def test_a_page_saved_in_place_of_the_weights_is_recognised(settings: Settings, brought: Path) -> None:
    (brought / "model.safetensors").write_bytes(b"<!doctype html><title>login</title>")
    with pytest.raises(IncompleteModel, match="not a safetensors file"):
        list(add(settings, brought))


def test_a_missing_part_is_named(settings: Settings, tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "tiny", shards=2)
    part = max(folder.glob("model-*.safetensors"))
    part.unlink()
    with pytest.raises(IncompleteModel, match=part.name):
        list(add(settings, folder))


def test_quantised_weights_are_refused_with_the_reason(settings: Settings, brought: Path) -> None:
    config = brought / "config.json"
    config.write_text('{"architectures": ["Qwen3VLForConditionalGeneration"], "quantization_config": {"bits": 4}}')
    with pytest.raises(IncompleteModel, match="quantised already"):
        list(add(settings, brought))


def test_a_name_that_is_taken_asks_for_another(settings: Settings, brought: Path) -> None:
    list(add(settings, brought, name="mine"))
    with pytest.raises(BadRequest) as caught:
        list(add(settings, brought, name="mine"))
    assert "--name" in caught.value.hint


def test_a_half_download_gives_way_to_files_brought_by_hand(settings: Settings, brought: Path) -> None:
    half = settings.models_dir / "mine"
    half.mkdir(parents=True)
    (half / "model.safetensors.part").write_bytes(b"x")
    assert finish(add(settings, brought, name="mine")).complete
    assert not (half / "model.safetensors.part").exists()


def test_a_folder_that_lies_in_the_models_folder_is_taken_where_it_is(settings: Settings, brought: Path) -> None:
    place = settings.models_dir / "laid-here"
    shutil.copytree(brought, place)
    (place / "notes: why?.txt").write_text("mine")
    (model,) = installed(settings)
    assert "no manifest" in model.problems[0]
    assert finish(add(settings, place)).dir == place
    assert list(verify(settings, "laid-here"))[-1].problems == ()


def test_stopping_an_addition_leaves_nothing_behind(settings: Settings, brought: Path) -> None:
    reports = add(settings, brought, copy=True)
    next(reports)
    reports.close()
    assert [path.name for path in settings.models_dir.iterdir()] == [".locks"]


def test_a_copy_without_room_is_refused_before_it_starts(
    settings: Settings, brought: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wentu.models.disk.RESERVE_BYTES", 10**18)
    with pytest.raises(DiskFull):
        list(add(settings, brought, copy=True))
    assert installed(settings) == ()


def test_verify_names_changed_missing_and_added_files(settings: Settings, pulled: Puller) -> None:
    folder = pulled().dir
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[1000] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "config.json").write_bytes(b"{}")
    (folder / "merges.txt").unlink()
    (folder / "model.safetensors.index.json").write_bytes(b"{}")
    *_, report = verify(settings, folder.name)
    text = "\n".join(report.problems)
    assert len(report.problems) == 4
    for words in (
        "model.safetensors has changed: its sha256",
        "config.json has changed: 2 bytes in place of",
        "merges.txt is missing",
        "model.safetensors.index.json is not in the manifest",
    ):
        assert words in text


def test_a_model_that_lost_a_file_is_no_longer_complete(settings: Settings, pulled: Puller) -> None:
    (pulled().dir / "tokenizer.json").unlink()
    (model,) = installed(settings)
    assert not model.complete
    assert model.problems == ("tokenizer.json is missing",)


def test_a_manifest_that_was_scribbled_on_is_a_problem_and_not_a_crash(settings: Settings, pulled: Puller) -> None:
    folder = pulled().dir
    (folder / "manifest.json").write_text('{"repo": 5}')
    (model,) = installed(settings)
    assert not model.complete
    with pytest.raises(IncompleteModel):
        list(verify(settings, folder.name))


def test_remove_deletes_the_folder_and_nothing_else(settings: Settings, pulled: Puller, brought: Path) -> None:
    name = pulled().name
    other = finish(add(settings, brought, name="other"))
    remove(settings, name)
    assert installed(settings) == (other,)


def test_a_model_that_is_being_worked_on_is_not_removed(settings: Settings, pulled: Puller) -> None:
    model = pulled()
    with lock(settings.models_dir, model.name), pytest.raises(PullRunning):
        remove(settings, model.name)
    assert installed(settings) == (model,)


@pytest.mark.parametrize("name", ["nothing", "..", "../models", "", "/"])
def test_a_name_that_is_not_in_the_list_is_never_touched(name: str, settings: Settings, pulled: Puller) -> None:
    model = pulled()
    with pytest.raises(UnknownVersion, match="qwen3-vl-2b-instruct"):
        remove(settings, name)
    assert installed(settings) == (model,)
