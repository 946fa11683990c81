"""The catalogue as families of near twins: products of one name that differ in marks (capacity, colour, size ...).

Nothing about a trade is written here: which words are the name and which are marks follows from the catalogue's own
attributes and from the units of quantities.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from wentu.core.knowledge import Product
from wentu.core.marks import quantities
from wentu.core.terms import fold, words
from wentu.tasks.support.counted import split
from wentu.tasks.support.editions import editions
from wentu.tasks.support.phrases import compact

Mark = tuple[str, str]
# Attributes in words, not in marks; they describe a product and don't tell it from its twin.
_DESCRIBING = frozenset({"description", "category", "aliases", "series", "url"})
# Makers that customers and pages write in either language, whichever one the catalogue has.
_PAIRS = (
    "apple 苹果,huawei 华为,xiaomi 小米,redmi 红米,samsung 三星,honor 荣耀,oneplus 一加,realme 真我,"
    "meizu 魅族,lenovo 联想,sony 索尼,google 谷歌,dell 戴尔,hp 惠普,asus 华硕,canon 佳能,nikon 尼康,"
    "midea 美的,haier 海尔,gree 格力,hisense 海信,dyson 戴森,philips 飞利浦,panasonic 松下,"
    "siemens 西门子,bosch 博世,supor 苏泊尔,joyoung 九阳,nike 耐克,adidas 阿迪达斯,anta 安踏,"
    "lining 李宁,puma 彪马,asics 亚瑟士,skechers 斯凯奇,lancome 兰蔻,loreal 欧莱雅,shiseido 资生堂,"
    "clinique 倩碧,olay 玉兰油"
)
_ALIASES = {word: pair.split() for pair in _PAIRS.split(",") for word in pair.split()}
_SPLIT = re.compile(r"\s*[/,，、;；|]\s*")
_MAX_VALUE = 24  # characters; longer attribute values are sentences


@dataclass(frozen=True, slots=True)
class Variant:
    """One product with its marks. `quantities` by unit; `values` are its other attributes' words, folded; `counted`
    are those of them that count in a unit of the shop's own, by that unit."""

    product: Product
    quantities: Mapping[str, frozenset[str]]
    values: Mapping[str, tuple[str, ...]]
    editions: frozenset[str]
    counted: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def colours(self) -> tuple[str, ...]:
        return self.values.get("colour", ())


