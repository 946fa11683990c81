"""Nothing that the llamacpp engine says sends people to settings of the remote engine."""

from __future__ import annotations

import pytest

from wentu.core.errors import EngineCrashed, EngineError, EngineMissing, EngineUnreachable, OutOfMemory, WeightsMissing
from wentu.engines.llamacpp.border import loading, own_words
from wentu.engines.remote.border import ROWS, status_error

SAID = [cls(message, hint=hint) for _, cls, message, hint in ROWS]
SAID += [status_error(status) for status in (400, 401, 404, 408, 413, 422, 429, 500, 503, 504)]
SAID += [status_error(400, {"error": {"type": "exceed_context_size_error"}})]


@pytest.mark.parametrize("error", SAID, ids=lambda error: error.message)
def test_no_word_of_a_remote_server_is_left(error: EngineError) -> None:
    found = own_words(error)
    assert "remote" not in f"{found.message} {found.hint}".lower()
    assert found.message and found.hint
    assert found.retryable == error.retryable


def test_a_server_that_is_gone_is_a_crash_of_this_engine() -> None:
    assert type(own_words(EngineUnreachable("the remote server broke off"))) is EngineCrashed


@pytest.mark.parametrize(
    ("raised", "ours"),
    [
        (RuntimeError("/home/me/secret"), EngineError),
        (ValueError("/home/me/secret"), EngineError),
        (MemoryError(), OutOfMemory),
        (ImportError("no module"), EngineMissing),
        (WeightsMissing("kept"), WeightsMissing),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_whatever_loading_raises_is_ours_without_its_words(raised: Exception, ours: type[EngineError]) -> None:
    with pytest.raises(EngineError) as caught, loading("model.gguf"):
        raise raised
    assert type(caught.value) is ours
    assert "secret" not in caught.value.message + caught.value.hint
