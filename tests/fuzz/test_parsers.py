"""`make fuzz`: the parsers of foreign bytes, for as long as FUZZ_MINUTES says; not part of `make test`."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator

import pytest

from hostile import documents, ofd, pictures
from wentu.core.config import IntakeSettings
from wentu.core.errors import BadInput
from wentu.engines.remote.sse import MAX_EVENT_CHARS, EventReader, EventTooLong
from wentu.intake import Intake
from wentu.safety.findings import Caught
from wentu.safety.guard import Guard
from wentu.safety.personal_data import mask
from wentu.safety.policies import shipped_policy
from wentu.safety.screen import Screen

MINUTES = float(os.environ.get("FUZZ_MINUTES", "0.1"))
TARGETS, WAYS = 3, 2  # the other way is test_guided.py
SEED = int(os.environ.get("FUZZ_SEED", str(int(time.time()))))


def rounds(seed: int) -> Iterator[random.Random]:
    """A source of chance a round, until this target's share of the time is over. A failure names its round."""
    until = time.monotonic() + MINUTES * 60 / TARGETS / WAYS
    number = 0
    while time.monotonic() < until:
        number += 1
        yield random.Random(f"{seed}-{number}")
    print(f"seed {seed}: {number} rounds")


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The bytes with some changed, cut, doubled or put elsewhere."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(len(made) + 1)
        size = rng.choice((1, 2, 4, 64))
        kind = rng.randrange(5)
        if kind == 0 and at < len(made):
            made[at] = rng.randrange(256)
        elif kind == 1:
            del made[at : at + size]
        elif kind == 2:
            made[at:at] = rng.randbytes(size)
        elif kind == 3:
            made[at:at] = made[at : at + size] * rng.choice((1, 3))
        else:
            made[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0"))
    return bytes(made)


@pytest.mark.timeout(0)
def test_intake_takes_or_names_a_rule() -> None:
    seeds = [pictures.plain(40, 30, kind) for kind in pictures.KINDS]
    seeds += [pictures.multi_picture_jpeg(), pictures.animated_gif(3), documents.pdf(2, width_pt=60, height_pt=40)]
    seeds += [ofd.ofd([ofd.text(2, 10, 5, "正文 1")], box="0 0 30 20")]
    limits = IntakeSettings(decode_timeout_s=10, max_pixels=1_000_000)
    with Intake(limits, dict[str, bytes]().__getitem__) as intake:
        for rng in rounds(SEED):
            data = mutated(rng.choice(seeds), rng)
            try:
                taken = intake.take(data)
            except BadInput as error:
                assert error.params["rule"]
            else:
                assert taken.data and taken.width * taken.height <= limits.max_pixels


@pytest.mark.timeout(0)
def test_the_event_parser_gives_the_same_events_however_bytes_are_cut() -> None:
    def events(pieces: list[bytes]) -> list[str] | None:
        reader = EventReader()
        try:
            return [event for piece in pieces for event in reader.feed(piece)] + reader.finish()
        except EventTooLong:
            return None

    makers: list[Callable[[random.Random], bytes]] = [
        lambda rng: f"data: {json.dumps({'a': rng.random(), 'b': '好' * rng.randrange(5)})}\n\n".encode(),
        lambda rng: rng.choice((b": ping\r\n\r\n", b"id: 1\rdata\r\r", b"\xef\xbb\xbf", b"event: x\ndata:y\n", b"\n")),
        lambda rng: rng.randbytes(rng.randrange(20)),
    ]
    for rng in rounds(SEED + 1):
        data = mutated(b"".join(rng.choice(makers)(rng) for _ in range(rng.randrange(1, 12))), rng)
        cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(6)))
        pieces = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
        whole, cut = events([data]), events(pieces)
        assert whole == cut
        assert whole is None or all(len(event) <= MAX_EVENT_CHARS for event in whole)


@pytest.mark.timeout(0)
def test_the_guard_lets_no_word_through_and_changes_nothing_else() -> None:
    screen = Screen(shipped_policy())
    words = [word.text for word in shipped_policy().words]
    noise = "的一是了我不在人有他这中大来上个国到说们为子和你地出会也时要就可以对生能而*-·\u200b\ufe0f 。！abcＡ１"
    for rng in rounds(SEED + 2):
        text = "".join(rng.choice((rng.choice(words)[: rng.randrange(1, 9)], rng.choice(noise))) for _ in range(60))
        guard, shown, caught, at = Guard(screen), "", False, 0
        try:
            while at < len(text):
                size = rng.randrange(1, 6)
                shown += guard.feed(text[at : at + size])
                at += size
            shown += guard.finish()
        except Caught:
            caught = True
        assert text.startswith(shown) if caught else shown == text
        assert not screen.lexicon.scan(shown).findings
        assert len(mask(text)) == len(text)
