"""Honest words about a picture, as far as pixels alone carry them: blur, glare, cut-off edges, copies, screens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from wentu.core.results import QualityWarning, Region
from wentu.core.types import Page, Polygon

Grey = NDArray[Any]
_HEIGHT_PX = 32  # crops of lines are judged at one height, so that large print is not sharper than small
# NOTE: set by hand, not tuned on any set; `wentu selftest` does not measure the warnings.
_SHARP = 110.0
_BLURRED_SHARE = 0.5
_WHITE, _GLARE_SHARE = 250, 0.012
_EDGE_PX = 2.0
_GREY_CHROMA = 4.0


def warnings_of(page: Page, number: int) -> Iterator[QualityWarning]:
    """What is wrong with a page; nothing where nothing is. `number` is the page's index."""
    grey = cv2.cvtColor(page.picture.pixels, cv2.COLOR_RGB2GRAY)
    yield from _blur(page, grey)
    yield from _cut_off(page, number)
    yield from _glare(page, number)
    yield from _small(page)
    yield from _copy(page)


def sharpness(grey: Grey, polygon: Polygon) -> float:
    """Variance of the Laplacian of a line's crop at a fixed height, over its contrast: 0 is a smear."""
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    x0, x1 = max(0, int(min(xs))), min(grey.shape[1], int(max(xs)) + 1)
    y0, y1 = max(0, int(min(ys))), min(grey.shape[0], int(max(ys)) + 1)
    if x1 - x0 < 4 or y1 - y0 < 4:
        return 0.0
    crop = grey[y0:y1, x0:x1]
    scale = _HEIGHT_PX / crop.shape[0]
    crop = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    contrast = float(np.percentile(crop, 95) - np.percentile(crop, 5))
    if contrast < 8:
        return 0.0
    edges = cv2.Laplacian(crop.astype(np.float32) / contrast * 100.0, cv2.CV_32F)
    return float(edges.var())


def _blur(page: Page, grey: Grey) -> Iterator[QualityWarning]:
    lines = sorted(page.lines, key=lambda line: -len(line.text))[:12]
    if not lines:
        return
    score = float(np.median([sharpness(grey, line.polygon) for line in lines]))
    if score < _SHARP:
        yield QualityWarning("blur", "图片模糊，小字可能读错", round(score / _SHARP, 3))


def _cut_off(page: Page, number: int) -> Iterator[QualityWarning]:
    """Text that touches the picture's edge was probably longer."""
    width, height = page.picture.width, page.picture.height
    for index, line in enumerate(page.lines):
        box = line.box
        if box.x0 <= _EDGE_PX or box.y0 <= _EDGE_PX or box.x1 >= width - _EDGE_PX or box.y1 >= height - _EDGE_PX:
            region = Region(number, line.polygon, (index,))
            yield QualityWarning("cut_off", "有文字紧贴图片边缘，可能被裁掉", None, region)
            return


def _glare(page: Page, number: int) -> Iterator[QualityWarning]:
    """A burnt-out patch on paper that is not white itself."""
    grey = cv2.cvtColor(page.picture.pixels, cv2.COLOR_RGB2GRAY)
    paper = float(np.percentile(grey, 70))
    if paper > 243:
        return
    small = cv2.resize(grey, (0, 0), fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    burnt = cv2.morphologyEx((small >= _WHITE).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    share = float(burnt.mean())
    if _GLARE_SHARE < share < 0.5:
        ys, xs = np.nonzero(burnt)
        x0, x1, y0, y1 = (float(v) * 4 for v in (xs.min(), xs.max(), ys.min(), ys.max()))
        region = Region(number, ((x0, y0), (x1, y0), (x1, y1), (x0, y1)))
        yield QualityWarning("glare", "图片有反光，反光处可能读不出", round(share, 4), region)


def _small(page: Page) -> Iterator[QualityWarning]:
    if not page.lines:
        yield QualityWarning("no_text", "图片里没有读到文字")
        return
    height = float(np.median([line.box.height for line in page.lines]))
    if height < 12:
        yield QualityWarning("low_resolution", "文字太小，请用更高的分辨率拍摄或扫描", round(height, 1))


def _copy(page: Page) -> Iterator[QualityWarning]:
    small = cv2.resize(page.picture.pixels, (256, 256), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    chroma = float(np.percentile(np.hypot(lab[:, :, 1] - 128, lab[:, :, 2] - 128), 99))
    if chroma < _GREY_CHROMA:
        yield QualityWarning("black_and_white", "黑白图片：可能是复印件", round(chroma, 2))
