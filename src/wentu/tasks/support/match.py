"""Which family a text speaks of, and which of its variants: names by their words, marks exactly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from wentu.core.marks import colour_words, quantities, same_colour
from wentu.core.terms import fold, is_cjk, words
from wentu.tasks.support.counted import counted
from wentu.tasks.support.editions import clash, editions
from wentu.tasks.support.families import Catalogue, Family, Mark, Variant, brand_words
from wentu.tasks.support.filler import strip
from wentu.tasks.support.phrases import Span, confused_spans, spans, suffix_after
from wentu.tasks.support.seen import Block

# A name that does not stand there whole must still have this share of its characters there, in order (rapidfuzz's
# partial ratio, 0..100): one wrong character of eight is what OCR does to a name in a photo of a screen.
LIKENESS = 84
_MIN_CJK = 4


_PRAISE = re.compile(
    r"官方|旗舰店|正品|新款|新品|现货|全新|国行|热卖|爆款|特价|包邮|自营|限时|直降|咨询|订购|名称|标题|20\d\d|official|genuine|brand\s*new|title|name"
)


_LAST_WORD = re.compile(r"([a-z]{3,}|[㐀-鿿]{2,})[\W_]*$")
# What OCR is surer of than this (0..1) it has read rightly: a name that differs there is another name.
_SURE = 0.95


@dataclass(frozen=True, slots=True)
class Match:
    """A family that a block names. `span` is the place in the block's text; `weight` the length of what matched."""

    family: Family
    block: Block
    span: Span
    weight: float
    exact: bool


def matches(blocks: Iterable[Block], catalogue: Catalogue, likely: Callable[[str], Sequence[Family]]) -> list[Match]:
    """Every family that the blocks name, none of whose names is part of a longer one that stands there.

    `likely` gives the families that a search finds for a text; only those are compared by likeness.
    """
    found: list[Match] = []
    for block in blocks:
        here, others = _exact(block, catalogue)
        here = here or _alike(block, catalogue, likely, others)
        found += [match for match in here if not any(match.span.inside(other.span) for other in here)]
    return found


def _exact(block: Block, catalogue: Catalogue) -> tuple[list[Match], list[Family]]:
    """Families whose name stands there whole, and those whose name stands there as part of another product's."""
    found: list[Match] = []
    shadows: list[Span] = []  # names that are followed by a suffix: another product, which we may not sell
    others: list[Family] = []
    for read in (spans, confused_spans):
        for family in catalogue.families:
            for name in family.names:
                places = read(name, block.text)
                good = [place for place in places if _is_this(place, block, family, name, catalogue)]
                shadows += [place for place in places if place not in good]
                if places and not good:
                    others.append(family)
                if good:
                    found.append(Match(family, block, good[0], len(name), read is spans))
                    break
        if found or shadows:
            break
    return [match for match in found if not any(match.span.inside(shadow) for shadow in shadows)], others


def _is_this(place: Span, block: Block, family: Family, name: str, catalogue: Catalogue) -> bool:
    """Whether a name that stands there is this product's, and not the beginning of another one's.

    A short or common word needs its brand beside it.
    """
    suffix = suffix_after(block.text, place.end, catalogue.suffixes)
    if suffix and not any(suffix in own for variant in family.variants for own in variant.values.values()):
        return False
    around = editions(block.text[max(0, place.start - 12) : place.end + 16])
    if all(clash(around, variant.editions) for variant in family.variants):
        return False
    if _another_brand(block.text[: place.start], block.text, family.brand, asked=block.is_question):
        return False
    if (len(name) < 4 and not any(is_cjk(c) for c in name)) or (len(name) < 3):
        return _brand_near(block.text, family.brand)
    return True


def _another_brand(before: str, text: str, brand: str, *, asked: bool) -> bool:
    """Whether a word that is neither this brand nor a shop's usual praise stands directly before a name.

    In a question that is `asked`, one that ends in a filler is none: "列表里的", "charge for the".
    """
    if not brand or _brand_near(text, brand):
        return False
    last = _LAST_WORD.search(_PRAISE.sub(" ", re.sub(r"[¥$€£]\s*[\d,.]+", " ", before[-16:])))
    if last is None:
        return False
    rest = strip(last.group(1)).replace(" ", "")
    return len(rest) > 1 and (not asked or last.group(1).endswith(rest))


def _brand_near(text: str, brand: str) -> bool:
    return any(word in text for word in brand_words(brand))


