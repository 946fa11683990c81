import re
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wentu.core.clock import Clock
from wentu.core.types import Chunk, Event, Progress, Retract, Token
from wentu.safety import Released, release
from wentu.safety.findings import Caught, Finding
from wentu.safety.folding import fold
from wentu.safety.guard import Guard
from wentu.safety.limited import GuardDown, Limited
from wentu.safety.policy import Limits, PersonalData, Policy, Word
from wentu.safety.screen import Screen

WORDS = (
    Word(text="坏词"),
    Word(text="ForbiddenWord"),
    Word(text="三字词"),
    Word(text="禁止的话", exempt=("不说禁止的话",)),
)
SCREEN = Screen(Policy(words=WORDS, allow=("坏词典",)))
# The same rules once more, in another way: what no client may ever see.
ORACLE = re.compile(r"坏词(?!典)|forbiddenword")


def fed(pieces: list[str], screen: Screen = SCREEN, *, strict: bool = False) -> tuple[str, Caught | None]:
    """What a client saw after everything was said, and why it was not all."""
    guard, seen = Guard(screen, strict=strict), ""
    try:
        for piece in pieces:
            seen += guard.feed(piece)
        return seen + guard.finish(), None
    except Caught as caught:
        return seen, caught


ALPHABET = "坏词典三字禁止的话不说 a\u200b好ＦforbiddenWORD*\ufe0f壞詞。"


@settings(max_examples=2_000, deadline=None)
@given(st.lists(st.text(alphabet=ALPHABET, max_size=6), max_size=30))
def test_no_blocked_word_ever_leaves_however_it_is_cut(pieces: list[str]) -> None:
    seen, caught = fed(pieces)
    whole = "".join(pieces)
    found = SCREEN.lexicon.scan(whole).findings
    assert (caught is not None) == bool(found)
    assert not SCREEN.lexicon.scan(seen).findings and not ORACLE.search(fold(seen).text)
    assert seen == whole if caught is None else whole.startswith(seen)
    if caught is not None:
        assert len(seen) <= max(caught.finding.start, 0) and caught.keep <= len(seen)


@settings(max_examples=1_000, deadline=None)
@given(st.text(alphabet="好的字a ", max_size=8), st.data())
def test_every_word_with_up_to_two_characters_strewn_in_is_stopped(before: str, data: st.DataObject) -> None:
    strewn = st.sampled_from(["", "*", "*-", "\u200b", " ", "\u200b*\ufe0f"])
    letters = ["三", data.draw(strewn), "字", data.draw(strewn), "词"]
    seen, caught = fed(list(before + "".join(letters) + "好"))
    assert caught is not None and "三" not in seen


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(alphabet="好人说话a1。 \n", max_size=9), max_size=40))
def test_harmless_text_comes_out_as_it_went_in(pieces: list[str]) -> None:
    assert fed(pieces) == ("".join(pieces), None)


def test_text_is_released_at_once_where_no_word_can_begin() -> None:
    guard = Guard(SCREEN)
    assert guard.feed("今天天气") == "今天天气"
    assert guard.feed("很三") == "很"
    assert guard.feed("好") == ""  # 三好字 might still become a word
    assert guard.feed("学生们") == "三好学生们"


def test_a_harmless_phrase_that_is_still_being_written_is_waited_for() -> None:
    assert fed(list("查坏词典吧")) == ("查坏词典吧", None)
    seen, caught = fed(list("查坏词吧"))
    assert (seen, caught and caught.finding.start) == ("查", 1)
    assert fed(list("我不说禁止的话。"))[1] is None
    assert fed(list("我要说禁止的话。"))[1] is not None


def test_a_word_never_leaves_without_what_excuses_it() -> None:
    """Half of "beware of X" would say X: here what excuses the first word is also the beginning of the second."""
    words = (
        Word(text="刷单返利", exempt=("刷单返利诈骗",)),
        Word(text="诈骗话术"),
        Word(text="bad"),
        Word(text="d语"),
    )
    screen = Screen(Policy(words=words))
    for text, before in (("看刷单返利诈骗话术", "看"), ("看badd语", "看")):
        seen, caught = fed(list(text), screen)
        assert caught is not None and seen == before
    assert fed(list("看刷单返利诈骗案"), screen) == ("看刷单返利诈骗案", None)


@pytest.mark.parametrize(
    "text",
    [
        "坏\u200b词",
        "坏 词",
        "ｆｏｒｂｉｄｄｅｎｗｏｒｄ",
        "FORBIDDEN word",
        "壞詞",
        "坏\ufe0f词",
        "三*字--词",
        "三\u3000字，词",
    ],
)
def test_disguised_words_are_recognised(text: str) -> None:
    assert fed(list(f"开头{text}结尾"))[1] is not None


def test_a_latin_word_is_only_a_word_of_its_own() -> None:
    screen = Screen(Policy(words=(Word(text="ass"), Word(text="shit"))))
    for text in ("class assignment", "passing", "shirt", "a shi tzu"):
        assert fed(list(text), screen) == (text, None)
    for text in ("an ass.", "you a s s", "s-h-i-t"):
        assert fed(list(text), screen)[1] is not None


def test_a_word_with_a_context_needs_it_nearby() -> None:
    screen = Screen(Policy(words=(Word(text="货", context=("冰毒", "枪")),)))
    assert fed(list("今天到货了，欢迎选购各种日用品和水果蔬菜，价格实惠"), screen)[1] is None
    assert fed(list("有货，要枪的来"), screen)[1] is not None
    assert fed(list("枪和货都有"), screen)[1] is not None
    far = "货" + "好" * 30 + "枪"
    assert fed(list(far), screen) == (far, None)


