"""Two readings of a document, one judge: what is verified, what is doubtful, what is only said."""

from __future__ import annotations

import json
from random import Random

from extract_helpers import extract, line, values
from wentu.evaluation.documents import people

BORN = people.day(Random(1), 1980, 1990)
NUMBER = people.id_number(Random(2), "110101", BORN, male=True)


def card(number: str = NUMBER, sex: str = "男", born: str = "") -> list:
    said = born or f"{BORN.year}年{BORN.month}月{BORN.day}日"
    return [
        line(60, 60, "姓名张三丰"),
        line(60, 130, f"性别{sex}"),
        line(300, 130, "民族汉"),
        line(60, 200, f"出生{said}"),
        line(60, 270, "住址北京市东城区建设路１号"),
        line(120, 310, "3栋202室"),
        line(60, 480, "公民身份号码"),
        line(320, 480, number),
    ]


def test_a_card_is_read_and_its_number_proves_birth_date_and_sex() -> None:
    fields = extract(card(), "id-card-front").fields
    assert values(fields) == {
        "name": "张三丰",
        "sex": "男",
        "ethnicity": "汉",
        "birth_date": BORN.isoformat(),
        "address": "北京市东城区建设路1号3栋202室",
        "id_number": NUMBER,
    }
    assert {name for name, one in fields.items() if one.status == "verified"} == {"sex", "birth_date", "id_number"}
    assert fields["name"].status == "grounded" and fields["name"].regions


def test_a_wrong_check_digit_is_a_conflict_and_no_value_is_changed() -> None:
    wrong = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
    result = extract(card(number=wrong), "id-card-front")
    assert result.fields["id_number"].status == "conflict"
    assert result.fields["id_number"].value == wrong
    assert [check.id for check in result.checks if not check.passed] == ["id.checksum"]


def test_a_planted_birth_date_and_sex_are_flagged() -> None:
    result = extract(card(sex="女", born="1999年1月1日"), "id-card-front")
    assert {check.id for check in result.checks if not check.passed} == {"id.birth_date", "id.sex"}
    assert result.fields["birth_date"].status == result.fields["sex"].status == "conflict"


def test_a_confused_character_is_proposed_and_never_put_in() -> None:
    code = people.credit_code(Random(5))
    place = next(at for at, character in enumerate(code[:8]) if character in "015")
    wrong = code[:place] + {"0": "O", "1": "I", "5": "S"}[code[place]] + code[place + 1 :]
    fields = extract(
        [line(60, 60, "营业执照"), line(60, 130, "统一社会信用代码"), line(60, 170, wrong)], "business-licence"
    ).fields
    assert fields["uscc"].value == wrong
    assert fields["uscc"].repair is not None and fields["uscc"].repair.to == code


def test_a_model_that_agrees_verifies_and_one_that_does_not_conflicts() -> None:
    said = json.dumps({"姓名": "张三丰", "民族": "回", "住址": "北京市东城区建设路1号3栋202室"}, ensure_ascii=False)
    fields = extract(card(), "id-card-front", said).fields
    assert fields["name"].status == "verified"
    assert fields["address"].status == "verified"
    assert fields["ethnicity"].status == "conflict"
    assert fields["ethnicity"].alternatives == ("回",)


def test_what_a_model_invents_is_never_more_than_inferred() -> None:
    said = json.dumps({"签发机关": "火星市公安局", "有效期限（起）": "2001.01.01"}, ensure_ascii=False)
    fields = extract([line(60, 60, "居民身份证"), line(60, 430, "签发机关")], "id-card-back", said).fields
    assert fields["authority"].status == fields["valid_from"].status == "inferred"


def test_unreadable_is_another_answer_than_absent() -> None:
    said = json.dumps({"签发机关": "看不清", "有效期限（起）": None}, ensure_ascii=False)
    fields = extract([line(60, 60, "居民身份证")], "id-card-back", said).fields
    assert (fields["authority"].status, fields["valid_from"].status) == ("unreadable", "absent")
    assert fields["authority"].reason


def test_card_numbers_are_masked_unless_asked_for() -> None:
    number = people.card_number(Random(4))
    lines = [line(60, 60, "样例银行借记卡"), line(60, 300, number)]
    shown = extract(lines, "bank-card").fields["number"]
    assert number not in repr(shown) and str(shown.value).endswith(number[-4:])
    assert extract(lines, "bank-card", full_numbers="true").fields["number"].value == number


