"""Text and picture classifiers of a deployment's own: tiny networks made here, well-behaved and not."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from wentu.core.config import SafetySettings
from wentu.core.errors import BadSetting, Refused
from wentu.core.types import Message, Picture, Query
from wentu.safety import Safety
from wentu.safety.policies import Policies
from wentu.safety.policy import Limits, Policy
from wentu.safety.screen import Screen
from wentu.safety.sequence import SequenceClassifier

onnx = pytest.importorskip("onnx")
tokenizers = pytest.importorskip("tokenizers")
WORDS = ["[UNK]", "好", "坏", "的", "人"]
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def make_classifier(
    folder: Path, labels: list[str], table: list[list[float]], inputs: tuple[str, ...] = INPUTS, **config: str
) -> Path:
    """A folder as a Hugging Face export has it: the logits are the sum of each token's row of `table`."""
    folder.mkdir(parents=True, exist_ok=True)
    helper, kind = onnx.helper, onnx.TensorProto
    rows = onnx.numpy_helper.from_array(np.array(table, np.float32), "table")
    axes = onnx.numpy_helper.from_array(np.array([1], np.int64), "axes")
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["gathered"]),
        helper.make_node("ReduceSum", ["gathered", "axes"], ["logits"], keepdims=0),
    ]
    given = [helper.make_tensor_value_info(name, kind.INT64, ["batch", "length"]) for name in inputs]
    out = helper.make_tensor_value_info("logits", kind.FLOAT, ["batch", len(table[0])])
    graph = helper.make_graph(nodes, "classifier", given, [out], [rows, axes])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "model.onnx"))
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(dict(zip(WORDS, range(5), strict=True)), "[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Split("", "isolated")
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {str(number): label for number, label in enumerate(labels)}
    (folder / "config.json").write_text(json.dumps({"id2label": names, **config}), "utf-8")
    return folder


SAFE_OR_NOT = [[0.0, 0.0], [2.0, 0.0], [0.0, 9.0], [0.1, 0.0], [0.1, 0.0]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_classifier(tmp_path / "model", ["safe", "unsafe"], SAFE_OR_NOT)


def asked(text: str) -> Query:
    return Query((Message("user", (text,)),))


def test_a_classifier_of_ones_own_decides_by_its_labels(folder: Path, tmp_path: Path) -> None:
    scores = SequenceClassifier(folder).scores("坏人")
    assert scores["unsafe"] > 0.99 and sum(scores.values()) == pytest.approx(1)
    policies = Policies(tmp_path / "policies")
    policies.publish(Policy(text={"unsafe": Limits(review=0.5, block=0.9)}))
    safety = Safety(SafetySettings(text_model=folder), policies)
    safety.watch(asked("好的好的好的")).check_question()
    with pytest.raises(Refused) as refused:
        safety.watch(asked("好的，坏人")).check_question()
    assert refused.value.params["rule"] == "text"


def test_any_other_label_means_harm_except_the_one_that_means_none(folder: Path) -> None:
    screen = Screen(Policy(text={"*": Limits(review=0.5, block=0.9)}), SequenceClassifier(folder).scores)
    assert screen.check("好的好的", "question") == [] and screen.check("坏", "question")


def test_a_multi_label_classifier_gives_each_label_a_chance_of_its_own(tmp_path: Path) -> None:
    table = [[9.0, 9.0]] * 5
    made = make_classifier(tmp_path / "m", ["a", "b"], table, problem_type="multi_label_classification")
    assert min(SequenceClassifier(made).scores("好").values()) > 0.99


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json", "config.json", "labels", "inputs", "not a network"])
def test_files_that_do_not_fit_stop_the_start(tmp_path: Path, broken: str) -> None:
    inputs = (*INPUTS, "position_ids") if broken == "inputs" else INPUTS
    labels = ["safe", "unsafe", "third"] if broken == "labels" else ["safe", "unsafe"]
    made = make_classifier(tmp_path / "m", labels, SAFE_OR_NOT, inputs)
    if broken == "not a network":
        (made / "model.onnx").write_bytes(b"nonsense")
    elif "." in broken:
        (made / broken).unlink()
    with pytest.raises(BadSetting, match="TEXT_MODEL"):
        Safety(SafetySettings(text_model=made))


def test_scores_that_are_no_numbers_block(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    table = [[0.0, 0.0], [0.0, float("nan")], *SAFE_OR_NOT[2:]]
    safety = Safety(SafetySettings(text_model=make_classifier(tmp_path / "m", ["safe", "unsafe"], table)))
    with pytest.raises(Refused) as refused:
        safety.watch(asked("好人")).check_question()
    assert refused.value.params["rule"] == "guard_failed" and "好人" not in caplog.text


def test_a_classifier_that_hangs_blocks_in_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(self: SequenceClassifier, text: str) -> Mapping[str, float]:
        time.sleep(0.6)
        return {}

    monkeypatch.setattr(SequenceClassifier, "_try", lambda self, folder: None)
    monkeypatch.setattr(SequenceClassifier, "scores", hang)
    safety = Safety(SafetySettings(text_model=folder, timeout_s=0.1))
    started = time.monotonic()
    with pytest.raises(Refused) as refused:
        safety.watch(asked("你好吗")).check_question()
    assert refused.value.params["rule"] == "guard_timeout" and time.monotonic() - started < 0.5


def make_picture_classifier(path: Path, values: list[float]) -> Path:
    """A network that finds `values` in every picture, give or take what its mean does to the sixth digit."""
    helper, kind = onnx.helper, onnx.TensorProto
    fixed = onnx.numpy_helper.from_array(np.array([values], np.float32), "fixed")
    small = onnx.numpy_helper.from_array(np.array(1e-6, np.float32), "small")
    nodes = [
        helper.make_node("ReduceMean", ["input"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "small"], ["tiny"]),
        helper.make_node("Add", ["fixed", "tiny"], ["output"]),
    ]
    given = helper.make_tensor_value_info("input", kind.FLOAT, [1, 3, 32, 32])
    out = helper.make_tensor_value_info("output", kind.FLOAT, [1, len(values)])
    graph = helper.make_graph(nodes, "pictures", [given], [out], [fixed, small])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), str(path))
    return path


@pytest.mark.parametrize(
    ("values", "labels", "rule"),
    [
        ([0.0, 8.0], ("fine", "gore"), "picture"),
        ([8.0, 0.0], ("fine", "gore"), None),
        ([0.0, 8.0], ("fine",), "guard_failed"),
        ([float("nan"), 0.0], ("fine", "gore"), "guard_failed"),
    ],
)
def test_a_picture_classifier_of_ones_own_decides_by_its_labels(
    tmp_path: Path, values: list[float], labels: tuple[str, ...], rule: str | None
) -> None:
    model = make_picture_classifier(tmp_path / "p.onnx", values)
    policies = Policies(tmp_path / "policies")
    policies.publish(Policy(pictures={"gore": Limits(review=0.5, block=0.9)}))
    safety = Safety(SafetySettings(picture_model=model, picture_labels=labels), policies)
    picture = Picture("0" * 64, np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    watch = safety.watch(asked("?"))
    if rule is None:
        watch.check_pictures([picture])
    else:
        with pytest.raises(Refused) as refused:
            watch.check_pictures([picture])
        assert refused.value.params["rule"] == rule
