import pytest
from hypothesis import given
from hypothesis import strategies as st

from wentu.core.clock import Clock
from wentu.core.config import SafetySettings
from wentu.core.errors import BadSetting, Refused
from wentu.core.types import Chunk, Message, Query, Retract, TextLine, Token
from wentu.safety import Safety, release
from wentu.safety.guard import Blocked, Guard
from wentu.safety.words import WordList

WORDS = WordList(["坏词", "ForbiddenWord", "三字词"])


def guard() -> Guard:
    return Guard(WORDS.find, WORDS.longest)


def feed_all(pieces: list[str]) -> tuple[str, bool]:
    """What a client saw, and whether the answer was stopped."""
    checked, seen = guard(), ""
    try:
        for piece in pieces:
            seen += checked.feed(piece)
        return seen + checked.finish(), False
    except Blocked:
        return seen, True


@given(st.lists(st.text(alphabet="坏词三字 a\u200b好ＦforbiddenWORD", max_size=6), max_size=30))
def test_no_blocked_word_ever_leaves_however_it_is_cut(pieces: list[str]) -> None:
    from wentu.core.text import normalize

    seen, stopped = feed_all(pieces)
    whole = "".join(pieces)
    assert WORDS.find(normalize(seen).text) is None
    assert stopped == (WORDS.find(normalize(whole).text) is not None)
    assert seen == whole if not stopped else whole.startswith(seen)


@pytest.mark.parametrize("text", ["坏\u200b词", "坏 词", "ｆｏｒｂｉｄｄｅｎｗｏｒｄ", "FORBIDDEN word"])
def test_disguised_words_are_recognised(text: str) -> None:
    assert feed_all(list(f"开头{text}结尾"))[1]


def test_without_a_list_text_is_released_at_once() -> None:
    free = Safety(SafetySettings()).guard()
    assert free.feed("一个字") == "一个字"


def test_a_stopped_answer_ends_the_engine_and_says_from_where_to_take_back() -> None:
    closed = []

    def chunks():  # type: ignore[no-untyped-def]
        try:
            for character in "可以说的话，然后是坏词，还有更多":
                yield Chunk(character)
            yield Chunk(finish_reason="stop")
        finally:
            closed.append(True)

    running = release(chunks(), guard(), Clock())
    events = []
    try:
        while True:
            events.append(next(running))
    except StopIteration as end:
        said = end.value
    assert closed and said.finish_reason == "blocked"
    assert "".join(event.text for event in events if isinstance(event, Token)) == said.text
    assert events[-1] == Retract(len(said.text), "blocked_words", "")
    assert "坏" not in said.text


def test_a_blocked_word_in_question_or_picture_is_refused_without_repeating_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "words.txt"
    file.write_text("# a comment\n坏词\n", "utf-8")
    safety = Safety(SafetySettings(blocked_words=file))
    box = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    with pytest.raises(Refused) as question:
        safety.check_query(Query((Message("user", ("什么是坏词？",)),)))
    with pytest.raises(Refused) as picture:
        safety.check_lines([[TextLine("坏", box, 0.9), TextLine("词", box, 0.9)]])
    assert "坏" not in str(question.value) + str(picture.value)
    safety.check_query(Query((Message("user", ("好词",)),)))


def test_a_list_that_cannot_be_read_stops_the_start(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadSetting, match="BLOCKED_WORDS"):
        Safety(SafetySettings(blocked_words=tmp_path / "none.txt"))
