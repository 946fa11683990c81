"""A set of charts: `NAME.png` (or .jpg) beside `NAME.json` with what was drawn; a picture without one is no chart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wentu.core.errors import BadInput
from wentu.core.results import Chart, ChartSeries

_PICTURES = (".png", ".jpg", ".jpeg")
PIES = ("pie", "donut")


@dataclass(frozen=True, slots=True)
class Case:
    """One picture with its true table. `renderer` names the program that drew it; `photo` says that the picture was
    spoiled as a camera does; `labelled` that every value is printed in it."""

    picture: Path
    truth: Chart
    renderer: str = ""
    photo: bool = False
    labelled: bool = False

    @property
    def is_chart(self) -> bool:
        return self.truth.type != "not_a_chart"


def read_cases(folder: Path) -> list[Case]:
    """The set's cases, by name. Raises BadInput where there are none or a truth can't be read."""
    if not folder.is_dir():
        raise BadInput("there is no such folder", hint="Draw a set with tools/draw_charts.py.")
    pictures = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _PICTURES)
    if not pictures:
        raise BadInput("the folder holds no pictures", hint="A set is pictures with a JSON of the same name.")
    return [_case(path) for path in pictures]


def _case(picture: Path) -> Case:
    beside = picture.with_suffix(".json")
    if not beside.is_file():
        return Case(picture, Chart("not_a_chart"), picture.parent.name)
    try:
        told: Mapping[str, Any] = json.loads(beside.read_text("utf-8"))
        series = tuple(
            ChartSeries(
                str(one.get("name") or ""),
                tuple(float(v) for v in one["values"]),
                x=tuple(float(x) for x in one.get("x") or ()),
            )
            for one in told.get("series", ())
        )
        title, x_label, y_label = (str(told.get(key) or "") for key in ("title", "x_label", "y_label"))
        truth = Chart(told["type"], title, x_label, y_label, tuple(str(x) for x in told.get("x") or ()), series)
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise BadInput(f"{beside.name} is no chart's truth", hint="See docs/charts.md, Measuring.") from exc
    renderer = str(told.get("renderer") or picture.parent.name)
    return Case(picture, truth, renderer, bool(told.get("photo")), bool(told.get("labels")))
