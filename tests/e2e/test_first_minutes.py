"""A new user's first minutes: the reader answers at once, the model comes in the background and takes over."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from hub import running_hub
from running import serving, wait_for_version
from running.browser import open_page, shoot
from tiny import Sizes, make_checkpoint

REPO = "Tiny/Tiny-VL"


def test_the_model_comes_in_the_background_and_takes_over_without_a_restart(
    browser: Browser, tmp_path: Path, errors: list[str]
) -> None:
    folder = make_checkpoint(tmp_path / "tiny", says="Tax: 162.50", sizes=Sizes(layers=4))
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    with running_hub(files, REPO) as hub:
        hub.faults.pause_s = 0.25
        settings = {
            "WENTU_MODELS__AUTO_PULL": "true",
            "WENTU_MODELS__REPO": REPO,
            "WENTU_MODELS__HF_ENDPOINT": hub.url,
            "WENTU_ENGINE__MAX_PIXELS": "65536",
        }
        with serving(tmp_path / "data", **settings) as running:
            page = open_page(browser, running.url, errors)
            banner = page.get_by_role("region", name=f"正在下载 {REPO}")
            expect(banner.get_by_role("progressbar")).to_be_visible(timeout=20_000)
            shoot(page, "downloading-desktop-zh")
            page.get_by_role("button", name="价税合计是多少？", exact=True).first.click()
            expect(page.get_by_role("article", name="问图的回答")).to_contain_text("12854.50", timeout=30_000)
            hub.faults.pause_s = 0.0
            wait_for_version(running, "tiny-vl")
            expect(page.get_by_text("tiny-vl").first).to_be_visible(timeout=30_000)
            page.get_by_role("article", name="问图的回答").get_by_role("button", name="重新回答").click()
            answer = page.get_by_role("article", name="问图的回答")
            expect(answer).to_contain_text("Tax: 162.50", timeout=30_000)
            expect(answer).to_contain_text("已核对")
            shoot(page, "taken-over-desktop-zh")
            page.context.close()
    assert errors == []


def test_without_a_hub_the_page_says_so_and_how_to_bring_the_files(
    browser: Browser, tmp_path: Path, errors: list[str]
) -> None:
    settings = {"WENTU_MODELS__AUTO_PULL": "true", "WENTU_MODELS__HF_ENDPOINT": "http://127.0.0.1:9"}
    with serving(tmp_path / "data", **settings) as running:
        page = open_page(browser, running.url, errors)
        banner = page.get_by_role("region", name="没有装好")
        expect(banner).to_be_visible(timeout=90_000)
        banner.get_by_role("button", name="怎样安装").click()
        expect(banner).to_contain_text("wentu models add")
        shoot(page, "no-hub-desktop-zh")
        page.context.close()
    assert errors == []
