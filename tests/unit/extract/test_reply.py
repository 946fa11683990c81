"""Whatever a model wraps around its JSON or leaves off, what it said is not lost."""

from __future__ import annotations

import pytest

from wentu.tasks.extract.reply import parse_reply


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('{"a": "1", "b": null}', {"a": "1", "b": None}),
        ('好的：\n```json\n{"a": "1"}\n```', {"a": "1"}),
        ('{"a": "1", "b": "cut off in the mid', {"a": "1"}),
        ('{"a": "1", "rows": [{"x": "2"}, {"x": "3', {"a": "1", "rows": [{"x": "2"}]}),
        ('{"a": "1",}', {"a": "1"}),
        ('{"a": "1" "b": "2"}', {"a": "1", "b": "2"}),
        ("看不清", {}),
        ("", {}),
    ],
)
def test_reply(text: str, tree: dict[str, object]) -> None:
    assert parse_reply(text) == tree
