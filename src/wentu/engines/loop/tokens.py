"""Text to token ids and back, with the published tokenizer.json.

llguidance, which is here for constraints, carries the same tokenizer library that the publisher uses, so there is no
second one to install (docs/decisions/0010).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from llguidance import LLTokenizer

from wentu.core.errors import WeightsMissing

END_OF_TURN = "<|im_end|>"


class Tokenizer:
    """One model's vocabulary.

    Raises WeightsMissing where the folder has no tokenizer.json or one that can't be read.
    """

    def __init__(self, model_dir: Path, vocab_size: int, end_tokens: Sequence[int] = ()) -> None:
        """`vocab_size` is the model's, which may have more rows than there are tokens; `end_tokens` end an answer, as
        the end of a turn always does."""
        path = model_dir / "tokenizer.json"
        if not path.is_file():
            raise WeightsMissing(f"there is no tokenizer.json in '{model_dir.name}'", model=model_dir.name)
        try:
            self._text = path.read_text("utf-8")
            tree = json.loads(self._text)
            added: dict[str, Any] = {token["content"]: token for token in tree["added_tokens"]}
            self.ids = {name: int(token["id"]) for name, token in added.items()}
            self.n_tokens = 1 + max(*tree["model"]["vocab"].values(), *self.ids.values())
            self.end_tokens = tuple(dict.fromkeys((*end_tokens, self.ids[END_OF_TURN])))
            self.grammar = LLTokenizer(self._text, n_vocab=vocab_size, eos_token=list(self.end_tokens))
        except (KeyError, TypeError, ValueError, AttributeError, OSError) as exc:
            raise WeightsMissing(f"tokenizer.json of '{model_dir.name}' can't be read", model=model_dir.name) from exc
        self._silent = {int(token["id"]) for token in added.values() if token.get("special")}

    def encode(self, text: str) -> list[int]:
        """The ids of `text` as plain text: what looks like a special token becomes the letters that it is made of.

        Half surrogate pairs, which are no text, become question marks.
        """
        text = text.encode("utf-8", "replace").decode("utf-8")
        marked = any(name in form for form in (text, unicodedata.normalize("NFC", text)) for name in self.ids)
        return list((self._plain if marked else self.grammar).tokenize_str(text))

    def bytes_of(self, token: int) -> bytes:
        """The UTF-8 bytes that a token writes, perhaps part of a character; nothing for special tokens."""
        if token in self._silent or token >= self.n_tokens:
            return b""
        return bytes(self.grammar.decode_bytes([token]))

    def name_of(self, token: int) -> str:
        """The token as text for a list of log-probabilities; bytes that are no character are replaced."""
        if token >= self.n_tokens:
            return ""
        return bytes(self.grammar.decode_bytes([token])).decode("utf-8", "replace")

    @cached_property
    def _plain(self) -> LLTokenizer:
        """The tokenizer without any added token. Made only when a text needs it: about 1 s and 120 MB."""
        tree = json.loads(self._text)
        tree["added_tokens"] = []
        return LLTokenizer(json.dumps(tree), eos_token=[0], slices=[])
