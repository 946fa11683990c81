"""The moves of a rollout: names in, names and a line of history out. The words are KServe's and Argo's."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wentu.core.errors import WrongMove
from wentu.store.aliases import Action, Aliases, Decision

AUTOMATIC = "automatic"
Move = tuple[Aliases, Decision]


def adopt(names: Aliases, *, stable: str, reason: str = "the first version on this machine") -> Move:
    """The first version with weights is stable until another one is promoted."""
    if names.stable:
        raise WrongMove("there is a stable version already")
    new = replace(names, stable=stable)
    return new, Decision("adopt", AUTOMATIC, reason, stable)


def canary(
    names: Aliases, *, stable: str, candidate: str, percent: int, by: str, auto: bool = False, reason: str = ""
) -> Move:
    """`percent` of the sessions go to `candidate`. Changing the percentage of a canary that runs begins a new
    comparison with the same split, since answers at two percentages can't be counted together.

    Raises WrongMove when another version is being tried, or candidate and stable are the same.
    """
    if not 1 <= percent <= 100:
        raise WrongMove("a canary takes 1 to 100 percent", hint="Choose a percentage from 1 to 100.", percent=percent)
    _check_free(names, stable, candidate)
    going_on = names.mode == "canary" and names.candidate == candidate
    salt = names.salt if going_on else secrets.token_hex(16)
    new = replace(_begun(names, stable, candidate, salt), mode="canary", percent=percent, auto=auto)
    return new, _decision(new, "step" if going_on else "canary", by, reason)


def shadow(names: Aliases, *, stable: str, candidate: str, by: str, reason: str = "") -> Move:
    """`candidate` answers copies that nobody sees. Raises WrongMove as `canary` does."""
    _check_free(names, stable, candidate)
    new = replace(_begun(names, stable, candidate, secrets.token_hex(16)), mode="shadow", percent=0, auto=False)
    return new, _decision(new, "shadow", by, reason)


def pause(
    names: Aliases, *, by: str, reason: str, action: Action = "pause", figures: Mapping[str, Any] | None = None
) -> Move:
    """The candidate gets no more sessions until somebody decides. Raises WrongMove when nothing runs."""
    _check_running(names)
    new = replace(names, paused=True)
    return new, _decision(new, action, by, reason, figures)


def resume(names: Aliases, *, by: str, reason: str = "") -> Move:
    """Raises WrongMove when nothing is paused."""
    if not names.paused:
        raise WrongMove("nothing is paused", hint="'wentu rollout status' says what runs.")
    new = replace(names, paused=False)
    return new, _decision(new, "resume", by, reason)


def promote(names: Aliases, *, by: str, reason: str = "", figures: Mapping[str, Any] | None = None) -> Move:
    """The candidate is stable from the next question on; what was stable is `previous`. Raises WrongMove."""
    _check_running(names)
    new = replace(
        names,
        stable=names.candidate,
        previous=names.stable,
        candidate="",
        mode="off",
        percent=0,
        paused=False,
        auto=False,
    )
    return new, replace(_decision(names, "promote", by, reason, figures), percent=100)


def switch(names: Aliases, *, stable: str, candidate: str, by: str, reason: str = "") -> Move:
    """Blue/green: `candidate` is stable from the next question on without having been tried on a share. Raises
    WrongMove as `canary` does."""
    _check_free(names, stable, candidate)
    return promote(_begun(names, stable, candidate, names.salt) if names.mode == "off" else names, by=by, reason=reason)


def rollback(
    names: Aliases, *, by: str, reason: str = "", figures: Mapping[str, Any] | None = None, to: str = ""
) -> Move:
    """Ends a canary or shadow; where none runs, `to` or else `previous` is stable again. Raises WrongMove when neither
    is there, or `to` is stable already."""
    if names.mode != "off":
        new = replace(names, candidate="", mode="off", percent=0, paused=False, auto=False)
        return new, replace(_decision(names, "rollback", by, reason, figures), percent=0)
    back = to or names.previous
    if not back:
        raise WrongMove("there is nothing to go back to", hint="'wentu rollout status' shows what there is.")
    if back == names.stable:
        raise WrongMove(f"'{back}' answers already", hint="Choose another one.", candidate=back)
    new = replace(names, stable=back, previous=names.stable)
    return new, Decision("rollback", by, reason, back, names.stable, 0, names.run, figures)


def _begun(names: Aliases, stable: str, candidate: str, salt: str) -> Aliases:
    run = f"run_{secrets.token_hex(8)}"
    return replace(names, stable=stable, candidate=candidate, paused=False, run=run, salt=salt, since=time.time())


def check_idle(names: Aliases, candidate: str = "") -> None:
    """Raises WrongMove while something else than `candidate` is being tried."""
    if names.mode != "off" and names.candidate != candidate:
        raise WrongMove(
            f"'{names.candidate}' is being tried already",
            hint="Promote it or roll it back first.",
            candidate=names.candidate,
        )


def _check_free(names: Aliases, stable: str, candidate: str) -> None:
    check_idle(names, candidate)
    if candidate == stable:
        raise WrongMove(
            f"'{candidate}' is the stable version already", hint="Choose another version.", candidate=candidate
        )


def _check_running(names: Aliases) -> None:
    if not names.candidate:
        raise WrongMove("nothing is being tried", hint="'wentu rollout canary VERSION' begins.")


def _decision(
    names: Aliases, action: Action, by: str, reason: str, figures: Mapping[str, Any] | None = None
) -> Decision:
    return Decision(action, by, reason, names.stable, names.candidate, names.percent, names.run, figures)
