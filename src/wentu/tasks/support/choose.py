"""From blocks of text to the products that they can mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from wentu.core.marks import colour_words, quantities
from wentu.core.terms import fold
from wentu.tasks.support.counted import counted
from wentu.tasks.support.families import Catalogue, Family, Variant, brand_words, strip_marks
from wentu.tasks.support.match import Match, Stated, fits, matches, stands, stated
from wentu.tasks.support.phrases import compact, spans
from wentu.tasks.support.seen import Block, Line, Seen, label_left_of

# Words that stand before a chosen variant on shop pages, order pages and in chats.
_LABEL = re.compile(
    r"^(?:已选|已选择|选择|规格|颜色|容量|版本|型号|尺码|尺寸|内存|存储|款式|色号|净含量|配置|套餐|商品|产品|机型|"
    r"selected|colou?r|storage|size|capacity|model|version|variant|style|spec|item|product|option)s?\s*[:：|]?\s*"
)
_PICKED_AS = re.compile(r"^(?:已选择?|您选|selected|chosen)\s*[:：]?\s*")
_SEPARATOR = re.compile(r"\s*[;；,，/、]\s*|\s+")
_ANY_LABEL = re.compile(r"^[^:：]{1,12}[:：]\s*")
_LISTED = re.compile(r"[;；,，/]")
_NEARLY = 60  # of 100, rapidfuzz ratio: what OCR makes of a word
_PICKED = re.compile(r"已选|选中|您选|selected|chosen|your\s*choice")


@dataclass(frozen=True, slots=True)
class Choice:
    """The products that a question and its pictures can mean.

    `remaining` are the variants that nothing speaks against: one is the answer, several are ambiguous, none with a
    `family` means a variant that is not sold. `said` is what was stated about it, `match` where its name stands.
    """

    family: Family | None = None
    remaining: tuple[Variant, ...] = ()
    match: Match | None = None
    said: Stated = field(default_factory=lambda: stated(""))
    in_question: bool = False

    @property
    def product(self) -> Variant | None:
        return self.remaining[0] if len(self.remaining) == 1 else None


def choose(question: Block, seen: Seen, catalogue: Catalogue, likely: Callable[[str], Sequence[Family]]) -> Choice:
    """What is meant. A product that the question names counts before one that only the picture shows."""
    asked = matches([question], catalogue, likely) if question.text else []
    shown = matches(seen.blocks, catalogue, likely)
    best = _best(asked, catalogue) if asked else _best(shown, catalogue)
    if not best:
        return Choice()
    match = best[0]
    pool = _pool(best)
    in_picture = [one for one in shown if any(one.family is each.family for each in best)]
    strong = _strong_text(question, seen, match if not asked else (in_picture[0] if in_picture else match), pool)
    said = stated(strong)
    remaining = [variant for variant in pool if fits(variant, said, catalogue, pool)]
    if asked and len(remaining) != 1:
        # A list shows its neighbours too; a question that names one variant means that one.
        named = [variant for variant in pool if fits(variant, stated(question.text), catalogue, pool)]
        remaining = named if len(named) == 1 else remaining
    remaining = _without_bundles(remaining, said)
    if remaining and not asked and _picks_another(match.block, seen, pool):
        remaining = []
    if len(remaining) > 1 and in_picture:
        remaining = _by_sight(remaining, seen)
    place = in_picture[0] if in_picture else match
    return Choice(match.family, tuple(remaining), place, said, bool(asked))


def _best(found: Sequence[Match], catalogue: Catalogue) -> list[Match]:
    """The match that stands out, with all that stand in the same place (one name, several families)."""
    if not found:
        return []
    exact = [match for match in found if match.exact] or list(found)
    ranked = sorted(exact, key=_standing, reverse=True)
    first = ranked[0]
    same = [
        m
        for m in ranked
        if m.block is first.block and (m.span == first.span or not m.exact) and m.weight >= 0.95 * first.weight
    ]
    branded = [m for m in same if any(word in m.block.text for word in brand_words(m.family.brand))]
    return branded or same


def _standing(match: Match) -> tuple[float, float, float]:
    """How much a match looks like the subject: large text first, then long names, then what stands higher."""
    top = -match.block.lines[0].line.box.y0 if match.block.lines else 0.0
    size = min(match.block.prominence, 2.0)
    return (round(size * min(match.weight, 16.0) ** 0.5, 1), match.weight, top)


def _pool(best: Sequence[Match]) -> list[Variant]:
    """The variants in question; where the words are only some variants' own, only those."""
    pool: list[Variant] = []
    for match in best:
        here = compact(match.block.text[match.span.start : match.span.end]).text if match.exact else ""
        owners = [variant for variant in match.family.variants if here and here in _own_names(variant)]
        by_sku = [v for v in match.family.variants if _sku_stands(v, match.block.text)]
        pool += by_sku or owners or match.family.variants
    return _unique(pool)


