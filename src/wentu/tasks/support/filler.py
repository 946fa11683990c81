"""Words of a question that say nothing about what is asked."""

from __future__ import annotations

import re

_CHINESE = re.compile(
    r"请问一下|请问|麻烦|我想问一下|想问一下|想问|我想知道|想知道|我想|我要|告诉我|帮我|帮忙|看一下|看看|看下|查一下|查查|查下|你好|您好|亲|在吗|老板|"
    r"怎么样|怎么|如何|怎样|什么时候|什么|为什么|多少|哪里|哪个|哪款|哪些|是不是|有没有|能不能|可不可以|可以|能否|是否|"
    r"我们|你们|你家|你店|店里|店铺|咱们|我的|你的|这个|那个|这款|那款|这种|这件|这双|这台|这部|这支|这瓶|这条|这张|这样|这里|这是|就是|"
    r"图片|图里|图中|图上|截图|照片|拍的|发的|发给|上面|里面|显示|东西|商品|产品|宝贝|手机|型号|一个|一下|现在|目前|今天|下单|购买|拍下|入手|请|谢谢|"
    r"[我你您他她它这那的了吗呢吧啊呀哦嘛么是有在和与就都也还要想会能给让把被请啥咋几个很太到去来对说从用做看问卖买款件台部双支瓶盒只条张下里上中图价钱元块¥￥]"
)
_ENGLISH = re.compile(
    r"(?<![a-z])(?:a|an|the|i|you|we|they|he|she|it|its|my|your|our|me|us|is|are|was|were|be|am|do|does|did|can|could|will|would|should|"
    r"may|have|has|to|of|in|on|at|for|with|and|or|this|that|these|those|what|whats|which|who|when|where|how|much|many|please|tell|help|hi|hello|there|"
    r"any|some|from|by|about|just|get|want|like|know|see|show|shown|shows|picture|screenshot|photo|image|one|product|item|model|buy|sell|store|shop|now|right|"
    r"currently|today|still|s|re|ve|thanks|thank|hey|got|here|if|so|then|check|current|exact|sure)(?![a-z])"
)
_REST = re.compile(r"[\W_]+|\d+(?:\.\d+)?\s*(?:gb|g|tb|t|ml|l|kg|w|码|寸|英寸|匹)?(?![a-z0-9])")


def strip(text: str) -> str:
    """What is left, without spaces at the ends; "" where the question only points at something."""
    return " ".join(_REST.sub(" ", _ENGLISH.sub(" ", _CHINESE.sub(" ", text))).split())
