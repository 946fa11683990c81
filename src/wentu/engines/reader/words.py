"""What the reader says, in Chinese and in English, and the words by which it knows what it is asked."""

from __future__ import annotations

from dataclasses import dataclass

# Questions, by the words in them. The first kind that matches is taken.
ASKS_TEXT = (
    *"写了什么 写的什么 写着什么 写了啥 什么字 哪些字 有字 文字 内容 抄写 识别 转写 提取 读出 念".split(),
    "all the text", "does it say", "does this say", "does the picture say", "what is written", "what's written",
    "read the text", "read this", "transcribe", "ocr", "extract", "the text", "any text", "contents",
)  # fmt: skip
ASKS_SIZE = (
    "多大",
    "尺寸",
    "分辨率",
    "像素",
    "宽高",
    "长宽",
    "how big",
    "size of",
    "resolution",
    "dimensions",
    "pixels",
)
ASKS_COLOUR = ("颜色", "色调", "什么色", "colour", "color")
ASKS_COUNT = ("几行", "多少行", "几段", "how many lines", "number of lines")
ASKS_TITLE = ("标题", "题目", "最大的字", "title", "headline", "heading", "biggest text", "largest text")
ASKS_PLACE = ("在哪", "哪里", "什么位置", "什么地方", "哪个位置", "where")

# Questions that a look at single lines can't answer: comparing, counting, explaining, describing.
NEEDS_UNDERSTANDING = (
    *"最高 最低 最多 最少 最大 最小 更 比较 为什么 说明 描述 怎么样 趋势 变化 预测 几个 几只 多少个".split(),
    *"哪个季度 第一 第二 第三 第四".split(),
    "highest", "lowest", "most", "least", "more", "compare", "why", "describe", "trend", "how many", "show", "quarter",
)  # fmt: skip
# What separates the parts of a question that asks for several things.
AND = r"和|与|及|以及|、|，|,|；|;|\band\b"

# Words of a question that say nothing about what is looked for.
FILLER = tuple(
    "请问 请 告诉我 帮我 这张 那张 这个 这幅 图片里 图片中 图片 图里 图中 图上 照片 截图 画面 上面 里面 "
    "是多少 多少钱 多少 是什么 是谁 什么 哪一 哪个 哪里 在哪里 在哪 哪儿 几 "
    "吗 呢 的 是 了 有 在 第 一下 看看 看 写".split()
)
ENGLISH_FILLER = frozenset(
    "what which who where when how much many is are was the a an of in on at to this that these those picture image "
    "photo screenshot please tell me show find does do it its there say says can you i see for and or with".split()
)

COLOURS = {
    "黑色": ("black", (20, 20, 20)),
    "白色": ("white", (245, 245, 245)),
    "灰色": ("grey", (128, 128, 128)),
    "红色": ("red", (210, 40, 40)),
    "橙色": ("orange", (240, 140, 30)),
    "黄色": ("yellow", (240, 215, 60)),
    "绿色": ("green", (60, 160, 70)),
    "青色": ("cyan", (70, 190, 200)),
    "蓝色": ("blue", (50, 90, 200)),
    "紫色": ("purple", (130, 70, 170)),
    "粉色": ("pink", (240, 160, 180)),
    "棕色": ("brown", (125, 80, 45)),
    "米色": ("beige", (230, 215, 185)),
}


@dataclass(frozen=True, slots=True)
class Phrases:
    """Every sentence of the reader in one language; braces take values."""

    found_text: str
    found_text_of: str
    no_text: str
    value: str
    also: str
    related: str
    size: str
    upright: str
    wide: str
    square: str
    colours: str
    count: str
    title: str
    place: str
    no_picture: str
    cannot: str
    uncertain: str
    notice: str
    joiner: str
    top: tuple[str, str, str]
    side: tuple[str, str, str]
    middle: str


CHINESE = Phrases(
    found_text="图里的文字（共 {n} 行）：",
    found_text_of="第 {i} 张图里的文字（共 {n} 行）：",
    no_text="没有在{which}里读到文字。",
    value="图上写着：**{text}**",
    also="相关的行：",
    related="在读到的文字里没有找到直接的答案，下面是可能有关的文字：",
    size="{which}宽 {w}、高 {h} 像素（{shape}）。",
    upright="竖图",
    wide="横图",
    square="方图",
    colours="{which}按面积的主要颜色：{list}。",
    count="{which}里读到 {n} 行文字。",
    title="字最大的一行是：**{text}**",
    place="**{text}** 在{which}的{where}。",
    no_picture="还没有图片。请先放上一张图，再提问。",
    cannot="在读到的文字里没有找到答案；要理解画面才能回答的问题，内置阅读器答不了。",
    uncertain="（有 {n} 行看不太清，可能有错：{list}）",
    notice="> 这是内置阅读器的回答：它只读文字和位置，看不懂画面。"
    "要理解图片，请让管理员运行 `wentu models pull` 取得 Qwen3-VL。",
    joiner="、",
    top=("上", "中", "下"),
    side=("左", "中", "右"),
    middle="正中",
)
ENGLISH = Phrases(
    found_text="The text in the picture ({n} lines):",
    found_text_of="The text in picture {i} ({n} lines):",
    no_text="No text was found in {which}.",
    value="The picture says: **{text}**",
    also="Related lines:",
    related="The text that was read does not answer this directly. These lines may be related:",
    size="{which} is {w} x {h} pixels ({shape}).",
    upright="portrait",
    wide="landscape",
    square="square",
    colours="The main colours of {which} by area: {list}.",
    count="{n} lines of text were read in {which}.",
    title="The largest line is: **{text}**",
    place="**{text}** is at the {where} of {which}.",
    no_picture="There is no picture yet. Add one, then ask.",
    cannot="The text that was read does not answer this; questions about the scene are beyond the built-in reader.",
    uncertain="({n} lines are hard to read and may be wrong: {list})",
    notice="> This is the built-in reader: it reads text and positions and does not understand scenes. "
    "For that, have Qwen3-VL fetched with `wentu models pull`.",
    joiner=", ",
    top=("top", "middle", "bottom"),
    side=("left", "centre", "right"),
    middle="centre",
)
