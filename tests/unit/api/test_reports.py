"""The reports of what was measured here: who sees them, and what becomes of one that is not understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from flask.testing import FlaskClient

from wentu.cli.machine import read_machine
from wentu.cli.selftest import report
from wentu.evaluation.bench import Figures
from wentu.evaluation.charts.figures import figures as charts
from wentu.evaluation.documents.measure import Outcome
from wentu.evaluation.support import figures as support
from wentu.store.reports import keep_report, read_report

MACHINE = asdict(read_machine())
NAMES = ("bench", "documents", "charts", "support")


def test_before_anything_was_measured_there_is_nothing(client: FlaskClient) -> None:
    assert client.get("/v1/reports").json == dict.fromkeys(NAMES)


def test_what_the_commands_find_is_what_the_page_gets(client: FlaskClient, tmp_path: Path) -> None:
    bench = {
        "engines": {"openvino": asdict(Figures(load_s=2.5))},
        "models": {"openvino": "random"},
        "versions": {"wentu": "1"},
        "random": True,
        "runs": 3,
    }
    outcome = Outcome("1", "receipt", "clean", 0, "total", True, "verified", 0.9)
    keep_report(tmp_path, "bench", MACHINE, bench)
    keep_report(tmp_path, "documents", MACHINE, {"drawn": True, **report([outcome])})
    keep_report(tmp_path, "charts", MACHINE, asdict(charts([])))
    keep_report(tmp_path, "support", MACHINE, asdict(support([])))
    found = client.get("/v1/reports").json
    assert all(found[name]["machine"]["processor"] == MACHINE["processor"] for name in NAMES)
    assert found["bench"]["found"] == bench
    assert found["documents"]["found"]["types"]["receipt"]["field_exact"] == 1.0
    assert found["charts"]["found"]["rms_f1"] is None


def test_a_report_of_another_shape_or_a_damaged_one_counts_as_none(client: FlaskClient, tmp_path: Path) -> None:
    keep_report(tmp_path, "bench", MACHINE, {"engines": "of another release"})
    (tmp_path / "reports" / "documents.json").write_text('{"made_at": 1, "rel')
    assert client.get("/v1/reports").json == dict.fromkeys(NAMES)
    assert read_report(tmp_path, "documents") is None


def test_only_administrators_see_them(as_key: Callable[[], FlaskClient]) -> None:
    assert as_key().get("/v1/reports").status_code == 403
