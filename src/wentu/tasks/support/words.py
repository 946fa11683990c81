"""Every sentence of customer service, in Chinese and in English; braces take values of the knowledge base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "¥", "TWD": "NT$"}


@dataclass(frozen=True, slots=True)
class Phrases:
    price: str
    in_stock: str
    in_stock_n: str
    no_stock: str
    attribute: str
    options: str
    contradiction: str
    ambiguous: str
    joiner: str
    or_word: str
    unknown: str
    unknown_product: str
    unknown_variant: str
    no_detail: str
    handoff: Mapping[str, str]
    unreadable: Mapping[str, str]
    labels: Mapping[str, str]


CHINESE = Phrases(
    price="{label} 的价格是 {price}。",
    in_stock="目前有货。",
    in_stock_n="目前有货（库存 {n}）。",
    no_stock="目前缺货。",
    attribute="{label} 的{key}：{value}。",
    options="{label} 可选的{key}：{values}。",
    contradiction="{label} 的价格是 {price}，以知识库为准；图中显示的 {shown} 与此不符。",
    ambiguous="请问您要的是哪一款：{choices}？",
    joiner="、",
    or_word="，还是 ",
    unknown="知识库里没有找到这个问题的答案，换一种说法再问，或者回复“人工”转人工客服。",
    unknown_product="知识库里没有找到这件商品，无法回答它的价格和库存。",
    unknown_variant="知识库里有 {label}，但没有图中或问题里的这一规格。",
    no_detail="知识库里有 {label}，但没有这个问题的答案。",
    handoff={
        "asked": "好的，正在为您转接人工客服，您的问题和图片已经一并转交。",
        "restricted": "这个问题需要人工处理，正在为您转接人工客服，您的问题和图片已经一并转交。",
        "failures": "连续两次没能帮到您，正在为您转接人工客服，您的问题和图片已经一并转交。",
    },
    unreadable={
        "no_text": "图片里没有读到文字，请换一张更清晰、包含商品名称的图片。",
        "blurred": "图片太模糊，文字看不清，请重新拍一张对准焦的图片，或直接发截图。",
        "dark": "图片太暗，文字看不清，请在亮一点的地方重新拍一张。",
        "small": "图片太小，文字看不清，请发原图。",
        "little_text": "图片里能看清的文字太少，认不出是哪件商品，请发一张包含商品名称的图片。",
    },
    labels={
        "colour": "颜色", "storage": "存储容量", "memory": "内存", "size": "尺码", "volume": "净含量", "series": "系列",
        "category": "类别", "price": "价格", "weight": "重量", "material": "材质", "warranty": "保修",
    },
)  # fmt: skip
ENGLISH = Phrases(
    price="{label} costs {price}.",
    in_stock="It is in stock.",
    in_stock_n="It is in stock ({n} left).",
    no_stock="It is out of stock at the moment.",
    attribute="{label}, {key}: {value}.",
    options="{label} comes in these values of {key}: {values}.",
    contradiction="{label} costs {price} according to our catalogue; the {shown} in the picture does not agree.",
    ambiguous="Which one do you mean: {choices}?",
    joiner=", ",
    or_word=" or ",
    unknown="The knowledge base has no answer to this. Ask in other words, or ask for a person.",
    unknown_product="The knowledge base does not have this product, so nothing can be said about its price or stock.",
    unknown_variant="The knowledge base has {label}, but not in this variant.",
    no_detail="The knowledge base has {label}, but no answer to this question.",
    handoff={
        "asked": "You are being connected with a person, who gets your question and picture.",
        "restricted": "This needs a person. You are being connected, and your question and picture go with you.",
        "failures": "Two answers in a row did not help: you are being connected with a person, who gets everything.",
    },
    unreadable={
        "no_text": "No text could be read in the picture. Please send a clearer one that shows the product's name.",
        "blurred": "The picture is too blurred to read. Please take it again in focus, or send a screenshot.",
        "dark": "The picture is too dark to read. Please take it again with more light.",
        "small": "The picture is too small to read. Please send it at its full size.",
        "little_text": "Too little of the picture's text can be read. Please send one that shows the product's name.",
    },
    labels={"colour": "colour"},
)


def money(amount: float, currency: str) -> str:
    """An amount as people write it: "¥8,999" has no cents where there are none."""
    number = f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"
    number = number.replace(",", "") if currency == "CNY" else number
    sign = _SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency}"
