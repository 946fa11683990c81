"""What screens of shop apps write about a product, and whose it is."""

from pathlib import Path

import numpy as np
import pytest

from shop import lines, open_shop
from wentu.core.results import Support as Result
from wentu.core.types import Message, Page, Picture, Query
from wentu.knowledge import KnowledgeBase
from wentu.tasks import Support, Tools

CATALOGUE = """sku,品牌,商品名称,售价,币种,库存,规格,填充,size,颜色
T100,鹿屿,冷萃挂耳咖啡,39,CNY,3,10包,,,
Q2,禾柚,桑蚕丝被,699,CNY,3,,2斤,,
Q4,禾柚,桑蚕丝被,899,CNY,3,,4斤,,
B454,墨川,深烘拼配咖啡豆,69,CNY,3,454g,,,
B227,墨川,深烘拼配咖啡豆,49,CNY,3,227g,,,
J-M,Tamsin,Stormfall Jacket,219,USD,3,,,M,Navy
J-XL,Tamsin,Stormfall Jacket,229,USD,3,,,XL,Navy
L14,澄屿,轻薄本 14,4599,CNY,3,512GB,,,
P28,Fjordan,Copperline Frying Pan,38,GBP,3,28 cm,,,Red
P24,Fjordan,Copperline Frying Pan,34,GBP,3,24 cm,,,Red
S6,沐禾,豆腐猫砂,25,CNY,3,6L,,,
S6-4,沐禾,豆腐猫砂,89,CNY,3,6L×4包,,,
L14-1,澄屿,轻薄本 14,5099,CNY,3,1TB,,,
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder: Path = tmp_path_factory.mktemp("shop")
    return open_shop(folder, ("goods.csv", CATALOGUE), ("faq.md", "## f1 多久发货\n48 小时内。\n"))


def ask(shop: KnowledgeBase, question: str, *rows: tuple[str, float, float, float]) -> Result:
    found = lines(*rows)
    pages = [Page(Picture("d" * 64, np.full((1500, 720, 3), 255, np.uint8)), found)] if rows else []
    query = Query((Message("user", (question,)),), task="support")
    return Support().read(query, pages, Tools(lambda picture: found, shop))


def test_a_name_under_another_maker_s_brand_is_not_sold(shop: KnowledgeBase) -> None:
    for brand in ("Tessel（", "拾光里 "):
        found = ask(shop, "这个多少钱", (f"{brand}冷萃挂耳咖啡 10包", 20, 300, 30), ("¥45", 20, 400, 40))
        assert (found.outcome, found.facts) == ("not_in_kb", {})


def test_a_name_that_differs_in_one_clear_character_is_another_product(shop: KnowledgeBase) -> None:
    assert ask(shop, "这个多少钱", ("墨川 中烘拼配咖啡豆 454g", 20, 300, 30)).outcome == "not_in_kb"


def test_words_before_a_name_in_a_question_are_no_brand(shop: KnowledgeBase) -> None:
    shelf = (("墨川 深烘拼配咖啡豆 454g", 20, 300, 30), ("¥69", 20, 350, 40))
    for question in ("列表里的冷萃挂耳咖啡多少钱", "how much do you charge for the 冷萃挂耳咖啡"):
        assert ask(shop, question, *shelf).sku == "T100"


def test_a_label_beside_a_value_says_what_was_picked(shop: KnowledgeBase) -> None:
    title = ("禾柚 桑蚕丝被 春秋被", 20.0, 300.0, 30.0)
    options = (("2斤", 20.0, 500.0, 24.0), ("4斤", 120.0, 500.0, 24.0))
    assert ask(shop, "多少钱", title, *options).outcome == "ambiguous"
    assert ask(shop, "多少钱", title, ("已选", 20, 400, 24), ("4斤", 90, 400, 24), *options).sku == "Q4"


@pytest.mark.parametrize("line", ["填充:6斤", "已选 6斤", "已选：儿童被"])
def test_a_picked_variant_that_nobody_sells_is_not_in_the_knowledge_base(shop: KnowledgeBase, line: str) -> None:
    assert ask(shop, "多少钱", ("禾柚 桑蚕丝被 春秋被", 20, 300, 30), (line, 20, 400, 24)).outcome == "not_in_kb"


def test_a_number_and_its_unit_are_one_value(shop: KnowledgeBase) -> None:
    title = ("Fjordan Copperline Frying Pan", 20.0, 300.0, 30.0)
    assert ask(shop, "how much", title, ("Selected 28 cm", 20, 400, 24)).sku == "P28"
    assert ask(shop, "how much", title, ("Selected: 规格:24 cm; 颜色:Red", 20, 400, 24)).sku == "P24"


def test_one_pack_is_meant_where_no_number_of_packs_is_said(shop: KnowledgeBase) -> None:
    assert ask(shop, "沐禾豆腐猫砂 6L多少钱").sku == "S6"
    assert ask(shop, "沐禾豆腐猫砂 6L×4包多少钱").sku == "S6-4"


def test_a_larger_unit_is_compared_in_the_smaller_one(shop: KnowledgeBase) -> None:
    assert ask(shop, "多少钱", ("墨川 深烘拼配咖啡豆 2kg", 20, 300, 30)).outcome == "not_in_kb"
    assert ask(shop, "多少钱", ("墨川 深烘拼配咖啡豆 0.454kg", 20, 300, 30)).sku == "B454"


def test_sizes_in_letters_are_values_and_no_suffixes(shop: KnowledgeBase) -> None:
    assert ask(shop, "what's the price", ("Tamsin Stormfall Jacket - XL Navy", 20, 300, 30)).sku == "J-XL"
    assert ask(shop, "what's the price", ("Tamsin Stormfall Jacket - 3XL Navy", 20, 300, 30)).outcome == "not_in_kb"


def test_the_word_for_colour_is_no_colour(shop: KnowledgeBase) -> None:
    title = ("Tamsin Stormfall Jacket", 20.0, 300.0, 30.0)
    assert ask(shop, "多少钱", title, ("请选择 颜色 尺码", 20, 340, 24)).outcome == "ambiguous"


def test_a_shelf_of_other_products_is_not_the_subject(shop: KnowledgeBase) -> None:
    shelf = (("为你精选", 20.0, 700.0, 26.0), ("鹿屿 冷萃挂耳咖啡", 20.0, 760.0, 22.0), ("¥39", 20.0, 800.0, 26.0))
    assert ask(shop, "这个多少钱", ("Tessel 保温杯 500ml", 20, 300, 30), *shelf).outcome == "not_in_kb"


def test_a_variant_that_the_question_names_counts_before_its_neighbours_in_a_list(shop: KnowledgeBase) -> None:
    cards = (("澄屿 轻薄本 14 1TB", 20.0, 300.0, 30.0), ("¥5099", 20.0, 350.0, 40.0))
    assert ask(shop, "列表里轻薄本 14 512GB怎么卖", *cards).sku == "L14"


def test_asking_whether_there_is_another_thing_is_no_question_for_the_product(shop: KnowledgeBase) -> None:
    page = (("鹿屿 冷萃挂耳咖啡 10包", 20.0, 300.0, 30.0), ("¥39", 20.0, 400.0, 40.0))
    assert ask(shop, "gift box available?", *page).outcome == "not_in_kb"
    assert ask(shop, "有现货吗", *page).sku == "T100"
