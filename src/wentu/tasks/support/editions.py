"""The words that make another product of the same name: Pro, Max, 青春版, 二代, 男款. They match exactly."""

from __future__ import annotations

import re

from wentu.core.terms import fold

SUFFIXES = frozenset(
    "pro max plus ultra mini lite se air fe neo note turbo edge fold flip gt rs xl xs xr ti super promax "
    "proplus prime ace play lux fit active classic elite premium advanced signature junior kids slim titan "
    "master explorer rt xt s x t r e v z i ii iii iv pro+ plus+ youth standard deluxe essential boost travel".split()
)
_LATIN = re.compile(r"(?<![a-z])[a-z]+\+?(?![a-z])")
_EDITION = re.compile(
    r"(青春|活力|标准|至尊|旗舰|尊享|尊贵|豪华|升级|经典|滋润|清爽|增强|典藏|限量|限定|纪念|专业|极速|轻薄|电竞|儿童|学生|长续航|基础|入门|"
    r"高配|低配|顶配|加强|加厚|加长|竞速|竞技|舒适|轻享|便携|家用|商用|哺乳|敏感肌|控油|保湿|修护|水润|哑光|亮面|无糖|低糖|原味)(?:版|型|款|装)"
)
_GENERATION = re.compile(
    r"(?:第)?([一二三四五六七八九十\d]{1,2})代|(?:gen|generation|mk|mark)[\s.]*(\d{1,2})|(\d{1,2})(?:st|nd|rd|th)\s*gen"
)
_YEAR = re.compile(r"(20[12]\d)\s*(?:款|年款|版|新款|\b)")
_FOR = (
    ("men", re.compile(r"男(?:士|款|装|鞋|子|生|性|女同款)?|(?<![a-z])(?:men|mens|men's|male|man)(?![a-z])")),
    (
        "women",
        re.compile(r"女(?:士|款|装|鞋|子|生|性)?|(?<![a-z])(?:women|womens|women's|female|lady|ladies)(?![a-z])"),
    ),
    ("kids", re.compile(r"儿童|童(?:款|装|鞋)|宝宝|婴儿|(?<![a-z])(?:kids|kid|children|boys|girls|baby)(?![a-z])")),
)
_DIGITS = {character: str(number) for number, character in enumerate("一二三四五六七八九十", 1)}


def editions(text: str) -> frozenset[str]:
    """The edition words of a name: "edition:青春", "gen:2", "year:2024", "for:men"."""
    folded = fold(text)
    found = {f"edition:{one}" for one in _EDITION.findall(folded)}
    for match in _GENERATION.finditer(folded):
        number = next(group for group in match.groups() if group)
        found.add(f"gen:{_DIGITS.get(number, number)}")
    found |= {f"year:{one}" for one in _YEAR.findall(folded)}
    found |= {f"for:{name}" for name, pattern in _FOR if pattern.search(folded)}
    if {"for:men", "for:women"} <= found:
        found -= {"for:men", "for:women"}
    return frozenset(found)


def suffixes(text: str) -> list[str]:
    """Latin suffix words of a text, in order."""
    return [word for word in _LATIN.findall(fold(text)) if word in SUFFIXES]


def clash(stated: frozenset[str], own: frozenset[str]) -> bool:
    """Whether what is stated belongs to another product than the one that has its own editions."""
    kinds = {one.partition(":")[0] for one in own}
    for one in stated - own:
        kind = one.partition(":")[0]
        if kind in kinds or kind in ("edition", "gen"):
            return True
    return False