@dataclass(frozen=True, slots=True)
class Family:
    """Products of one brand and name. `names` are compact forms that a text may show, the longest first."""

    brand: str
    title: str
    names: tuple[str, ...]
    variants: tuple[Variant, ...]
    #: attributes and units in which its variants differ
    varying: frozenset[str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every family that may be told of today, with what the whole catalogue shows about names and marks."""

    families: tuple[Family, ...]
    by_sku: Mapping[str, Family]
    suffixes: frozenset[str]
    varying: frozenset[str]
    brands: frozenset[str]


def catalogue(products: Iterable[Product], day: date) -> Catalogue:
    """Groups the products that are valid on this day; of one sku's several periods the latest that has begun counts."""
    groups: dict[tuple[str, str], list[Variant]] = defaultdict(list)
    for product in _valid(products, day):
        groups[(fold(product.brand).strip(), _base(product))].append(_variant(product))
    families = tuple(_family(brand, variants) for (brand, _), variants in groups.items())
    by_sku = {variant.product.sku: family for family in families for variant in family.variants}
    varying = frozenset(key for family in families for key in family.varying)
    brands = frozenset(word for family in families for word in brand_words(family.brand))
    return Catalogue(families, by_sku, _suffixes(families), varying, brands)


def _valid(products: Iterable[Product], day: date) -> list[Product]:
    latest: dict[str, Product] = {}
    for product in products:
        if not product.valid(day):
            continue
        known = latest.get(product.sku)
        if known is None or (product.valid_from or date.min) >= (known.valid_from or date.min):
            latest[product.sku] = product
    return list(latest.values())


def _base(product: Product) -> str:
    """The name without brand and marks, compact; what the twins of a family have in common."""
    for text in (product.model, product.name):
        stripped = compact(fold(strip_marks(text, product))).text
        if stripped:
            return stripped
    return compact(fold(product.name or product.model)).text


def strip_marks(text: str, product: Product) -> str:
    """A name without its brand, its quantities and the values of its attributes."""
    folded = fold(text)
    for quantity in sorted(quantities(folded), key=lambda one: -one.start):
        folded = folded[: quantity.start] + " " + folded[quantity.end :]
    removed = [*brand_words(fold(product.brand))]
    for key, value in product.attributes.items():
        if key not in _DESCRIBING and len(value) <= _MAX_VALUE:
            removed += [part for part in _SPLIT.split(fold(value)) if len(part) > 1 or not part.isascii()]
    for word in sorted(removed, key=len, reverse=True):
        if word.isascii():
            folded = re.sub(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", " ", folded)
        else:
            folded = folded.replace(word, " ")
    return re.sub(r"[（(\[【]\s*[）)\]】]", " ", folded)


def _variant(product: Product) -> Variant:
    found: dict[str, set[str]] = defaultdict(set)
    values: dict[str, tuple[str, ...]] = {}
    own: dict[str, frozenset[str]] = {}
    for text in (product.model, product.name):
        for quantity in quantities(text):
            found[quantity.unit].add(quantity.number)
    for key, value in product.attributes.items():
        if key in _DESCRIBING or len(value) > 4 * _MAX_VALUE:
            continue
        measured = quantities(value)
        for quantity in measured:
            found[quantity.unit].add(quantity.number)
        if key == "size" and not measured:
            for number in re.findall(r"\d{2}(?:\.\d)?", value):
                found["size"].add(number)
        parts = tuple(part for part in _SPLIT.split(fold(value)) if part and len(part) <= _MAX_VALUE)
        if not measured and parts:
            values[key] = parts
            if len(parts) == 1 and (counted := split(parts[0])):
                unit, number = counted
                own[unit] = frozenset([number])
    text = " ".join(
        (product.model, product.name, *(v for k, v in product.attributes.items() if k not in ("description",)))
    )
    measured_in = {unit: frozenset(numbers) for unit, numbers in found.items()}
    return Variant(product, measured_in, values, editions(text), own)


def _family(brand: str, variants: Sequence[Variant]) -> Family:
    names: set[str] = set()
    for variant in variants:
        product = variant.product
        for text in (product.model, product.name, *_SPLIT.split(product.attributes.get("aliases", ""))):
            for form in (strip_marks(text, product), text):
                name = compact(fold(form)).text
                if len(name) >= 2 and not name.isdigit():
                    names.add(name)
        if len(product.sku) >= 5 and re.search(r"\d", product.sku):
            names.add(compact(fold(product.sku)).text)
    keys = {key for variant in variants for key in (*variant.quantities, *variant.values)}
    varying = frozenset(key for key in keys if len({(v.quantities.get(key), v.values.get(key)) for v in variants}) > 1)
    first = variants[0].product
    title = first.model or first.name
    return Family(brand, title, tuple(sorted(names, key=len, reverse=True)), tuple(variants), varying)


def _suffixes(families: Sequence[Family]) -> frozenset[str]:
    """Words by which one name of the catalogue is another one's and more: "max", "青春版"."""
    by_brand: dict[str, set[str]] = defaultdict(set)
    for family in families:
        by_brand[family.brand].add(" ".join(words(strip_marks(family.title, family.variants[0].product))))
    found: set[str] = set()
    for titles in by_brand.values():
        for title in titles:
            cut = title.split()
            for end in range(1, len(cut)):
                if " ".join(cut[:end]) in titles:
                    found.add(cut[end])
    return frozenset(word for word in found if not word.isdigit())


def brand_words(brand: str) -> list[str]:
    """A brand in both its languages: "华为 HUAWEI", "小米(Xiaomi)", "Apple/苹果"."""
    pieces = [piece.strip() for piece in re.split(r"[/|()（）,，、]", brand) if piece.strip()]
    mixed = [part for piece in pieces for part in re.findall(r"[㐀-鿿]+|[a-z0-9&.'+ -]*[a-z][a-z0-9&.'+ -]*", piece)]
    known = [alias for word in (*pieces, *mixed) for alias in _ALIASES.get(word.strip(), ())]
    return [word.strip() for word in dict.fromkeys((*pieces, *mixed, *known)) if word.strip()]
