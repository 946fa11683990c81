"""What a document type is: fields with the labels they are printed under, how to read them, rules they must keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from wentu.core.results import Check, Value
from wentu.tasks.extract.kinds import parse
from wentu.tasks.extract.sheet import Sheet, Span


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `labels` are the printed keys, the most usual first; `kind` is a name of `kinds.KINDS`.

    A `multiline` value may run over several lines. `section` names the part of the form that it belongs to (buyer,
    seller); the same label in two sections means two fields.
    """

    id: str
    labels: tuple[str, ...]
    kind: str = "text"
    multiline: bool = False
    section: str = ""
    title: str = ""

    @property
    def key(self) -> str:
        """The key that a person would call it by."""
        return self.title or (self.labels[0] if self.labels else self.id)


@dataclass(frozen=True, slots=True)
class Found:
    """A value that was read: `text` as it stands there, `spans` where. `reason` says why it can't be read."""

    text: str
    value: Value = None
    spans: tuple[Span, ...] = ()
    reason: str = ""

    @property
    def score(self) -> float:
        return min((span.score for span in self.spans), default=0.0)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule's verdict. `fields` are the values it speaks about.

    `proves` are those for which a pass is a second reading: a checksum, or the same fact printed at another place.
    """

    check: Check
    fields: tuple[str, ...]
    proves: tuple[str, ...] = ()


Values = Mapping[str, Value]
Reader = Callable[["DocumentType", Sheet], dict[str, Found]]
Rules = Callable[[Values], Sequence[Ruling]]


def no_rules(values: Values) -> Sequence[Ruling]:
    return ()


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One kind of document. `marks` are words that tell it from others, with their weight."""

    name: str
    title: str
    fields: tuple[Field, ...]
    read: Reader
    rules: Rules = no_rules
    marks: Mapping[str, float] = field(default_factory=dict)
    items: tuple[Field, ...] = ()
    list_id: str = "items"

    def field(self, field_id: str) -> Field | None:
        """The field with this id, of a list's entry too (`items.0.amount`)."""
        parts = field_id.split(".")
        if len(parts) == 3 and parts[1].isdigit():
            return next((one for one in self.items if one.id == parts[2]), None)
        return next((one for one in self.fields if one.id == field_id), None)


def found(kind: str, spans: Sequence[Span], text: str) -> Found | None:
    """The text as a value of this kind; None where it is none."""
    value = parse(kind, text)
    return None if value is None else Found(text, value, tuple(spans))
