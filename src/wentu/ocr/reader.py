"""The text reader: RapidOCR (PP-OCRv6, on OpenVINO) behind one method, and a page's own text beside it."""

from __future__ import annotations

import importlib.util
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from wentu.core.config import OcrSettings
from wentu.core.errors import EngineError
from wentu.core.layout import reading_order
from wentu.core.types import Box, Picture, Polygon, TextLine
from wentu.ocr.recognise import Sight, look
from wentu.ocr.settle import settle

# Named here so that RapidOCR never looks for a download: these files are inside its wheel.
_MODEL_FILES = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
}

_LINE_HEIGHT = 48  # pixels, the recogniser's
_EDGE = 0.1  # of a line's height


class Ocr:
    """Reads the text of a picture. Loaded at the first picture; lines are remembered by the picture's digest.

    RapidOCR keeps the options of one call for all later ones and shares one inference request, so there is one
    instance with fixed options and one picture at a time; the runtime itself uses all threads for it.
    """

    def __init__(self, settings: OcrSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._rapid: Any = None
        self._known: OrderedDict[str, tuple[TextLine, ...]] = OrderedDict()

    def load(self) -> None:
        """Loads the models now instead of at the first picture. Raises EngineError when they can't be."""
        with self._lock:
            self._load()

    def read(self, picture: Picture) -> tuple[TextLine, ...]:
        """The picture's text lines in reading order, each at least `min_score` sure. Raises EngineError."""
        with self._lock:
            known = self._known.get(picture.digest)
            if known is None:
                known = self._recognise(picture)
                self._known[picture.digest] = known
            self._known.move_to_end(picture.digest)
            while len(self._known) > self._settings.cache_pictures:
                self._known.popitem(last=False)
            return known

    def forget(self, digest: str) -> None:
        """Forgets the lines of a picture."""
        with self._lock:
            self._known.pop(digest, None)

    def _load(self) -> Any:
        if self._rapid is None:
            try:
                self._rapid = _make(self._settings)
            except Exception as exc:
                raise EngineError("the text reader could not be loaded", hint="Run 'wentu doctor'.") from exc
        return self._rapid

    def _recognise(self, picture: Picture) -> tuple[TextLine, ...]:
        rapid = self._load()
        bgr = np.ascontiguousarray(picture.pixels[:, :, ::-1])
        try:
            found = rapid(bgr)
        except Exception as exc:
            raise EngineError("the text of the picture could not be read") from exc
        if found.boxes is None or found.txts is None:
            return ()
        lines = [
            TextLine(text, cast(Polygon, tuple((float(x), float(y)) for x, y in box)), float(score))
            for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        ]
        if picture.layer:
            lines = settle(lines, picture.layer, lambda box: _look(rapid, bgr, box))
        return tuple(reading_order(lines))


def models_dir() -> Path | None:
    """Where the reader's models lie, without importing RapidOCR; None when it isn't installed."""
    spec = importlib.util.find_spec("rapidocr")
    return Path(spec.origin).parent / "models" if spec and spec.origin else None


def _look(rapid: Any, bgr: NDArray[np.uint8], box: Box) -> Sight:
    """What the recogniser alone sees in a box, with a little of what is around it."""
    edge = _EDGE * box.height
    x0, y0 = max(0, round(box.x0 - edge)), max(0, round(box.y0 - edge))
    x1, y1 = min(bgr.shape[1], round(box.x1 + edge)), min(bgr.shape[0], round(box.y1 + edge))
    try:
        return look(rapid.text_rec, bgr[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)])
    except Exception as exc:
        raise EngineError("the text of the picture could not be read") from exc


def _make(settings: OcrSettings) -> Any:
    from rapidocr import EngineType, RapidOCR

    folder = models_dir()
    assert folder is not None
    params: dict[str, object] = {
        "Global.log_level": "error",
        "Global.text_score": settings.min_score,
        # A line is as wide as it is: what pads it to its batch's widest, or to 320 pixels, costs time, and its end is
        # read worse (docs/decisions/0029).
        "Rec.rec_batch_num": 1,
        "Rec.rec_img_shape": [3, _LINE_HEIGHT, _LINE_HEIGHT],
        "EngineConfig.openvino.inference_num_threads": settings.threads or -1,
    }
    for part, name in _MODEL_FILES.items():
        params[f"{part}.engine_type"] = EngineType.OPENVINO
        params[f"{part}.model_path"] = str(folder / name)
    return RapidOCR(params=params)
