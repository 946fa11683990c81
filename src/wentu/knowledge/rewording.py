"""Whether two questions say the same in other words: what they are about, in any order, and what kind of answer they
want.

A question is cut into its characters (Chinese) and stems (Latin) without the words that every question has, and once
more with concepts (`concepts.toml`) in place of the words that named them; the mean of both counts, for a concept is
wider than any of its words. A correction that answers another question would be a false
answer, so everything that only one of the two says counts against them, and a question for a time, an amount or a
reason is never one that wants yes or no.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from wentu.core.terms import fold, is_cjk, words
from wentu.knowledge.concepts import concept_spans

# Both ways round: of what either question says, the other has to say this share (0..1).
LIKENESS = 0.68
_CONCEPT_WEIGHT = 2.0
_LIGHT_WEIGHT = 0.5

_WANTS = {
    "time": re.compile(
        r"多久|多长时间|几天|几点|什么时候|啥时候|何时|(?<![a-z])(?:when|how\s*(?:long|soon|fast))(?![a-z])"
    ),
    "amount": re.compile(r"多少|几[个块元斤米]|多[大高宽重]|how\s*(?:much|many|big|heavy|tall)"),
    "reason": re.compile(r"为什么|为啥|为何|怎么回事|(?<![a-z])why(?![a-z])"),
}
# "发不发货" asks for 发货, "能不能用" for 能用.
_OR_NOT = re.compile(r"([㐀-鿿]{1,2})不\1")
_EVERYDAY = re.compile(
    r"请问一下|请问|麻烦问下|麻烦|想问一下|想问|我想知道|想知道|告诉我|帮我|看一下|你好|您好|在吗|老板|客服|"
    r"可不可以|可以|能够|能否|是否|是不是|有没有|行不行|好不好|支持|提供|功能|服务|方便|怎么样|怎么|如何|怎样|多久|多长时间|几天|什么时候|啥时候|多少|什么|"
    r"为什么|为啥|我们|你们|你家|咱们|店里|上面|里面|这个|那个|这款|那款|这种|这件|这台|的话|如果|需要|应该|一下|现在|目前|期间|情况|"
    r"[个我你您他她它这那的了吗呢吧啊呀哦嘛么是有在和与就都也还要想会能行给让把被请啥不没]"
)
_SAME = {
    "礼拜六": "周末", "礼拜天": "周末", "星期六": "周末", "星期天": "周末", "周六": "周末", "周日": "周末",
    "双休日": "周末",
    "原厂": "原装", "公司": "企业", "单位": "企业", "故障": "坏", "损坏": "坏", "使用": "用", "大小": "尺寸",
    "电话": "联系", "礼品": "礼物", "小孩": "儿童", "宝宝": "儿童", "孩子": "儿童", "自行": "自己",
    "怀孕": "孕妇", "孕期": "孕妇",
}  # fmt: skip
_SAID_AS = re.compile("|".join(sorted(_SAME, key=len, reverse=True)))
_LIGHT = frozenset("用 放 进 出 开 做 弄 送 拿 us com go work mak tak includ get".split())
_EVERYDAY_ENGLISH = frozenset(
    "a an the i you we they he she it its my your our me us is are was were be been am do does did can could "
    "will would should may might must have has had to of in on at for with and or if this that these those one "
    "ones what which who where when why how much many long soon please tell help hi hello there any some from "
    "by as about so just want need ok okay possible able suitable allowed".split()
)


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a question wants, and what it is about: each term's weight, by words and with concepts in their place."""

    wants: frozenset[str]
    by_words: dict[str, float]
    by_concepts: dict[str, float]


def likeness(one: str, other: str) -> float:
    """0..1: the smaller of the shares that each has of the other's; 0 where they want other kinds of answers."""
    a, b = _meaning(one), _meaning(other)
    if a.wants != b.wants:
        return 0.0
    return (_shared(a.by_words, b.by_words) + _shared(a.by_concepts, b.by_concepts)) / 2


def _shared(a: dict[str, float], b: dict[str, float]) -> float:
    common = sum(weight for term, weight in a.items() if term in b)
    return min(common / sum(a.values()), common / sum(b.values())) if a and b else 0.0


@lru_cache(maxsize=4_096)
def _meaning(question: str) -> _Meaning:
    folded = fold(question)
    wants = frozenset(name for name, pattern in _WANTS.items() if pattern.search(folded))
    text = _SAID_AS.sub(lambda match: _SAME[match.group()], _OR_NOT.sub(r"\1", folded))
    for pattern in _WANTS.values():  # compared by themselves
        text = pattern.sub(" ", text)
    spans = concept_spans(text)
    rest = text
    for start, end, _ in reversed(spans):
        rest = f"{rest[:start]} {rest[end:]}"
    named = {concept: _CONCEPT_WEIGHT / len(some) for _, _, some in spans for concept in some}
    return _Meaning(wants, _terms(text), _terms(rest) | named)


def _terms(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for word in words(_EVERYDAY.sub(" ", text)):
        for term in word if is_cjk(word) else [_stem(word)] * (word not in _EVERYDAY_ENGLISH):
            found[term] = _LIGHT_WEIGHT if term in _LIGHT else 1.0
    return found


def _stem(word: str) -> str:
    """A Latin word without its ending, so that use, used and using are one."""
    if not word.isalpha():
        return word
    for ending in ("able", "ing", "ies", "ied", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return word.removesuffix(ending)
    return word
