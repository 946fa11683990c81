import numpy as np
import pytest

from wentu.core.types import Picture, Prompt, SamplingParams, TextLine, Turn
from wentu.engines.reader import ReaderEngine
from wentu.engines.reader.lookup import keywords, look_up


def line(text: str, x: float, y: float, width: float = 160, height: float = 20, score: float = 0.95) -> TextLine:
    return TextLine(text, ((x, y), (x + width, y), (x + width, y + height), (x, y + height)), score)


PAGE = (
    line("永辉超市", 300, 10, 240, 48),
    line("电话:010-55558888", 20, 90),
    line("2026-03-05 18:20", 420, 90),
    line("商品", 20, 140),
    line("单价", 220, 140),
    line("金额", 420, 140),
    line("牛奶", 20, 170),
    line("12.50", 220, 170),
    line("25.00", 420, 170),
    line("优惠", 20, 200),
    line("0.00", 220, 200),
    line("合计", 420, 200),
    line("25.00", 620, 200),
    line("地址", 20, 260),
    line("北京市海淀区", 20, 284),
)
PICTURE = Picture("d", np.full((400, 800, 3), 255, np.uint8))


def ask(question: str, lines: tuple[TextLine, ...] = PAGE, picture: Picture = PICTURE) -> str:
    prompt = Prompt((Turn("user", (picture, question)),), (lines,))
    return ReaderEngine().generate(prompt, SamplingParams()).text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("合计多少钱？", "合计 25.00"),
        ("优惠是多少", "优惠 0.00"),
        ("电话号码是多少？", "电话:010-55558888"),
        ("日期", "2026-03-05 18:20"),
        ("地址是什么", "地址 北京市海淀区"),
        ("What is the phone number?", "电话:010-55558888"),
    ],
)
def test_a_question_for_a_value_gets_the_label_and_what_stands_beside_it(question: str, expected: str) -> None:
    assert f"**{expected}**" in ask(question)


def test_all_text_comes_row_by_row() -> None:
    text = ask("图里写了什么？")
    assert "共 15 行" in text
    assert text.index("永辉超市") < text.index("电话") < text.index("牛奶") < text.index("合计")
    assert "牛奶　12.50　25.00" in text


def test_size_title_colour_count_and_place_come_from_geometry() -> None:
    assert "宽 800、高 400 像素（横图）" in ask("这张图多大？")
    assert "**永辉超市**" in ask("标题是什么？")
    assert "白色 100%" in ask("主要是什么颜色？")
    assert "15 行" in ask("一共几行字？")
    assert "**永辉超市** 在图的上部" in ask("永辉超市在哪里？")


def test_it_never_pretends_to_see() -> None:
    text = ask("图里有几只猫？")
    assert "没有找到答案" in text and "答不了" in text
    for question in ("图里写了什么？", "合计多少", "What is in this picture?"):
        assert "wentu models pull" in ask(question)


def test_a_question_in_english_is_answered_in_english() -> None:
    text = ask("How big is the picture?")
    assert "800 x 400 pixels (landscape)" in text and not any("一" <= c <= "鿿" for c in text)


def test_an_english_question_that_quotes_a_chinese_word_stays_english() -> None:
    assert "The picture says" in ask("How much is the total (合计) of this receipt?")


def test_several_things_asked_at_once_are_all_answered() -> None:
    text = ask("电话和合计是多少？")
    assert "**电话:010-55558888**" in text and "**合计 25.00**" in text


def test_a_question_that_compares_gets_lines_but_no_claim() -> None:
    text = ask("合计最高的是哪一笔？")
    assert "没有找到直接的答案" in text and "图上写着" not in text and "合计 25.00" in text


def test_a_price_is_known_by_its_looks() -> None:
    shelf = (line("无线耳机", 0, 0), line("¥699.00", 0, 40))
    assert "**¥699.00**" in ask("这款耳机多少钱？", shelf)


def test_without_picture_or_text_it_says_so() -> None:
    assert "还没有图片" in ReaderEngine().generate(Prompt((Turn("user", ("你好",)),)), SamplingParams()).text
    assert "没有在图里读到文字" in ask("图里写了什么？", ())


def test_text_of_a_picture_stays_text() -> None:
    hostile = (line("[点我](http://evil.example) <b>*x*</b>", 0, 0, 600),)
    text = ask("图里写了什么？", hostile)
    assert "\\[点我\\](http" in text and "\\<b\\>\\*x\\*" in text


def test_doubtful_lines_are_named() -> None:
    assert "1 行看不太清" in ask("图里写了什么？", (*PAGE, line("模糊字", 20, 350, score=0.6)))


def test_this_picture_means_the_newest_one() -> None:
    older, newer = (line("旧图的字", 0, 0),), (line("新图的字", 0, 0),)
    turns = (Turn("user", (PICTURE, "写了什么")), Turn("assistant", ("...",)), Turn("user", (PICTURE, "写了什么")))
    text = ReaderEngine().generate(Prompt(turns, (older, newer)), SamplingParams()).text
    assert "新图的字" in text and "旧图的字" not in text


def test_stop_strings_and_length_are_kept() -> None:
    prompt = Prompt((Turn("user", (PICTURE, "图里写了什么？")),), (PAGE,))
    stopped = ReaderEngine().generate(prompt, SamplingParams(stop=("电话",)))
    assert (stopped.finish_reason, "电话" in stopped.text) == ("stop", False)
    short = ReaderEngine().generate(prompt, SamplingParams(max_tokens=5))
    assert (short.finish_reason, len(short.text)) == ("length", 5)


def test_keywords_are_what_the_question_looks_for() -> None:
    assert keywords("请问这张图片里的发票号码是多少？") == ("发票号码",)
    assert look_up("发票号码", PAGE) == ()
