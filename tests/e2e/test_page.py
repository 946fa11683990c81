"""The page in a real browser, as its users meet it. Screenshots are kept for a person to look at."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from running import Running, environ_for, run_wentu, serving, wait_for_version
from running.browser import open_page, shoot
from wentu import samples

RECEIPTS = Path(__file__).parents[3] / "shared" / "data" / "receipts"


def upload(page: Page, *files: Path) -> None:
    page.locator("input[type=file]").first.set_input_files(list(files))
    waiting = page.get_by_role("list", name="待提问的图片").get_by_role("listitem")
    expect(waiting).to_have_count(len(files))


def ask(page: Page, question: str) -> Locator:
    """The newest answer, once it is complete."""
    page.get_by_role("textbox", name="你的问题").fill(question)
    page.get_by_role("button", name="提问", exact=True).click()
    return answered(page)


def answered(page: Page) -> Locator:
    answer = page.get_by_role("article", name="问图的回答").last
    expect(answer.get_by_role("button", name="重新回答")).to_be_visible(timeout=30_000)
    return answer


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    file = tmp_path / "发票.png"
    file.write_bytes(samples.read("invoice"))
    return file


@pytest.fixture
def product(tmp_path: Path) -> Path:
    file = tmp_path / "商品.png"
    file.write_bytes(samples.read("product"))
    return file


def test_a_new_user_clicks_a_sample_and_sees_text_and_boxes(page: Page) -> None:
    expect(page.get_by_role("heading", level=1, name="把图交给我")).to_be_visible()
    shoot(page, "empty-desktop-zh")
    page.get_by_role("button", name="图里写了什么？", exact=True).first.click()
    answer = answered(page)
    expect(answer).to_contain_text("增值税普通发票")
    boxes = page.get_by_role("complementary", name="图片").get_by_role("button", name=re.compile("^依据"))
    assert boxes.count() > 20
    shoot(page, "answer-desktop-zh")


def test_an_uploaded_picture_is_answered_and_evidence_leads_both_ways(page: Page, invoice: Path) -> None:
    upload(page, invoice)
    answer = ask(page, "价税合计是多少？")
    mark = answer.get_by_role("button", name="¥12854.50", exact=True)
    mark.click()
    box = page.get_by_role("complementary", name="图片").get_by_role("button", name="依据 2：¥12854.50")
    expect(box).to_have_attribute("aria-pressed", "true")
    shoot(page, "evidence-desktop-zh")
    other = page.get_by_role("complementary", name="图片").get_by_role("button", name=re.compile("依据 1"))
    other.focus()
    page.keyboard.press("Enter")
    expect(other).to_have_attribute("aria-pressed", "true")
    expect(answer.locator("mark[data-evidence='0']")).to_have_attribute("data-active", "")


def test_a_receipt_of_the_real_world_streams_its_text_with_boxes(page: Page) -> None:
    upload(page, sorted(RECEIPTS.glob("*.jpg"))[1])
    answer = ask(page, "图里写了什么？")
    expect(answer).to_contain_text("BENS INDEPENDENT GROCER")
    assert answer.locator("mark").count() > 20
    shoot(page, "receipt-desktop-zh")


def test_several_pictures_are_kept_apart(page: Page, invoice: Path, product: Path) -> None:
    upload(page, invoice, product)
    answer = ask(page, "图里写了什么？")
    expect(answer).to_contain_text("第 1 张图")
    expect(answer).to_contain_text("第 2 张图")
    expect(page.get_by_role("complementary", name="图片").get_by_role("tab")).to_have_count(2)


def test_pasting_and_dropping_take_pictures_too(page: Page, invoice: Path) -> None:
    data = list(invoice.read_bytes())
    make = """([bytes, name]) => { const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], name, {type: 'image/png'})); return data }"""
    pasted = page.evaluate_handle(make, [data, "pasted.png"])
    page.evaluate(
        "data => document.activeElement.dispatchEvent("
        "new ClipboardEvent('paste', {clipboardData: data, bubbles: true}))",
        pasted,
    )
    waiting = page.get_by_role("list", name="待提问的图片").get_by_role("listitem")
    expect(waiting).to_have_count(1)
    dropped = page.evaluate_handle(make, [data, "dropped.png"])
    for kind in ("dragenter", "dragover", "drop"):
        page.dispatch_event("main", kind, {"dataTransfer": dropped})
    expect(waiting).to_have_count(2)


def test_nothing_moves_under_the_hand_when_an_upload_ends(page: Page, invoice: Path) -> None:
    held: list[Route] = []
    page.route("**/v1/pictures", lambda route: held.append(route))
    upload(page, invoice)
    button = page.get_by_role("button", name="提问", exact=True)
    expect(page.get_by_role("complementary", name="图片")).to_be_visible()
    before = button.bounding_box()
    held[0].continue_()
    expect(page.get_by_role("list", name="待提问的图片").get_by_role("status")).to_have_text("已放入")
    expect(page.get_by_role("complementary", name="图片").locator("img").first).to_be_visible()
    assert button.bounding_box() == before


def test_regenerate_and_edit_keep_the_older_branches(page: Page, invoice: Path) -> None:
    upload(page, invoice)
    answer = ask(page, "发票号码是多少？")
    expect(answer).to_contain_text("00260318")
    answer.get_by_role("button", name="重新回答").click()
    answer = answered(page)
    expect(answer).to_contain_text(re.compile(r"2\s*/\s*2"))
    page.get_by_role("article", name="你的提问").get_by_role("button", name="修改后再问").click()
    box = page.get_by_role("article", name="你的提问").get_by_role("textbox")
    box.fill("价税合计是多少？")
    box.press("Enter")
    expect(answered(page)).to_contain_text("12854.50")
    question = page.get_by_role("article", name="你的提问")
    expect(question).to_contain_text(re.compile(r"2\s*/\s*2"))
    shoot(page, "branches-desktop-zh")
    question.get_by_role("button", name=re.compile("上一")).click()
    expect(page.get_by_role("article", name="问图的回答").last).to_contain_text("00260318")


def test_history_is_searched_renamed_exported_and_deleted(page: Page, product: Path) -> None:
    upload(page, product)
    ask(page, "续航有多久？")
    history = page.get_by_role("navigation", name="历史对话")
    history.get_by_role("button", name="“续航有多久？”的操作").click()
    page.get_by_role("menuitem", name=re.compile("重命名")).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("耳机的事")
    page.keyboard.press("Enter")
    expect(history.get_by_role("link", name="耳机的事")).to_be_visible()
    page.reload()
    expect(page.get_by_role("article", name="问图的回答")).to_contain_text("38小时")
    search = page.get_by_role("searchbox")
    search.fill("耳机的")
    expect(history.locator("section").get_by_role("listitem")).to_have_count(1)
    history.get_by_role("button", name="“耳机的事”的操作").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=re.compile("Markdown")).click()
    assert "38小时" in download.value.path().read_text("utf-8")
    history.get_by_role("button", name="“耳机的事”的操作").click()
    page.get_by_role("menuitem", name=re.compile("删除")).click()
    confirm = page.get_by_role("alertdialog")
    if confirm.count():
        confirm.get_by_role("button", name=re.compile("删除")).click()
    expect(history.get_by_role("link", name="耳机的事")).to_have_count(0)


def test_dark_mode_and_english_are_one_click_away_and_stay(page: Page) -> None:
    page.get_by_role("link", name="设置").click()
    page.get_by_role("radio", name="深色").click()
    shoot(page, "settings-dark-zh")
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_role("heading", name="Settings").first).to_be_visible()
    page.goto(page.url.replace("/settings", "/"))
    expect(page.get_by_role("button", name="What does the picture say?").first).to_be_visible()
    shoot(page, "empty-dark-en")


def test_the_phone_shows_answer_and_picture(phone: Page) -> None:
    shoot(phone, "empty-phone-zh")
    phone.get_by_role("button", name="价税合计是多少？", exact=True).first.click()
    answer = answered(phone)
    shoot(phone, "answer-phone-zh")
    answer.get_by_role("button", name="¥12854.50", exact=True).click()
    sheet = phone.get_by_role("dialog", name="图片")
    expect(sheet.get_by_role("button", name="依据 2：¥12854.50")).to_have_attribute("aria-pressed", "true")
    shoot(phone, "evidence-phone-zh")
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "the page is wider than the phone"


def test_everything_is_reached_by_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到对话")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "图里写了什么？":
            break
    page.keyboard.press("Enter")
    expect(answered(page)).to_contain_text("增值税普通发票")


def test_an_english_visitor_gets_an_english_page_and_answer(english: Page) -> None:
    english.get_by_role("button", name="What is the total including tax?").click()
    expect(english.get_by_role("article").last).to_contain_text("The picture says", timeout=30_000)
    shoot(english, "answer-desktop-en")


def test_the_stage_is_shown_and_stop_is_real(browser: Browser, tmp_path: Path, errors: list[str]) -> None:
    slow = {"WENTU_ENGINE__NAME": "fake", "FAKE_ENGINE_TOKEN_S": "0.1", "FAKE_ENGINE_TEXT": "一二三四五六七八九十" * 30}
    with serving(tmp_path / "data", **slow) as running:
        wait_for_version(running, "fake")
        page = open_page(browser, running.url, errors)
        page.get_by_role("button", name="图里写了什么？", exact=True).first.click()
        expect(page.get_by_text("AI 正在思考").first).to_be_visible()
        expect(page.get_by_role("article", name="问图的回答")).to_contain_text("一二三", timeout=30_000)
        shoot(page, "streaming-desktop-zh")
        page.get_by_role("button", name=re.compile("停止")).click()
        answer = page.get_by_role("article", name="问图的回答")
        expect(answer.get_by_role("button", name="重新回答")).to_be_visible()
        said = answer.inner_text()
        page.wait_for_timeout(1_000)
        assert answer.inner_text() == said
        page.reload()
        expect(page.get_by_role("article", name="问图的回答")).to_contain_text("一二三")
        page.context.close()
    assert errors == []


def test_a_server_that_is_gone_is_said_and_nothing_typed_is_lost(
    browser: Browser, tmp_path: Path, errors: list[str]
) -> None:
    with serving(tmp_path / "data") as running:
        page = open_page(browser, running.url, errors)
        upload(page, _sample(tmp_path))
        running.stop()
        page.get_by_role("textbox", name="你的问题").fill("还在吗？")
        page.get_by_role("button", name="提问", exact=True).click()
        expect(page.get_by_role("alert").first).to_contain_text("连不上")
        shoot(page, "server-gone-zh")
        assert (
            "还在吗？" in page.locator("body").inner_text()
            or page.get_by_role("textbox", name="你的问题").input_value() == "还在吗？"
        )
        page.context.close()


def test_with_keys_the_page_asks_for_one_and_works_with_it(browser: Browser, tmp_path: Path, errors: list[str]) -> None:
    secret = run_wentu("keys", "add", "shop", environ=environ_for(tmp_path / "data")).stdout.strip()
    with serving(tmp_path / "data") as running:
        page = open_page(browser, running.url, errors)
        field = page.get_by_role("dialog").locator("input").first
        field.fill(secret)
        shoot(page, "key-desktop-zh")
        field.press("Enter")
        page.get_by_role("button", name="图里写了什么？", exact=True).first.click()
        expect(answered(page)).to_contain_text("增值税普通发票")
        assert page.get_by_role("complementary", name="图片").get_by_role("button", name=re.compile("^依据")).count()
        page.context.close()


def _sample(folder: Path) -> Path:
    file = folder / "图.png"
    file.write_bytes(samples.read("chart"))
    return file


def test_the_documentation_of_the_api_opens_without_a_network(browser: Browser, service: Running) -> None:
    errors: list[str] = []
    page = open_page(browser, f"{service.url}/docs", errors)
    expect(page.get_by_text("/v1/chat/completions").first).to_be_visible()
    shoot(page, "api-docs")
    page.context.close()
    assert errors == []
