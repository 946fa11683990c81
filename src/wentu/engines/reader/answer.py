"""The reader's answer to one question: which kind it is, and the sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wentu.core.layout import rows
from wentu.core.text import is_chinese, normalize
from wentu.core.types import Picture, Prompt, TextLine
from wentu.engines.reader import words
from wentu.engines.reader.geometry import main_colours, shape, where
from wentu.engines.reader.lookup import Found, look_up
from wentu.engines.reader.words import CHINESE, ENGLISH, Phrases

_UNSURE = 0.75  # recogniser scores below it are worth a warning; by eye on the receipts of the test set
_MOST_RELATED = 4
_ADDRESS = re.compile("地址|住址|address")  # "where is the address" wants to know what it says


@dataclass(frozen=True, slots=True)
class Page:
    """One picture with its lines, and what to call it."""

    picture: Picture
    lines: tuple[TextLine, ...]
    name: str


def compose(prompt: Prompt) -> str:
    """The whole answer in the question's language, as Markdown, closed by the notice of what this reader is."""
    question = prompt.question
    chinese = 3 * sum(map(is_chinese, question)) >= len(re.findall("[A-Za-z]", question))
    say = CHINESE if chinese else ENGLISH
    pages = _pages(prompt, chinese)
    if not pages:
        return f"{say.no_picture}\n\n{say.notice}"
    body = _body(question.casefold(), pages, say, chinese)
    return f"{body}\n\n{say.notice}"


def _body(question: str, pages: list[Page], say: Phrases, chinese: bool) -> str:
    kinds: tuple[tuple[tuple[str, ...], Callable[[], str]], ...] = (
        (words.ASKS_SIZE, lambda: _each(pages, lambda page: _size(page, say))),
        (words.ASKS_COUNT, lambda: _each(pages, lambda page: say.count.format(which=page.name, n=len(page.lines)))),
        (words.ASKS_TITLE, lambda: _each(pages, lambda page: _title(page, say))),
        (words.ASKS_PLACE, lambda: _place(question, pages, say, chinese)),
        (words.ASKS_TEXT, lambda: _all_text(pages, say)),
        (words.ASKS_COLOUR, lambda: _each(pages, lambda page: _colours(page, say, chinese))),
    )
    for triggers, respond in kinds:
        if any(trigger in question for trigger in triggers):
            return respond()
    return _look_up(question, pages, say)


def _pages(prompt: Prompt, chinese: bool) -> list[Page]:
    """The pictures of the newest turn that has any, so that "this picture" means the one just sent."""
    start, found = 0, []
    for turn in prompt.turns:
        pictures = [part for part in turn.parts if isinstance(part, Picture)]
        if pictures:
            found = [(picture, prompt.lines[start + i] if prompt.lines else ()) for i, picture in enumerate(pictures)]
            start += len(pictures)
    single = "图" if chinese else "the picture"
    several = "第 {} 张图" if chinese else "picture {}"
    return [
        Page(picture, lines, single if len(found) == 1 else several.format(i + 1))
        for i, (picture, lines) in enumerate(found)
    ]


def _each(pages: Iterable[Page], respond: Callable[[Page], str]) -> str:
    text = "\n\n".join(respond(page) for page in pages)
    return text[:1].upper() + text[1:]


def _all_text(pages: list[Page], say: Phrases) -> str:
    parts = []
    for number, page in enumerate(pages, 1):
        if not page.lines:
            parts.append(say.no_text.format(which=page.name))
            continue
        head = say.found_text if len(pages) == 1 else say.found_text_of
        parts.append(head.format(n=len(page.lines), i=number) + "\n\n" + _transcript(page.lines))
        unsure = [line.text for line in page.lines if line.score < _UNSURE]
        if unsure:
            parts.append(say.uncertain.format(n=len(unsure), list=say.joiner.join(map(_plain, unsure[:5]))))
    return "\n\n".join(parts)


def _transcript(lines: tuple[TextLine, ...]) -> str:
    """Row by row as it stands; the two spaces at a row's end are Markdown's line break."""
    return "  \n".join("　".join(_plain(line.text) for line in row) for row in rows(lines))


def _look_up(question: str, pages: list[Page], say: Phrases) -> str:
    if not any(page.lines for page in pages):
        return f"{_each(pages, lambda page: say.no_text.format(which=page.name))} {say.cannot}"
    parts = [part for part in re.split(words.AND, question) if part.strip()]
    found = [item for part in parts if (item := _first(part, pages))]
    if not found:
        return f"{say.cannot}\n\n{_all_text(pages, say)}"
    sure = [best for best, _ in found if best.sure]
    if not sure or any(word in question for word in words.NEEDS_UNDERSTANDING):
        return f"{say.related}\n\n{_list(item.text for best, others in found for item in (best, *others))}"
    answer = "\n\n".join(say.value.format(text=_plain(text)) for text in dict.fromkeys(item.text for item in sure))
    related = [item.text for _, others in found for item in others if item.text not in {best.text for best in sure}]
    return f"{answer}\n\n{say.also}\n\n{_list(related)}" if related else answer


def _first(question: str, pages: list[Page]) -> tuple[Found, list[Found]] | None:
    """The best match on the first page that has any, and a few others from there."""
    for page in pages:
        found = look_up(question, page.lines)
        if found:
            return found[0], [item for item in found[1:_MOST_RELATED] if item.label.text != found[0].label.text]
    return None


def _list(texts: Iterable[str]) -> str:
    return "\n".join(f"- {_plain(text)}" for text in dict.fromkeys(texts))


def _place(question: str, pages: list[Page], say: Phrases, chinese: bool) -> str:
    for page in pages:
        found = look_up(question, page.lines)
        if found and found[0].sure:
            label = found[0].label
            if label not in found[0].value and _ADDRESS.search(question):
                return say.value.format(text=_plain(found[0].text))
            spot = where(label.box, page.picture, say, chinese=chinese)
            return say.place.format(text=_plain(label.text), where=spot, which=page.name)
    return f"{say.cannot}\n\n{_all_text(pages, say)}"


def _title(page: Page, say: Phrases) -> str:
    if not page.lines:
        return say.no_text.format(which=page.name)
    largest = max((line for line in page.lines if len(normalize(line.text).text) >= 2), default=page.lines[0],
                  key=lambda line: line.box.height)  # fmt: skip
    return say.title.format(text=_plain(largest.text))


def _size(page: Page, say: Phrases) -> str:
    picture = page.picture
    return say.size.format(which=page.name, w=picture.width, h=picture.height, shape=shape(picture, say))


def _colours(page: Page, say: Phrases, chinese: bool) -> str:
    found = main_colours(page.picture, chinese=chinese)
    return say.colours.format(which=page.name, list=say.joiner.join(f"{name} {share:.0%}" for name, share in found))


def _plain(text: str) -> str:
    """Text of a picture as literal Markdown: it must not become a link, a heading or a table."""
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", text)
