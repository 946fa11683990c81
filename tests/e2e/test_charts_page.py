"""The section for charts in a real browser: read, point, correct, ask, keep."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from running import Running
from running.browser import shoot


def read_sample(page: Page, service: Running) -> None:
    page.goto(f"{service.url}/charts")
    page.get_by_role("button", name="用示例图表试一试").click()
    expect(page.get_by_role("table", name="图表的数据")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("img", name=re.compile("重画的图表")).locator("svg")).to_be_visible()


def test_a_chart_is_read_pointed_at_corrected_asked_and_kept(page: Page, service: Running) -> None:
    read_sample(page, service)
    shoot(page, "charts-desktop-zh")
    table = page.get_by_role("table", name="图表的数据")
    cell = table.get_by_role("textbox").nth(1)
    cell.focus()
    box = page.locator("main svg.overlay [role=button]").first
    expect(box).to_have_attribute("aria-pressed", "true")

    page.get_by_role("textbox", name="就这张表提问").fill("哪个最高？")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="接着问")).to_contain_text("最高")

    with page.expect_response("**/v1/charts") as computed:
        cell.fill("9999")
        cell.press("Tab")
    assert '"picture":null' in (computed.value.request.post_data or "")
    expect(table).to_contain_text("手工填写")
    expect(page.get_by_role("region", name="统计")).to_contain_text("9,999")
    page.get_by_role("textbox", name="就这张表提问").fill("哪个最高？")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="接着问")).to_contain_text("9999")

    kept = {}
    for name in ("CSV", "PNG", "SVG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        kept[name] = download.value.path().read_bytes()
    assert b"9999" in kept["CSV"] and kept["CSV"].startswith(b"\xef\xbb\xbf")
    assert kept["PNG"].startswith(b"\x89PNG") and kept["SVG"].startswith(b"<svg")


def test_what_is_no_chart_gets_no_numbers(phone: Page, service: Running, tmp_path: Path) -> None:
    file = tmp_path / "花园.png"
    Image.effect_noise((240, 160), 60).convert("RGB").save(file)
    phone.goto(f"{service.url}/charts")
    phone.locator("main input[type=file]").set_input_files(file)
    expect(phone.get_by_role("heading", name="这张图片不是能读的图表")).to_be_visible(timeout=30_000)
    expect(phone.get_by_role("table")).to_have_count(0)
    shoot(phone, "charts-none-phone-zh")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
