import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from shop import CATALOGUE, open_shop, take
from wentu.core.config import Settings
from wentu.core.errors import BadKnowledge, UnknownKnowledge
from wentu.core.knowledge import Product
from wentu.knowledge import KnowledgeBase, SourceFile


def one(knowledge: KnowledgeBase, sku: str) -> Product:
    return next(product for product in knowledge.products() if product.sku == sku)


def test_a_report_says_what_was_refused_and_where(tmp_path: Path) -> None:
    table = "sku,name,price,stock\nA1,杯子,十元,3\n,碗,5,1\nA3,盘子,8,-2\nA4,勺子,3.5,9\nA4,叉子,4,9\nA5,,1,1\n"
    version = open_shop(tmp_path, ("goods.csv", table)).versions()[0]
    assert [(refusal.place, refusal.reason) for refusal in version.refused] == [
        ("goods.csv:2", "bad_price"),
        ("goods.csv:3", "no_sku"),
        ("goods.csv:4", "bad_stock"),
        ("goods.csv:6", "duplicate"),
        ("goods.csv:7", "no_name"),
    ]
    assert version.products == 1


def test_importing_again_updates_what_changed_and_loses_nothing(tmp_path: Path) -> None:
    knowledge = open_shop(tmp_path)
    take(knowledge, ("new.csv", "sku,brand,model,storage,colour,price\nP9-128-W,星河,P9,128GB,雪域白,3799\n"))
    newest, first = knowledge.versions()
    assert (newest.added, newest.changed, newest.removed) == (0, 1, 0)
    assert newest.products == first.products
    assert one(knowledge, "P9-128-W").price == 3799


def test_a_rollback_brings_old_prices_back_and_can_itself_be_rolled_back(tmp_path: Path) -> None:
    knowledge = open_shop(tmp_path)
    take(knowledge, ("new.csv", "sku,model,price\nP9-128-W,P9,1\nNEW,X1,9\n"))
    knowledge.roll_back(1)
    assert one(knowledge, "P9-128-W").price == 3999
    assert all(product.sku != "NEW" for product in knowledge.products())
    assert all(hit.product.sku != "NEW" for hit in knowledge.find_products("X1"))
    knowledge.roll_back(2)
    assert one(knowledge, "NEW").price == 9
    assert knowledge.number == 4
    with pytest.raises(UnknownKnowledge):
        knowledge.roll_back(99)


def test_a_replacing_import_ends_everything_else(tmp_path: Path) -> None:
    knowledge = open_shop(tmp_path)
    take(knowledge, ("all.csv", "sku,model,price\nONLY,X1,9\n"), replace=True)
    assert [product.sku for product in knowledge.products()] == ["ONLY"]


def test_a_file_that_can_t_be_read_changes_nothing(tmp_path: Path) -> None:
    knowledge = open_shop(tmp_path)
    for name, data in (
        ("a.xlsx", b"no zip"),
        ("a.docx", b"PK"),
        ("a.json", b"{"),
        ("a.exe", b"MZ"),
        ("a.pdf", b"%PDF"),
    ):
        with pytest.raises(BadKnowledge):
            list(knowledge.import_files([SourceFile(name, data)]))
    assert knowledge.number == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_tables_in_the_encodings_of_chinese_offices(tmp_path: Path, encoding: str) -> None:
    table = "商品编码;品牌;商品名称;售价（元）;库存;颜色\nC-1;花间;保湿面霜 50ml;¥1,299.00;20件;无\n"
    knowledge = KnowledgeBase(Settings(data_dir=tmp_path))
    list(knowledge.import_files([SourceFile("表.csv", table.encode(encoding))]))
    found = one(knowledge, "C-1")
    assert (found.brand, found.price, found.currency, found.stock) == ("花间", 1299.0, "CNY", 20)


def test_workbooks_and_json_with_variants_that_have_prices_of_their_own(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["SKU", "名称", "价格", "有效期起", "内存"])
    book.active.append(["X-1", "平板 S1", 2499, "2026-01-01", "8GB"])
    out = io.BytesIO()
    book.save(out)
    small, medium_size = (
        {"sku": "B1-S", "price": 10, "size": "S"},
        {"sku": "B1-M", "price": 12, "size": "M", "stock": 0},
    )
    shared = {"brand": "A", "model": "B1", "attributes": {"屏幕": "6.1"}}
    tree = {"products": [shared | {"variants": [small, medium_size]}]}
    knowledge = KnowledgeBase(Settings(data_dir=tmp_path))
    files = [SourceFile("b.xlsx", out.getvalue()), SourceFile("c.json", json.dumps(tree).encode())]
    list(knowledge.import_files(files))
    assert str(one(knowledge, "X-1").valid_from) == "2026-01-01"
    medium = one(knowledge, "B1-M")
    assert (medium.price, medium.stock, medium.attributes) == (12, 0, {"屏幕": "6.1", "size": "M"})


def docx(*paragraphs: tuple[str, str]) -> bytes:
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
        for style, text in paragraphs
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{w}"><w:body>{body}</w:body></w:document>')
    return out.getvalue()


def test_questions_keep_the_id_of_their_heading_or_get_a_stable_one(tmp_path: Path) -> None:
    knowledge = KnowledgeBase(Settings(data_dir=tmp_path))
    text = "Q: Do you ship abroad?\nA: Yes, to 40 countries.\n\nQ：怎么保养？\nA：冷水手洗。\n"
    files = [
        SourceFile("faq.md", "## faq-07 如何换货？\n联系客服。\n## 保修多久\n一年。\n".encode()),
        SourceFile("faq.txt", text.encode()),
        SourceFile("guide.docx", docx(("Heading1", "安装空调"), ("Normal", "预约后三天内上门。"))),
    ]
    list(knowledge.import_files(files))
    found = {entry.title: entry for entry in knowledge.entries()}
    assert found["如何换货？"].id == "faq-07"
    assert found["Do you ship abroad?"].text == "Yes, to 40 countries."
    assert found["安装空调"].text == "预约后三天内上门。"
    first = found["保修多久"].id
    list(knowledge.import_files(files))
    assert {entry.title: entry.id for entry in knowledge.entries()}["保修多久"] == first


def test_nothing_changes_when_the_same_files_come_again(tmp_path: Path) -> None:
    knowledge = open_shop(tmp_path)
    take(knowledge, ("phones.csv", CATALOGUE))
    assert (knowledge.versions()[0].added, knowledge.versions()[0].changed) == (0, 0)


def test_search_finds_twins_by_their_marks_and_text_is_never_an_operator(tmp_path: Path) -> None:
    knowledge = open_shop(tmp_path)
    assert knowledge.find_products("星河P9ProMax 512G")[0].product.sku == "P9M-512-K"
    assert knowledge.find_entries("东西不想要了能退吗")[0].entry.id == "faq-01"
    assert knowledge.find_products('" OR NEAR(') == []
    assert knowledge.find_entries('a" AND terms:*') == []
