"""What a customer wants: a person, a price, whether it is there, one of its attributes, or an answer to a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wentu.core.terms import fold

_PERSON = re.compile(
    r"转人工|人工客服|人工服务|真人|找人工|接人工|要人工|^人工$|(?:找|叫|让|换)\S{0,4}(?:经理|主管|负责人|人来|人工)|客服人员|活人|"
    r"(?:speak|talk|chat|connect|transfer|switch)\s.{0,20}(?:human|agent|person|representative|someone|manager|staff)|"
    r"(?:human|live|real)\s*(?:agent|person|support|being|representative)|customer\s*service\s*rep|(?:want|need|get\s*me)\s.{0,8}(?:human|manager|agent|a\s*person)"
)
_RESTRICTED = re.compile(
    r"投诉|举报|起诉|律师|法院|打官司|法律责任|索赔|赔偿|赔钱|12315|消协|消费者协会|曝光|工商局|市场监管|欺诈|诈骗|骗子|报警|警察|"
    r"受伤|烫伤|烧伤|爆炸|炸了|起火|着火|自燃|冒烟|触电|漏电|中毒|住院|进医院|去医院|人身|自杀|信息泄露|隐私泄露|泄露|盗刷|盗号|"
    r"lawsuit|lawyer|attorney|\bsue\b|suing|legal\s*action|compensat|injur|\bburn(?:ed|t)\b|explo[ds]|caught\s*fire|on\s*fire|electric\s*shock|smok(?:e|ing)|"
    r"file\s*a\s*complaint|complain|fraud|scam|data\s*breach|leaked|police|hospital"
)
_PRICE = re.compile(
    r"多少钱|什么价|啥价|价格|价钱|售价|报价|卖多少|怎么卖|咋卖|几多钱|几钱|多少米|多少元|多少块|贵不贵|单价|要多少|这个价|价位|"
    r"how\s*much|\bprice|\bcosts?\b|how\s*expensive|pricing"
)
# A price, but not the product's: "运费多少钱", "换屏要多少".
_NOT_ITS_PRICE = re.compile(
    r"运费|邮费|快递费|配送费|安装费|上门费|维修费|修|换屏|换电池|保险|碎屏险|以旧换新|旧机|回收|分期|每期|月供|手续费|批发|团购|关税|积分|"
    r"差价|价保|保价|降价|补差|会员费|退货|退款|ship|deliver|postage|install(?!ed)|repair|fix|insurance|trade.?in|per\s*month|monthly|wholesale|bulk|"
    r"price\s*(?:match|protect|drop|adjust|guarantee)|refund|return"
)
_STOCK = re.compile(
    r"有货|没货|无货|现货|库存|存货|还有吗|还有没有|有没有|有吗|卖完|卖光|售罄|断货|能买|可以买|买得到|在售|在卖|有卖|卖吗|能下单|可以下单|还卖|"
    r"in\s*stock|available|availability|sold\s*out|do\s*you\s*(?:have|sell|carry|stock)|can\s*i\s*(?:buy|order|get)|still\s*(?:have|sell)|have\s*(?:this|it|any)"
)
_WHAT = re.compile(
    r"(?:这|那|它|图[里中上]\S{0,3})(?:个|款|双|台|件|张|部)?\S{0,4}是(?:什么|啥)(?!意思|情况|原因|问题|错误)|是什么(?:产品|商品|东西|型号|牌子|手机|鞋)|什么型号|哪一?款|哪个型号|什么牌子|介绍|what\s*(?:is|'s)\s*(?:this|it)|which\s*(?:model|one|product)|identify|tell\s*me\s*about"
)
_CLAIM = re.compile(
    r"(?:是不是|不是|是|卖|标价|写的?|显示|看到)\s*(?:卖|要)?\s*[¥￥$]?\s*\d[\d,.]*\s*(?:元|块)?\s*(?:吗|么|嘛|对吗|对吧|吧|\?|？)"
)
_OPTIONS = re.compile(
    r"(?:有|都有)?(?:哪些|哪几|几种|几个|什么)(颜色|容量|尺码|尺寸|规格|版本|款式|色号|香味|内存|存储|码数)|what\s*(colou?rs?|sizes?|capacit\w+|versions?|options?)|which\s*(colou?rs|sizes)"
)
_DEICTIC = re.compile(
    r"这个|这款|这种|这件|这双|这台|这部|这支|这瓶|这条|这是|图[里中片上]|截图|照片|它|this|that|\bit\b|picture|screenshot|photo|image"
)
_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "colour": ("颜色", "什么色", "colour", "color"),
    "storage": ("存储", "容量", "多大内存", "内存多大", "storage", "capacity"),
    "memory": ("运存", "运行内存", "内存", "ram", "memory"),
    "size": ("尺码", "尺寸", "多大", "几码", "size", "dimensions"),
    "volume": ("净含量", "容量", "毫升", "多少ml", "volume"),
    "weight": ("多重", "重量", "几斤", "weight", "weigh"),
    "material": ("材质", "面料", "什么料", "material", "fabric"),
    "warranty": ("保修", "质保", "warranty"),
}


@dataclass(frozen=True, slots=True)
class Wants:
    """What a question asks for. Several may hold."""

    person: bool
    restricted: bool
    price: bool
    stock: bool
    what: bool
    options: str
    claim: bool
    deictic: bool
    about_something_else: bool
    text: str

    @property
    def product(self) -> bool:
        return self.price or self.stock or self.what or bool(self.options) or self.claim


def wants(question: str, restricted: Sequence[str] = ()) -> Wants:
    text = fold(question)
    options = next((group for match in [_OPTIONS.search(text)] if match for group in match.groups() if group), "")
    return Wants(
        person=bool(_PERSON.search(text)),
        restricted=bool(_RESTRICTED.search(text)) or any(word.casefold() in text for word in restricted),
        price=bool(_PRICE.search(text)),
        stock=bool(_STOCK.search(text)),
        what=bool(_WHAT.search(text)),
        options=options,
        claim=bool(_CLAIM.search(text)),
        deictic=bool(_DEICTIC.search(text)),
        about_something_else=bool(_NOT_ITS_PRICE.search(text)),
        text=text,
    )


def asked_attributes(question: str, known: Sequence[str]) -> list[str]:
    """Which of a product's attributes a question names, by its own word or by a usual one."""
    text = fold(question)
    return [key for key in known if fold(key) in text or any(word in text for word in _ATTRIBUTES.get(key, ()))]


def without_product_words(text: str) -> str:
    """What a question asks beside price, stock and "what is this"."""
    for pattern in (_PRICE, _STOCK, _WHAT, _CLAIM, _OPTIONS):
        text = pattern.sub(" ", text)
    return text
