import hashlib

import pytest

from wentu.core.errors import UnknownVersion
from wentu.core.types import Message, Query, SamplingParams, Stored, Turn, VersionSpec
from wentu.core.types import Prompt as EnginePrompt
from wentu.rollout import Rollout
from wentu.rollout.assign import in_canary, unit_of
from wentu.rollout.dress import with_prompt, with_sampling
from wentu.rollout.statistics import sample_ratio
from wentu.store.aliases import Aliases

A, B = VersionSpec("a", "fake"), VersionSpec("b", "reader")
CANARY = Aliases(stable="a", candidate="b", mode="canary", percent=10, run="run_1", salt="s")


def ask(model: str = "stable", session: str | None = None) -> Query:
    return Query((Message("user", ("?",)),), model=model, session=session)


def rollout(names: Aliases, **more: object) -> Rollout:
    return Rollout([A, B], "a", aliases=lambda: names, **more)  # type: ignore[arg-type]


def sessions(n: int) -> list[str]:
    return [f"ses_{i}" for i in range(n)]


def test_the_alias_and_the_name_lead_to_a_version() -> None:
    made = Rollout([A, B], "b")
    assert (made.pick(ask()).version, made.pick(ask("a")).version) == (B, A)
    assert (made.pick(ask()).reason, made.pick(ask("a")).reason) == ("stable", "named")


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownVersion, match="known: stable, a, b"):
        Rollout([A, B], "a").pick(ask("gpt-4o"))


def test_stable_can_only_be_a_version_that_is_here() -> None:
    made = Rollout([A], "a")
    with pytest.raises(UnknownVersion):
        made.set([A], "b")
    assert made.stable == "a"


def test_a_session_stays_where_it_is() -> None:
    made = rollout(CANARY)
    first = {one: made.pick(ask(session=one)).version.name for one in sessions(300)}
    again = {one: rollout(CANARY).pick(ask(session=one)).version.name for one in sessions(300)}
    assert first == again and set(first.values()) == {"a", "b"}


def test_the_split_is_the_one_that_was_set() -> None:
    reasons = [rollout(CANARY).pick(ask(session=one)).reason for one in sessions(5_000)]
    assert sample_ratio(reasons.count("control"), reasons.count("canary"), 0.1) > 0.001


def test_who_is_in_at_ten_percent_is_in_at_twenty_five() -> None:
    small = {one for one in sessions(3_000) if in_canary("s", one, 10)}
    large = {one for one in sessions(3_000) if in_canary("s", one, 25)}
    assert small < large and in_canary("s", "x", 100) and not in_canary("s", "x", 0)


def test_another_comparison_draws_others() -> None:
    drawn = [{one for one in sessions(3_000) if in_canary(salt, one, 10)} for salt in ("s", "t")]
    assert len(drawn[0] & drawn[1]) < 0.2 * len(drawn[0])


def test_a_conversation_without_a_session_is_known_by_its_beginning() -> None:
    picture = Stored(hashlib.sha256(b"x").hexdigest())
    first = Query((Message("user", (picture, "合计？")),), owner="k")
    later = Query((*first.messages, Message("assistant", ("25",)), Message("user", ("税？",))), owner="k")
    other = Query((Message("user", (picture, "合计？")),), owner="l")
    assert unit_of(first) == unit_of(later) != unit_of(other)


def test_a_candidate_that_is_not_loaded_gets_nobody() -> None:
    made = rollout(CANARY, ready=lambda version: version != "b")
    found = {(picked.version.name, picked.reason) for one in sessions(200) if (picked := made.pick(ask(session=one)))}
    assert found == {("a", "control"), ("a", "fallback")}


def test_while_paused_nobody_is_exposed_or_counted() -> None:
    paused = Aliases("a", "b", mode="canary", percent=100, paused=True, run="run_1", salt="s")
    picked = rollout(paused).pick(ask(session="x"))
    assert (picked.version, picked.reason, picked.run) == (A, "stable", "")


def test_candidate_and_previous_can_be_asked_by_name() -> None:
    names = Aliases("a", "b", "a", mode="shadow", run="run_1")
    assert rollout(names).pick(ask("candidate")).version == B
    assert rollout(names).pick(ask("previous")).reason == "alias"
    assert rollout(names).pick(ask()).version == A
    with pytest.raises(UnknownVersion):
        rollout(Aliases()).pick(ask("candidate"))


def test_at_the_start_the_reader_answers_until_the_promoted_version_is_loaded() -> None:
    loaded: set[str] = set()
    made = Rollout([A, B], "b", aliases=lambda: Aliases(stable="a"), ready=loaded.__contains__)
    made.set([A, B], "b", starting=True)
    assert made.pick(ask()).version == B
    loaded.add("a")
    assert made.pick(ask()).version == A and made.current == "a"


def test_a_version_that_was_taken_back_never_answers_for_one_that_is_being_loaded() -> None:
    names = Aliases(stable="a", previous="b", run="run_1")  # "b" was promoted and taken back; "a" is cold
    made = Rollout([A, B], "b", aliases=lambda: names, ready=lambda version: version == "b")
    assert made.pick(ask()).version == A


def test_a_version_brings_its_own_prompt_and_sampling_where_the_question_leaves_them_open() -> None:
    own = VersionSpec("c", "fake", prompts=(("chat", "短答。"),), sampling=(("temperature", 0.2), ("top_k", 5.0)))
    query = Query((Message("user", ("?",)),), sampling=SamplingParams(temperature=0.9))
    assert with_sampling(query, own).sampling == SamplingParams(temperature=0.9, top_k=5)
    prompt = EnginePrompt((Turn("system", ("ours",)), Turn("user", ("?",))))
    assert with_prompt(prompt, query, own).turns[0].text == "短答。"
    clients = Query((Message("system", ("theirs",)), *query.messages))
    assert with_prompt(prompt, clients, own) is prompt
