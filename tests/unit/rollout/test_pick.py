import pytest

from wentu.core.errors import UnknownVersion
from wentu.core.types import Message, Query, VersionSpec
from wentu.rollout import Rollout

A, B = VersionSpec("a", "fake"), VersionSpec("b", "reader")


def ask(model: str) -> Query:
    return Query((Message("user", ("?",)),), model=model)


def test_the_alias_and_the_name_lead_to_a_version() -> None:
    rollout = Rollout([A, B], "b")
    assert (rollout.pick(ask("stable")), rollout.pick(ask("a"))) == (B, A)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownVersion, match="known: stable, a, b"):
        Rollout([A, B], "a").pick(ask("gpt-4o"))


def test_stable_can_only_be_a_version_that_is_here() -> None:
    rollout = Rollout([A], "a")
    with pytest.raises(UnknownVersion):
        rollout.set([A], "b")
    assert rollout.stable == "a"
