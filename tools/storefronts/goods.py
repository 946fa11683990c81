"""Catalogues with near twins. A line of goods has axes; every combination of their values is one product."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """Products of one name. `axes` are column -> values that are sold, `absent` column -> a value that nobody sells.

    `detail` is (column, value) of something customers ask about. A line that is not `sold` is drawn, never in the
    catalogue. `tail` is what pages write behind the name.
    """

    name: str
    axes: dict[str, tuple[str, ...]]
    price: float
    tail: str = ""
    absent: tuple[str, str] | None = None
    detail: tuple[str, str] | None = None
    sold: bool = True
    brand: str = ""


@dataclass(frozen=True)
class Good:
    """One variant of a line. `marks` are its values by column."""

    sku: str
    brand: str
    line: Line
    marks: dict[str, str]
    price: float
    stock: int


@dataclass(frozen=True)
class Shop:
    """`columns` are the catalogue's headers for sku, brand, name, price, currency, stock; `half` picks the wordings."""

    key: str
    language: str
    currency: str
    form: str
    columns: tuple[str, str, str, str, str, str]
    goods: list[Good]
    unsold: list[Good] = field(default_factory=list)
    half: int = 0

    def twins(self, good: Good) -> list[Good]:
        return [one for one in self.goods if one.line is good.line and one.brand == good.brand]


_ZH = ("商品编码", "品牌", "商品名称", "销售价", "币种", "可售库存")
_ZH2 = ("货号", "品牌名称", "产品名称", "零售价", "货币", "库存量")
_EN = ("Item No", "Maker", "Product name", "Unit price", "Currency", "Qty")
_ZH_BRANDS = [
    "禾柚",
    "朔野",
    "澄屿",
    "墨川",
    "拾光里",
    "北汀",
    "云杪",
    "鹿屿",
    "竹涧",
    "沐禾",
    "予安",
    "听澜",
    "Morrowe",
    "KUVA",
    "Tessel",
]
_EN_BRANDS = ["Kestrel", "Fjordan", "Brackwell", "Tamsin", "Oakmere", "Solvig", "Quillon", "Harrow & Pine", "Vantek"]

