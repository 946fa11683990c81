"""Documents into fields: two readings of every value, its rules, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from wentu.core.claims import Claim
from wentu.core.claims import Reading as Said
from wentu.core.errors import BadRequest
from wentu.core.results import Check, Extraction, FieldValue, Region, Repair, Value
from wentu.core.types import Page, Prompt, Query, SamplingParams, Turn
from wentu.tasks.base import Task, Told, Tools
from wentu.tasks.extract.custom import custom_type
from wentu.tasks.extract.documents import document_types
from wentu.tasks.extract.identifiers import id_checksum, one_confusion_away, uscc_checksum
from wentu.tasks.extract.kinds import parse
from wentu.tasks.extract.mask import masked
from wentu.tasks.extract.prompt import UNREADABLE, instruction, json_schema, values_of
from wentu.tasks.extract.reading import Reading, read_document
from wentu.tasks.extract.reply import parse_reply
from wentu.tasks.extract.rivals import layer_rivals
from wentu.tasks.extract.schema import DocumentType, Found, Ruling
from wentu.tasks.extract.turns import turned_back

AUTO = "auto"
_MAX_TOKENS = 2048
# Numbers whose checksum can point at the one character that was misread, by the kind of their field.
_REPAIRABLE = {"id_number": id_checksum, "tax_id": uscc_checksum}


class Extract(Task[Reading]):
    """Reads the fields of one document. `options["type"]` names its type ("auto": find out); `options["schema"]` is
    a user's own list of fields as JSON instead."""

    name = "extract"
    spoken = False

    def read(self, query: Query, pages: Sequence[Page], tools: Tools) -> Reading:
        """Raises BadRequest where type or schema is none."""
        return read_document(kinds_of(query.options), pages, tools)

    def prompt(self, query: Query, pages: Sequence[Page], reading: Reading | None) -> Prompt | None:
        assert reading is not None
        turn = Turn("user", (*(page.picture for page in pages), instruction(reading.kind)))
        return Prompt((turn,), tuple(page.lines for page in pages), json_schema(reading.kind))

    def sampling(self, query: Query) -> SamplingParams:
        """Greedy and without a presence penalty: JSON repeats its keys and numbers their digits."""
        tokens = min(query.sampling.max_tokens, _MAX_TOKENS)
        return SamplingParams(max_tokens=tokens, temperature=0.0, presence_penalty=0.0, repetition_penalty=1.0)

    def claims(self, query: Query, pages: Sequence[Page], reading: Reading | None, said: str) -> tuple[Claim, ...]:
        assert reading is not None
        kind = reading.kind
        told = values_of(kind, parse_reply(said)) if said else {}
        model = {field_id: parse(_kind(kind, field_id), text) for field_id, text in told.items()}
        # Rules are asked about the model's values too: a value is judged by what holds for it, not for its rival.
        model_rulings = kind.rules({k: v for k, v in model.items() if v is not None}) if model else ()
        ids = dict.fromkeys([*(one.id for one in kind.fields), *reading.values, *told])
        return tuple(self._claim(field_id, reading, told, model, model_rulings) for field_id in ids)

    def tell(
        self,
        query: Query,
        pages: Sequence[Page],
        reading: Reading | None,
        said: str,
        judged: Mapping[str, FieldValue],
    ) -> Told:
        assert reading is not None
        checks = tuple(ruling.check for ruling in reading.rulings)
        if query.options.get("full_numbers") != "true":
            judged = {field_id: masked(one) if one.type == "card" else one for field_id, one in judged.items()}
        result = Extraction(reading.kind.name, judged, checks, reading.quality)
        return Told(_words(reading.kind, judged, checks), result)

    def _claim(
        self,
        field_id: str,
        reading: Reading,
        told: Mapping[str, str],
        model: Mapping[str, Value],
        model_rulings: Sequence[Ruling],
    ) -> Claim:
        kind = _kind(reading.kind, field_id)
        found, text = reading.values.get(field_id), told.get(field_id)
        rules = _said(reading, found) if found is not None and found.value is not None else None
        reason = found.reason if found is not None else ""
        vlm = None
        if text == UNREADABLE:
            reason = reason or "模型看不清"
        elif text is not None:
            vlm = Said(text, model.get(field_id))
        checks: dict[str, tuple[Check, ...]] = {}
        if vlm is not None:
            checks[vlm.text] = _checks(model_rulings, field_id)
        if rules is not None:
            checks[rules.text] = _checks(reading.rulings, field_id)
        proofs = list(dict.fromkeys(one.check.id for one in reading.rulings if field_id in one.proves))
        rivals: tuple[Said, ...] = ()
        code = reading.said.get(field_id)
        if code is not None:
            witness = Said(code, code, 1.0, (reading.codes[0].region,))
            if rules is None:
                rules = witness
            if rules.value == code:
                proofs.append("qr")
            else:
                rivals = (witness,)
        if rules is not None and found is not None:
            rivals += tuple(Said(one) for one in layer_rivals(reading.sheet, found.spans))
        return Claim(field_id, kind, rules, vlm, checks, reason, tuple(proofs), rivals, _repair(kind, rules))


def kinds_of(options: Mapping[str, str]) -> Sequence[DocumentType]:
    """The document types that a query leaves open. Raises BadRequest."""
    if options.get("schema"):
        return (custom_type(options["schema"]),)
    known = document_types()
    wanted = options.get("type", AUTO)
    if wanted == AUTO:
        return tuple(known.values())
    if wanted not in known:
        names = ", ".join((*known, AUTO))
        raise BadRequest(f"there is no document type '{wanted}'; known: {names}", param="type")
    return (known[wanted],)


def _kind(kind: DocumentType, field_id: str) -> str:
    one = kind.field(field_id)
    return one.kind if one else "text"


def _checks(rulings: Sequence[Ruling], field_id: str) -> tuple[Check, ...]:
    return tuple(one.check for one in rulings if field_id in one.fields)


def _said(reading: Reading, found: Found) -> Said:
    """A found value with its places in the pictures as they were given."""
    regions = reading.sheet.region(found.spans)
    if reading.quarters:
        regions = tuple(_back(region, reading) for region in regions)
    return Said(found.text, found.value, found.score if found.spans else None, regions)


def _back(region: Region, reading: Reading) -> Region:
    turned = reading.sheet.pages[region.page].picture
    size = (turned.width, turned.height) if reading.quarters == 2 else (turned.height, turned.width)
    return replace(region, polygon=turned_back(region.polygon, reading.quarters, *size), line_ids=())


def _repair(kind: str, rules: Said | None) -> Repair | None:
    """The one confused character that would make the checksum hold; none where several would."""
    holds = _REPAIRABLE.get(kind)
    if (
        holds is None
        or rules is None
        or not isinstance(rules.value, str)
        or len(rules.value) != 18
        or holds(rules.value)
    ):
        return None
    options = one_confusion_away(rules.value, holds)
    if len(options) != 1:
        return None
    return Repair(rules.value, options[0], "换一个形近字符后校验位成立")


def _words(kind: DocumentType, judged: Mapping[str, FieldValue], checks: Sequence[Check]) -> str:
    """The result as words, one line a value, for doors that show text alone."""
    lines = [kind.title]
    for field_id, one in judged.items():
        if one.status not in ("absent",):
            lines.append(f"{field_id}: {one.value if one.value is not None else one.reason or '?'} ({one.status})")
    lines += [f"! {check.message}" for check in checks if not check.passed]
    return "\n".join(lines)
