"""The trained tiny checkpoint through the real engines: they see what was drawn, and a fault in seeing shows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch

from integration.engines_openvino.parts import load
from integration.seeing import faults
from integration.seeing.asking import exact, said, words_right
from seeing import CHECKPOINT, caption, draw, learnt_scenes, unseen_scenes
from tiny.gguf_files import make_gguf
from wentu.core.config import EngineSettings, OnnxSettings, Settings
from wentu.engines.base import VersionSpec
from wentu.engines.llamacpp import LlamaCppEngine
from wentu.engines.llamacpp import engine as llamacpp_engine
from wentu.engines.loop.pictures import PixelBudget
from wentu.engines.onnx import OnnxEngine
from wentu.engines.openvino import OpenVinoEngine
from wentu.engines.transformers import TransformersEngine

LEARNT, UNSEEN = learnt_scenes(), unseen_scenes(200)
COLOUR, SHAPE, PLACE, GROUND = 0, 1, 2, 4  # where the words stand in a caption
DRAWN = "1a5812f6b173af1a76703b5122b82e13dfe6646130d6909a23ecb486ce6cbb87"  # sha256 of all pixels learnt
BY_HEART = 0.99  # share of exact captions that counts as learnt by heart
SHOWN_WITH_A_FAULT = LEARNT[:64]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared, so that the weights are converted once for each precision."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def openvino(data_dir: Path) -> Iterator[OpenVinoEngine]:
    engine = load(CHECKPOINT, data_dir)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def answers(openvino: OpenVinoEngine) -> list[str]:
    """Of the openvino engine in float32, about every picture learnt."""
    return said(openvino, LEARNT)


@pytest.fixture(scope="module")
def unseen(openvino: OpenVinoEngine) -> list[str]:
    return said(openvino, UNSEEN)


def test_every_picture_has_a_caption_of_its_own() -> None:
    assert len(LEARNT) == 256 and len({caption(scene) for scene in LEARNT}) == 256
    assert not {caption(scene) for scene in LEARNT} & {caption(scene) for scene in unseen_scenes(2_000)}


def test_the_pictures_are_drawn_as_they_were_for_training() -> None:
    pixels = b"".join(draw(scene).tobytes() for scene in LEARNT)
    assert hashlib.sha256(pixels).hexdigest() == DRAWN


def test_the_openvino_engine_sees_what_was_drawn(answers: list[str]) -> None:
    assert exact(answers, LEARNT) >= BY_HEART


@pytest.fixture
def one_thread() -> Iterator[None]:
    """What a model this small is fastest with; other tests get torch's threads back."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("one_thread")
def test_the_transformers_engine_says_the_same(answers: list[str], tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, engine=EngineSettings(threads=1, dtype="float32"))
    engine = TransformersEngine.load(VersionSpec("seeing", "transformers", CHECKPOINT), settings)
    reference = said(engine, LEARNT, at_once=1)
    engine.close()
    assert exact(reference, LEARNT) >= BY_HEART
    assert reference == answers


@pytest.mark.parametrize(("weights", "points_lost"), [("float32", 0.0), ("int8", 0.0), ("int4", 0.02)])
def test_the_onnx_engine_sees_the_same(
    weights: Literal["float32", "int8", "int4"], points_lost: float, answers: list[str], data_dir: Path
) -> None:
    settings = Settings(
        data_dir=data_dir, engine=EngineSettings(threads=2), onnx=OnnxSettings(weights=weights, kv_cache_mb=40)
    )
    engine = OnnxEngine.load(VersionSpec("seeing", "onnx", CHECKPOINT), settings)
    found = said(engine, LEARNT)
    engine.close()
    assert exact(found, LEARNT) >= BY_HEART - points_lost
    if weights == "float32":
        assert found == answers


def test_the_llamacpp_engine_says_the_same(answers: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_gguf(CHECKPOINT, tmp_path)
    # GGUF files don't tell the pixel budget of their model; this one was trained with less than the family's.
    monkeypatch.setattr(llamacpp_engine, "_budget", lambda *_: PixelBudget(8_192, 24_576))
    settings = Settings(data_dir=tmp_path, engine=EngineSettings(threads=2, model=str(tmp_path)))
    engine = LlamaCppEngine.load(VersionSpec("seeing", "llamacpp", tmp_path), settings)
    found = said(engine, LEARNT, at_once=4)
    engine.close()
    assert exact(found, LEARNT) >= BY_HEART
    assert np.mean([one == other for one, other in zip(found, answers, strict=True)]) >= BY_HEART


@pytest.mark.parametrize(
    ("weights", "kv_precision", "points_lost"),
    [("bfloat16", "full", 0.0), ("int8", "u8", 0.0), ("int4", "u8", 0.02)],
)
def test_smaller_weights_still_see(weights: str, kv_precision: str, points_lost: float, data_dir: Path) -> None:
    engine = load(CHECKPOINT, data_dir, weights=weights, kv_precision=kv_precision)
    share = exact(said(engine, LEARNT), LEARNT)
    engine.close()
    assert share >= BY_HEART - points_lost


@pytest.mark.parametrize(
    ("word", "least"),
    [(COLOUR, 0.95), (PLACE, 0.95), (GROUND, 0.95), (SHAPE, 0.5)],
    ids=["colour", "place", "ground", "shape"],
)
def test_pictures_that_it_has_never_seen_are_read_too(word: int, least: float, unseen: list[str]) -> None:
    assert words_right(unseen, UNSEEN, word) >= least


def test_swapped_channels_show(openvino: OpenVinoEngine) -> None:
    """Only green stays itself."""
    answers = said(openvino, SHOWN_WITH_A_FAULT, swap_channels=True)
    assert exact(answers, SHOWN_WITH_A_FAULT) < 0.5


@pytest.mark.parametrize(
    ("fault", "most"),
    [
        (faults.flip_patches, 0.5),
        (faults.read_row_by_row, 0.6),
        (faults.cut_instead_of_resize, 0.5),
        (faults.drop_deepstack, 0.2),
        (faults.count_picture_tokens_like_words, 0.3),
        # The vision model knows a patch's place in two ways; either is nearly enough, and still it shows.
        (faults.forget_where_patches_are, 0.97),
        (faults.turn_rotary_off, 0.95),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_fault_in_reading_a_picture_shows(
    fault: Callable[[pytest.MonkeyPatch], None], most: float, monkeypatch: pytest.MonkeyPatch, data_dir: Path
) -> None:
    fault(monkeypatch)
    engine = load(CHECKPOINT, data_dir)
    answers = said(engine, SHOWN_WITH_A_FAULT)
    engine.close()
    assert exact(answers, SHOWN_WITH_A_FAULT) < most