_DIGITAL = [
    Line("Pad 11", {"运行内存": ("8GB",), "机身存储": ("128GB", "256GB"), "颜色": ("雾银", "岩灰")}, 1899, "平板电脑 学习办公", ("机身存储", "1TB"), ("屏幕", "11英寸 120Hz")),
    Line("Pad 11 Pro", {"运行内存": ("12GB",), "机身存储": ("256GB", "512GB"), "颜色": ("雾银", "湖蓝")}, 2999, "平板电脑 2.8K屏", ("机身存储", "1TB"), ("屏幕", "11英寸 144Hz")),
    Line("Pad 11 Pro Max", {"运行内存": ("16GB",), "机身存储": ("512GB",), "颜色": ("岩灰",)}, 3999, "平板电脑", sold=False),
    Line("Buds 4", {"颜色": ("奶白", "墨黑")}, 399, "真无线蓝牙耳机 半入耳", ("颜色", "樱花粉"), ("续航", "单次6小时")),
    Line("Buds 4 Pro", {"颜色": ("奶白", "墨黑", "远山青")}, 799, "主动降噪真无线耳机", ("颜色", "柠檬黄"), ("续航", "单次9小时")),
    Line("Buds 4 SE", {"颜色": ("奶白",)}, 199, "蓝牙耳机", sold=False),
    Line("Watch S2", {"表径": ("41mm", "45mm"), "版本": ("蓝牙版", "eSIM版")}, 1299, "智能手表 血氧心率", ("表径", "49mm"), ("防水", "5ATM")),
    Line("轻薄本 14", {"内存": ("16GB", "32GB"), "硬盘": ("512GB", "1TB")}, 4599, "酷睿 Ultra 笔记本电脑", ("硬盘", "4TB"), ("重量", "1.28kg")),
    Line("轻薄本 16", {"内存": ("16GB", "32GB"), "硬盘": ("1TB",)}, 5599, "酷睿 Ultra 笔记本电脑", ("内存", "64GB"), ("重量", "1.78kg")),
]  # fmt: skip
_TEA = [
    Line("明前龙井", {"等级": ("特级", "一级"), "规格": ("125g", "250g")}, 168, "绿茶 2026新茶", ("规格", "500g"), ("产地", "浙江新昌")),
    Line("正山小种", {"等级": ("特级", "一级"), "规格": ("100g", "250g")}, 88, "红茶 桐木关", ("规格", "1kg"), ("产地", "福建武夷山")),
    Line("凤凰单丛", {"香型": ("蜜兰香", "鸭屎香"), "规格": ("150g", "300g")}, 118, "乌龙茶 礼盒装", ("香型", "杏仁香"), ("产地", "广东潮州")),
    Line("茉莉花茶", {"规格": ("100g", "200g", "500g")}, 59, "七窨一提 浓香型", ("规格", "50g"), ("保质期", "18个月")),
    Line("深烘拼配咖啡豆", {"规格": ("227g", "454g", "1kg")}, 49, "意式浓缩", ("规格", "2kg"), ("保质期", "12个月")),
    Line("冷萃挂耳咖啡", {"口味": ("原味", "榛果", "海盐焦糖"), "规格": ("10包", "30包")}, 39, "黑咖啡 0蔗糖", ("口味", "抹茶"), ("保质期", "9个月")),
    Line("太平猴魁", {"规格": ("100g", "250g")}, 138, "绿茶 布尖", sold=False),
    Line("中烘拼配咖啡豆", {"规格": ("227g", "454g")}, 52, "意式浓缩", sold=False),
]  # fmt: skip
_BEDDING = [
    Line("长绒棉四件套", {"颜色": ("燕麦色", "雾霾蓝", "豆沙粉"), "适用床": ("1.5m床", "1.8m床")}, 399, "60支 A类母婴级", ("适用床", "2.2m床"), ("面料", "新疆长绒棉")),
    Line("水洗棉四件套", {"颜色": ("浅灰", "墨绿"), "适用床": ("1.5m床", "1.8m床")}, 259, "裸睡亲肤", ("颜色", "姜黄色"), ("面料", "水洗全棉")),
    Line("桑蚕丝被", {"填充": ("1斤", "2斤", "4斤"), "尺寸": ("200×230cm", "220×240cm")}, 699, "100%桑蚕丝 春秋被", ("填充", "6斤"), ("填充物", "桑蚕长丝")),
    Line("泰国乳胶枕", {"款型": ("高枕", "低枕", "颗粒枕")}, 189, "93%天然乳胶 护颈", ("款型", "儿童枕"), ("面料", "莱赛尔")),
    Line("鹅绒被", {"填充": ("300g", "500g", "800g")}, 1299, "95白鹅绒 冬被", ("填充", "1200g"), ("填充物", "95%白鹅绒")),
    Line("天丝四件套", {"颜色": ("燕麦色",), "适用床": ("1.8m床",)}, 459, "100支", sold=False),
    Line("鹅绒枕", {"款型": ("高枕",)}, 299, "95白鹅绒", sold=False),
]  # fmt: skip
_OUTDOOR = [
    Line("Ridgeline Tent", {"Capacity": ("2-person", "3-person", "4-person")}, 189, "3-season backpacking tent", ("Capacity", "6-person"), ("Weight", "2.1 kg")),
    Line("Ridgeline Ultra Tent", {"Capacity": ("1-person", "2-person")}, 349, "ultralight trekking tent", ("Capacity", "4-person"), ("Weight", "1.2 kg")),
    Line("Trailhead Backpack", {"Volume": ("45 L", "60 L"), "Color": ("Moss", "Slate", "Rust")}, 139, "with rain cover", ("Volume", "80 L"), ("Material", "210D ripstop nylon")),
    Line("Beacon 400 Headlamp", {"Color": ("Black", "Orange")}, 39, "rechargeable, IPX7", ("Color", "Pink"), ("Battery", "1200 mAh")),
    Line("Beacon 800 Headlamp", {"Color": ("Black", "Orange")}, 64, "rechargeable, IPX7", ("Color", "Green"), ("Battery", "2400 mAh")),
    Line("Stormfall Jacket", {"Size": ("S", "M", "L", "XL"), "Color": ("Navy", "Olive")}, 219, "3-layer waterproof", ("Size", "3XL"), ("Material", "3-layer recycled polyester")),
    Line("Stormfall Jacket Lite", {"Size": ("M",), "Color": ("Navy",)}, 149, "packable", sold=False),
    Line("Beacon 1200 Headlamp", {"Color": ("Black",)}, 99, "rechargeable", sold=False),
]  # fmt: skip
_KITCHEN = [
    Line("Arden Kettle", {"Capacity": ("1.0 L", "1.7 L"), "Colour": ("Cream", "Matte Black", "Sage")}, 45, "cordless, rapid boil", ("Capacity", "2.5 L"), ("Warranty period", "3 years")),
    Line("Copperline Frying Pan", {"Diameter": ("20 cm", "24 cm", "28 cm")}, 34, "non-stick, induction", ("Diameter", "32 cm"), ("Material", "forged aluminium")),
    Line("Copperline Saucepan", {"Diameter": ("16 cm", "18 cm")}, 29, "with glass lid", ("Diameter", "22 cm"), ("Material", "forged aluminium")),
    Line("Whirl 600 Blender", {"Colour": ("White", "Graphite")}, 59, "1.5 L jug", ("Colour", "Red"), ("Noise", "78 dB")),
    Line("Whirl 900 Blender", {"Colour": ("White", "Graphite")}, 89, "1.5 L glass jug", ("Colour", "Red"), ("Noise", "74 dB")),
    Line("Barista One Espresso Machine", {"Colour": ("Steel", "Matte Black")}, 249, "15 bar", ("Colour", "Cream"), ("Tank", "1.2 litres")),
    Line("Barista One Plus Espresso Machine", {"Colour": ("Steel",)}, 399, "dual boiler", sold=False),
    Line("Whirl 300 Blender", {"Colour": ("White",)}, 35, "0.6 L", sold=False),
]  # fmt: skip
_PETS = [
    Line("全价成猫粮", {"口味": ("鸡肉", "三文鱼", "鸭肉梨"), "重量": ("2kg", "5kg", "10kg")}, 89, "无谷低敏", ("重量", "15kg"), ("保质期", "18个月")),
    Line("全价幼猫粮", {"口味": ("鸡肉", "三文鱼"), "重量": ("1.5kg", "5kg")}, 99, "奶糕 离乳期", ("口味", "牛肉"), ("保质期", "18个月")),
    Line("豆腐猫砂", {"香味": ("原味", "绿茶", "水蜜桃"), "规格": ("6L", "6L×4包")}, 25, "可冲厕所 低尘", ("香味", "薰衣草"), ("原料", "豌豆纤维")),
    Line("冻干双拼犬粮", {"适用": ("小型犬", "中大型犬"), "重量": ("2kg", "8kg")}, 119, "肉含量80%", ("适用", "老年犬"), ("原料", "鸡胸肉、牛肉")),
    Line("智能喂食器 F3", {"容量": ("3L", "5L")}, 229, "定时定量", ("容量", "8L"), ("供电", "插电+干电池")),
    Line("智能喂食器 F3 可视版", {"容量": ("5L",)}, 399, "高清摄像头", ("容量", "8L"), ("供电", "插电+锂电池")),
    Line("智能饮水机 W1", {"容量": ("2L",)}, 129, "静音循环", sold=False),
    Line("全价老年猫粮", {"口味": ("鸡肉",), "重量": ("2kg",)}, 109, "关节养护", sold=False),
]  # fmt: skip

