"""The ONNX graphs give the reference's numbers: whole, in chunks, together, and through the whole engine."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from integration.engines_openvino.parts import GREEDY, ask
from integration.engines_openvino.reference import Graphs, Reference, prompt_ids
from integration.engines_openvino.test_graph_parity import SHAPES, pictures_of
from tiny import Sizes, make_checkpoint, picture
from wentu.core.config import EngineSettings, OnnxSettings, Settings
from wentu.core.errors import EngineError
from wentu.core.types import VersionSpec
from wentu.engines.loop.checkpoint import Checkpoint
from wentu.engines.loop.config import read_config
from wentu.engines.loop.names import POSITION_TABLE
from wentu.engines.loop.rows import Rows
from wentu.engines.onnx import OnnxEngine
from wentu.engines.onnx import convert as converting
from wentu.engines.onnx.convert import prepare
from wentu.engines.onnx.text_model import TextModel
from wentu.engines.onnx.vision_model import VisionModel

TOLERANCE = 1e-4  # logits of the tiny model reach 15


class OnnxGraphs(Graphs):
    """Our two models over one folder, as ONNX Runtime computes them."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        self.checkpoint, self.config = Checkpoint(folder), read_config(folder)
        files = prepare(folder, Settings(data_dir=data_dir))
        self.text = TextModel(files.text, self.config, 2, cache_bytes=40_000_000)  # type: ignore[assignment]
        table = self.checkpoint.float32(POSITION_TABLE)
        self.vision = VisionModel(files.vision, self.config, 2, table)  # type: ignore[assignment]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("tiny") / "model", seed=5)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def graphs(folder: Path, data_dir: Path) -> OnnxGraphs:
    return OnnxGraphs(folder, data_dir)


@pytest.fixture(scope="module")
def reference(folder: Path) -> Reference:
    return Reference(folder)


@pytest.fixture(scope="module")
def engine(folder: Path, data_dir: Path) -> Iterator[OnnxEngine]:
    settings = Settings(data_dir=data_dir, engine=EngineSettings(threads=2), onnx=OnnxSettings(kv_cache_mb=40))
    engine = OnnxEngine.load(VersionSpec("tiny", "onnx", folder), settings)
    yield engine
    engine.close()


@pytest.mark.parametrize("name", SHAPES)
def test_logits_equal_the_reference(name: str, graphs: OnnxGraphs, reference: Reference) -> None:
    pictures = pictures_of(name)
    ids = prompt_ids(graphs.config, pictures)
    assert np.abs(graphs.logits(ids, pictures) - reference.logits(ids, pictures)).max() < TOLERANCE


@pytest.mark.parametrize(
    ("sizes", "tied"),
    [
        (Sizes(deepstack=(1, 3), vision_depth=4), False),
        (Sizes(heads=4, kv_heads=4, deepstack=(3, 6), vision_depth=9), True),
    ],
    ids=["untied", "no grouping, stages between taps"],
)
def test_other_architectures_equal_the_reference(tmp_path: Path, sizes: Sizes, tied: bool) -> None:
    folder = make_checkpoint(tmp_path / "model", sizes=sizes, tie_embeddings=tied)
    graphs, pictures = OnnxGraphs(folder, tmp_path), pictures_of("wide")
    ids = prompt_ids(graphs.config, pictures)
    assert np.abs(graphs.logits(ids, pictures) - Reference(folder).logits(ids, pictures)).max() < TOLERANCE


def test_chunks_of_two_sequences_in_scattered_blocks_equal_each_whole(graphs: OnnxGraphs, reference: Reference) -> None:
    """Both prompts are computed piece by piece in common calls, in blocks that lie across one another."""
    shown = [pictures_of(name) for name in ("wide", "tall")]
    asked = [(prompt_ids(graphs.config, pictures, seed), pictures) for seed, pictures in enumerate(shown)]
    blocks = [list(range(15, 0, -2)), list(range(0, 16, 2))]
    whole = [graphs.rows(ids, pictures, own) for (ids, pictures), own in zip(asked, blocks, strict=True)]
    found: list[list[object]] = [[], []]
    longest = max(len(ids) for ids, _ in asked)
    for start, end in pairwise([0, 5, 33, 64, 97, longest]):
        there = [index for index, rows in enumerate(whole) if start < rows.n]
        for index, logits in zip(there, graphs.text.run([_part(whole[i], start, end) for i in there]), strict=True):
            found[index].append(logits)
    for (ids, pictures), logits in zip(asked, found, strict=True):
        assert np.abs(np.concatenate(logits) - reference.logits(ids, pictures)).max() < TOLERANCE  # type: ignore[arg-type]


def _part(rows: Rows, start: int, end: int) -> Rows:
    assert rows.deepstack is not None
    cut = slice(start, min(end, rows.n))
    n = cut.stop - start
    return Rows(rows.embeds[cut], rows.positions[:, cut], rows.deepstack[:, cut], start, rows.blocks, n)


def test_greedy_answers_are_the_references(engine: OnnxEngine, reference: Reference) -> None:
    shown = picture(300, 200)
    prompt = ask(shown, "what is in the picture")
    ids = engine._parts.encoder.encode(prompt).ids
    expected = engine._parts.tokenizer
    text = engine.generate(prompt, GREEDY).text
    tokens = reference.greedy(ids, [shown], GREEDY.max_tokens)
    ends = [tokens.index(end) for end in expected.end_tokens if end in tokens]
    whole = b"".join(map(expected.bytes_of, tokens[: min(ends, default=len(tokens))]))
    assert whole.decode("utf-8", "ignore") == text.rstrip("\ufffd") and text


def test_a_question_about_a_picture_read_before_is_answered_from_the_cache(engine: OnnxEngine) -> None:
    shown = picture(256, 300)
    first = engine.generate(ask(shown, "one"), GREEDY)
    again = engine.generate(ask(shown, "one"), GREEDY)
    assert again.text == first.text and again.usage.cached_tokens > 60
    engine.forget(shown.digest)
    assert engine.generate(ask(shown, "one"), GREEDY).usage.cached_tokens == 0


def test_weights_are_mapped_and_written_once(folder: Path, data_dir: Path, graphs: OnnxGraphs) -> None:
    settings = Settings(data_dir=data_dir)
    files = prepare(folder, settings)
    before = files.text.stat().st_mtime_ns
    assert prepare(folder, settings).text.stat().st_mtime_ns == before
    assert files.text.stat().st_size < 200_000 < files.text.with_name("text.onnx.data").stat().st_size


def test_a_damaged_conversion_is_made_anew_and_one_that_the_runtime_can_t_read_is_our_error(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path)
    text = prepare(folder, settings).text
    text.write_bytes(b"no graph")
    assert prepare(folder, settings).text.stat().st_size > 1_000
    text.write_bytes(b"no graph")
    monkeypatch.setattr(converting, "is_converted", lambda *_: True)
    with pytest.raises(EngineError, match="loading the language model"):
        OnnxEngine.load(VersionSpec("tiny", "onnx", folder), settings)
