"""The running service and a browser for the end-to-end tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from running import Running, serving

SCREENSHOTS = Path(__file__).parent / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`wentu serve` with the built-in reader, as a new user has it; no hub is asked for weights."""
    with serving(tmp_path_factory.mktemp("service") / "data", WENTU_WEB__REQUESTS_PER_MINUTE="10000") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next((found for name in names if (found := shutil.which(name))), None)
    assert path, "these tests need Chromium: apt-get install chromium (or name one in CHROMIUM)"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def errors() -> list[str]:
    """What the page complained about; a test that expects complaints empties it."""
    return []


def open_page(
    browser: Browser, url: str, errors: list[str], *, width: int = 1280, height: int = 800, locale: str = "zh-CN"
) -> Page:
    """A new visitor's page; every script error and every refused resource is noted."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale=locale, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(url)
    return page


@pytest.fixture
def page(browser: Browser, service: Running, errors: list[str]) -> Iterator[Page]:
    """The page at desktop size in Chinese. Fails the test when the page logged an error."""
    opened = open_page(browser, service.url, errors)
    yield opened
    opened.context.close()
    assert errors == []


@pytest.fixture
def phone(browser: Browser, service: Running, errors: list[str]) -> Iterator[Page]:
    """The page on a phone."""
    opened = open_page(browser, service.url, errors, width=390, height=844)
    yield opened
    opened.context.close()
    assert errors == []


@pytest.fixture
def english(browser: Browser, service: Running, errors: list[str]) -> Iterator[Page]:
    """The page for an English visitor."""
    opened = open_page(browser, service.url, errors, locale="en-US")
    yield opened
    opened.context.close()
    assert errors == []


def shoot(page: Page, name: str) -> None:
    """A screenshot to be looked at by a person."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