# key -> language, currency, file of the catalogue, its headers, lines, brands, half of the wordings
_SHOPS = {
    "digital": ("zh", "CNY", "csv", _ZH, _DIGITAL, _ZH_BRANDS, 0),
    "tea": ("zh", "CNY", "json", _ZH2, _TEA, _ZH_BRANDS, 0),
    "bedding": ("zh", "CNY", "xlsx", _ZH2, _BEDDING, _ZH_BRANDS, 0),
    "outdoor": ("en", "USD", "csv", _EN, _OUTDOOR, _EN_BRANDS, 0),
    "kitchen": ("en", "GBP", "json", _EN, _KITCHEN, _EN_BRANDS, 1),
    "pets": ("zh", "CNY", "csv", _ZH, _PETS, _ZH_BRANDS, 1),
}
KEYS = tuple(_SHOPS)


def shop(key: str, rng: random.Random) -> Shop:
    """One shop with two makers of its own; a third maker's goods are drawn and not sold."""
    language, currency, form, columns, lines, brands, half = _SHOPS[key]
    first, second, stranger = rng.sample(brands, 3)
    makers = {line.name: rng.choice([first, first, second]) for line in lines}
    made = Shop(key, language, currency, form, columns, [], [], half)
    for line in lines:
        goods = list(_variants(line, makers[line.name], key, len(made.goods), rng, currency))
        (made.goods if line.sold else made.unsold).extend(goods)
    for line in rng.sample([one for one in lines if one.sold], 2):
        made.unsold.extend(list(_variants(line, stranger, key, 900, rng, currency))[:2])
    return made


def _variants(line: Line, brand: str, key: str, start: int, rng: random.Random, currency: str) -> list[Good]:
    """Every combination; no two of them cost the same, so that it matters which one is meant."""
    base = line.price * rng.choice([0.8, 0.9, 1, 1.1, 1.25])
    step = max(2, round(line.price * 0.06))
    found = []
    for number, values in enumerate(itertools.product(*line.axes.values())):
        price = round(base) + number * step + (0 if currency == "CNY" else 0.99)
        sku = f"{key[:2].upper()}{rng.randrange(100, 999)}{start + number:03d}"
        stock = rng.choice([0, 2, 16, 120])
        found.append(Good(sku, brand, line, dict(zip(line.axes, values, strict=True)), price, stock))
    return found
