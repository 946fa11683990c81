"""Any sequence classifier of Hugging Face as ONNX, on the OpenVINO runtime: a folder with `model.onnx`,
`tokenizer.json` and the `id2label` of its `config.json`."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wentu.core.errors import BadSetting

_SETTING = "WENTU_SAFETY__TEXT_MODEL"
_MOST_TOKENS = 512  # BERT's positions
_GIVEN = ("input_ids", "attention_mask", "token_type_ids")


class SequenceClassifier:
    """`scores` of a text by label: softmax for one label of several, sigmoid where config.json says multi-label."""

    def __init__(self, folder: Path) -> None:
        """Raises BadSetting when files or packages are missing, or the network does not fit its labels."""
        config = _config(folder)
        by_number = sorted(config["id2label"].items(), key=lambda one: int(one[0]))
        self._labels = [str(label) for _, label in by_number]
        self._many = config.get("problem_type") == "multi_label_classification"
        self._tokenizer = _tokenizer(folder)
        self._lock = threading.Lock()
        self._request, self._inputs = _network(folder)
        self._try(folder)

    def scores(self, text: str) -> Mapping[str, float]:
        """Probability (0..1) by label."""
        encoded = self._tokenizer.encode(text)
        given = dict(zip(_GIVEN, (encoded.ids, encoded.attention_mask, encoded.type_ids), strict=True))
        arrays = {name: np.array([given[name]], np.int64) for name in self._inputs}
        with self._lock:
            found = self._request.infer(arrays)
            logits = np.asarray(next(iter(found.values())), np.float32).reshape(-1)
        return dict(zip(self._labels, _squashed(logits, self._many), strict=True))

    def _try(self, folder: Path) -> None:
        """One text now, so that a network that can't be used stops the start and not every question."""
        unknown = [name for name in self._inputs if name not in _GIVEN]
        if unknown:
            raise BadSetting(f"{_SETTING}: the network in {folder} wants {', '.join(unknown)}", name=_SETTING)
        try:
            self.scores("你好")
        except Exception as exc:
            raise BadSetting(
                f"{_SETTING}: the network in {folder} does not give one score for each of {len(self._labels)} labels",
                name=_SETTING,
            ) from exc


def _squashed(logits: NDArray[np.float32], many: bool) -> list[float]:
    if many:
        return [float(one) for one in 1 / (1 + np.exp(-logits))]
    odds = np.exp(logits - logits.max())
    return [float(one) for one in odds / odds.sum()]


def _config(folder: Path) -> dict[str, Any]:
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text("utf-8"))
        config["id2label"].items()
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as exc:
        raise BadSetting(f"{_SETTING}: {folder} has no config.json with id2label", name=_SETTING) from exc
    return config


def _tokenizer(folder: Path) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError as exc:
        hint = "Install it with: pip install 'wentu[classifier]'"
        raise BadSetting("a text classifier of your own needs 'tokenizers'", hint=hint, name=_SETTING) from exc
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as exc:
        raise BadSetting(f"{_SETTING}: {folder} has no readable tokenizer.json", name=_SETTING) from exc
    tokenizer.enable_truncation(_MOST_TOKENS)
    return tokenizer


def _network(folder: Path) -> tuple[Any, list[str]]:
    import openvino

    path = next((folder / name for name in ("model.onnx", "model.xml") if (folder / name).is_file()), None)
    if path is None:
        raise BadSetting(f"{_SETTING}: {folder} has no model.onnx", name=_SETTING)
    try:
        core = openvino.Core()
        compiled = core.compile_model(core.read_model(str(path)), "CPU", {"INFERENCE_NUM_THREADS": 1})
        return compiled.create_infer_request(), [one.get_any_name() for one in compiled.inputs]
    except Exception as exc:
        raise BadSetting(f"{_SETTING}: {path.name} can't be used", name=_SETTING) from exc
