"""How long a large knowledge base takes to import, to search and to answer from, and what memory that needs.

    python -m bench.retrieval [--products 10000] [--entries 2000]

A catalogue as CSV and questions as Markdown, drawn from a seed, into a knowledge base of its own; then searches by
questions and by titles as customers would write them, and whole answers to text lines as OCR would give them (OCR is
timed by bench.readings). Seconds of this process' CPU stand beside those of the clock. Writes
bench/results/retrieval.json. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import csv
import io
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise, product
from pathlib import Path
from random import Random
from statistics import median

import numpy as np
from bench.record import record, spread

from wentu.core.config import Settings
from wentu.core.types import Message, Page, Picture, Query, TextLine
from wentu.knowledge import KnowledgeBase, SourceFile
from wentu.tasks import Support, Tools

WARM = 20
_BRANDS = ("禾柚", "朔野", "澄屿", "墨川", "北汀", "云杪", "鹿屿", "竹涧", "Morrowe", "KUVA", "Tessel", "Kestrel")
_SERIES = ("逐光", "山岚", "半夏", "Nova", "Flux", "Vista", "听雨", "Core")
_KINDS = (
    "平板电脑", "智能手表", "降噪耳机", "跑步鞋", "冲锋衣", "四件套", "咖啡豆", "保温杯",
    "电饭煲", "空气炸锅", "扫地机器人", "行李箱",
)  # fmt: skip
_COLOURS = ("曜石黑", "雪域白", "远山蓝", "松针绿", "燕麦色")
_SIZES = ("64GB", "128GB", "256GB", "512GB")
_ABOUT = (
    "怎么退货", "多久发货", "保修几年", "怎么清洗", "能开发票吗", "可以换货吗", "怎么安装", "怎么充电",
    "有哪些配件", "耗电多少", "支持以旧换新吗", "如何重置", "可以带上飞机吗", "噪音大吗", "适合送礼吗", "怎么联网",
    "尺寸怎么选",
)  # fmt: skip
_ASKED = ("请问{name}{about}", "{name}的话{about}呢", "我想知道{about}，是{name}")


def catalogue(count: int, rng: Random) -> tuple[SourceFile, list[dict[str, str]]]:
    """`count` products in families of twenty near twins, as CSV and as rows."""
    rows: list[dict[str, str]] = []
    names = list(product(_BRANDS, _SERIES, _KINDS, range(3, 60)))
    rng.shuffle(names)
    for brand, series, kind, number in names:
        for colour, size in product(_COLOURS, _SIZES):
            price = f"{rng.randrange(99, 9999)}.{rng.randrange(10)}0"
            stock = str(rng.randrange(200))
            values = (f"SKU{len(rows):06d}", brand, f"{series} {number} {kind}", colour, size, price, stock)
            rows.append(dict(zip(("sku", "brand", "name", "colour", "storage", "price", "stock"), values, strict=True)))
            if len(rows) == count:
                return SourceFile("catalogue.csv", _csv(rows)), rows
    raise ValueError(f"there are no {count} products to be drawn")


def entries(count: int, rows: Sequence[dict[str, str]], rng: Random) -> tuple[SourceFile, list[str]]:
    """`count` questions with answers as Markdown, and the same questions in other words."""
    names = list(dict.fromkeys(row["name"] for row in rows))
    pairs = rng.sample(list(product(names, _ABOUT)), count)
    text = "\n".join(
        f"## faq-{n:04d} {name}{about}？\n\n{name}：{about}，请看说明第 {n} 条。\n"
        for n, (name, about) in enumerate(pairs)
    )
    asked = [rng.choice(_ASKED).format(name=name, about=about) for name, about in pairs]
    return SourceFile("faq.md", text.encode()), asked


def imported(knowledge: KnowledgeBase, files: Sequence[SourceFile]) -> dict[str, float]:
    """Seconds of an import, how often it told how far it was, and the longest silence between two words of it."""
    times, cpu = [time.perf_counter()], time.process_time()
    for _ in knowledge.import_files(files):
        times.append(time.perf_counter())
    silence = max(after - before for before, after in pairwise(times))
    return {
        "seconds": round(times[-1] - times[0], 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "told": len(times) - 1,
        "longest_silence_s": round(silence, 2),
    }


def timed(calls: Sequence[Callable[[], object]]) -> dict[str, float]:
    """Spread of the calls, milliseconds; the first ones fill caches and don't count."""
    seconds, cpu = [], []
    for call in calls:
        started, used = time.perf_counter(), time.process_time()
        call()
        seconds.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
    return spread(seconds[WARM:]) | {"median_cpu_ms": round(1000 * median(cpu[WARM:]), 1)}


def screenshots(rows: Sequence[dict[str, str]], rng: Random, each: int) -> list[Page]:
    """Text lines of product pages: title, chosen variant, price and what else stands there."""
    picture = Picture("d" * 64, np.full((1600, 720, 3), 255, np.uint8))
    pages = []
    for row in rng.sample(list(rows), each):
        texts = (f"¥{row['price']}", f"{row['brand']} {row['name']}", f"已选：{row['colour']} {row['storage']}")
        pages.append(
            Page(picture, tuple(_line(*one) for one in enumerate((*texts, "包邮", "月销2000+", "加入购物车"))))
        )
    return pages


def memory_mb(name: str) -> float:
    """This process' VmRSS or VmHWM (its highest), MB, as Linux counts them."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith(name))
    return round(int(line.split()[1]) / 1024, 1)


def measure(folder: Path, n_products: int, n_entries: int, each: int) -> dict[str, object]:
    rng = Random("bench")
    table, rows = catalogue(n_products, rng)
    questions, asked = entries(n_entries, rows, rng)
    settings, before = Settings(data_dir=folder), memory_mb("VmRSS")
    knowledge = KnowledgeBase(settings)
    took = imported(knowledge, (table, questions))
    peak = memory_mb("VmHWM")
    again = imported(knowledge, (table, questions))
    some = rng.sample(rows, each + WARM)
    titles = [f"{row['brand']} {row['name']} {row['colour']} {row['storage']}" for row in some]
    task, tools = Support(), Tools(lambda picture: (), knowledge)

    def answer(page: Page) -> object:
        return task.read(Query((Message("user", ("这个多少钱？",)),), task="support"), (page,), tools)

    pages = screenshots(rows, rng, each + WARM)
    return {
        "products": n_products,
        "entries": n_entries,
        "import": took,
        "same_import_again": again,
        "entry_search": timed([partial(knowledge.find_entries, one) for one in asked[: each + WARM]]),
        "product_search": timed([partial(knowledge.find_products, one) for one in titles]),
        "answer_without_ocr": timed([partial(answer, page) for page in pages]),
        "memory_before_mb": before,
        "memory_peak_of_import_mb": peak,
        "memory_answering_mb": memory_mb("VmRSS"),
        "file_mb": round(settings.knowledge_file.stat().st_size / 1e6, 1),
    }


def _line(place: int, text: str) -> TextLine:
    high = 60.0 if place == 0 else 34.0
    x0, y0 = 30.0, 700.0 + 90 * place
    x1, y1 = x0 + 0.6 * high * len(text), y0 + high
    return TextLine(text, ((x0, y0), (x1, y0), (x1, y1), (x0, y1)), 0.98)


def _csv(rows: Sequence[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=2_000)
    parser.add_argument("--each", type=int, default=200, help="searches and answers of each kind")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), args.products, args.entries, args.each)
    for name, value in figures.items():
        print(f"{name}: {value}")
    print(record("retrieval", f"{args.products}+{args.entries}", figures))


if __name__ == "__main__":
    main()
