"""Invented people, firms, numbers and sums, from a seeded generator."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from stdnum import luhn
from stdnum.cn import ric, uscc

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂兰鹏飞宇欣怡浩然子轩雨桐梓涵一诺思"
    "远嘉铭晨曦博文佳琪志远晓东建国海燕春梅"
)
_REGIONS = (
    ("110101", "北京市东城区"),
    ("310104", "上海市徐汇区"),
    ("440305", "广东省深圳市南山区"),
    ("330106", "浙江省杭州市西湖区"),
    ("510107", "四川省成都市武侯区"),
    ("320102", "江苏省南京市玄武区"),
    ("420106", "湖北省武汉市武昌区"),
    ("610113", "陕西省西安市雁塔区"),
)
_STREETS = "建设路 人民东路 中山北路 长江大道 学府街 滨河西路 科技园南区 解放大街 文化巷 迎宾路 青年路 和平里".split()
_BRANDS = "恒远 博雅 天合 星辰 瑞丰 明德 华兴 云帆 鼎盛 启航 安泰 嘉禾 蓝海 众诚 宏图 佳美".split()
_TRADES = "科技 贸易 信息技术 餐饮管理 机电设备 文化传播 建筑工程 物流 医疗器械 食品".split()
_FORMS = ("有限公司", "有限责任公司", "股份有限公司")
_BANKS = "中国样例银行 华东样例银行 南方商业银行 滨海农村商业银行 城市发展银行".split()
GOODS = (
    *(("*办公用品*打印纸", "A4 80g", "箱"), ("*计算机设备*笔记本电脑", "X14", "台"), ("*软件*管理系统", "V3.0", "套")),
    *(("*餐饮服务*餐费", "", "次"), ("*物流辅助服务*收派服务费", "", "次"), ("*金属制品*不锈钢螺栓", "M8*40", "包")),
    *(("*电子元件*连接器", "CN-20P", "个"), ("*信息技术服务*技术服务费", "", "项"), ("*家具*办公椅", "BG-02", "把")),
    *(("*纺织产品*工作服", "XL", "件"), ("*通用设备*离心水泵", "ISG50-160", "台"), ("*住宿服务*住宿费", "", "天")),
)
_NUMERALS, _PLACES = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")
CENT = Decimal("0.01")


def person(rng: Random) -> str:
    return rng.choice(_SURNAMES) + "".join(rng.sample(_GIVEN, rng.choice((1, 2, 2))))


def region(rng: Random) -> tuple[str, str]:
    """(division code, name)"""
    return rng.choice(_REGIONS)


def street(rng: Random) -> str:
    tail = rng.choice(
        (
            f"{rng.randint(1, 40)}栋{rng.randint(101, 2304)}室",
            f"{rng.randint(1, 9)}单元{rng.randint(101, 999)}",
            f"{rng.choice('ABC')}座{rng.randint(3, 28)}层",
        )
    )
    return f"{rng.choice(_STREETS)}{rng.randint(1, 999)}号{tail}"


def firm(rng: Random) -> str:
    city = rng.choice(("北京", "上海", "深圳市", "杭州", "成都", "武汉", "南京市", "西安"))
    return city + rng.choice(_BRANDS) + rng.choice(_TRADES) + rng.choice(_FORMS)


def bank(rng: Random) -> str:
    return rng.choice(_BANKS)


def day(rng: Random, first: int, last: int) -> datetime.date:
    """A day of the years `first` to `last`."""
    start = datetime.date(first, 1, 1)
    return start + datetime.timedelta(days=rng.randrange((datetime.date(last, 12, 31) - start).days))


def id_number(rng: Random, code: str, born: datetime.date, *, male: bool) -> str:
    order = rng.randrange(100) * 10 + rng.randrange(5) * 2 + (1 if male else 0)
    body = f"{code}{born:%Y%m%d}{order:03d}"
    return body + ric.calc_check_digit(body + "0")


def credit_code(rng: Random) -> str:
    """A unified social credit code whose inner organisation code is right too."""
    inner = "".join(rng.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(8))
    total = sum(int(c, 36) * w for c, w in zip(inner, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    body = "91" + rng.choice(_REGIONS)[0] + inner + "0123456789X0"[11 - total % 11]
    return body + uscc.calc_check_digit(body)


def card_number(rng: Random) -> str:
    body = "62" + "".join(str(rng.randrange(10)) for _ in range(rng.choice((13, 16))))
    return body + luhn.calc_check_digit(body)


def phone(rng: Random) -> str:
    return f"0{rng.randint(10, 99)}-{rng.randint(20000000, 89999999)}"


def digits(rng: Random, n: int) -> str:
    return str(rng.randint(1, 9)) + "".join(str(rng.randrange(10)) for _ in range(n - 1))


def money(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def capitals(value: Decimal) -> str:
    """An amount under a hundred million in financial capitals, as invoices print it."""
    cents = int(abs(value) * 100)
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    text = ("负" if value < 0 else "") + (_whole(yuan) or "零") + "圆"
    if not jiao and not fen:
        return text + "整"
    text += _NUMERALS[jiao] + "角" if jiao else "零"
    return text + (_NUMERALS[fen] + "分" if fen else "整")


def _whole(n: int) -> str:
    high, low = divmod(n, 10_000)
    text = f"{_whole(high)}万" if high else ""
    if not low:
        return text
    if high and low < 1000:
        text += "零"
    zero = False
    digits_ = str(low)
    for place, digit in zip(range(len(digits_) - 1, -1, -1), digits_, strict=True):
        if digit == "0":
            zero = True
            continue
        text += ("零" if zero else "") + _NUMERALS[int(digit)] + _PLACES[place]
        zero = False
    return text
