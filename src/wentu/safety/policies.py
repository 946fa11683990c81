"""Published policies: files `0001.json`, `0002.json` ... in one folder, never changed. Which one is in force is decided
by whoever releases them; until then it is the highest one.

Each file says the sha256 of what it holds: one that somebody changed afterwards is refused by name."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from wentu.core.errors import BadPolicy, NotFound
from wentu.safety.policy import Policy, Word, parse_policy, spelled, write_policy

_NAME = re.compile(r"(\d{4,})\.json")
SHIPPED = Path(__file__).parent / "data" / "policy.json"


class Policies:
    """The policies of one data folder. Without any, the one that ships (version 0) is in force.

    `released` gives the number of the one that was put in force, "" where nobody decided.
    """

    def __init__(self, folder: Path, released: Callable[[], str] = lambda: "") -> None:
        self._folder = folder
        self._released = released

    def versions(self) -> list[int]:
        """Every version that can be looked at, the newest first; 0 is the shipped one."""
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            names = []
        found = [int(match[1]) for name in names if (match := _NAME.fullmatch(name))]
        return [*sorted(found, reverse=True), 0]

    def newest(self) -> int:
        return self.versions()[0]

    def load(self, version: int) -> Policy:
        """Raises NotFound, and BadPolicy that names a file which is not what was published."""
        if version == 0:
            return shipped_policy()
        try:
            return _unsealed(self._path(version).read_bytes(), self._path(version).name)
        except FileNotFoundError as exc:
            raise NotFound(f"there is no policy {version}", version=version) from exc
        except OSError as exc:
            raise BadPolicy(f"{self._path(version).name} can't be read", field="") from exc

    def find(self, name: str) -> Policy:
        """The policy whose version is written so. Raises NotFound, BadPolicy."""
        if not name.isdecimal():
            raise NotFound(f"there is no policy '{name}'", version=name)
        return self.load(int(name))

    @property
    def number(self) -> int:
        """The version in force."""
        released = self._released()
        return int(released) if released.isdecimal() else self.newest()

    def in_force(self) -> Policy:
        return self.load(self.number)

    def publish(self, policy: Policy) -> Policy:
        """The policy under the next version, to be released, or else in force from the next question on. Raises
        BadPolicy when somebody else published meanwhile."""
        numbered = policy.model_copy(update={"version": self.newest() + 1})
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(_sealed(numbered))
            os.link(name, self._path(numbered.version))  # unlike a rename, never over another one's file
        except FileExistsError as exc:
            raise BadPolicy("another policy was published at this moment", field="version") from exc
        finally:
            Path(name).unlink(missing_ok=True)
        return numbered

    def _path(self, version: int) -> Path:
        return self._folder / f"{version:04}.json"


def _sealed(policy: Policy) -> str:
    told = write_policy(policy)
    return spelled({"sha256": hashlib.sha256(told.encode()).hexdigest(), **json.loads(told)})


def _unsealed(data: bytes, name: str) -> Policy:
    """The policy that `_sealed` wrote. Raises BadPolicy when a single character of it is another one now."""
    changed = BadPolicy(
        f"{name} is not what was published: another sha256",
        hint="Go back to an older policy ('wentu rollout rollback --of policy'), or publish this one anew.",
        field="sha256",
    )
    try:
        tree = json.loads(data)
        sha256 = tree.pop("sha256")
    except (ValueError, KeyError, AttributeError, RecursionError) as exc:
        raise changed from exc
    told = spelled(tree)
    if hashlib.sha256(told.encode()).hexdigest() != sha256:
        raise changed
    return parse_policy(told, name)


@cache
def shipped_policy() -> Policy:
    return parse_policy(SHIPPED.read_bytes(), SHIPPED.name)


def with_words(policy: Policy, words: list[str]) -> Policy:
    """The policy with a plain list of words that block added to it."""
    if not words:
        return policy
    return policy.model_copy(update={"words": (*policy.words, *(Word(text=word) for word in words))})
