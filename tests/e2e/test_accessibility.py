"""Every section against axe-core: nothing that keeps somebody from using it (impact serious or critical)."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from running import Running
from running.axe import findings, settled
from running.browser import open_page

SECTIONS = [
    "/",
    "/documents",
    "/charts",
    "/support",
    "/review",
    "/versions",
    "/overview",
    "/measured",
    "/settings",
    "/nowhere",
]
Scheme = Literal["light", "dark"]


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(1280, "light", "zh-CN"), (390, "dark", "en-US")], ids=["desktop", "dark phone"]
)
def test_every_section_is_open_to_everybody(
    browser: Browser, service: Running, errors: list[str], width: int, scheme: Scheme, locale: str
) -> None:
    page = open_page(browser, service.url, errors, width=width, height=844, locale=locale)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = []
    for path in SECTIONS:
        page.goto(service.url + path)
        settled(page)
        found += findings(page)
    assert found == []
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert any("button-name" in one for one in findings(page)), "axe looks at nothing"
    page.context.close()


def test_answers_pictures_and_tables_are_open_to_everybody(page: Page, service: Running) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="图里写了什么？", exact=True).first.click()
    answer = page.get_by_role("article", name="问图的回答")
    expect(answer.get_by_role("button", name="重新回答")).to_be_visible(timeout=30_000)
    found = findings(page)
    page.goto(f"{service.url}/charts")
    page.get_by_role("button", name="用示例图表试一试").click()
    expect(page.get_by_role("table", name="图表的数据")).to_be_visible(timeout=30_000)
    settled(page)
    assert found + findings(page) == []
