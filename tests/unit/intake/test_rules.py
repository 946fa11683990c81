"""The table of refusals: complete, documented, and speaking to the sender."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from wentu.core.errors import BadInput
from wentu.intake.rules import RULES, refusal

DOCS = Path(__file__).parents[3] / "docs" / "intake.md"
SOURCES = Path(__file__).parents[3] / "src" / "wentu" / "intake"


def test_the_docs_list_every_rule_with_its_code_and_no_other() -> None:
    table = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", DOCS.read_text("utf-8"), re.MULTILINE))
    assert table == {name: rule.error.code for name, rule in RULES.items()}


def test_every_rule_that_the_code_names_exists_and_every_rule_is_used() -> None:
    named: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        source = path.read_text("utf-8")
        named |= set(re.findall(r'(?:refusal|Rejected)\(\s*"(\w+)"', source))
        named |= set(re.findall(r'"rule": "(\w+)"', source))
    # Named by a condition inside the call, or in the answer of a broken child.
    named |= {"pdf_encrypted"}
    assert named == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_every_refusal_says_what_to_do_and_carries_its_values(name: str) -> None:
    fields = [field for _, field, _, _ in string.Formatter().parse(RULES[name].message) if field]
    error = refusal(name, **dict.fromkeys(fields, 7))
    assert isinstance(error, BadInput)
    assert error.hint.endswith(".")
    assert error.params == {"rule": name, **dict.fromkeys(fields, "7")}
    assert "{" not in error.message
