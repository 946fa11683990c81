"""Recorded questions asked of two versions: masked, resumable, reported with intervals, judged blind."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from wentu.core.config import RolloutSettings, Settings
from wentu.core.errors import EngineError, NotFound
from wentu.core.types import Answer, Message, Picture, Query, Stored, TextLine, Usage
from wentu.rollout.blind import next_pair, vote_of
from wentu.rollout.judge import is_right
from wentu.rollout.masking import mask_picture, mask_text
from wentu.rollout.ranking import ranking
from wentu.rollout.record import Recorder
from wentu.rollout.replay import replay
from wentu.rollout.report import pairs_of, report
from wentu.rollout.report_page import as_lines, as_page
from wentu.store import Recording, Recordings, Store, Vote, open_store
from wentu.store.folder import FolderFiles

VERSIONS = ("old", "new")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Settings(data_dir=tmp_path))
    yield opened
    opened.close()


def told(text: str, **more: object) -> Answer:
    return Answer(text, "grounded", (), "v", "fake", "stop", Usage(), {}, **more)  # type: ignore[arg-type]


def record(store: Store, n: int) -> list[Recording]:
    for i in range(n):
        query = Query((Message("user", (f"第 {i} 题",)),))
        scenario = ("invoice", "chart", "support")[i % 3]
        store.recordings.add(
            Recording(query, f"u{i // 2}", scenario, "local", time.time() + 60, str(i), id=f"rec_{i:04}")
        )
    return list(store.recordings.list())


def ask(query: Query) -> Answer:
    """`old` is right nine times in ten; `new` always about invoices, never about charts."""
    number = int(query.question.split()[1])
    if query.model == "old":
        return told(f"答案是 {number}" if number % 10 else "不知道")
    if number % 3 == 1:
        raise EngineError("broken")
    return told(f"答案是 {number}")


def test_five_hundred_questions_survive_interruptions(store: Store) -> None:
    recordings = record(store, 500)
    calls = itertools.count()

    def counted(query: Query) -> Answer:
        next(calls)
        return ask(query)

    seen = 0
    for stop_after in (200, 450, 2_000):
        steps = replay(recordings, VERSIONS, store.recordings, counted)
        for step in steps:
            assert (step.total == 1_000 and step.old == seen) or step.done > seen
            if step.done >= stop_after:
                break
        steps.close()  # type: ignore[attr-defined]
        seen = step.done
    assert seen == 1_000 and next(calls) == 1_000  # nothing was asked twice


def test_the_tables_say_where_it_is_better_and_where_worse(store: Store) -> None:
    recordings = record(store, 240)
    assert list(replay(recordings, VERSIONS, store.recordings, ask))[-1].done == 480
    pairs = pairs_of(recordings, store.recordings.replies(VERSIONS), *VERSIONS)
    found = report(*VERSIONS, pairs, ())
    rows = {row.name: row for row in found.scenarios}
    assert rows["invoice"].difference.above_zero and rows["invoice"].gained == 8 and rows["invoice"].lost == 0
    assert rows["chart"].candidate.estimate == 0 and rows["chart"].difference.below_zero
    assert rows["chart"].p_holm >= rows["chart"].p and rows["chart"].n == 80
    assert found.verdict == "worse" and found.errors == {"old": 0, "new": 80}
    assert found.overall.sessions == 120 and found.missing == 0
    page = as_page(found)
    assert "候选版本更差" in page and "chart" in page and "<script" not in page
    lines = as_lines(found)
    assert lines[0][:3] == ["table", "name", "n"] and {len(line) for line in lines} == {len(lines[0])}


def test_versions_that_are_alike_show_no_difference(store: Store) -> None:
    recordings = record(store, 60)
    list(replay(recordings, VERSIONS, store.recordings, lambda query: told(f"{query.question.split()[1]}")))
    pairs = pairs_of(recordings, store.recordings.replies(VERSIONS), *VERSIONS)
    assert report(*VERSIONS, pairs, ()).verdict == "no difference found"


def test_pairs_are_judged_blind_and_in_a_shuffled_order(store: Store) -> None:
    recordings = record(store, 40)
    list(replay(recordings, VERSIONS, store.recordings, lambda query: told(query.model + query.question)))
    kept, sides, order = store.recordings, [], []
    replies = kept.replies(VERSIONS)
    while pair := next_pair(recordings, replies, kept.votes(), VERSIONS, "me", "key"):
        choice = "left" if pair.left.startswith("new") else "right"
        sides.append(choice)
        order.append(pair.recording.id)
        kept.vote(vote_of(pair.recording.id, choice, VERSIONS, "me", "key", replies))
    assert len(order) == 40 and order != sorted(order) and 8 < sides.count("left") < 32
    found = report(*VERSIONS, pairs_of(recordings, replies, *VERSIONS), kept.votes())
    assert (found.votes.candidate, found.votes.stable) == (40, 0) and found.vote_p < 1e-6
    assert next_pair(recordings, replies, kept.votes(), VERSIONS, "you", "key") is not None
    with pytest.raises(NotFound):
        vote_of("rec_none", "tie", VERSIONS, "me", "key", replies)


def test_all_versions_that_were_voted_on_are_ranked() -> None:
    def votes(one: str, other: str, won: int, lost: int, ties: int = 0) -> list[Vote]:
        winners = [one] * won + [other] * lost + [""] * ties
        return [Vote(f"rec_{i}", one, other, "me", winner) for i, winner in enumerate(winners)]

    found = ranking([*votes("a", "b", 20, 5), *votes("b", "c", 18, 6, ties=4), *votes("a", "c", 9, 1)])
    assert [one.version for one in found] == ["a", "b", "c"] and [one.votes for one in found] == [35, 53, 38]
    assert found[0].strength.low > found[2].strength.high and ranking([]) == ()


def test_the_known_answer_decides_and_else_what_can_be_checked() -> None:
    assert is_right(told("合计：１，２３４.50 元"), "1,234.50") and not is_right(told("合计 1,243.50"), "1,234.50")
    assert is_right(told("看不清"), "") and not is_right(told("合计 99", unsupported=("99",)), "")
    assert not is_right(told(""), "")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话 13812345678 谢谢", "电话[...] 谢谢"),
        ("call +86 138 1234 5678 now", "call [phone] now"),
        ("证件 11010519491231002X", "证件 [id]"),
        ("me@example.com", "[email]"),
        ("卡号 6222 0212 3456 7890 123", "卡号 [number]"),
        ("2026-11-24 合计 1,234.50 元，12 件", "2026-11-24 合计 1,234.50 元，12 件"),
    ],
)
def test_personal_data_is_masked_and_figures_are_not(text: str, masked: str) -> None:
    assert mask_text(text) == masked


def test_lines_with_personal_data_are_painted_over() -> None:
    picture = Picture("a" * 64, np.zeros((60, 200, 3), np.uint8))
    lines = [_line("电话 13812345678", 5), _line("合计 25.00", 35)]
    masked = mask_picture(picture, lines).pixels
    assert (masked[8:20, 10:150] == 128).all() and not masked[35:55].any() and not picture.pixels.any()


def _line(text: str, y: float) -> TextLine:
    return TextLine(text, ((5, y), (195, y), (195, y + 18), (5, y + 18)), 0.9)


@pytest.mark.parametrize(("allowed", "consent", "kept"), [(True, "yes", 1), (False, "yes", 0), (True, "", 0)])
def test_nothing_is_recorded_without_both_consents(
    store: Store, tmp_path: Path, allowed: bool, consent: str, kept: int
) -> None:
    picture = Picture("b" * 64, np.zeros((40, 200, 3), np.uint8))
    files = FolderFiles(tmp_path / "recorded")
    recorder = Recorder(
        RolloutSettings(record=allowed),
        store.recordings,
        files,
        lambda ref: picture,
        lambda picture: (_line("电话 13812345678", 5),),
    )
    query = Query(
        (Message("user", (Stored("b" * 64), "我的手机 13812345678，合计多少？")),),
        owner="key_1",
        session="ses_1",
        job="job_1",
        options={"record": consent},
    )
    recorder(query, told("25"))
    found = store.recordings.list()
    assert len(found) == kept
    for one in found:
        assert "138" not in one.query.question and one.query.session is None and "ses_1" not in one.unit
        assert isinstance(one.query.pictures[0], Stored) and one.query.pictures[0].digest in files
        assert store.recordings.list(now=one.expires_at + 1) == ()
        store.recordings.confirm("job_1", owner="key_1", text="25")
        assert store.recordings.list()[0].expected == "25"
        kept_pictures = Recordings(store.database, files)
        assert kept_pictures.delete_of("key_1") == 1 and store.recordings.list() == ()
        assert one.query.pictures[0].digest not in files