def _unique(pool: Sequence[Variant]) -> list[Variant]:
    found: dict[int, Variant] = {id(variant): variant for variant in pool}
    return list(found.values())


def _own_names(variant: Variant) -> set[str]:
    product = variant.product
    texts = (
        product.model,
        product.name,
        product.sku,
        *re.split(r"[/,，、;；|]", product.attributes.get("aliases", "")),
    )
    return {compact(fold(form)).text for text in texts if text for form in (text, strip_marks(text, product))}


def _sku_stands(variant: Variant, text: str) -> bool:
    sku = compact(fold(variant.product.sku)).text
    return len(sku) >= 5 and bool(spans(sku, text))


def _strong_text(question: Block, seen: Seen, match: Match, pool: Sequence[Variant]) -> str:
    """What is said about the product itself: the question, its title, and lines that name the chosen variant."""
    title = match.block
    pieces = [question.text, *([title.text] if title.lines else [])]
    for line in _lines_beside(title, seen):
        pieces += _picked(line, title, seen, pool)
    return "\n".join(pieces)


def _picked(line: Line, title: Block, seen: Seen, pool: Sequence[Variant]) -> list[str]:
    """What a line says about the variant that was picked: after a label, all in one line, or right below the title."""
    text = _with_its_label(line, seen)
    label = _LABEL.match(text) or _own_label(pool).match(text)
    if label and len(text) <= 60:
        rest = text[label.end() :]
        one = _values_in(rest, pool) < 2 or len({q.unit for q in quantities(rest)}) > 1
        return [rest] if one or _PICKED.search(text) else []
    if _all_values(text, pool) or (_below(line, title, seen) and _marks_in(text, pool)):
        return [text]
    return []


def _without_bundles(remaining: list[Variant], said: Stated) -> list[Variant]:
    """Without "6L×4包" where all of "6L" is stated and no number of packs."""
    units = {unit for unit, _ in said.quantities}

    def bundle(of: Variant) -> bool:
        return any(
            one.quantities.keys() < of.quantities.keys()
            and one.quantities.keys() <= units
            and not (of.quantities.keys() - one.quantities.keys()) & units
            for one in remaining
        )

    return [variant for variant in remaining if not bundle(variant)]


def _picks_another(title: Block, seen: Seen, pool: Sequence[Variant]) -> bool:
    """Whether a line that says what was picked has a word that none of the variants has: "已选 儿童枕"."""
    known = [value for v in pool for values in v.values.values() for value in values]
    if not known:
        return False
    for line in _lines_beside(title, seen):
        text = fold(line.text)
        label = _PICKED_AS.match(_with_its_label(line, seen)) or _own_label(pool).match(text)
        said = label.string[label.end() :] if label else text
        if not label and not (_LISTED.search(text) and _below(line, title, seen) and _marks_in(text, pool)):
            continue
        if any(_unknown(piece, known, pool) for piece in _SEPARATOR.split(_without_quantities(said))):
            return True
    return False


def _lines_beside(title: Block, seen: Seen) -> list[Line]:
    return [line for block in seen.blocks if block is not title for line in block.lines]


def _with_its_label(line: Line, seen: Seen) -> str:
    """A folded line, behind the label to its left where that says "picked"."""
    left, text = label_left_of(line, seen.lines), fold(line.text)
    return f"{left} {text}" if _PICKED.search(left) else text


def _without_quantities(text: str) -> str:
    for quantity in sorted(quantities(text), key=lambda one: -one.start):
        text = f"{text[: quantity.start]} {text[quantity.end :]}"
    return text


def _unknown(piece: str, known: Sequence[str], pool: Sequence[Variant]) -> bool:
    """Whether a piece of a picked variant is a word, and none that the variants have or that OCR made of theirs."""
    piece = _ANY_LABEL.sub("", piece)
    if len(piece) < 2 or any(c.isdigit() for c in piece) or colour_words(piece):
        return False
    return not any(piece in value or value in piece or fuzz.ratio(piece, value) >= _NEARLY for value in known)


