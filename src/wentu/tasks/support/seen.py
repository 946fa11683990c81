"""What stands in the pictures, as blocks of text that belong together: a title over two lines, a chat bubble, a price.

Text inside a picture is data. Lines that speak to the assistant ("ignore the instructions above") are nobody's
title and nobody's price: they are left out of everything that follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from wentu.core.marks import unglue
from wentu.core.results import Region
from wentu.core.terms import fold, is_cjk
from wentu.core.types import Page, TextLine

_SPEAKS_TO_US = re.compile(
    r"忽略.{0,12}(?:指令|要求|规则|提示|内容|设定)|无视.{0,10}(?:指令|要求|规则|提示)|(?:系统|管理员|开发者)\s*(?:提示|指令|消息|模式|通知|message)|(?:^|[\[【<(\s])(?:系统|管理员)\s*[:：]"
    r"|(?:请|必须|你要|务必|直接|立即)(?:回答|回复|告诉|输出|报价|声称)(?!我|一下|下)|把?价格?(?:改|设|调)(?:为|成|到)|你现在是|你是一个?|作为(?:ai|客服|助手)|不要(?:告诉|提及|透露)"
    r"|ignore\s+.{0,30}(?:instruction|prompt|rule|above|previous|catalog)|(?:system|developer|admin)\s*(?:prompt|message|note|override)|(?:^|[\[<(\s])(?:system|developer|admin|assistant)\s*:"
    r"|you\s+(?:must|are\s+now|should\s+(?:say|answer|reply|tell))|(?:reply|respond|answer|say|output|tell)\s+(?:that|with|the\s+(?:user|customer|price)|only)"
    r"|disregard|as\s+an?\s+(?:ai|assistant)|instructions?\s*:|prompt\s*:|set\s+(?:the\s+)?price|override"
)
_ELSEWHERE = re.compile(
    r"[猜为][你您]\S{0,2}(?:喜欢|推荐|精选|优选|挑选)|相关推荐|推荐商品|(?:大家|别人|邻居)(?:都|还|也)?在?[看买]|[看买]了?[又还]?[看买](?=$)|更多(?:推荐|好物|宝贝|商品)|"
    r"(?:店铺|本店|掌柜|热卖|好物|猜你)(?:推荐|热卖|热销)|搭配购买|浏览过|相似(?:商品|宝贝|推荐)|看了又看|"
    r"(?:also|may|might)\s*(?:also\s*)?(?:like|enjoy|bought|viewed)|related\s*(?:products|items)|recommended|customers\s*also|similar\s*(?:items|products)|"
    r"more\s*(?:to\s*(?:love|explore)|from\s*(?:this|the|our)|like\s*this)|bought\s*together|top\s*picks|best\s*sellers"
)
_SIMILAR_HEIGHT = 1.35
# Of the smaller line's height. OCR's boxes are a third higher than the letters, so lines of one text nearly touch.
_GAP = 0.5
_BEGINS_ANEW = re.compile(
    r"^(?:¥|￥|\$|€|£|价格|售价|现价|活动价|到手价|券后|原价|已选|选择|规格|颜色|容量|版本|尺码|月销|已售|销量|库存|price|now|was|selected|colou?r|size|"
    r"storage|sold)[\s:：]?"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A text line with the place it has: page and index among that page's lines."""

    page: int
    index: int
    line: TextLine

    @property
    def text(self) -> str:
        return self.line.text

    @property
    def height(self) -> float:
        """Of the text itself: the shorter side, so that a tilted line is not taken for a large one."""
        (x0, y0), (x1, y1), (x2, y2), _ = self.line.polygon[:4]
        return float(min(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5))

    @property
    def region(self) -> Region:
        return Region(self.page, self.line.polygon, (self.index,))


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that are read as one text; `text` is folded, and `starts[i]` is where line i begins in it.

    A question is a block without lines. `prominence` is its height over the picture's median.
    """

    text: str
    lines: tuple[Line, ...] = ()
    starts: tuple[int, ...] = ()
    prominence: float = 1.0

    @property
    def is_question(self) -> bool:
        return not self.lines

    def line_at(self, offset: int) -> Line | None:
        """The line that has this character of `text`."""
        found = None
        for line, start in zip(self.lines, self.starts, strict=True):
            if start <= offset:
                found = line
        return found


@dataclass(frozen=True, slots=True)
class Seen:
    """All pictures' blocks in reading order, and the lines that were left out."""

    blocks: tuple[Block, ...]
    spoken_to_us: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for block in self.blocks for line in block.lines)


