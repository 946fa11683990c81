"""Till receipts read by where things stand on them: merchant on top, dates and sums by their words."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from wentu.core.text import is_chinese
from wentu.tasks.extract.forms import join
from wentu.tasks.extract.kinds import find_dates, parse, tidy
from wentu.tasks.extract.schema import Found
from wentu.tasks.extract.sheet import Sheet, Span, rows

_COMPANY = re.compile(
    r"\b(?:S/?B|SDN|BHD|BND|ENTERPRISE|TRADING|RESTAURANT|RESTORAN|RESTORANT|CAFE|KOPITIAM"
    r"|BAKER(?:Y|IES)|HARDWARE|MARKETING|PERNIAGAAN|SYARIKAT"
    r"|MARTS?|MINIMART|SUPERMARKET|HYPERMARKET|STORES?|SHOP|MARKET|GROCER|FARMASI|PHARMACY"
    r"|CLINIC|HOTEL|INN|LTD|LIMITED|INC|LLC|CORP|CO|GMBH|PLC"
    r"|STATIONERY|GALLERY|BOOK|BOOKS|SERVICE STATION|SERVICES|HOLDINGS?|FOODS?|COFFEE|PIZZA"
    r"|DELI|BAR|GRILL|KITCHEN|BISTRO|HOUSE|PRESS)\b",
    re.I,
)
_CN_COMPANY = re.compile(
    r"(?:公司|商店|商行|超市|便利店|餐厅|餐馆|饭店|酒店|酒楼|药店|药房|书店|百货|商场|门店"
    r"|分店|总店|面馆|茶馆|奶茶|咖啡|烘焙|水果店|中心|店)(?:[（(].{1,12}[)）])?$"
)
_HEAD_END = re.compile(
    r"\b(?:TEL|PHONE|FAX|HOTLINE|GST|SST|ROC|REG(?:ISTRATION)?\b.{0,6}NO|COMPANY REG|CO\.? ?(?:REG"
    r"|NO)|BRN|TAX|INVOICE|RECEIPT|BILL|CASH|DATE|TIME|EMAIL|E-MAIL|WWW|HTTP|CASHIER|SERVER"
    r"|ORDER|TABLE|TERMINAL|WELCOME|THANK|DOC|MEMBER|COUNTER|POS|VAT|ABN|CUSTOMER)\b|@"
    r"|电话|日期|时间|单号|收银|桌号|流水|票号|小票|结账|欢迎|会员|订单|税号|交易|机号",
    re.I,
)
_NUMBER_LINE = re.compile(r"[\W\d_]*|\(?\d{4,8}\s?-\s?[A-Z]\)?|\(?[A-Z]{0,3}\s?\d{5,}[-\s]?[A-Z]{0,2}\)?", re.I)
_REGISTRATION = re.compile(
    r"\s*[(\[]\s*(?:CO\.?\s*(?:REG\.?)?\s*(?:NO\.?)?\s*:?\s*)?[A-Z]{0,3}\d{4,12}\s?-?\s?[A-Z0-9]{0,2}\s*[)\]]?\s*$",
    re.I,
)
_ADDRESS = re.compile(
    r"\b(?:NO|LOT|JALAN|JLN|JL|LORONG|LRG|TAMAN|TMN|KAMPUNG|KG|BANDAR|BATU|PLAZA|MALL|FLOOR"
    r"|BLOCK|BLK|LEVEL|UNIT|SUITE|KAWASAN|SEKSYEN|SECTION|PERSIARAN|LEBUH|LEBOH|STREET|ST"
    r"|ROAD|RD|AVE(?:NUE)?|BLVD|DRIVE|DR|LANE|LN|HIGHWAY|SQUARE"
    r"|KUALA|LUMPUR|SELANGOR|JOHOR|PENANG|PULAU|PERAK|MALAYSIA|MELAKA|SHAH|ALAM|SINGAPORE"
    r"|CITY|TOWN|CENTRE|CENTER|PARK)\b|\b\d{5}\b|[省市区县镇路街道巷弄号楼室层]",
    re.I,
)
_MONEY = re.compile(
    r"(?<![\d.])(?:RM|MYR|USD|SGD|CNY|RMB|\$|¥|￥|€|£)?\s?-?(\d{1,3}(?:[,，]\d{3})+|\d{1,7})\s?[.．]\s?(\d{2})(?![\d%])",
    re.I,
)
# How a line begins that is the second half of a name, and what is a legal form alone.
_GOES_ON = re.compile(
    r"\(?(?:M|MALAYSIA)\)?\s*SDN\b|(?:SDN|BHD|BERHAD|ENTERPRISE|TRADING|HOLDINGS?|LTD|INC|AND|&|OF|CO)\b", re.I
)
_LEGAL_FORM = re.compile(r"(?:\(?(?:M|MALAYSIA)\)?\s*)?(?:SDN\.?\s*)?(?:BHD|BERHAD|LTD|INC)\.?", re.I)
_CONTACT = re.compile(
    r"(?:\b(?:WHATS?APP|H/?P|MOBILE)\b|(?<![A-Z])[TF]\s*[:：]\s*\+?\d)|^\W*\+?\d[\d\s\-]{7,}\d\W*$", re.I
)
_PHONE_LABEL = re.compile(
    r"(?:TEL(?:EPHONE)?|PHONE|PH|HOTLINE|MOBILE|H/?P|电话|联系电话|服务热线|\bT(?=\s*[:：]))\s*(?:&\s*FAX)?\s*(?:NO)?\s*[.:：]*",
    re.I,
)
_CLOCK = re.compile(r"\d\s?[:：]\s?[0-5]\d")
_OTHER_DATE = re.compile(r"EXPIR|\bDUE\b|VALID|BEST BEFORE|有效期|保质期", re.I)
_DATE_LABEL = re.compile(r"\bDATE|\bDT\b|日期|时间|\bTARIKH", re.I)


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row: its spans from left to right and their text."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return " ".join(span.text.strip() for span in self.spans)


def receipt_rows(sheet: Sheet) -> list[Row]:
    return [
        Row(tuple(row)) for page in range(len(sheet.pages)) for row in rows(s for s in sheet.spans if s.page == page)
    ]


def read_head(lines: Sequence[Row]) -> dict[str, Found]:
    """Merchant's name and address: the name is a line on top, the address stands between it and the first numbers."""
    top = lines[: max(8, min(16, len(lines) // 3))]
    at = _name_row(top)
    if at is None:
        return {}
    start, end = _name_rows(top, at)
    found: dict[str, Found] = {}
    name = [span for row in top[start:end] for span in row.spans if not _NUMBER_LINE.fullmatch(span.text.strip())]
    name = name or list(top[at].spans)
    text = join([span.text for span in name])
    found["merchant.name"] = Found(text, _plain_name(text), tuple(name))
    address = _address(lines[end : end + 10])
    if address:
        text = join([span.text for span in address])
        found["merchant.address"] = Found(text, _tidy_address(text), tuple(address))
    return found


def _name_rows(top: Sequence[Row], at: int) -> tuple[int, int]:
    """First and last row (end exclusive) of a name that runs over several: it neither begins nor ends in the middle."""
    start, end = at, at + 1
    while start > 0 and _GOES_ON.match(top[start].text.strip()) and _letters(top[start - 1].text) >= 2:
        if _gap(top[start - 1], top[start]) > 1.0 or _starts_head_end(top[start - 1].text):
            break
        start -= 1
    while end < len(top) and _gap(top[end - 1], top[end]) < 1.0:
        text = " ".join(row.text for row in top[start:end])
        if text.count("(") <= text.count(")") and not _LEGAL_FORM.fullmatch(top[end].text.strip()):
            break
        if text.count("(") > text.count(")") and ")" not in top[end].text:
            break
        end += 1
    return start, end


def _gap(upper: Row, lower: Row) -> float:
    """Free space between two rows, in heights of the upper one."""
    a, b = upper.spans[0].box, lower.spans[0].box
    return (b.y0 - a.y1) / max(a.height, 1.0)


def _plain_name(text: str) -> str:
    plain = _REGISTRATION.sub("", tidy(text))
    return re.sub(r"\s+", " ", plain).strip(" -:*=.~") + (
        "." if re.search(r"\b(?:BHD|LTD|INC|CO)\.$", plain, re.I) else ""
    ) or tidy(text)


def _name_row(top: Sequence[Row]) -> int | None:
    """The row of the merchant's name: one with a company's words, else the first of letters."""
    first_end = next((n for n, row in enumerate(top) if n and _HEAD_END.search(row.text)), len(top))
    words = [
        n for n, row in enumerate(top[: first_end + 1]) if _letters(row.text) >= 2 and not _starts_head_end(row.text)
    ]
    strong = [
        n
        for n in words
        if (_COMPANY.search(top[n].text) or _CN_COMPANY.search(tidy(top[n].text))) and not _is_address(top[n].text)
    ]
    best = next(
        (
            n
            for n in strong
            if re.search(
                r"\b(?:SDN|BHD|S/?B|LTD|LIMITED|INC|LLC|ENTERPRISE|TRADING|SYARIKAT)\b|公司", top[n].text, re.I
            )
        ),
        None,
    )
    if best is not None:
        return best
    if strong:
        return strong[0]
    plain = [n for n in words if _letters(top[n].text) >= 4 and min((s.score for s in top[n].spans), default=0) > 0.8]
    return (plain or words or [None])[0]  # type: ignore[list-item]


def _letters(text: str) -> int:
    return len(re.findall(r"[A-Za-z\u4e00-\u9fff]", text)) - (0 if is_chinese(text) else 2)


def _starts_head_end(text: str) -> bool:
    return bool(_HEAD_END.match(text.strip())) or "@" in text


def _is_address(text: str) -> bool:
    return len(_ADDRESS.findall(text)) >= 2 and bool(re.search(r"\d", text))


def _address(lines: Sequence[Row]) -> list[Span]:
    """The run of address lines; a registration number or a second name before it is passed over."""
    spans: list[Span] = []
    last: Row | None = None
    for row in lines:
        text = row.text.strip()
        if _CONTACT.search(text) or (last is not None and _gap(last, row) > 0.9 and not _ADDRESS.search(text)):
            break
        if _HEAD_END.search(re.sub(r"(?i)\btax invoice\b.*", "TAX", text)) and not (
            _is_address(text) and not _starts_head_end(text)
        ):
            if spans or not re.search(r"(?i)REG|ROC|CO\.? ?NO|GST|SST|BRN|INVOICE|RECEIPT|COMPANY", text):
                break
            continue
        label = re.match(r"(?:地址|门店地址|ADDRESS|ADD)\s*[:：]?\s*", text, re.I)
        if _NUMBER_LINE.fullmatch(text):
            if spans and not re.fullmatch(r"\d{5,6}\W*", text):
                break
            if not spans:
                continue
        if find_dates(text) and not spans:
            continue
        if find_dates(text) or (_MONEY.search(text) and spans):
            break
        if not spans and not label and not _ADDRESS.search(text) and "," not in text:
            continue
        parts = list(row.spans)
        if label and not spans:
            first = parts[0]
            parts[0] = first.cut(min(len(first.text), label.end()), len(first.text))
        spans += [span for span in parts if span.text.strip()]
        last = row
    return spans


def _tidy_address(text: str) -> str:
    plain = re.sub(r"\s*,\s*,?\s*", ", ", tidy(text)) if not is_chinese(text) else tidy(text)
    return plain.strip(" ,;:-")


def read_date(lines: Sequence[Row]) -> Found | None:
    """The date of the sale: on a row that says so, or beside a time; never one in the future."""
    today = datetime.date.today().isoformat()
    best: tuple[float, Span, tuple[int, int, str]] | None = None
    for row in lines:
        for span in row.spans:
            for hit in find_dates(span.text):
                weight = 2.0 * bool(_DATE_LABEL.search(row.text)) + 1.5 * bool(_CLOCK.search(row.text))
                weight -= 4.0 * (hit[2] > today or hit[2] < "1990") + 2.0 * bool(_OTHER_DATE.search(row.text))
                weight += 0.5 * bool(re.search(r"(?:19|20)\d{2}", span.text[hit[0] : hit[1]]))
                if best is None or weight > best[0]:
                    best = (weight, span, hit)
    if best is None:
        return None
    _, span, (start, end, iso) = best
    part = span.cut(start, min(end, len(span.text)))
    return Found(part.text, iso, (part,))


def read_time(lines: Sequence[Row]) -> Found | None:
    for row in lines:
        for span in row.spans:
            if re.search(r"\d\s?[:：]\s?\d{2}", span.text):
                end = max((hit[1] for hit in find_dates(span.text)), default=0)
                value = parse("time", span.text[end:]) or parse("time", span.text)
                if value is not None:
                    return Found(span.text, value, (span,))
    return None


def read_phone(lines: Sequence[Row]) -> Found | None:
    for row in lines[: max(14, len(lines) // 2)]:
        match = _PHONE_LABEL.search(row.text)
        if match and (match.start() == 0 or not row.text[match.start() - 1].isalnum()):
            value = parse("phone", row.text[match.end() :])
            if value is not None:
                return Found(str(value), value, row.spans)
    return None


def amounts(row: Row) -> list[tuple[Span, float]]:
    """The sums of money in a row with where they stand."""
    found = []
    for span in row.spans:
        for match in _MONEY.finditer(span.text):
            value = float(re.sub(r"[,，\s]", "", match.group(1)) + "." + match.group(2))
            sign = -1 if "-" in match.group() else 1
            found.append((span.cut(match.start(1), match.end()), sign * value))
    return found
