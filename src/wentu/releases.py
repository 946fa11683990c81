"""Model versions, guard policies and knowledge bases: three kinds, one set of moves, one history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wentu.core.config import Settings
from wentu.core.errors import UnknownKnowledge
from wentu.knowledge import ImportProgress, KnowledgeBase, SourceFile, Version
from wentu.rollout.artifacts import VersionArtifacts
from wentu.rollout.control import Control
from wentu.safety.policies import Policies
from wentu.safety.policy import Policy
from wentu.store.aliases import Aliases, AliasStore, Kind

_LISTED = 50


def policies_of(settings: Settings, aliases: AliasStore) -> Policies:
    """The published policies, with the one in force that the rollout says."""
    return Policies(settings.policies_dir, lambda: aliases.of("policy").read().stable)


def control_of(kind: Kind, settings: Settings, aliases: AliasStore, *, by: str, versions: VersionArtifacts) -> Control:
    """The moves of one kind in the name of `by`."""
    match kind:
        case "policy":
            return policy_control(settings, aliases, by=by)
        case "knowledge":
            return knowledge_control(KnowledgeBase(settings), aliases, by=by)
        case "model":
            return Control(aliases.of("model"), versions, by=by)


def policy_control(settings: Settings, aliases: AliasStore, *, by: str) -> Control:
    return Control(aliases.of("policy"), PolicyArtifacts(Policies(settings.policies_dir)), by=by)


def knowledge_control(base: KnowledgeBase, aliases: AliasStore, *, by: str) -> Control:
    return Control(aliases.of("knowledge"), KnowledgeArtifacts(base), by=by)


def publish_policy(
    settings: Settings, aliases: AliasStore, policy: Policy, *, by: str, percent: int = 100, auto: bool = False
) -> Policy:
    """The policy under its number: in force for this share of the sessions from the next question on, at 100 for all.

    Raises WrongMove while another one is being tried, BadPolicy.
    """
    control = policy_control(settings, aliases, by=by)
    control.check_idle()
    control.adopt(reason="in force before")
    published = Policies(settings.policies_dir).publish(policy)
    name, reason = str(published.version), policy.note
    if percent < 100:
        control.canary(name, percent, auto=auto, reason=reason)
    else:
        control.promote(name, reason=reason)
    return published


def import_knowledge(
    base: KnowledgeBase,
    aliases: AliasStore,
    files: Iterable[SourceFile],
    *,
    by: str,
    note: str = "",
    replace: bool = False,
    stage: bool = False,
) -> Iterator[ImportProgress]:
    """An import that stands in the history; with `stage` into a copy that waits to be tried or promoted.

    Raises WrongMove while a copy is being tried, BadKnowledge.
    """
    control = knowledge_control(base, aliases, by=by)
    control.check_idle()
    if stage:
        yield from base.stage(files, note=note, replace=replace)
        return
    before = control.names().stable
    for progress in base.import_files(files, note=note, replace=replace):
        if progress.version is not None:
            control.note(before, reason=progress.version.note)
        yield progress


def roll_back_knowledge(base: KnowledgeBase, aliases: AliasStore, number: int, *, by: str, reason: str = "") -> Version:
    """The version that equals version `number` and answers from now on. Raises WrongMove, UnknownKnowledge."""
    control = knowledge_control(base, aliases, by=by)
    control.check_idle()
    return base.version(int(control.rollback(to=str(number), reason=reason).stable))


def candidates(kind: Kind, settings: Settings) -> list[str]:
    """The policies or knowledge bases that can be tried or promoted, the newest first, `_LISTED` at most."""
    if kind == "policy":
        return [str(number) for number in Policies(settings.policies_dir).versions()[:_LISTED]]
    base = KnowledgeBase(settings)
    numbers = range(base.number, max(base.number - _LISTED, 0), -1)
    return [*filter(None, [base.staged]), *map(str, numbers)]


class PolicyArtifacts:
    """Policies by their numbers; "0" is the one that ships."""

    can_shadow = False  # 'wentu policy try' says what one would have done, without any question

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    def stable(self, names: Aliases) -> str:
        return names.stable or str(self._policies.newest())

    def prepare(self, name: str, names: Aliases, *, beside: bool) -> None:
        """Raises NotFound, BadPolicy."""
        self._policies.find(name)

    def publish(self, name: str) -> str:
        """Raises NotFound, BadPolicy: a way back to a file that is not what was published is none."""
        self._policies.find(name)
        return name


class KnowledgeArtifacts:
    """Knowledge bases by their numbers, and the copy that waits to be tried. The file itself says what answers now,
    so that a crash between it and the names leaves nothing that has to be mended."""

    can_shadow = False

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base

    def stable(self, names: Aliases) -> str:
        number = self._base.number
        return str(number) if number else ""

    def prepare(self, name: str, names: Aliases, *, beside: bool) -> None:
        """Raises UnknownKnowledge, BadKnowledge. Beside what answers, only the copy can be tried."""
        if name and name == self._base.staged:
            self._base.at(name)  # looks whether it is what was imported
            return
        if beside:
            raise UnknownKnowledge(
                f"no copy of the knowledge base called '{name}' waits",
                hint="'wentu kb import --stage' makes one; 'wentu kb list' names it.",
                version=name,
            )
        self._base.version(int(name) if name.isdecimal() else 0)

    def publish(self, name: str) -> str:
        return str(self._base.publish(name).number)
