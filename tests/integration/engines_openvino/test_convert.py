"""A conversion is whole or absent, is used again only for the same weights, and computes what it was made from."""

import json
import os
from pathlib import Path

import numpy as np
import openvino as ov
import pytest

from integration.engines_openvino.reference import Graphs, Reference, prompt_ids
from tiny import make_checkpoint
from wentu.core.errors import DiskFull, WeightsMissing
from wentu.engines.loop import conversion
from wentu.engines.loop.checkpoint import Checkpoint
from wentu.engines.loop.config import read_config
from wentu.engines.openvino import convert as converting
from wentu.engines.openvino.convert import Options, convert, converted_folder, find_converted
from wentu.engines.openvino.formats import find_precision

FLOAT32 = Options(find_precision("float32"), fast_attention=False)


def test_a_saved_graph_computes_the_reference_logits(folder: Path, tmp_path: Path, reference: Reference) -> None:
    files = convert(folder, read_config(folder), FLOAT32, tmp_path / "converted")
    graphs = Graphs(folder, text=ov.Core().read_model(files.text))
    ids = prompt_ids(graphs.config, [])
    assert np.abs(graphs.logits(ids) - reference.logits(ids)).max() < 1e-4


def test_a_conversion_is_found_again_only_for_the_same_weights_and_options(tmp_path: Path) -> None:
    model_dir = make_checkpoint(tmp_path / "model")
    config, target = read_config(model_dir), tmp_path / "converted"
    made = convert(model_dir, config, FLOAT32, target)
    assert find_converted(target, Checkpoint(model_dir), config, FLOAT32) == made
    int4 = Options(find_precision("int4"), fast_attention=False)
    assert find_converted(target, Checkpoint(model_dir), config, int4) is None
    os.utime(model_dir / "model.safetensors", (1, 1))
    assert find_converted(target, Checkpoint(model_dir), config, FLOAT32) == made
    make_checkpoint(model_dir, seed=1)
    assert find_converted(target, Checkpoint(model_dir), config, FLOAT32) is None


def test_a_lost_file_or_a_damaged_manifest_means_converting_again(tmp_path: Path) -> None:
    model_dir = make_checkpoint(tmp_path / "model")
    config, target = read_config(model_dir), tmp_path / "converted"
    made = convert(model_dir, config, FLOAT32, target)
    made.vision[0].unlink()
    assert find_converted(target, Checkpoint(model_dir), config, FLOAT32) is None
    assert convert(model_dir, config, FLOAT32, target) == made
    (target / "manifest.json").write_text("{")
    assert find_converted(target, Checkpoint(model_dir), config, FLOAT32) is None


def test_a_converted_file_that_somebody_touched_is_named_and_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model_dir = make_checkpoint(tmp_path / "model")
    config, target = read_config(model_dir), tmp_path / "converted"
    made = convert(model_dir, config, FLOAT32, target)
    for name in ("text.bin", made.text.name):
        whole = (target / name).read_bytes()
        (target / name).write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
        assert find_converted(target, Checkpoint(model_dir), config, FLOAT32) is None
        assert f"{name} of converted" in caplog.text
        convert(model_dir, config, FLOAT32, target)
        assert find_converted(target, Checkpoint(model_dir), config, FLOAT32) == made


def test_progress_grows_to_one(tmp_path: Path) -> None:
    model_dir, heard = make_checkpoint(tmp_path / "model"), list[float]()
    convert(model_dir, read_config(model_dir), FLOAT32, tmp_path / "converted", heard.append)
    assert heard == sorted(heard) and heard[0] < 0.2 and heard[-1] == 1.0 and len(heard) > 50


def test_a_failed_conversion_leaves_nothing_behind(tmp_path: Path) -> None:
    model_dir = make_checkpoint(tmp_path / "model")
    path = model_dir / "config.json"
    tree = json.loads(path.read_text())
    tree["vision_config"]["depth"] = 9
    path.write_text(json.dumps(tree))
    with pytest.raises(WeightsMissing, match=r"blocks\.4"):
        convert(model_dir, read_config(model_dir), FLOAT32, tmp_path / "out" / "converted")
    assert list((tmp_path / "out").iterdir()) == []


def test_what_a_killed_conversion_left_is_removed_by_the_next(tmp_path: Path) -> None:
    model_dir, old, running = make_checkpoint(tmp_path / "model"), tmp_path / "c.partial-1", tmp_path / "c.partial-2"
    old.mkdir()
    running.mkdir()
    os.utime(old, (1, 1))
    convert(model_dir, read_config(model_dir), FLOAT32, tmp_path / "c")
    assert not old.exists() and running.exists()


def test_the_second_of_two_processes_that_convert_at_once_uses_the_firsts_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_dir, target = make_checkpoint(tmp_path / "model"), tmp_path / "c"
    config, rename = read_config(model_dir), Path.rename

    def overtaken(self: Path, to: Path) -> Path:
        monkeypatch.setattr(Path, "rename", rename)
        convert(model_dir, config, FLOAT32, target)
        return rename(self, to)

    partial = converting._write

    def write_slowly(*args: object) -> None:
        partial(*args)  # type: ignore[arg-type]
        monkeypatch.setattr(converting, "_write", partial)
        monkeypatch.setattr(Path, "rename", overtaken)
        monkeypatch.setattr(conversion.os, "getpid", lambda: 1)

    monkeypatch.setattr(converting, "_write", write_slowly)
    made = convert(model_dir, config, FLOAT32, target)
    assert find_converted(target, Checkpoint(model_dir), config, FLOAT32) == made


def test_a_disk_too_small_is_said_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model_dir = make_checkpoint(tmp_path / "model")
    full = type("Usage", (), {"free": 10})
    monkeypatch.setattr(conversion.shutil, "disk_usage", lambda folder: full)
    with pytest.raises(DiskFull, match="0 MB are free"):
        convert(model_dir, read_config(model_dir), FLOAT32, tmp_path / "converted")


def test_two_folders_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    precision = find_precision("int4")
    one, other = (converted_folder(tmp_path, tmp_path / place / "model", precision) for place in "ab")
    assert one != other and one.parent == tmp_path
