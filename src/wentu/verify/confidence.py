"""How sure a judged value is: a logistic model over its signals, with coefficients in `confidence.json`.

The coefficients are set by hand and not fitted yet, as the file says; `wentu selftest` prints their calibration error.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from wentu.core.results import Alignment, FieldStatus

_CEILING = {"conflict": 0.5, "inferred": 0.4, "unreadable": 0.2, "absent": 0.0}


def confidence(status: FieldStatus, alignment: Alignment, signals: Mapping[str, float | None], n_proofs: int) -> float:
    """The probability that the value is right, 0..1; bounded for statuses that say it may well be wrong."""
    weights = coefficients()
    inputs = features(alignment, signals, n_proofs)
    z = weights["bias"] + sum(weights[name] * value for name, value in inputs.items())
    return round(min(1.0 / (1.0 + math.exp(-z)), _CEILING.get(status, 0.999)), 4)


def features(alignment: Alignment, signals: Mapping[str, float | None], n_proofs: int) -> dict[str, float]:
    """The model's inputs. The OCR score goes in as its log odds, since it is itself a probability near 1."""
    ocr = signals.get("ocr")
    agreement, checks = signals.get("agreement"), signals.get("checks")
    score = min(max(ocr if ocr is not None else 0.9, 0.01), 0.999)
    return {
        "ocr": math.log(score / (1 - score)),
        "agreement": 0.0 if agreement is None else 2 * agreement - 1,
        "checks": 0.0 if checks is None else 2 * checks - 1,
        "proofs": float(min(n_proofs, 2)),
        "aligned": {"exact": 1.0, "normalized": 1.0, "fuzzy": 0.0, "none": -1.0}[alignment],
    }


@cache
def coefficients() -> Mapping[str, float]:
    tree = json.loads(files("wentu.verify").joinpath("confidence.json").read_text("utf-8"))
    weights: Mapping[str, float] = tree["weights"]
    return weights
