from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from wentu.core.logs import JOB, set_up_logs


@pytest.fixture(autouse=True)
def root_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_a_line_of_json_names_the_job_that_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("INFO", "json")
    about = JOB.set("job_1")
    try:
        raise ValueError
    except ValueError:
        logging.getLogger("wentu.x").exception("%s went wrong", "it")
    finally:
        JOB.reset(about)
    logging.getLogger("wentu.x").info("fine")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["job"], first["message"], first["level"]) == ("job_1", "it went wrong", "ERROR")
    assert "ValueError" in first["trace"] and "job" not in second and second["process"] > 0


def test_a_line_of_text_names_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("INFO")
    about = JOB.set("job_1")
    logging.getLogger("wentu.x").info("it began")
    logging.getLogger("wentu.x").info("job job_1 ended")
    JOB.reset(about)
    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith("it began [job_1]") and second.endswith("job job_1 ended")
