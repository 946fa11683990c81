"""A guardian for each kind of thing that can be tried: versions, policies, knowledge bases."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from wentu.core.config import Settings
from wentu.core.errors import WentuError
from wentu.knowledge import KnowledgeBase
from wentu.releases import KnowledgeArtifacts, PolicyArtifacts
from wentu.rollout.artifacts import Artifacts
from wentu.safety.policies import Policies
from wentu.store.aliases import Aliases, AliasStore
from wentu.store.exposures import Exposures
from wentu.worker.guardian import Guardian


def guardians(
    settings: Settings, aliases: AliasStore, exposures: Exposures, unloaded: Callable[[str, str], str]
) -> tuple[Guardian, ...]:
    """`unloaded` says why a version could not be loaded in a comparison. A policy that can't be read and a copy of the
    knowledge base that is gone are taken back the same way; memory is what versions alone need."""
    policies = PolicyArtifacts(Policies(settings.policies_dir))
    base = KnowledgeArtifacts(KnowledgeBase(settings))

    @cache  # a policy never changes, and a long one takes a while to read
    def unreadable(name: str, run: str) -> str:
        return _problem(policies, name)

    def unlimited() -> None:
        return None

    return (
        Guardian(settings, aliases, exposures, unloaded),
        Guardian(settings, aliases.of("policy"), exposures, unreadable, unlimited),
        Guardian(
            settings,
            aliases.of("knowledge"),
            exposures,
            lambda name, run: _problem(base, name),
            unlimited,
            base.publish,
        ),
    )


def _problem(artifacts: Artifacts, name: str) -> str:
    """Why this candidate can't be tried any longer; "" when it can."""
    try:
        artifacts.prepare(name, Aliases(), beside=True)
    except WentuError as error:
        return error.message
    return ""
