"""What a question asks for, word by word with weights, and how much of it an entry answers to."""

from __future__ import annotations

import re
from collections.abc import Callable

from wentu.core.terms import fold, is_cjk, words
from wentu.knowledge.concepts import concept_spans

# Words that every question has; what is left of it is what it is about.
_STOP = re.compile(
    "请问一下|请问|麻烦问下|麻烦|我想问一下|想问一下|想问|我想知道|想知道|告诉我|帮我看看|帮我看下|帮我|看一下|看看|你好|您好|亲|在吗|老板|客服|"
    "怎么办|怎么样|怎么回事|怎么弄|怎么操作|怎么|如何|怎样|什么时候|啥时候|几时|今天|现在|目前|刚刚|刚才|什么|为什么|为何|多少|多久|哪里|哪儿|哪个|哪些|是不是|有没有|能不能|可不可以|可以|"
    "能否|是否|不能|不会|我们|你们|咱们|我的|你的|这个|那个|这款|那款|这种|这件|这双|这台|这是|东西|商品|产品|一个|一下|"
    "的话|如果|已经|还是|或者|以及|需要|应该|我|你|您|他|她|它|这|那|的|了|吗|呢|吧|啊|呀|哦|嘛|么|是|有|在|和|与|就|都|也|还|要|想|会|能|给|让|把|被|"
    "请|啥|咋|几|个|很|太|到|去|来|对|说|从|用|做|不|没|后|时"
)
_STOP_ENGLISH = frozenset(
    "a an the i you we they he she it my your our their me us is are was were be been am do does did can could "
    "will would should shall may might must have has had to of in on at for with and or not if this that these "
    "those what which who when where why how much many please tell help hi hello there any some from by as "
    "about so just get got want need know like after before".split()
)
# Of a word that no entry has: what a question is about weighs more than how it says so.
CONCEPT_WEIGHT = 1.5
_UNIGRAM_WEIGHT = 0.6
_CODE = re.compile(r"(?<![a-z0-9])(?:[a-z]{1,4}[-_]?\d{2,6}[a-z]?|0x[0-9a-f]{2,8})(?![a-z0-9])")

_TROUBLE = re.compile(r"错误|故障|报错|代码|异常|提示|error|fault|code")

Features = dict[str, float]


def features(text: str, weigh: Callable[[str], float]) -> Features:
    """Terms of a text that say what it is about, each with its weight.

    `weigh` gives a term's inverse document frequency. A concept replaces the words that named it.
    """
    found: Features = {}
    folded = fold(text)
    rest: list[str] = []
    last = 0
    for start, end, named in concept_spans(text):
        for concept in named:
            found[concept] = CONCEPT_WEIGHT * weigh("") / len(named)
        if start >= last:
            rest.append(folded[last:start])
            last = end
        last = max(last, end)
    rest.append(folded[last:])
    for piece in _STOP.sub(" ", " ".join(rest)).split():
        for word in words(piece):
            for term in _terms(word):
                weight = weigh(term) * (_UNIGRAM_WEIGHT if is_cjk(term) and len(term) == 1 else 1.0)
                found[term] = max(found.get(term, 0.0), weight)
    return found


def codes(text: str) -> frozenset[str]:
    """Error and part codes of a text ("e-1024", "0x80070057"), without their hyphens."""
    return frozenset(re.sub(r"[-_]", "", code) for code in _CODE.findall(fold(text)))


def names_trouble(text: str) -> bool:
    """Whether a text is about an error, so that a code in it is that error's name."""
    return bool(_TROUBLE.search(fold(text)))


def share(of: Features, inside: Features, *, faint: Features | None = None) -> float:
    """The weighted share (0..1) of the first features that the second has; `faint` ones count six tenths."""
    total = sum(of.values())
    if not total:
        return 0.0
    faint = faint or {}
    return (
        sum(weight * (1.0 if term in inside else 0.6 if term in faint else 0.0) for term, weight in of.items()) / total
    )


def _terms(word: str) -> list[str]:
    if not is_cjk(word):
        return [] if word in _STOP_ENGLISH or (len(word) == 1 and not word.isdigit()) else [_stem(word)]
    return [word] if len(word) == 1 else [word[i : i + 2] for i in range(len(word) - 1)]


def _stem(word: str) -> str:
    """English plurals and forms taken off far enough to compare; nothing of a word with digits."""
    if not word.isalpha() or len(word) < 5:
        return word
    for ending in ("ing", "ies", "ied", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
