"""Resident ID card, the side with the photo."""

from __future__ import annotations

import re

from wentu.tasks.extract.forms import join, read_form
from wentu.tasks.extract.kinds import parse, tidy
from wentu.tasks.extract.rules import real_dates, resident_id
from wentu.tasks.extract.schema import DocumentType, Field, Found, Values
from wentu.tasks.extract.schema import Ruling as Ruling
from wentu.tasks.extract.sheet import Sheet

_ETHNICITIES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 "
    "土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 "
    "乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 "
).split()

FIELDS = (
    Field("name", ("姓名",)),
    Field("sex", ("性别",), "sex"),
    Field("ethnicity", ("民族",)),
    Field("birth_date", ("出生", "出生日期", "出生年月日"), "date"),
    Field("address", ("住址", "地址", "家庭住址"), multiline=True),
    Field("id_number", ("公民身份号码", "公民身份证号码", "身份号码", "身份证号码", "身份证号"), "id_number"),
)


def _read(kind: DocumentType, sheet: Sheet) -> dict[str, Found]:
    values, _ = read_form(kind, sheet, tight=True)
    if "id_number" not in values:
        values.update(_by_pattern(sheet))
    if "ethnicity" in values:
        values["ethnicity"] = _ethnicity(values["ethnicity"])
    if "name" in values:
        values["name"] = _whole_name(values["name"])
    return values


def _by_pattern(sheet: Sheet) -> dict[str, Found]:
    """The only text of 18 digits on the card is its number, whatever became of the label."""
    for span in sheet.spans:
        if re.search(r"\d{17}[\dXx]", re.sub(r"\s", "", span.text)):
            return {"id_number": Found(span.text, parse("id_number", span.text), (span,))}
    return {}


def _ethnicity(value: Found) -> Found:
    """The ethnic group without what touches it; a name that is on the list, where it is one."""
    text = tidy(value.text)
    known = max((name for name in _ETHNICITIES if text.startswith(name)), key=len, default=None)
    return Found(value.text, known or text.removesuffix("族"), value.spans)


def _whole_name(value: Found) -> Found:
    """Two- and three-character names are printed with wide spaces, which are not part of them."""
    text = re.sub(r"\s+", "", value.text) if re.search(r"[\u4e00-\u9fff]", value.text) else value.text
    return Found(join([value.text]), text, value.spans)


def _rules(values: Values) -> list[Ruling]:
    return [*resident_id(values), *real_dates(values, ["birth_date"])]


TYPE = DocumentType(
    "id-card-front",
    "居民身份证（人像面）",
    FIELDS,
    _read,
    _rules,
    marks={"公民身份号码": 3, "姓名": 1, "性别": 1, "民族": 1, "出生": 0.7, "住址": 1},
)
