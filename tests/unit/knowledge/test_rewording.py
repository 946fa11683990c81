"""A person's answer is used for the same concern in other words, and for no other one.

The sentences were written after the rules, and are no reason to change a rule for one of them.
"""

from pathlib import Path

from shop import open_shop

# What was corrected; the same in other words; other concerns in nearly the same words.
CONCERNS = (
    (
        "鱼缸可以放海水吗",
        ("请问鱼缸能放海水不", "海水能不能放鱼缸里", "这鱼缸能用海水吗"),
        ("鱼缸可以放楼上吗", "鱼缸多重"),
    ),
    (
        "书架送安装工具吗",
        ("书架有没有送安装的工具", "安装书架的工具送不送"),
        ("书架送货上门吗", "安装书架要多久"),
    ),
    (
        "你们接受旧手机抵扣吗",
        ("旧手机能抵扣吗", "可不可以用旧手机抵扣"),
        ("你们接受支票吗", "旧手机怎么清空"),
    ),
    (
        "窗帘能定做尺寸吗",
        ("窗帘可以按尺寸定做不", "请问窗帘尺寸能不能定做"),
        ("窗帘能遮光吗", "定做窗帘要多少钱"),
    ),
    (
        "几号能补齐库存",
        ("库存什么时候补齐", "请问几天可以补齐库存"),
        ("库存有多少", "库存为什么不准"),
    ),
    (
        "生鲜下雨天送吗",
        ("下雨天生鲜还送吗", "雨天生鲜送不送"),
        ("生鲜坏了赔吗", "下雨天门店开吗"),
    ),
    (
        "Is the lamp dimmable?",
        ("can the lamp be dimmed", "does this lamp dim"),
        ("is the lamp heavy", "can I get the lamp in red"),
    ),
    (
        "Can I change the engraving?",
        ("is it possible to change my engraving", "I want the engraving changed"),
        ("can I see the engraving first", "how much is engraving"),
    ),
)


def test_other_words_for_a_concern_find_its_answer_and_other_concerns_do_not(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    for question, _, _ in CONCERNS:
        shop.correct(question, question, author="key_1")
    found = [(own, shop.correction(asked, "")) for own, same, _ in CONCERNS for asked in same]
    right = [match is not None and match.question == own for own, match in found]
    assert sum(right) >= 0.7 * len(right)
    assert all(match is None or match.question == own for own, match in found)
    assert [asked for _, _, others in CONCERNS for asked in others if shop.correction(asked, "")] == []
