"""A small shop for tests: a catalogue with near twins, and questions with answers."""

from __future__ import annotations

from pathlib import Path

from wentu.core.config import Settings
from wentu.core.types import TextLine
from wentu.knowledge import KnowledgeBase, SourceFile

CATALOGUE = """sku,brand,model,storage,colour,price,currency,stock,valid_from,valid_to
P9M-256-K,星河,P9 Pro Max,256GB,曜石黑,6999,CNY,12,,
P9M-512-K,星河,P9 Pro Max,512GB,曜石黑,7999,CNY,3,,
P9P-256-B,星河,P9 Pro,256GB,远山蓝,5999,CNY,0,,
P9-128-W,星河,P9,128GB,雪域白,3999,CNY,8,,
OLD-1,星河,P7,128GB,黑色,1999,CNY,5,2020-01-01,2020-12-31
SHOE-41,轻云,越野跑鞋 3 代,,黑色,499,CNY,5,,
"""
QUESTIONS = """# 常见问题
## faq-01 如何申请退货？
签收后 7 天内可以申请无理由退货。
## faq-02 多久发货？
付款后 48 小时内发货。
## faq-03 屏幕显示 E-1024 是什么意思？
E-1024 表示网络超时，请重启后再试。
## faq-04 可以开发票吗？
可以开具电子普通发票。
"""


def open_shop(folder: Path, *files: tuple[str, str]) -> KnowledgeBase:
    """A knowledge base with the shop's files, or with the ones that are given."""
    knowledge = KnowledgeBase(Settings(data_dir=folder))
    take(knowledge, *(files or (("phones.csv", CATALOGUE), ("faq.md", QUESTIONS))))
    return knowledge


def take(knowledge: KnowledgeBase, *files: tuple[str, str], replace: bool = False) -> None:
    list(knowledge.import_files([SourceFile(name, text.encode()) for name, text in files], replace=replace))


def lines(*rows: tuple[str, float, float, float]) -> tuple[TextLine, ...]:
    """Text lines from (text, x, y, height); a line is as wide as its characters."""
    found = []
    for text, x, y, height in rows:
        wide = height * 0.6 * len(text)
        found.append(TextLine(text, ((x, y), (x + wide, y), (x + wide, y + height), (x, y + height)), 0.97))
    return tuple(found)
