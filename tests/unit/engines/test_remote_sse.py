"""Server-sent events, however the bytes come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wentu.engines.remote.sse import MAX_EVENT_CHARS, EventReader, EventTooLong


def read(*pieces: bytes) -> list[str]:
    reader = EventReader()
    events = [event for piece in pieces for event in reader.feed(piece)]
    return events + reader.finish()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_three_line_ends_are_line_ends(end: str) -> None:
    assert read(f"data: a{end}{end}data: b{end}{end}".encode()) == ["a", "b"]


def test_an_event_is_given_out_as_soon_as_its_blank_line_has_come() -> None:
    reader = EventReader()
    assert [reader.feed(piece) for piece in (b"data: a\n", b"\n", b"data: b")] == [[], ["a"], []]


def test_a_bare_cr_ends_a_line_without_waiting_for_what_follows() -> None:
    assert EventReader().feed(b"data: a\r\r") == ["a"]


def test_comments_names_ids_and_unknown_fields_are_passed_over() -> None:
    assert read(b": ping\n\nevent: x\nid: 7\nretry: 10\nfoo: bar\ndata: a\n\nid: 8\n\n") == ["a"]


def test_several_data_lines_are_one_event() -> None:
    assert read(b"data: a\ndata:b\ndata:  c\ndata\n\n") == ["a\nb\n c\n"]


def test_a_byte_order_mark_is_no_part_of_the_first_field() -> None:
    assert read(b"\xef\xbb", b"\xbfdata: a\n\n") == ["a"]


def test_the_last_event_counts_without_its_blank_line() -> None:
    assert read(b"data: a\n\ndata: b") == ["a", "b"]


def test_bytes_that_are_no_utf8_do_not_stop_the_stream() -> None:
    assert read(b"data: \xff\n\ndata: b\n\n") == ["\ufffd", "b"]


@given(
    events=st.lists(st.text(alphabet="a图🙂 :", max_size=6), max_size=6),
    cuts=st.lists(st.integers(1, 9), min_size=1, max_size=40),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_it_does_not_matter_where_the_bytes_are_cut(events: list[str], cuts: list[int], end: str) -> None:
    data = "".join(f": ping{end}data: {event}{end}{end}" for event in events).encode()
    pieces, at = [], 0
    for cut in cuts * (1 + len(data)):
        pieces.append(data[at : at + cut])
        at += cut
        if at >= len(data):
            break
    assert read(*pieces) == events


@pytest.mark.parametrize("line", [b"data: " + b"x" * 1000, b"data: " + b"x" * 1000 + b"\n"])
def test_an_event_without_end_is_given_up(line: bytes) -> None:
    reader = EventReader()
    with pytest.raises(EventTooLong):
        for _ in range(MAX_EVENT_CHARS // 1000 + 1):
            reader.feed(line)