def test_own_fields_by_name_and_by_schema() -> None:
    lines = [
        line(60, 60, "合同编号：HT-01"),
        line(60, 120, "Total amount: 12.50"),
        line(60, 180, "签订日期："),
        line(400, 180, "2024年5月6日"),
    ]
    by_name = extract(lines, "auto", schema=json.dumps(["合同编号", "签订日期"])).fields
    assert values(by_name) == {"合同编号": "HT-01", "签订日期": "2024-05-06"}
    schema = {"type": "object", "properties": {"sum": {"type": "number", "title": "Total amount"}}}
    assert values(extract(lines, "auto", schema=json.dumps(schema)).fields) == {"sum": 12.5}


def test_a_seller_printed_a_pixel_higher_is_still_the_seller() -> None:
    buyer, seller = people.credit_code(Random(7)), people.credit_code(Random(8))
    for lift in range(-12, 13, 3):
        lines = [
            line(600, 40, "电子发票（普通发票）"),
            line(80, 226, f"统一社会信用代码/纳税人识别号：{buyer}"),
            line(860, 226 + lift, f"统一社会信用代码/纳税人识别号：{seller}"),
        ]
        fields = extract(lines, "digital-invoice").fields
        assert (fields["buyer.tax_id"].value, fields["seller.tax_id"].value) == (buyer, seller)


def test_labels_that_are_printed_as_wide_as_their_neighbours_are_read_with_their_values() -> None:
    lines = [
        line(60, 60, "营业执照"),
        line(60, 130, "名"),
        line(220, 130, "称武汉安泰贸易有限公司"),
        line(60, 200, "类"),
        line(220, 200, "型有限责任公司"),
        line(60, 270, "住"),
        line(220, 270, "所北京市东城区和平里598号"),
        line(60, 340, "经营范围软件开发；货物进出口。"),
    ]
    fields = extract(lines, "business-licence").fields
    found = {name: fields[name].value for name in ("name", "type", "address", "scope")}
    assert found == {
        "name": "武汉安泰贸易有限公司",
        "type": "有限责任公司",
        "address": "北京市东城区和平里598号",
        "scope": "软件开发；货物进出口。",
    }


def test_a_title_in_two_lines_of_one_row_is_one_title() -> None:
    height = line(0, 0, "字").box.height
    lines = [
        line(400, 40, "电子发票"),
        line(400 + 4 * height, 40, "(增值税专用发票)"),
        line(60, 120, "开票日期：2024年1月2日"),
    ]
    assert extract(lines, "digital-invoice").fields["title"].value == "电子发票(增值税专用发票)"


def test_parties_in_a_table_an_address_under_its_label_and_counts_behind_names_are_read() -> None:
    table = [line(60, 40, "产品购销合同"), line(60, 120, "甲方（需方）"), line(400, 120, "北京宏图科技有限公司"),
             line(60, 180, "乙方(供方)"), line(400, 180, "成都众诚食品股份有限公司")]  # fmt: skip
    fields = extract(table, "contract").fields
    assert fields["parties.0.name"].value == "北京宏图科技有限公司"
    assert fields["parties.1.name"].value == "成都众诚食品股份有限公司"

    under = [*card()[:4], line(60, 270, "住址北京市东城区建设路"), line(60, 310, "1号3栋202室"), *card()[6:]]
    assert extract(under, "id-card-front").fields["address"].value == "北京市东城区建设路1号3栋202室"

    slip = [line(60, 40, "阿婆面馆"), line(60, 110, "2024/03/05 12:30"),
            line(60, 170, "可乐x2"), line(400, 170, "12.00"),
            line(60, 230, "米饭 x4"), line(400, 230, "8.00"), line(60, 300, "应收"), line(400, 300, "20.00"),
            line(60, 360, "实收"), line(400, 360, "50.00"), line(60, 420, "找零"), line(400, 420, "30.00")]  # fmt: skip
    fields = extract(slip, "receipt").fields
    assert fields["total"].value == 20.0
    assert (fields["items.0.description"].value, fields["items.0.quantity"].value) == ("可乐", 2)
    assert (fields["items.1.description"].value, fields["items.1.quantity"].value) == ("米饭", 4)
