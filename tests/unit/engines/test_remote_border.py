"""Every exception of httpx and every HTTP status has its error."""

from __future__ import annotations

import logging

import httpx
import pytest

from wentu.core.errors import (
    ContextOverflow,
    EngineBusy,
    EngineError,
    EngineMissing,
    EngineTimeout,
    EngineUnreachable,
)
from wentu.engines.remote.border import ROWS, border, status_error


def exported_exceptions() -> list[type[Exception]]:
    found = (getattr(httpx, name) for name in httpx.__all__)
    return [item for item in found if isinstance(item, type) and issubclass(item, Exception)]


def made(cls: type[Exception]) -> Exception:
    exc = cls.__new__(cls)
    exc.args = ("http://user:secret@10.0.0.5",)
    return exc


def test_httpx_has_the_exceptions_that_we_know_of() -> None:
    assert len(exported_exceptions()) >= 25


@pytest.mark.parametrize("cls", exported_exceptions(), ids=lambda cls: cls.__name__)
def test_every_exception_of_httpx_is_mapped_by_a_row(cls: type[Exception], caplog: pytest.LogCaptureFixture) -> None:
    assert any(issubclass(cls, classes) for classes, *_ in ROWS)
    with caplog.at_level(logging.DEBUG), pytest.raises(EngineError) as caught, border():
        raise made(cls)
    said = f"{caught.value.message} {caught.value.hint} {caught.value.params} {caplog.text}"
    assert "secret" not in said


@pytest.mark.parametrize(
    ("cls", "ours", "retryable"),
    [
        (httpx.ReadTimeout, EngineTimeout, True),
        (httpx.PoolTimeout, EngineTimeout, True),
        (httpx.ConnectTimeout, EngineUnreachable, True),
        (httpx.ConnectError, EngineUnreachable, True),
        (httpx.ReadError, EngineUnreachable, True),
        (httpx.RemoteProtocolError, EngineUnreachable, True),
        (httpx.UnsupportedProtocol, EngineMissing, False),
        (httpx.InvalidURL, EngineMissing, False),
        (httpx.DecodingError, EngineError, False),
    ],
)
def test_what_happened_can_be_told_apart(cls: type[Exception], ours: type[EngineError], retryable: bool) -> None:
    with pytest.raises(EngineError) as caught, border():
        raise made(cls)
    assert type(caught.value) is ours
    assert caught.value.retryable is retryable


def test_pythons_own_exceptions_become_ours_too() -> None:
    with pytest.raises(EngineError), border():
        raise OSError("http://user:secret@10.0.0.5")


@pytest.mark.parametrize(
    ("status", "cls", "variable"),
    [
        (301, EngineError, "WENTU_REMOTE__URL"),
        (400, EngineError, ""),
        (401, EngineError, "WENTU_REMOTE__KEY"),
        (403, EngineError, "WENTU_REMOTE__KEY"),
        (404, EngineError, "WENTU_REMOTE__MODEL"),
        (408, EngineTimeout, "WENTU_REMOTE__TIMEOUT_S"),
        (413, EngineError, ""),
        (418, EngineError, "WENTU_REMOTE__URL"),
        (422, EngineError, ""),
        (429, EngineBusy, ""),
        (500, EngineError, ""),
        (503, EngineBusy, ""),
        (504, EngineTimeout, "WENTU_REMOTE__TIMEOUT_S"),
    ],
)
def test_every_status_says_what_to_do(status: int, cls: type[EngineError], variable: str) -> None:
    error = status_error(status)
    assert type(error) is cls
    assert variable in error.hint
    assert error.hint
    assert error.retryable is (cls in (EngineBusy, EngineTimeout))


@pytest.mark.parametrize("name", ["code", "type"])
def test_a_question_that_is_too_long_is_known_by_its_code(name: str) -> None:
    for value in ("context_length_exceeded", "exceed_context_size_error"):
        assert isinstance(status_error(400, {"error": {name: value}}), ContextOverflow)


@pytest.mark.parametrize("answer", [None, [], "x", {"error": "x"}, {"error": {"code": ["x"], "type": None}}])
def test_error_bodies_of_any_shape_are_taken(answer: object) -> None:
    assert type(status_error(400, answer)) is EngineError
