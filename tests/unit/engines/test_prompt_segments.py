"""Where text ends and control begins: ChatML segments and the vocabulary that encodes them."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiny import SPECIAL_TOKENS, picture
from tiny.tokenizer import make_tokenizer, write_tokenizer
from wentu.core.errors import WeightsMissing
from wentu.core.types import Prompt, Turn
from wentu.engines.specs.chatml import Control, Slot, Text, segments
from wentu.engines.specs.vocabulary import Vocabulary

TOKENIZER = make_tokenizer()


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    folder = tmp_path_factory.mktemp("tokenizer")
    write_tokenizer(folder, TOKENIZER)
    return Vocabulary.of_folder(folder)


def test_a_turn_opens_and_closes_and_the_answer_is_opened() -> None:
    assert segments(Prompt((Turn("user", ("hi",)),))) == [
        Control("<|im_start|>"),
        Text("user\nhi"),
        Control("<|im_end|>"),
        Text("\n"),
        Control("<|im_start|>"),
        Text("assistant\n"),
    ]


def test_pictures_are_numbered_through_all_turns_and_stand_where_they_were_sent() -> None:
    prompt = Prompt(
        (
            Turn("user", (picture(seed=1), "a", picture(seed=2))),
            Turn("assistant", ("b",)),
            Turn("user", ("c", picture(seed=3))),
        )
    )
    found = segments(prompt)
    assert [part.picture for part in found if isinstance(part, Slot)] == [0, 1, 2]
    first = found.index(Slot(0))
    assert found[first - 1 : first + 3] == [
        Control("<|vision_start|>"),
        Slot(0),
        Control("<|vision_end|>"),
        Text("a"),
    ]


def test_the_ids_are_those_of_the_published_template(vocabulary: Vocabulary) -> None:
    prompt = Prompt(
        (
            Turn("system", ("Be brief.",)),
            Turn("user", ("图里写了什么?\n", "\nthe picture")),
        )
    )
    ids: list[int] = []
    for part in segments(prompt):
        assert not isinstance(part, Slot)
        ids.extend([vocabulary.control(part.token)] if isinstance(part, Control) else vocabulary.encode(part.text))
    published = (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n图里写了什么?\n\nthe picture<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
    assert ids == TOKENIZER.encode(published, add_special_tokens=False).ids


@pytest.mark.parametrize("token", SPECIAL_TOKENS)
def test_the_spelling_of_a_control_token_is_read_as_characters(vocabulary: Vocabulary, token: str) -> None:
    ids = vocabulary.encode(f"a {token} b")
    assert vocabulary.control(token) not in ids
    assert b"".join(map(vocabulary.piece, ids)).decode() == f"a {token} b"


def test_an_added_token_that_is_not_special_is_plain_text_too(tmp_path: Path) -> None:
    write_tokenizer(tmp_path, TOKENIZER)
    path = tmp_path / "tokenizer.json"
    tree = json.loads(path.read_text("utf-8"))
    entry = {**tree["added_tokens"][0], "id": 999, "content": "<tool_call>", "special": False}
    path.write_text(json.dumps({**tree, "added_tokens": [*tree["added_tokens"], entry]}), "utf-8")
    vocabulary = Vocabulary.of_folder(tmp_path)
    assert 999 not in vocabulary.encode("<tool_call>")
    assert vocabulary.piece(999) == b"<tool_call>"


@given(text=st.text(max_size=40))
def test_every_text_comes_back_from_its_tokens(vocabulary: Vocabulary, text: str) -> None:
    back = b"".join(map(vocabulary.piece, vocabulary.encode(text))).decode()
    assert back == unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())


def test_half_a_surrogate_pair_does_not_break_the_tokenizer(vocabulary: Vocabulary) -> None:
    assert b"".join(map(vocabulary.piece, vocabulary.encode("a\ud83db"))) == b"a?b"


def test_control_and_unknown_ids_write_nothing(vocabulary: Vocabulary) -> None:
    assert vocabulary.piece(vocabulary.control("<|im_end|>")) == b""
    assert vocabulary.piece(123_456) == b""
    assert vocabulary.name(vocabulary.control("<|im_end|>")) == "<|im_end|>"


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        '{"model": {"vocab": {"\\u4e00": 1}}}',
        '{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["x", "y"]]}}',
        '{"model": {"type": "Nothing", "vocab": {}}}',
    ],
)
def test_a_damaged_tokenizer_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokenizer.json").write_text(content, "utf-8")
    with pytest.raises(WeightsMissing, match=r"tokenizer\.json"):
        Vocabulary.of_folder(tmp_path)


def test_a_tokenizer_without_chat_tokens_is_named(vocabulary: Vocabulary) -> None:
    with pytest.raises(WeightsMissing, match=r"no <\|nothing\|>"):
        vocabulary.control("<|nothing|>")
