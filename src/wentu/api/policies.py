"""/v1/policies: what is held and what is blocked, tried on recent traffic before it is published."""

from __future__ import annotations

import json

from apiflask import APIBlueprint

from wentu import releases
from wentu.api.auth import need_role
from wentu.api.schemas.safety import EffectOut, PoliciesOut, PolicyIn, PolicyOut, PublishIn
from wentu.api.service import service
from wentu.core.codec import to_plain
from wentu.safety.dry_run import RECENT, predict
from wentu.safety.light import light_scores
from wentu.safety.policies import Policies
from wentu.safety.policy import Policy, parse_policy, write_policy
from wentu.store.traffic import recent_texts

blueprint = APIBlueprint("policies", __name__, tag="Safety")


@blueprint.get("/v1/policies")
@blueprint.output(PoliciesOut)
def list_policies() -> PoliciesOut:
    """List the published policies (administrators)"""
    need_role("admin")
    policies = _policies()
    return PoliciesOut(in_force=policies.number, versions=policies.versions())


@blueprint.get("/v1/policies/<int:version>")
@blueprint.output(PolicyOut)
def get_policy(version: int) -> PolicyOut:
    """One policy, whole (administrators)"""
    need_role("admin")
    return _shown(_policies().load(version))


@blueprint.post("/v1/policies/dry-run")
@blueprint.input(PolicyIn, arg_name="body")
@blueprint.output(EffectOut)
def try_policy(body: PolicyIn) -> EffectOut:
    """What a policy would have done to recent questions and answers (administrators)"""
    need_role("admin")
    draft = _read(body)
    texts = recent_texts(service().store.database, RECENT)
    # A classifier of the deployment's own needs a runtime, which this process never loads: `wentu policy try` asks it.
    own = service().settings.safety.text_model is not None
    effect = predict(draft, _policies().in_force(), texts, None if own else light_scores())
    return EffectOut.model_validate({**to_plain(effect), "meaning": not own})


@blueprint.post("/v1/policies")
@blueprint.input(PublishIn, arg_name="body")
@blueprint.output(PolicyOut, status_code=201)
def publish_policy(body: PublishIn) -> PolicyOut:
    """Publish a policy: in force from the next question on, for all or for a share of the sessions (administrators)"""
    who, parts = need_role("admin"), service()
    published = releases.publish_policy(
        parts.settings, parts.store.aliases, _read(body), by=who.owner, percent=body.percent, auto=body.auto
    )
    parts.store.audit.note(who.owner, "published", f"policy {published.version}", write_policy(published))
    return _shown(published)


def _read(body: PolicyIn) -> Policy:
    return parse_policy(json.dumps(body.policy), "the policy")


def _policies() -> Policies:
    parts = service()
    return releases.policies_of(parts.settings, parts.store.aliases)


def _shown(policy: Policy) -> PolicyOut:
    in_force = _policies().number
    return PolicyOut(version=policy.version, in_force=policy.version == in_force, policy=policy.model_dump(mode="json"))
