"""Guard policies and knowledge bases are tried, promoted and taken back by the machinery of versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shop import CATALOGUE
from wentu.core.config import RolloutSettings, SafetySettings, Settings
from wentu.core.errors import BadKnowledge, BadPolicy, NotFound, UnknownKnowledge, WrongMove
from wentu.core.results import Support as SupportResult
from wentu.core.types import Done, Event, Failed, Message, Picture, PictureRef, Query, VersionSpec
from wentu.engines.fake import FakeEngine
from wentu.knowledge import KnowledgeBase, SourceFile
from wentu.pipeline import Parts, answer
from wentu.releases import (
    import_knowledge,
    knowledge_control,
    policies_of,
    policy_control,
    publish_policy,
    roll_back_knowledge,
)
from wentu.rollout import Rollout
from wentu.rollout.analysis import analyse
from wentu.rollout.observe import Observer
from wentu.safety import Safety
from wentu.safety.policy import Policy, Word
from wentu.store import Exposure, Store, open_store
from wentu.tasks import Chat, Support
from wentu.worker.guardians import guardians

LIMITS = RolloutSettings(step_answers=20, max_answers=200)
QUESTION = "星河 P9 Pro 多少钱"


def policy(*words: str, note: str = "") -> Policy:
    return Policy(note=note, words=tuple(Word(text=word) for word in words))


def csv(price: int) -> SourceFile:
    return SourceFile("phones.csv", CATALOGUE.replace(",5999,", f",{price},").encode())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, rollout=LIMITS)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings)
    yield opened
    opened.close()


@pytest.fixture
def base(settings: Settings) -> KnowledgeBase:
    return KnowledgeBase(settings)


@pytest.fixture
def parts(settings: Settings, store: Store, base: KnowledgeBase) -> Parts:
    """The whole way of a question over the real store, guard and knowledge base."""
    rollout = Rollout(
        [VersionSpec("v1", "fake")],
        "v1",
        others={"policy": store.aliases.of("policy").read, "knowledge": store.aliases.of("knowledge").read},
        record=Observer(store.exposures),
    )

    class Engines:
        def get(self, version: str) -> FakeEngine:
            return FakeEngine("好的。")

    safety = Safety(SafetySettings(pictures=False, timeout_s=60), policies_of(settings, store.aliases))
    tasks = {"chat": Chat(), "support": Support()}
    return Parts(blank, safety, rollout, tasks, lambda picture: (), Engines(), base.at)


def blank(ref: PictureRef) -> Picture:
    return Picture("a" * 64, np.zeros((20, 20, 3), np.uint8))


def ask(parts: Parts, session: str, question: str = "图里有几个字？", task: str = "chat") -> Event:
    query = Query((Message("user", (question,)),), session=session, job=f"job_{session}", task=task)
    return list(answer(query, parts))[-1]


def price(parts: Parts, session: str) -> str:
    done = ask(parts, session, QUESTION, "support")
    assert isinstance(done, Done) and isinstance(done.answer.result, SupportResult), done
    return done.answer.text


def take_in(base: KnowledgeBase, store: Store, price: int, *, stage: bool = False) -> None:
    list(import_knowledge(base, store.aliases, [csv(price)], by="key_1", note=f"{price}", stage=stage))


def history(store: Store) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.action, one.stable, one.candidate) for one in reversed(store.aliases.decisions())]


def test_a_published_policy_is_in_force_at_once_and_taken_back_by_one_move(
    parts: Parts, settings: Settings, store: Store
) -> None:
    publish_policy(settings, store.aliases, policy("苹果", note="no apples"), by="key_1")
    assert isinstance(ask(parts, "s", "有多少个苹果？"), Failed)
    publish_policy(settings, store.aliases, policy("梨"), by="key_1")
    assert isinstance(ask(parts, "s", "有多少个苹果？"), Done)
    control = policy_control(settings, store.aliases, by="key_1")
    names = control.rollback(reason="too mild")
    assert (names.stable, names.previous) == ("1", "2")
    assert isinstance(ask(parts, "s", "有多少个苹果？"), Failed) and isinstance(ask(parts, "s", "有多少个梨？"), Done)
    assert history(store) == [
        ("policy", "adopt", "0", ""),
        ("policy", "promote", "0", "1"),
        ("policy", "promote", "1", "2"),
        ("policy", "rollback", "1", "2"),
    ]
    latest = store.aliases.decisions(1)[0]
    assert (latest.by, latest.reason) == ("key_1", "too mild")
    assert store.aliases.read().stable == ""  # of versions nothing was decided


def test_a_policy_is_tried_on_a_share_of_the_sessions_each_of_which_keeps_its_own(
    parts: Parts, settings: Settings, store: Store
) -> None:
    publish_policy(settings, store.aliases, policy("苹果"), by="key_1", percent=30)
    sessions = [f"ses_{i}" for i in range(60)]
    first = {one: type(ask(parts, one, "有多少个苹果？")) for one in sessions}
    assert set(first.values()) == {Done, Failed}
    assert first == {one: type(ask(parts, one, "有多少个苹果？")) for one in sessions}
    names = store.aliases.of("policy").read()
    kept = store.exposures.of_run(names.run, ("control", "canary"))
    refused = [one for one in kept if one.finish == "blocked"]
    assert len(kept) == 120 and {one.version for one in kept} == {"0", "1"}
    assert {one.version for one in refused} == {"1"} and all(one.counted and not one.good for one in refused)
    assert len({one.unit for one in kept}) == 60


def test_a_policy_that_blocks_too_much_is_taken_back_by_itself(parts: Parts, settings: Settings, store: Store) -> None:
    publish_policy(settings, store.aliases, policy("几个字"), by="key_1", percent=50)
    all_kinds = guardians(settings, store.aliases, store.exposures, lambda version, run: "")
    asked = 0
    while store.aliases.of("policy").read().mode == "canary":
        ask(parts, f"ses_{asked}")
        for guardian in all_kinds:
            guardian.look()
        asked += 1
        assert asked < 60
    latest = store.aliases.decisions(1)[0]
    assert (latest.kind, latest.action, latest.by) == ("policy", "rollback", "automatic")
    assert "blocked_rate" in latest.reason
    assert isinstance(ask(parts, "ses_0"), Done)


def test_while_one_is_tried_no_other_is_published(settings: Settings, store: Store) -> None:
    publish_policy(settings, store.aliases, policy("苹果"), by="key_1", percent=10)
    with pytest.raises(WrongMove, match="'1' is being tried"):
        publish_policy(settings, store.aliases, policy("梨"), by="key_1")
    assert policies_of(settings, store.aliases).versions() == [1, 0]


def test_a_policy_that_is_not_there_or_wrong_can_t_be_moved_to(settings: Settings, store: Store) -> None:
    control = policy_control(settings, store.aliases, by="key_1")
    for name in ("7", "latest"):
        with pytest.raises(NotFound):
            control.canary(name, 10)
    publish_policy(settings, store.aliases, policy("苹果"), by="key_1")
    (settings.policies_dir / "0002.json").write_text("{}}")
    with pytest.raises(BadPolicy):
        control.promote("2")
    with pytest.raises(WrongMove, match="only a model version"):
        control.shadow("1")
    assert policies_of(settings, store.aliases).number == 1  # the file that somebody put there is not in force


def test_a_published_policy_that_somebody_changed_is_refused_by_name(settings: Settings, store: Store) -> None:
    for word in ("苹果", "梨"):
        publish_policy(settings, store.aliases, policy(word), by="key_1")
    policies = policies_of(settings, store.aliases)
    assert policies.load(1) == policy("苹果").model_copy(update={"version": 1})
    file = settings.policies_dir / "0001.json"
    file.write_text(file.read_text("utf-8").replace("苹果", "桃子"), "utf-8")
    with pytest.raises(BadPolicy, match=r"0001\.json is not what was published"):
        policies.load(1)
    with pytest.raises(BadPolicy, match=r"0001\.json"):
        policy_control(settings, store.aliases, by="key_1").rollback()
    assert policies.number == 2


def test_a_copy_of_the_knowledge_base_that_somebody_changed_is_refused_by_name(
    settings: Settings, base: KnowledgeBase, store: Store
) -> None:
    take_in(base, store, 5999)
    for _ in import_knowledge(base, store.aliases, [csv(4999)], by="key_1", stage=True):
        pass
    name = base.staged
    with closing(sqlite3.connect(settings.knowledge_file.with_suffix(".staged.db"))) as connection, connection:
        connection.execute("UPDATE items SET data = replace(data, '4999', '49') WHERE removed IS NULL")
    assert base.staged == name
    control = knowledge_control(base, store.aliases, by="key_1")
    for move in (lambda: control.canary(name, 10), lambda: control.promote(name), lambda: base.publish(name)):
        with pytest.raises(BadKnowledge, match=f"the copy {name} .* somebody changed it"):
            move()
    assert store.aliases.of("knowledge").read().mode == "off" and base.number == 1


def test_an_import_stands_in_the_history_and_is_taken_back(parts: Parts, base: KnowledgeBase, store: Store) -> None:
    for amount in (5999, 4999):
        take_in(base, store, amount)
    assert "4999" in price(parts, "s")
    names = knowledge_control(base, store.aliases, by="key_1").rollback(reason="wrong list")
    assert "5999" in price(parts, "s")
    assert (names.stable, names.previous) == ("3", "2")  # version 3 equals version 1
    assert roll_back_knowledge(base, store.aliases, 2, by="key_1").number == 4
    assert "4999" in price(parts, "s")
    assert history(store) == [
        ("knowledge", "promote", "", "1"),
        ("knowledge", "promote", "1", "2"),
        ("knowledge", "rollback", "3", "2"),
        ("knowledge", "rollback", "4", "3"),
    ]
    with pytest.raises(UnknownKnowledge):
        roll_back_knowledge(base, store.aliases, 9, by="key_1")


def test_a_copy_answers_a_share_of_the_sessions_and_then_everybody(
    parts: Parts, base: KnowledgeBase, store: Store
) -> None:
    take_in(base, store, 5999)
    take_in(base, store, 4999, stage=True)
    assert base.number == 1 and "5999" in price(parts, "s")
    control = knowledge_control(base, store.aliases, by="key_1")
    control.canary(base.staged, 50)
    found = {f"ses_{i}": price(parts, f"ses_{i}") for i in range(12)}
    assert {"4999" in text for text in found.values()} == {True, False}
    assert found == {session: price(parts, session) for session in found}
    assert isinstance(ask(parts, "ses_0"), Done)  # a chat asks no knowledge base and is not counted
    kept = store.exposures.of_run(store.aliases.of("knowledge").read().run, ("control", "canary"))
    assert len(kept) == 24 and {one.version for one in kept} == {"1", base.staged}
    with pytest.raises(WrongMove, match="being tried"):
        take_in(base, store, 3999)
    names = control.promote(reason="the new list")
    assert (names.stable, names.previous, names.mode) == ("2", "1", "off") and base.staged == ""
    assert all("4999" in price(parts, session) for session in found)
    assert base.versions()[0].changed == 1 and base.versions()[0].note == "4999"
    control.rollback()
    assert "5999" in price(parts, "s")


def test_a_copy_that_is_given_up_leaves_what_answers_alone(parts: Parts, base: KnowledgeBase, store: Store) -> None:
    take_in(base, store, 5999)
    take_in(base, store, 4999, stage=True)
    first = base.staged
    control = knowledge_control(base, store.aliases, by="key_1")
    control.canary(first, 50)
    control.rollback()
    take_in(base, store, 3999, stage=True)
    assert base.staged.split(".")[0] == first.split(".")[0] == "2" and base.staged != first
    assert "5999" in price(parts, "s")
    with pytest.raises(UnknownKnowledge):
        control.canary(first, 50)
    take_in(base, store, 2999)  # the copy no longer follows what answers
    assert base.staged == "" and "2999" in price(parts, "s")


def test_a_copy_that_was_cut_off_has_no_name(base: KnowledgeBase, store: Store) -> None:
    take_in(base, store, 5999)
    steps = base.stage([csv(4999)])
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert base.staged == "" and base.at("2.00000001") is base


def test_after_a_crash_between_file_and_names_what_answers_is_what_is_told(base: KnowledgeBase, store: Store) -> None:
    take_in(base, store, 5999)
    list(base.import_files([csv(4999)]))  # the program ended before it wrote the names
    control = knowledge_control(base, store.aliases, by="key_1")
    assert control.names().stable == "2"
    take_in(base, store, 3999)
    assert store.aliases.decisions(1)[0].stable == "2" and control.names().previous == "2"


def test_copies_and_replays_are_no_part_of_a_comparison(parts: Parts, settings: Settings, store: Store) -> None:
    publish_policy(settings, store.aliases, policy("苹果"), by="key_1", percent=100 - 1)
    query = Query((Message("user", ("有多少个苹果？",)),), session="ses_1")
    for unseen in (replace(query, model="v1"), replace(query, options={"shadow": "yes"})):
        assert isinstance(list(answer(unseen, parts))[-1], Done)
    assert store.exposures.of_run(store.aliases.of("policy").read().run, ("control", "canary")) == ()


def test_thumbs_and_asking_again_count_for_every_canary_of_the_question(
    parts: Parts, settings: Settings, store: Store
) -> None:
    publish_policy(settings, store.aliases, policy("苹果"), by="key_1", percent=50)
    run = store.aliases.of("policy").read().run

    def kept() -> Sequence[Exposure]:
        return store.exposures.of_run(run, ("control", "canary"))

    ask(parts, "s")
    assert store.exposures.rate("job_s", owner="local", thumb=-1) and kept()[0].thumb == -1
    ask(parts, "s")
    assert kept()[0].asked_again and not kept()[1].asked_again
    found = analyse(kept(), ("0", "1"), 50, LIMITS)
    assert found.control.answers + found.candidate.answers == 2
