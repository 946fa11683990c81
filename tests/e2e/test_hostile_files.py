"""Every hostile file meets its named error at every door, and the service stays well."""

import json
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from hostile import CASES, Case
from running import Running, environ_for, run_wentu


@pytest.mark.parametrize("case", CASES, ids=str)
def test_through_the_api(service: Running, case: Case) -> None:
    answer = httpx.post(f"{service.url}/v1/pictures", files={"file": (case.name, case.make())}, timeout=60)
    if case.code is None:
        assert answer.status_code == 201, answer.text
    else:
        error = answer.json()["error"]
        assert (error["code"], error["params"].get("rule")) == (case.code, case.rule)
        assert 400 <= answer.status_code < 500 and error["hint"]
    assert httpx.get(f"{service.url}/healthz").status_code == 200


@pytest.mark.parametrize("case", [case for case in CASES if case.code is not None][::3], ids=str)
def test_through_the_command_line(tmp_path: Path, case: Case) -> None:
    file = tmp_path / Path(case.name).name
    file.write_bytes(case.make())
    said = run_wentu("ask", str(file), "图里写了什么？", "--json", environ=environ_for(tmp_path / "data"))
    assert said.returncode == 1
    assert json.loads(said.stdout)["error"]["code"] == case.code
    assert "Traceback" not in said.stderr


def test_through_the_page(page: Page, tmp_path: Path, errors: list[str]) -> None:
    for case in [case for case in CASES if case.code is not None][::6]:
        file = tmp_path / Path(case.name).name
        file.write_bytes(case.make())
        page.locator("input[type=file]").first.set_input_files(file)
        waiting = page.get_by_role("list", name="待提问的图片").get_by_role("listitem").filter(has_text=file.name)
        expect(waiting.get_by_role("alert")).to_contain_text("没有放入")
        page.reload()
    # The browser logs every answer of 400 and above; that is what is asked for here.
    assert any("status of 4" in error for error in errors)
    errors[:] = [error for error in errors if "status of 4" not in error]
