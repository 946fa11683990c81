"""The tour that a first visitor gets: four steps on sample pictures, beside a page that stays free to be used."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from running import Running
from running.axe import findings
from running.browser import open_page, shoot


def test_a_first_visitor_is_led_through_what_wentu_does(browser: Browser, service: Running, errors: list[str]) -> None:
    page = open_page(browser, service.url, errors, tour=True)
    tour = page.get_by_role("region", name="导览")
    tour.get_by_role("button", name="问示例发票的价税合计").click()
    expect(page.get_by_role("article", name="问图的回答")).to_contain_text("12854.50", timeout=30_000)
    shoot(page, "tour-ask-desktop-zh")
    tour.get_by_role("button", name="下一步").click()
    tour.get_by_role("button", name="读示例发票").click()
    expect(page.get_by_role("table")).to_contain_text("购买方", timeout=30_000)
    tour.get_by_role("button", name="下一步").click()
    tour.get_by_role("button", name="读示例图表").click()
    expect(page.get_by_text("正在读图")).to_be_visible()
    assert "sample" not in page.url
    tour.get_by_role("button", name="下一步").click()
    tour.get_by_role("button", name="完成").click()
    expect(page.locator("#main")).to_be_focused()
    page.reload()
    expect(page.get_by_role("button", name="看导览")).to_be_visible()
    expect(tour).to_have_count(0)
    page.context.close()
    assert errors == []


def test_the_tour_on_a_phone_works_by_keyboard_and_comes_again_when_asked(
    browser: Browser, service: Running, errors: list[str]
) -> None:
    page = open_page(browser, service.url, errors, width=390, height=844, locale="en-US", tour=True)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    tour = page.get_by_role("region", name="Tour")
    shoot(page, "tour-phone-dark-en")
    tour.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    expect(tour).to_contain_text("2 of 4")
    expect(page.locator("p[aria-live=polite]")).to_contain_text("Documents: from scans to a table")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    tour.get_by_role("button", name="End the tour").press("Enter")
    expect(tour).to_have_count(0)
    page.get_by_role("button", name="Open history").click()
    page.get_by_role("button", name="Take the tour").click()
    expect(tour).to_contain_text("1 of 4")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.context.close()
    assert errors == []
