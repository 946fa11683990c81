"""Pages for the browser tests, and screenshots for a person."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page

SCREENSHOTS = Path(__file__).parent.parent / "e2e" / "screenshots"


def open_page(
    browser: Browser,
    url: str,
    errors: list[str],
    *,
    width: int = 1280,
    height: int = 800,
    locale: str = "zh-CN",
    tour: bool = False,
) -> Page:
    """A visitor's page; every script error and every refused resource is noted. `tour`: as nobody has seen it yet."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale=locale, accept_downloads=True)
    if not tour:
        context.add_init_script("localStorage.setItem('wentu.tour', 'seen')")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(url)
    return page


def shoot(page: Page, name: str) -> None:
    """A screenshot to be looked at by a person."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