def test_words_in_pinyin_and_in_parts_are_for_review() -> None:
    screen = Screen(Policy(words=(Word(text="赌博网站"),)))
    for text in ("来du bo wang zhan玩", "赌bo网zhan", "贝者博网站"):
        caught = fed(list(text), screen)[1]
        assert caught is not None and caught.finding.severity == "review", text
    for text in ("独播网站", "the dubious bowl", "duboxwangzhan"):
        assert fed(list(text), screen)[1] is None


# A classifier that knows one word, which is no word of the policy.
def gloomy(text: str) -> Mapping[str, float]:
    return {"gloom": 0.99 if "愁" in text else 0.01}


GLOOMY = Policy(text={"gloom": Limits(review=0.5, block=0.9)})


def test_what_a_sentence_means_takes_it_back_to_its_beginning() -> None:
    seen, caught = fed(list("第一句很好。第二句很愁。第三句"), Screen(GLOOMY, gloomy))
    assert caught is not None and seen[: caught.keep] == "第一句很好。"


@settings(max_examples=500, deadline=None)
@given(st.lists(st.text(alphabet="愁好字。！ ", max_size=6), max_size=30))
def test_a_strict_guard_shows_nothing_that_the_classifier_stops(pieces: list[str]) -> None:
    seen, caught = fed(pieces, Screen(GLOOMY, gloomy), strict=True)
    assert "愁" not in seen
    assert (caught is not None) == ("愁" in "".join(pieces))


def test_a_long_sentence_is_looked_at_after_48_tokens() -> None:
    guard = Guard(Screen(GLOOMY, gloomy))
    with pytest.raises(Caught):
        for _ in range(60):
            guard.feed("愁")


def failing(text: str) -> Mapping[str, float]:
    raise RuntimeError(f"secret {text}")


def hanging(text: str) -> Mapping[str, float]:
    time.sleep(1)
    return {}


@pytest.mark.parametrize(("check", "rule"), [(failing, "guard_failed"), (hanging, "guard_timeout")])
def test_a_guard_that_fails_or_hangs_blocks(check, rule: str, caplog: pytest.LogCaptureFixture) -> None:  # type: ignore[no-untyped-def]
    seen, caught = fed(["可以说的话。", "还有"], Screen(GLOOMY, Limited(check, 0.05, "text")), strict=True)
    assert seen == "" and caught is not None
    assert (caught.finding.rule, caught.finding.severity) == (rule, "block")
    assert "可以" not in caplog.text and "secret" not in caplog.text


def test_a_lexicon_that_breaks_blocks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise MemoryError

    screen = Screen(Policy(words=WORDS))
    monkeypatch.setattr(screen.lexicon, "scan", broken)
    seen, caught = fed(["你好"], screen)
    assert seen == "" and caught is not None and caught.finding.rule == "guard_failed"


def test_a_check_that_hangs_does_not_hold_up_the_next_one() -> None:
    limited = Limited(hanging, 0.05, "text")
    started = time.monotonic()
    for _ in range(3):
        with pytest.raises(GuardDown):
            limited("x")
    assert time.monotonic() - started < 0.9


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 7), st.text(alphabet="打电话给我 好。", max_size=12))
def test_personal_data_is_masked_however_it_is_cut(size: int, around: str) -> None:
    screen = Screen(Policy(personal_data=PersonalData(answer="mask")))
    text = f"{around}13812345678，邮箱zhang.san@example.com{around}"
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    seen, caught = fed(pieces, screen)
    assert caught is None and len(seen) == len(text)
    assert "2345" not in seen and "hang.san" not in seen and "138****5678" in seen


def chunks(text: str, closed: list[bool]):  # type: ignore[no-untyped-def]
    try:
        for character in text:
            yield Chunk(character)
        yield Chunk(finish_reason="stop")
    finally:
        closed.append(True)


def released(text: str, screen: Screen, held: Finding | None = None) -> tuple[Released, list[Event], list[bool]]:
    closed: list[bool] = []
    running = release(chunks(text, closed), Guard(screen), Clock(), held=held)
    events: list[Event] = []
    while True:
        try:
            events.append(next(running))
        except StopIteration as end:
            return end.value, [event for event in events if not isinstance(event, Progress)], closed


def shown(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Token))


def test_a_stopped_answer_ends_the_engine_and_says_from_where_to_take_back() -> None:
    end, events, closed = released("可以说的话，然后是坏词，还有更多", SCREEN)
    assert closed and end.said.finish_reason == "blocked" and end.finding is not None
    assert shown(events) == end.shown == "可以说的话，然后是"
    assert events[-1] == Retract(len(end.shown), "words", "")
    assert "更多" not in end.said.text


def test_an_answer_for_review_is_written_to_its_end_and_not_shown() -> None:
    screen = Screen(Policy(words=(Word(text="疑词", severity="review"),)))
    end, events, closed = released("先说一句。疑词在这里。还有更多", screen)
    assert closed and end.said.text == "先说一句。疑词在这里。还有更多" and end.said.finish_reason == "stop"
    assert shown(events) == end.shown == "先说一句。"


def test_a_held_answer_is_never_begun() -> None:
    end, events, _ = released("随便什么", SCREEN, held=Finding("words", "x", "review"))
    assert events == [Retract(0, "words", "")] and end.shown == "" and end.said.text == "随便什么"
