"""Text that speaks to the model instead of the reader: control tokens and orders to forget orders."""

from __future__ import annotations

import re

from wentu.safety.folding import fold

# Folded text has no spaces and no capitals. Two parts, an order and its object, so that neither alone is enough.
_FORGET = "(忽略|无视|忘记|忘掉|抛开|不要遵守|不再遵守|绕过)"
_BEFORE = "(以上|上面|上述|之前|此前|先前|前面|所有|一切|系统|原有)"
_ORDERS = "(指令|指示|提示|要求|规则|设定|限制|命令|内容)"
_TELL = "(输出|显示|泄露|复述|打印|告诉我|说出)"
_BECOME = "(你现在是|从现在起你是|现在起你将扮演|进入)"
_FREE = "(开发者模式|越狱|不受限制|没有限制|无限制|dan模式)"
_FORGET_EN = "(ignore|disregard|forget|override|bypass)(all|any|the|your|my|of|and){0,4}"
_BEFORE_EN = "(previous|prior|above|earlier|preceding|system|safety)[a-z]{0,12}"
_ORDERS_EN = "(instruction|prompt|rule|direction|message|guideline|command)"
_TELL_EN = "(reveal|print|show|repeat|output|leak)(me|us|the|your|all|full|entire){0,3}"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_FORGET}[^。！？]{{0,8}}{_BEFORE}[^。！？]{{0,8}}{_ORDERS}",
        rf"{_TELL}[^。！？]{{0,8}}(系统提示|系统指令|初始指令|提示词|systemprompt)",
        rf"{_BECOME}[^。！？]{{0,12}}{_FREE}",
        rf"{_FORGET_EN}{_BEFORE_EN}{_ORDERS_EN}",
        rf"{_TELL_EN}(systemprompt|systemmessage|initialinstruction|hiddeninstruction)",
        r"youarenow(in)?(developermode|dan|jailbroken|unrestricted|anunrestricted)",
        r"<\|[a-z0-9_]{2,40}\|>|<</?sys>>|\[/?inst\]",
    )
)


def find_injection(text: str) -> tuple[int, int] | None:
    """The code points of the first such passage; None where there is none."""
    folded = fold(text)
    for pattern in _PATTERNS:
        match = pattern.search(folded.text)
        if match:
            return folded.span(match.start(), match.end())
    return None
