"""The API against its own description: whatever the description allows, and much that it does not, is no fault."""

from __future__ import annotations

import os

import pytest
import schemathesis
from apiflask import APIFlask
from hypothesis import HealthCheck, Phase, given, settings

# `make fuzz` looks longer.
EXAMPLES = int(os.environ.get("WENTU_FUZZ_EXAMPLES", "4"))
LOOPBACK = {"Host": "127.0.0.1:8760"}


@pytest.mark.timeout(max(120, EXAMPLES * 20))
def test_no_described_request_is_answered_with_a_fault(app: APIFlask) -> None:
    with app.app_context():
        schema = schemathesis.openapi.from_dict(app.spec)
    schema.app = app
    tried = set()
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=EXAMPLES < 10,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def check(case) -> None:  # type: ignore[no-untyped-def]
            response = case.call(headers=LOOPBACK)
            assert response.status_code < 500, (case.method, case.path, response.text)

        given(case=operation.as_strategy())(check)()
        tried.add((operation.method, operation.path))
    assert len(tried) > 25
