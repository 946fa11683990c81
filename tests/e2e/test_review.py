"""The policy page and the review desk in a browser: a word is tried, published, hit, and a person decides."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from running import Running
from running.axe import findings
from running.browser import open_page, shoot
from wentu import samples

WORD = "暗号口令"
QUESTION = f"{WORD}，图里写了什么？"


@pytest.fixture
def policy(service: Running) -> Iterator[dict[str, Any]]:
    """A policy of one word, short enough to be typed; what was in force comes back at the end."""
    policies = f"{service.url}/v1/policies"
    shipped: dict[str, Any] = httpx.get(f"{policies}/0").json()["policy"]
    yield {"words": [{"text": WORD, "category": "secret", "severity": "review"}]}
    httpx.post(policies, json={"policy": shipped}).raise_for_status()


def ask(page: Page, file: Path) -> Locator:
    """The article of a held answer."""
    page.goto(page.url.split("/s/")[0])
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_role("list", name="待提问的图片").get_by_role("listitem")).to_have_count(1)
    page.get_by_role("textbox", name="你的问题").fill(QUESTION)
    page.get_by_role("button", name="提问", exact=True).click()
    return page.get_by_role("article", name="问图的回答").last


def test_a_word_is_tried_published_and_decided_about(
    page: Page, browser: Browser, service: Running, errors: list[str], policy: dict[str, Any], tmp_path: Path
) -> None:
    invoice = tmp_path / "发票.png"
    invoice.write_bytes(samples.read("invoice"))
    expect(ask(page, invoice)).to_contain_text("增值税普通发票", timeout=30_000)  # nobody minds the word yet

    desk = open_page(browser, f"{service.url}/review", errors)
    desk.get_by_role("radio", name="策略").click()
    desk.get_by_role("textbox", name="策略").fill(json.dumps(policy, ensure_ascii=False, indent=1))
    expect(desk.get_by_role("button", name="发布，立即生效")).to_have_count(0)
    desk.get_by_role("button", name="试算影响").click()
    effect = desk.get_by_role("status").filter(has_text="条问答的影响")
    expect(effect).to_contain_text(re.compile(r"转审核：[1-9]"))
    expect(effect.locator("mark", has_text=WORD).first).to_be_visible()
    shoot(desk, "policy-desktop-zh")
    assert findings(desk) == []
    desk.get_by_role("button", name="发布，立即生效").click()
    expect(desk.get_by_text(re.compile("正在使用第 [0-9]+ 版策略"))).to_be_visible()

    held = ask(page, invoice)
    expect(held).to_contain_text("正等待人工审核", timeout=30_000)
    expect(held).not_to_contain_text("增值税")
    desk.get_by_role("radio", name="审核台").click()
    case = desk.get_by_role("article", name="待审条目").first
    expect(case).to_contain_text("词表 · 提问 · 原样出现")
    expect(case.locator("mark")).to_have_text(WORD)
    picture = case.get_by_role("button", name="点击查看")
    blurred = "element => getComputedStyle(element.querySelector('img')).filter"
    assert "blur" in picture.evaluate(blurred)
    shoot(desk, "review-desktop-zh")
    assert findings(desk) == []
    picture.click()
    opened = case.get_by_role("button", name="重新模糊")
    expect(opened).to_have_attribute("aria-pressed", "true")
    desk.wait_for_function("() => getComputedStyle(document.querySelector('.picture.seen img')).filter === 'none'")
    shoot(desk, "review-seen-desktop-zh")
    case.get_by_role("button", name="放行", exact=True).click()
    expect(held).to_contain_text("增值税普通发票", timeout=15_000)

    refused = ask(page, invoice)
    expect(refused).to_contain_text("正等待人工审核", timeout=30_000)
    for width, height, locale, name in ((390, 844, "zh-CN", "phone-zh"), (1280, 800, "en-US", "desktop-en")):
        other = open_page(browser, f"{service.url}/review", errors, width=width, height=height, locale=locale)
        expect(other.get_by_role("article").first).to_be_visible()
        assert other.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        shoot(other, f"review-{name}")
        assert findings(other) == []
        other.context.close()
    desk.reload()
    desk.get_by_role("article", name="待审条目").first.get_by_role("button", name="不放行").click()
    expect(refused).to_contain_text("没有放行", timeout=15_000)
    desk.context.close()
