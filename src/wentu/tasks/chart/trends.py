"""Statistics, trends and forecasts of a table: arithmetic only, the same for every door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from wentu.core.results import ChartForecast, SeriesStatistics
from wentu.tasks.chart.periods import period_name, positions

Model = Literal["linear", "quadratic", "exponential", "moving_mean"]
AHEAD = 5
# Fewer points give no interval; a straight line is only left for a model whose leave-one-out error is this much less.
_MIN_INTERVAL, _BETTER = 4, 0.85
# Two-sided 95 % points of Student's t for 1 to 30 degrees of freedom.
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """The least-squares line y = intercept + slope x, with what its interval needs."""

    slope: float
    intercept: float
    r2: float
    s: float
    n: int
    mean_x: float
    sxx: float

    def at(self, x: float) -> float:
        return self.intercept + self.slope * x

    def half_width(self, x: float, reading_error: float) -> float:
        """t(n-2) s sqrt(1 + 1/n + (x0 - mean)^2 / Sxx), with the error of the readings carried to the same place."""
        leverage = 1 / self.n + (x - self.mean_x) ** 2 / self.sxx
        return student_t(self.n - 2) * float(np.sqrt(self.s**2 * (1 + leverage) + reading_error**2 * leverage))


def student_t(freedom: int) -> float:
    """The two-sided 95 % point of Student's t."""
    return _T[freedom - 1] if 1 <= freedom <= len(_T) else 1.960 + 2.4 / max(1, freedom)


def fit_line(xs: Sequence[float], ys: Sequence[float]) -> Line | None:
    """The line through the points; None below two different places."""
    x, y = np.array(xs, np.float64), np.array(ys, np.float64)
    if len(x) < 2 or np.ptp(x) == 0:
        return None
    mean_x, sxx = float(x.mean()), float(((x - x.mean()) ** 2).sum())
    slope = float(((x - mean_x) * (y - y.mean())).sum() / sxx)
    intercept = float(y.mean() - slope * mean_x)
    left = float(((y - intercept - slope * x) ** 2).sum())
    total = float(((y - y.mean()) ** 2).sum())
    s = float(np.sqrt(left / (len(x) - 2))) if len(x) > 2 else 0.0
    return Line(slope, intercept, 1 - left / total if total > 0 else 1.0, s, len(x), mean_x, sxx)


def statistics(name: str, xs: Sequence[float] | None, ys: Sequence[float]) -> SeriesStatistics:
    """What is computed of one series; change and line only where its places have an order (`xs`)."""
    low, high, total = min(ys), max(ys), sum(ys)
    line = fit_line(xs, ys) if xs is not None else None
    if line is None or xs is None:
        return SeriesStatistics(name, len(ys), low, high, total / len(ys), total)
    first, last = ys[0], ys[-1]
    periods = len(ys) - 1
    return SeriesStatistics(
        name,
        len(ys),
        low,
        high,
        total / len(ys),
        total,
        change=last - first,
        change_percent=100 * (last - first) / first if first else None,
        cagr_percent=100 * ((last / first) ** (1 / periods) - 1) if first > 0 and last > 0 and periods else None,
        slope=line.slope,
        intercept=line.intercept,
        r2=line.r2,
    )


def choose_model(xs: Sequence[float], ys: Sequence[float]) -> Model:
    """The trend with the least leave-one-out error; the straight line unless another one is clearly better."""
    x, y = np.array(xs, np.float64), np.array(ys, np.float64)
    if len(x) < 5:
        return "linear"
    errors = {model: _left_out(predict, x, y) for model, predict in _candidates(y).items()}
    best = min(errors, key=lambda model: errors[model])
    return best if errors[best] < _BETTER * errors["linear"] else "linear"


def forecasts(
    name: str, labels: Sequence[str], ys: Sequence[float], error: float, ahead: int = AHEAD
) -> tuple[ChartForecast, ...]:
    """1 to `ahead` periods on: by the chosen trend, and always by the straight line over all points."""
    xs = positions(labels)
    line = fit_line(xs, ys)
    if line is None:
        return ()
    chosen = choose_model(xs, ys)
    models: list[Model] = [chosen] if chosen == "linear" else [chosen, "linear"]
    step = (xs[-1] - xs[0]) / (len(xs) - 1)
    found = []
    for model in models:
        predict = _candidates(np.array(ys))[model]
        for k in range(1, ahead + 1):
            x = xs[-1] + k * step
            value = line.at(x) if model == "linear" else float(predict(np.array(xs), np.array(ys), x))
            half = _half(model, predict, xs, ys, line, x, error)
            found.append(
                ChartForecast(
                    name,
                    k,
                    period_name(labels, k),
                    value,
                    None if half is None else value - half,
                    None if half is None else value + half,
                    model,
                    model == chosen,
                    _warning(xs, x, len(ys)),
                )
            )
    return tuple(found)


Predict = Callable[[np.ndarray, np.ndarray, float], float]


def _candidates(y: np.ndarray) -> dict[Model, Predict]:
    found: dict[Model, Predict] = {
        "linear": lambda x, y, at: float(np.polyval(np.polyfit(x - x[0], y, 1), at - x[0])),
        "quadratic": lambda x, y, at: float(np.polyval(np.polyfit(x - x[0], y, 2), at - x[0])),
        "moving_mean": lambda x, y, at: float(y[np.argsort(np.abs(x - at))[:3]].mean()),
    }
    if (y > 0).all():
        found["exponential"] = lambda x, y, at: float(np.exp(np.polyval(np.polyfit(x - x[0], np.log(y), 1), at - x[0])))
    return found


def _left_out(predict: Predict, x: np.ndarray, y: np.ndarray) -> float:
    """The mean square of what the model says of each point without having seen it."""
    off = []
    for index in range(len(x)):
        keep = np.arange(len(x)) != index
        off.append(predict(x[keep], y[keep], float(x[index])) - y[index])
    return float(np.mean(np.square(off)))


def _half(
    model: Model, predict: Predict, xs: Sequence[float], ys: Sequence[float], line: Line, x: float, error: float
) -> float | None:
    """Half of the interval's width; for a curve with its own spread and the line's leverage."""
    if len(ys) < _MIN_INTERVAL:
        return None
    if model == "linear":
        return line.half_width(x, error)
    places, values = np.array(xs), np.array(ys)
    spread = np.sqrt(_left_out(predict, places, values))
    leverage = 1 / line.n + (x - line.mean_x) ** 2 / line.sxx
    return student_t(max(1, line.n - 3)) * float(np.sqrt(spread**2 * (1 + leverage) + error**2 * leverage))


def _warning(xs: Sequence[float], x: float, n: int) -> str:
    if n < _MIN_INTERVAL:
        return "few_points"
    return "far_beyond" if abs(x - xs[-1]) > 0.5 * abs(xs[-1] - xs[0]) + 1e-9 else ""
