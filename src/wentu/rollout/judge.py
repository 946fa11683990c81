"""Whether an answer to a recorded question is right: by what is known to be right, else by what can be checked."""

from __future__ import annotations

import re

from wentu.core.results import Extraction
from wentu.core.text import normalize
from wentu.core.types import Answer

_GOOD_FIELDS = ("verified", "grounded", "absent")
_FIGURE = re.compile(r"\d[\d.,]*")


def is_right(answer: Answer, expected: str) -> bool:
    """With `expected`: the answer says it, or says all its figures where it is a longer text. Without: the answer came
    to its own end, has words, and no figure that the picture does not show."""
    if not answer.text.strip() or answer.finish_reason != "stop":
        return False
    if not expected.strip():
        return not answer.unsupported and answer.status != "unverified"
    said, wanted = normalize(answer.text).text, normalize(expected).text
    if wanted in said:
        return True
    # Two texts seldom say the same in the same words; figures they have to share.
    figures = set(_FIGURE.findall(wanted))
    return len(wanted) > 40 and bool(figures) and figures <= set(_FIGURE.findall(said))


def fields_right(answer: Answer) -> dict[str, bool]:
    """Of a document: which fields hold what both readings and all checks agree on, by their ids."""
    if not isinstance(answer.result, Extraction):
        return {}
    return {name: value.status in _GOOD_FIELDS for name, value in answer.result.fields.items()}
