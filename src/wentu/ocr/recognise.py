"""The recogniser asked about one crop: what it reads, and how likely it holds another reading to be.

PP-OCR's recogniser is a CTC network: for each of T steps along the crop a distribution over characters and "blank".
The likelihood of a text is the sum over all ways to write it along the steps (Graves et al. 2006, section 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLANK = 0  # RapidOCR puts it before the model's characters
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Sight:
    """What the recogniser saw in a crop: (T, C) log-probabilities, and its alphabet by character."""

    steps: NDArray[np.float64]
    alphabet: dict[str, int]
    text: str

    def likelihood(self, text: str) -> float:
        """Natural log of the probability of exactly this text; -inf for characters that the recogniser has not."""
        if any(character not in self.alphabet for character in text):
            return -np.inf
        return ctc_likelihood(self.steps, [self.alphabet[character] for character in text])


def look(recogniser: Any, crop: NDArray[np.uint8]) -> Sight:
    """`crop` is one upright line of text, (H, W, 3) uint8 BGR; `recogniser` is RapidOCR's."""
    height, width = crop.shape[:2]
    least = recogniser.rec_image_shape[2] / recogniser.rec_image_shape[1]
    batch = recogniser.resize_norm_img(crop, max(least, width / height))[np.newaxis]
    probabilities = np.array(recogniser.session(batch.astype(np.float32))[0], dtype=np.float64)
    decode = recogniser.postprocess_op
    (text, _), *_ = decode(probabilities[np.newaxis])[0]
    return Sight(np.log(np.maximum(probabilities, _TINY)), decode.dict, text)


def ctc_likelihood(steps: NDArray[np.float64], labels: list[int]) -> float:
    """Log-likelihood of a row of labels under (T, C) log-probabilities, by the forward algorithm."""
    states = [_BLANK]
    for label in labels:
        states += [label, _BLANK]
    n = len(states)
    index = np.array(states)
    # A label may be entered past the blank before it, unless that blank keeps two equal labels apart.
    skips = np.array([at > 1 and states[at] != _BLANK and states[at] != states[at - 2] for at in range(n)])
    alpha = np.full(n, -np.inf)
    alpha[:2] = steps[0, index[:2]]
    for row in steps[1:]:
        one = np.concatenate(([-np.inf], alpha[:-1]))
        two = np.where(skips, np.concatenate(([-np.inf, -np.inf], alpha[:-2]))[:n], -np.inf)
        alpha = np.logaddexp(np.logaddexp(alpha, one), two) + row[index]
    return float(np.logaddexp(alpha[-1], alpha[-2])) if n > 1 else float(alpha[-1])