def _own_label(pool: Sequence[Variant]) -> re.Pattern[str]:
    """The shop's own columns as labels: "填充:2斤"."""
    keys = sorted({fold(key) for v in pool for key in (*v.values, *v.product.attributes)}, key=len, reverse=True)
    return re.compile(rf"^(?:{'|'.join(map(re.escape, keys)) or '(?!)'})\s*[:：]\s*")


def _below(line: Line, title: Block, seen: Seen) -> bool:
    """Whether a line stands alone in its row directly below the title."""
    if not title.lines:
        return False
    box, last = line.line.box, title.lines[-1].line.box
    if line.page != title.lines[-1].page or len(line.text) > 40:
        return False
    near = -0.5 * line.height < box.y0 - last.y1 < 1.2 * title.lines[-1].height
    return near and abs(box.x0 - last.x0) < 1.5 * line.height and not _right_of(line, seen)


def _right_of(line: Line, seen: Seen) -> bool:
    """Whether another text of the same size stands to the right in the same row, as in a row of options."""
    box = line.line.box
    return any(
        other is not line
        and other.page == line.page
        and other.line.box.x0 >= box.x1
        and min(box.y1, other.line.box.y1) - max(box.y0, other.line.box.y0) > 0.5 * line.height
        and 0.8 < other.height / max(line.height, 1.0) < 1.25
        for other in seen.lines
    )


def _marks_in(text: str, pool: Sequence[Variant]) -> bool:
    """Whether a text states marks of the kinds in which the pool differs, sold or not, and is no list of them."""
    if _values_in(text, pool) > 1:
        return False
    units = {unit for v in pool for unit in v.quantities}
    own = {unit for v in pool for unit in v.counted}
    words = {value for v in pool for values in v.values.values() for value in values if len(value) > 1}
    return (
        any(one.unit in units for one in quantities(text))
        or any(counted(unit, text) for unit in own)
        or any(stands(value, text) for value in words)
    )


def _values_in(text: str, pool: Sequence[Variant]) -> int:
    """How many values of one attribute stand in a text: two or more are a list to choose from."""
    most = 0
    marks = {one.mark for one in quantities(text)}
    for key in {key for variant in pool for key in (*variant.values, *variant.quantities)}:
        values = {value for v in pool for value in v.values.get(key, ())}
        numbers = {number for v in pool for number in v.quantities.get(key, ())}
        each = max((len(v.quantities.get(key, ())) for v in pool), default=0)  # 16 GB of memory and 512 GB of storage
        several = sum((key, one) in marks for one in numbers) - max(each - 1, 0)
        most = max(most, sum(stands(value, text) for value in values), several)
    return most


def _all_values(text: str, pool: Sequence[Variant]) -> bool:
    """Whether a line has values of at least two different attributes, one of each: "白色 256GB"."""
    found = {
        key for v in pool for key, values in v.values.items() if any(len(x) > 1 and stands(x, text) for x in values)
    }
    units = {quantity.unit for quantity in quantities(text)} & {unit for v in pool for unit in v.quantities}
    return len(found) + len(units) >= 2 and _values_in(text, pool) <= 1 and len(text) <= 40


def _by_sight(remaining: list[Variant], seen: Seen) -> list[Variant]:
    """Rules out by what stands anywhere in the picture: of each attribute, if just one of the values is to be seen."""
    text = "\n".join(fold(line.text) for line in seen.lines)
    marks = {one.mark for one in quantities(text)}
    keys = {key for variant in remaining for key in (*variant.values, *variant.quantities)}
    for key in sorted(keys):
        shown = [v for v in remaining if _shows(v, key, text, marks)]
        values = {(v.values.get(key), v.quantities.get(key)) for v in shown}
        if len(values) == 1 and len(shown) < len(remaining):
            remaining = shown
    return remaining


def _shows(variant: Variant, key: str, text: str, marks: set[tuple[str, str]]) -> bool:
    if key in variant.quantities:
        return any((key, number) in marks for number in variant.quantities[key])
    return any(len(value) > 1 and stands(value, text) for value in variant.values.get(key, ()))


def title_line(choice: Choice) -> Line | None:
    """The line in a picture where the product's name stands."""
    if choice.match is None or not choice.match.block.lines:
        return None
    return choice.match.block.line_at(choice.match.span.start)
