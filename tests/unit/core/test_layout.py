from wentu.core.layout import reading_order, rows
from wentu.core.types import TextLine


def line(text: str, x: float, y: float, width: float = 100, height: float = 20) -> TextLine:
    return TextLine(text, ((x, y), (x + width, y), (x + width, y + height), (x, y + height)), 0.9)


def test_a_table_is_read_row_by_row() -> None:
    shuffled = [line("D", 200, 41), line("A", 0, 0), line("C", 2, 40), line("B", 200, 2)]
    assert [item.text for item in reading_order(shuffled)] == ["A", "B", "C", "D"]


def test_a_tilted_row_stays_one_row() -> None:
    tilted = [line(str(i), i * 120, i * 6) for i in range(5)]
    assert [[item.text for item in row] for row in rows(tilted)] == [["0", "1", "2", "3", "4"]]


def test_lines_on_top_of_each_other_are_two_rows() -> None:
    assert len(rows([line("a", 0, 0), line("b", 0, 21)])) == 2
