"""How the child says no."""

from __future__ import annotations


class Rejected(Exception):
    """A file broke `rule` (a name in wentu.intake.rules); `params` fill the rule's message."""

    def __init__(self, rule: str, **params: int | float | str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.params = params
