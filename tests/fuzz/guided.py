"""Coverage-guided fuzzing with Atheris: `python -m fuzz.guided TARGET [libFuzzer's options]` in tests/.

Unlike test_parsers.py it looks at which lines an input reached, and keeps what reached new ones. Only code that is
Python can be guided so; pictures' pixels are decoded by C libraries, in a child of their own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import atheris

with atheris.instrument_imports(include=["wentu"]):
    from wentu.core.errors import BadInput, BadPolicy
    from wentu.engines.remote.sse import EventReader, EventTooLong
    from wentu.intake.dataurl import decode_data_url
    from wentu.intake.decoder.headers import check_png, webp_is_lossless, webp_size
    from wentu.intake.decoder.rejected import Rejected
    from wentu.intake.kinds import kind_of, stranger_name
    from wentu.intake.links import parse_link
    from wentu.intake.names import mask_name
    from wentu.safety.findings import Caught
    from wentu.safety.guard import Guard
    from wentu.safety.injection import find_injection
    from wentu.safety.personal_data import mask
    from wentu.safety.policy import Policy, Word, parse_policy
    from wentu.safety.screen import Screen

SCREEN = Screen(Policy(words=(Word(text="坏词"), Word(text="三字词", exempt=("不是三字词",)), Word(text="bad word"))))


def events(data: bytes) -> None:
    """The same events whether the bytes come at once or in pieces."""
    given = atheris.FuzzedDataProvider(data)
    size = given.ConsumeIntInRange(1, 9)
    body = given.ConsumeBytes(len(data))
    assert read([body]) == read([body[at : at + size] for at in range(0, len(body), size)])


def read(pieces: list[bytes]) -> list[str] | None:
    reader = EventReader()
    try:
        return [event for piece in pieces for event in reader.feed(piece)] + reader.finish()
    except EventTooLong:
        return None


def headers(data: bytes) -> None:
    """What is read of a file before any library sees it ends, and raises nothing but a named rule."""
    kind_of(data)
    stranger_name(data)
    webp_size(data)
    webp_is_lossless(data)
    try:
        check_png(data)
    except Rejected as no:
        assert no.rule


def names(data: bytes) -> None:
    """Addresses and file names that a client sends."""
    text = atheris.FuzzedDataProvider(data).ConsumeUnicodeNoSurrogates(len(data))
    assert len(mask_name(text)) <= 10
    for take in (lambda: decode_data_url(text, max_bytes=1_000), lambda: parse_link(text)):
        try:
            take()
        except BadInput as error:
            assert error.params["rule"]


def texts(data: bytes) -> None:
    """The guard lets no word through however a text is cut, and masks keep its length."""
    given = atheris.FuzzedDataProvider(data)
    size = given.ConsumeIntInRange(1, 5)
    text = given.ConsumeUnicodeNoSurrogates(len(data))
    guard, shown = Guard(SCREEN), ""
    try:
        for at in range(0, len(text), size):
            shown += guard.feed(text[at : at + size])
        shown += guard.finish()
        assert shown == text
    except Caught:
        assert text.startswith(shown)
    assert not SCREEN.lexicon.scan(shown).findings
    assert len(mask(text)) == len(text)
    find_injection(text)


def policies(data: bytes) -> None:
    """A policy is taken or its wrong field is named."""
    try:
        Screen(parse_policy(data, "x.json"))
    except BadPolicy as error:
        assert error.params is not None


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    one.__name__: one for one in (events, headers, names, texts, policies)
}


if __name__ == "__main__":
    program, target, *options = sys.argv
    atheris.Setup([program, *options], TARGETS[target])
    atheris.Fuzz()