def _alike(
    block: Block, catalogue: Catalogue, likely: Callable[[str], Sequence[Family]], others: Sequence[Family]
) -> list[Match]:
    """Families whose name is nearly there: all of its numbers and Latin words exactly, its Chinese nearly.

    Only what OCR is unsure of may differ; a word that stands within the name may always. `others` are no candidates.
    """
    if len(block.text) < 4:
        return []
    found: list[Match] = []
    here = set(words(block.text))
    loose = {piece for word in here if not is_cjk(word) for piece in re.findall(r"[a-z]+\+?|\d+", word)} | here
    least = LIKENESS if any(line.line.score < _SURE for line in block.lines) else 100
    for family in likely(block.text):
        if family in others:
            continue
        plain = _without_values(block.text, family)
        for name in family.names:
            latin = [piece for word in words(name) if not is_cjk(word) for piece in re.findall(r"[a-z]+\+?|\d+", word)]
            chinese = "".join(character for character in name if is_cjk(character))
            if len(chinese) < _MIN_CJK or not set(latin) <= loose:
                continue
            written = "".join(character for character in plain if is_cjk(character))
            aligned = fuzz.partial_ratio_alignment(chinese, written)
            if aligned is None or _another_brand(
                written[: aligned.dest_start], block.text, family.brand, asked=block.is_question
            ):
                continue
            score = aligned.score
            stated = editions(block.text)
            if score >= least and not all(clash(stated, variant.editions) for variant in family.variants):
                found.append(Match(family, block, Span(0, len(block.text)), len(name) * score / 100, False))
                break
    best = max((match.weight for match in found), default=0.0)
    return [match for match in found if match.weight >= 0.95 * best]


def _without_values(text: str, family: Family) -> str:
    """A text without its quantities and the values of the family's attributes, which may stand inside a name."""
    for quantity in sorted(quantities(text), key=lambda one: -one.start):
        text = text[: quantity.start] + text[quantity.end :]
    values = {
        value for variant in family.variants for own in variant.values.values() for value in own if len(value) > 1
    }
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "")
    return text


@dataclass(frozen=True, slots=True)
class Stated:
    """The marks that a text states: quantities, colours, and attribute values of the families in question."""

    quantities: frozenset[Mark]
    colours: tuple[str, ...]
    text: str
    editions: frozenset[str] = frozenset()


def stated(text: str) -> Stated:
    folded = fold(text)
    return Stated(
        frozenset(one.mark for one in quantities(folded)), tuple(colour_words(folded)), folded, editions(folded)
    )


def fits(variant: Variant, said: Stated, catalogue: Catalogue, rivals: Sequence[Variant]) -> bool:
    """Whether nothing that is said belongs to another variant: quantities exactly, colours by name."""
    for unit, number in said.quantities:
        own = variant.quantities.get(unit)
        if own is not None and number not in own and unit in catalogue.varying | {"g", "t"}:
            return False
        if own is None and any(number in (rival.quantities.get(unit) or ()) for rival in rivals):
            return False
        if own is None and unit == "t" and "g" in variant.quantities:
            return False
    if clash(said.editions, variant.editions):
        return False
    for unit, numbers in variant.counted.items():
        named = counted(unit, said.text)
        if named and not named & numbers:
            return False
    return _fits_colour(variant, said, rivals) and _fits_values(variant, said, rivals)


def _fits_colour(variant: Variant, said: Stated, rivals: Sequence[Variant]) -> bool:
    if not variant.colours:
        return True
    everyone = {colour for rival in rivals for colour in rival.colours}
    named = {colour for colour in everyone if stands(colour, said.text)}
    # "深蓝" names 深蓝 and not 蓝.
    named = {one for one in named if not any(one != other and one in other for other in named)}
    if named:
        return any(colour in named for colour in variant.colours)
    if not said.colours:
        return True
    # A colour that no twin has is another variant's, which is not sold.
    return any(same_colour(word, colour) for word in said.colours for colour in variant.colours)


def _fits_values(variant: Variant, said: Stated, rivals: Sequence[Variant]) -> bool:
    """Other attributes: a value that a twin has and that is named rules out those that have another."""
    for key, own in variant.values.items():
        if key == "colour":
            continue
        others = {value for rival in rivals for value in rival.values.get(key, ())} - set(own)
        named = [value for value in others if stands(value, said.text)]
        if named and not any(stands(value, said.text) and not any(value in other for other in named) for value in own):
            return False
    sizes = variant.quantities.get("size")
    if sizes and not any(unit == "size" for unit, _ in said.quantities):
        everyone = {number for rival in rivals for number in rival.quantities.get("size", ())}
        named = [number for number in everyone if stands(number, said.text)]
        if named and not any(number in sizes for number in named):
            return False
    return True


def stands(value: str, text: str) -> bool:
    """Whether a value stands in a text as a word of its own."""
    if not value:
        return False
    if value.isascii():
        return re.search(rf"(?<![a-z0-9.'’]){re.escape(value)}(?![a-z0-9]|\.\d)", text) is not None
    return "".join(value.split()) in "".join(text.split())  # OCR sets no spaces between Chinese and Latin
