"""The running service and a browser for the end-to-end tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from running import Running, serving
from running.browser import open_page

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
