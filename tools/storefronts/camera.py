"""HTML to pictures in headless Chromium: screenshots at phone sizes, photos of a screen, and pictures nobody can read."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
# CSS pixels and device pixels per CSS pixel, of phones that are sold.
PHONES = ((360, 780, 2.0), (390, 844, 2.0), (412, 915, 1.75), (375, 667, 2.0))
DESK = (1180, 720, 1.0)


@contextmanager
def camera() -> Iterator[Camera]:
    with sync_playwright() as playwright:
        path = str(CHROMIUM) if CHROMIUM.is_file() else None
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield Camera(browser)
        finally:
            browser.close()


class Camera:
    """Draws pages. The same seed gives the same page; JPEG's bytes may differ between releases of Chromium."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def screenshot(self, html: str, size: tuple[int, int, float]) -> bytes:
        """PNG of the visible part of a page."""
        return self._shoot(html, size, "png", None)

    def photo(self, shot: bytes, rng: random.Random) -> bytes:
        """JPEG of a screen that shows a screenshot: turned, leaning, with scan lines and a reflection."""
        turn, lean, tilt = rng.uniform(-3, 3), rng.uniform(-7, 7), rng.uniform(-5, 5)
        css = (
            f"transform:perspective(1400px) rotate({turn:.2f}deg) rotateY({lean:.2f}deg) rotateX({tilt:.2f}deg);"
            f"filter:brightness({rng.uniform(0.75, 1.1):.2f}) contrast({rng.uniform(0.8, 1):.2f}) blur({rng.uniform(0, 0.5):.2f}px)"
        )
        lines = "repeating-linear-gradient(0deg,rgba(0,0,0,.05) 0 1px,transparent 1px 3px)"
        shine = f"linear-gradient({rng.randrange(360)}deg,rgba(255,255,255,{rng.uniform(0, 0.25):.2f}),transparent 60%)"
        html = (
            f"<body style='margin:0;background:#{rng.choice(['2b2723', '4a4a50', '8b7b66'])}'>"
            f"<div style='position:relative;margin:50px 60px;{css}'><img style='width:600px;display:block' src='{_url(shot)}'>"
            f"<div style='position:absolute;inset:0;background:{lines},{shine}'></div></div>"
        )
        return self._shoot(html, (720, 1300, 1.5), "jpeg", rng.randrange(50, 85))

    def ruined(self, shot: bytes, rng: random.Random) -> bytes:
        """JPEG that holds nothing a person could read."""
        how = rng.choice(["blur(14px)", "brightness(.02)", "tiny", "covered"])
        style = f"width:400px;filter:{how}" if "(" in how else f"width:{rng.choice([26, 34])}px"
        body = f"<img style='{style}' src='{_url(shot)}'>" if how != "covered" else ""
        return self._shoot(f"<body style='margin:0;background:#777'>{body}", (400, 700, 1.0), "jpeg", 60)

    def _shoot(self, html: str, size: tuple[int, int, float], kind: str, quality: int | None) -> bytes:
        width, height, scale = size
        page = self._browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
        try:
            page.set_content(html)
            return page.screenshot(type=kind, quality=quality)  # type: ignore[arg-type]
        finally:
            page.close()


def _url(shot: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(shot).decode()}"
