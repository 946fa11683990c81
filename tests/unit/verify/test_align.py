from wentu.core.types import TextLine
from wentu.verify import verify


def line(text: str, y: float = 0, x: float = 0, width: float = 200) -> TextLine:
    return TextLine(text, ((x, y), (x + width, y), (x + width, y + 20), (x, y + 20)), 0.95)


RECEIPT = [line("BENS GROCER", 0), line("Date: 12/03/18", 30), line("Total", 60), line("77.20", 60, 300), line("4", 90)]


def test_a_quoted_line_is_laid_on_its_box() -> None:
    verdict = verify("店名是 **BENS GROCER**。", [RECEIPT])
    (item,) = verdict.evidence
    assert verdict.status == "verified"
    assert "店名是 **BENS GROCER**。"[item.start : item.end] == "BENS GROCER"
    assert (item.polygon, item.alignment, item.picture) == (RECEIPT[0].polygon, "exact", 0)


def test_a_figure_inside_a_line_gets_the_part_of_the_lines_box() -> None:
    text = "The date is 12/03/18."
    (item,) = verify(text, [RECEIPT]).evidence
    assert item.text == "12/03/18"
    assert item.polygon[0][0] > RECEIPT[1].polygon[0][0]
    assert item.polygon[1][0] == RECEIPT[1].polygon[1][0]


def test_an_invented_figure_is_named_and_never_verified() -> None:
    verdict = verify("总计 77.20，找零 22.81。", [RECEIPT])
    assert verdict.unsupported == ("22.81",)
    assert verdict.status == "grounded"


def test_a_number_inside_a_longer_number_is_no_support() -> None:
    assert verify("一共 7.20 元", [RECEIPT]).unsupported == ("7.20",)
    assert verify("一共 77 元", [RECEIPT]).unsupported == ("77",)


def test_an_answer_without_anything_read_is_unverified() -> None:
    assert verify("图上是一只猫。", [RECEIPT]).status == "unverified"
    assert verify("图上是一只猫。", [[]]).status == "unverified"


def test_figures_of_the_question_and_list_marks_are_no_claims() -> None:
    verdict = verify("1. 首先\n10. 其次，2024 年", [RECEIPT], question="2024 年怎么样？")
    assert verdict.unsupported == ()


def test_full_width_and_spaces_do_not_hide_a_line() -> None:
    (item,) = verify("ＴＯＴＡＬ 是最后一行", [RECEIPT]).evidence
    assert (item.alignment, item.text) == ("normalized", "Total")


def test_two_pictures_keep_their_numbers() -> None:
    verdict = verify("第一张 BENS GROCER，第二张 OTHER SHOP", [RECEIPT, [line("OTHER SHOP")]])
    assert [item.picture for item in verdict.evidence] == [0, 1]


def test_boxes_of_the_model_are_scaled_and_clamped() -> None:
    text = '{"bbox_2d": [100, 200, 500, 1200], "label": "猫"}'
    verdict = verify(text, [[]], sizes=[(2000, 1000)], box_scale=1000)
    (item,) = verdict.evidence
    assert item.polygon == ((200, 200), (1000, 200), (1000, 1000), (200, 1000))
    assert (item.source, verdict.status) == ("model", "grounded")


def test_nonsense_in_a_box_is_left_alone() -> None:
    assert verify('"bbox_2d": [1, 2, "x"]', [[]], sizes=[(10, 10)], box_scale=1000).evidence == ()
    assert verify('"bbox_2d": [1, 2, 3, NaN]', [[]], sizes=[(10, 10)], box_scale=None).evidence == ()


def test_offsets_count_code_points_also_after_emoji() -> None:
    text = "👍🏽 合计 **77.20**"
    (item,) = verify(text, [RECEIPT]).evidence
    assert text[item.start : item.end] == "77.20"