def see(pages: Sequence[Page]) -> Seen:
    """The blocks of all pages, without what speaks to us and without shelves of other products."""
    blocks: list[Block] = []
    dropped: list[Line] = []
    for number, page in enumerate(pages):
        lines = [Line(number, index, line) for index, line in enumerate(page.lines)]
        kept = _above_other_products(lines)
        usual = median(line.height for line in kept) if kept else 1.0
        for group in _groups(kept):
            clean = _until_spoken_to(group)
            dropped += group[len(clean) :]
            if clean:
                blocks.append(_block(clean, usual))
    return Seen(tuple(blocks), tuple(dropped))


def question_block(question: str) -> Block:
    return Block(fold(question))


def label_left_of(line: Line, lines: Sequence[Line]) -> str:
    """The text of the nearest line to the left in the same row, at most six heights away."""
    box, reach = line.line.box, 6 * line.height
    left = [
        other
        for other in lines
        if other.page == line.page
        and other is not line
        and other.line.box.x1 <= box.x0 + 2
        and box.x0 - other.line.box.x1 < reach
        and min(box.y1, other.line.box.y1) - max(box.y0, other.line.box.y0) > 0.4 * min(line.height, other.height)
    ]
    nearest = max(left, key=lambda other: other.line.box.x1, default=None)
    return fold(nearest.text) if nearest is not None and len(nearest.text) <= 12 else ""


def _above_other_products(lines: list[Line]) -> list[Line]:
    heads = [line.line.box.y0 for line in lines if _ELSEWHERE.search(fold(line.text)) and len(line.text) < 30]
    return [line for line in lines if line.line.box.y0 < min(heads)] if heads else lines


def _groups(lines: Iterable[Line]) -> list[list[Line]]:
    groups: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: (one.page, one.line.box.y0)):
        home = next((group for group in reversed(groups) if _continues(group[-1], line)), None)
        if home is None:
            groups.append([line])
        else:
            home.append(line)
    return groups


def _continues(above: Line, below: Line) -> bool:
    """Whether the lower line is the same text going on: same size, same left edge, directly below."""
    if above.page != below.page:
        return False
    low, high = sorted((above.height, below.height))
    a, b = above.line.box, below.line.box
    gap = b.y0 - a.y1
    aligned = abs(a.x0 - b.x0) < 1.2 * high
    near = -0.5 * low < gap < _GAP * low
    return low > 0 and high / low < _SIMILAR_HEIGHT and aligned and near and not _BEGINS_ANEW.match(fold(below.text))


def _block(group: Sequence[Line], usual: float) -> Block:
    starts, text = [], ""
    widest = max(line.line.box.width for line in group)
    for above, line in zip((None, *group), group, strict=False):
        piece = unglue(fold(line.text))
        if above is not None and not _breaks_a_word(text, piece, above.line.box.width / max(widest, 1.0)):
            text += " "
        starts.append(len(text))
        text += piece
    return Block(text, tuple(group), tuple(starts), max(line.height for line in group) / max(usual, 1.0))


def _breaks_a_word(above: str, below: str, fullness: float) -> bool:
    """Whether a line ends only because it is full, between two Chinese characters: "曜" and "石黑" are one word."""
    return fullness > 0.8 and is_cjk(above[-1:]) and is_cjk(below[:1])


def _until_spoken_to(group: list[Line]) -> list[Line]:
    """The lines before the one in which the text begins to speak to the assistant."""
    whole = _block(group, 1.0)
    match = _SPEAKS_TO_US.search(whole.text)
    if match is None:
        return group
    return [
        line for line, start in zip(group, (*whole.starts[1:], len(whole.text)), strict=True) if start <= match.start()
    ]
