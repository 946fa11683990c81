"""Catalogues with near twins: the same name in several capacities, colours, sizes, and names that continue each other."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Good:
    """One variant. `title` is what a shop page writes for it, `bare` the title without what tells it from its twins."""

    sku: str
    brand: str
    model: str
    attributes: dict[str, str]
    price: float
    stock: int
    title: str
    bare: str
    valid_to: str = ""


@dataclass(frozen=True)
class Shop:
    name: str
    currency: str
    language: str
    sold: list[Good]
    unsold: list[Good]
    columns: dict[str, str] = field(default_factory=dict)


def phones(rng: random.Random) -> Shop:
    found: list[Good] = []
    for brand, series in (("星耀", "X20"), ("Nordic", "Aurora 7"), ("蓝鲸", "Note 12"), ("HAOYA", "V30")):
        for suffix in ("", " Pro", " Pro Max", " SE"):
            base = rng.randrange(18, 80) * 100 + 99
            colours = rng.sample(["曜石黑", "雪域白", "远山蓝", "流沙金", "暮光紫", "松针绿"], 2)
            for number, (memory, storage) in enumerate((("8GB", "128GB"), ("12GB", "256GB"), ("12GB", "512GB"))):
                for colour in colours:
                    model = f"{series}{suffix}"
                    price = base + 500 * number + (100 if colour == colours[1] else 0)
                    title = f"{brand} {model} {memory}+{storage} {colour} 5G全网通手机"
                    sku = f"{brand[:1].upper() if brand.isascii() else 'Z'}{len(found):03d}-{storage[:3]}"
                    found.append(
                        Good(
                            sku,
                            brand,
                            model,
                            {"内存": memory, "存储": storage, "颜色": colour, "屏幕": "6.7英寸"},
                            price,
                            rng.choice([0, 3, 25, 80]),
                            title,
                            f"{brand} {model} 5G全网通手机",
                        )
                    )
    return _split(
        Shop("phones", "CNY", "zh", found, []),
        rng,
        lambda good: good.model.endswith("SE") or "V30 Pro Max" in good.model,
    )


def shoes(rng: random.Random) -> Shop:
    found: list[Good] = []
    names = [("轻云", "逐风 3代 男款缓震跑鞋"), ("轻云", "逐风 4代 男款缓震跑鞋"), ("轻云", "逐风 4代 女款缓震跑鞋"),
             ("岩行", "山猫 GTX 防水登山鞋"), ("岩行", "山猫 防水登山鞋"), ("VELO", "Street Low 经典板鞋"),
             ("VELO", "Street High 经典板鞋"), ("VELO", "Street Low SE 经典板鞋")]  # fmt: skip
    for brand, name in names:
        price = rng.randrange(20, 99) * 10 + 9
        for colour in rng.sample(["黑色", "白色", "藏蓝色", "卡其色", "酒红色"], 2):
            for size in ("39", "41", "42", "43"):
                sku = f"SH{len(found):04d}"
                title = f"{brand} {name} {colour} {size}码"
                found.append(Good(sku, brand, name, {"颜色": colour, "尺码": size}, price + (20 if colour == "酒红色" else 0),
                                  rng.choice([0, 4, 9]), title, f"{brand} {name}"))  # fmt: skip
    columns = {
        "sku": "货号",
        "brand": "品牌",
        "model": "商品名称",
        "price": "售价",
        "stock": "库存",
        "currency": "币种",
    }
    return _split(
        Shop("shoes", "CNY", "zh", found, [], columns), rng, lambda g: "3代" in g.model or "Low SE" in g.model
    )


def appliances(rng: random.Random) -> Shop:
    found: list[Good] = []
    for brand in ("清和", "BAUER", "云澜"):
        for code, name, options in (
            ("KFR-35", "变频冷暖空调", [("匹数", "1匹"), ("匹数", "1.5匹"), ("匹数", "2匹")]),
            ("XQG-10", "滚筒洗衣机", [("容量", "8kg"), ("容量", "10kg"), ("容量", "12kg")]),
            ("DKX-40", "蒸烤一体机", [("容量", "32L"), ("容量", "40L"), ("容量", "50L")]),
            ("VC-8", "无线吸尘器", [("版本", "标准版"), ("版本", "旗舰版")]),
        ):
            base = rng.randrange(9, 60) * 100 + 99
            series = rng.choice(["青澜", "逸享", "极光", "小白"])
            for number, (key, value) in enumerate(options):
                model = f"{series} {code}{'ABC'[number] if key != '版本' else ''}".strip()
                sku = f"{brand[:2].upper() if brand.isascii() else 'QH'}-{len(found):03d}"
                title = f"{brand} {series}系列 {value} {name} {code}{'ABC'[number] if key != '版本' else ''}"
                found.append(Good(sku, brand, f"{series}系列 {name}", {key: value, "机型": model}, base + 400 * number,
                                  rng.choice([0, 2, 15]), title, f"{brand} {series}系列 {name}"))  # fmt: skip
    return _split(Shop("appliances", "CNY", "zh", found, []), rng, lambda g: g.brand == "云澜" or "50L" in g.title)


def cosmetics(rng: random.Random) -> Shop:
    found: list[Good] = []
    for brand, line in (("Lumière", "Hydra Calm"), ("花间集", "云柔"), ("Osmanthe", "Silk Veil")):
        kinds = [
            ("Moisturising Cream", ["30ml", "50ml"]),
            ("Serum", ["15ml", "30ml"]),
            ("Lip Tint", ["#01 Rose", "#02 Coral", "#03 Plum"]),
        ]
        if not brand.isascii() and brand != "Lumière":
            kinds = [
                ("保湿面霜", ["30ml", "50ml"]),
                ("保湿面霜 清爽型", ["50ml"]),
                ("精华液", ["15ml", "30ml"]),
                ("丝绒口红", ["#301 豆沙", "#302 正红"]),
            ]
        for kind, options in kinds:
            price = rng.randrange(12, 90) + 0.9
            for number, option in enumerate(options):
                key = "shade" if option.startswith("#") else "volume"
                sku = f"CO-{len(found):03d}"
                title = f"{brand} {line} {kind} {option}"
                found.append(Good(sku, brand, f"{line} {kind}", {key: option}, round(price + 11 * number, 2), rng.choice([0, 7, 30]),
                                  title, f"{brand} {line} {kind}"))  # fmt: skip
    return _split(
        Shop("cosmetics", "USD", "en", found, []),
        rng,
        lambda g: "清爽" in g.model or ("Osmanthe" in g.brand and "Serum" in g.model),
    )


def _split(shop: Shop, rng: random.Random, unsold: object) -> Shop:
    """Takes some products out of the catalogue: they are still drawn."""
    away = [good for good in shop.sold if unsold(good)]  # type: ignore[operator]
    return Shop(shop.name, shop.currency, shop.language, [g for g in shop.sold if g not in away], away, shop.columns)


SHOPS = {"phones": phones, "shoes": shoes, "appliances": appliances, "cosmetics": cosmetics}
TUNED_ON = ("phones", "shoes")
