"""A byte-level BPE vocabulary that never mistakes text for control."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wentu.core.errors import WeightsMissing
from wentu.engines.specs.find import read_json

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class Vocabulary:
    """tokenizer.json of a model, as two separate things: an encoder for text and a table of control tokens.

    The encoder is built without any added token, special or not ("<tool_call>" is one that is not), so no spelling
    in a user's text can become one. Safe for many threads.
    """

    def __init__(self, encoder: Tokenizer, controls: dict[str, int], pieces: dict[int, bytes]) -> None:
        self._encoder = encoder
        self._controls = controls
        self._names = {number: name for name, number in controls.items()}
        self._pieces = pieces

    @classmethod
    def of_folder(cls, folder: Path) -> Vocabulary:
        """Reads tokenizer.json. Raises WeightsMissing if it is missing, damaged or not byte-level BPE."""
        tree = read_json(folder / "tokenizer.json")
        try:
            vocabulary = tree["model"]["vocab"]
            added = tree.get("added_tokens") or []
            controls = {str(token["content"]): int(token["id"]) for token in added}
            pieces = _pieces(vocabulary, added)
            return cls(_encoder(tree), controls, pieces)
        except (KeyError, TypeError, ValueError, AttributeError) as exc:
            raise WeightsMissing("tokenizer.json of the model is damaged", file="tokenizer.json") from exc

    def encode(self, text: str) -> list[int]:
        """Ids of plain text. Half surrogate pairs, which are no text, become question marks."""
        clean = text.encode("utf-8", "replace").decode("utf-8")
        ids: list[int] = self._encoder.encode(clean, add_special_tokens=False).ids
        return ids

    def control(self, name: str) -> int:
        """The id of a control token. Raises WeightsMissing if this tokenizer has none of that name."""
        try:
            return self._controls[name]
        except KeyError as exc:
            raise WeightsMissing(f"the model's tokenizer has no {name}", token=name) from exc

    def piece(self, token: int) -> bytes:
        """UTF-8 bytes that a token adds to the answer (maybe part of a character); none for control and unknown ids."""
        return self._pieces.get(token, b"")

    def name(self, token: int) -> str:
        """A token for people: its text or its control name, with U+FFFD for bytes that are part of a character."""
        return self._names.get(token) or self.piece(token).decode("utf-8", "replace")


def _encoder(tree: dict[str, Any]) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_str(json.dumps({**tree, "added_tokens": []}))
    except Exception as exc:  # the Rust binding raises Exception itself
        raise ValueError("tokenizer.json is not understood") from exc


def _pieces(vocabulary: dict[str, int], added: list[dict[str, Any]]) -> dict[int, bytes]:
    values = byte_values()
    pieces = {number: bytes(values[character] for character in token) for token, number in vocabulary.items()}
    for token in added:
        pieces[int(token["id"])] = b"" if token.get("special") else str(token["content"]).encode()
    return pieces


def byte_values() -> dict[str, int]:
    """Character -> byte of byte-level BPE (openai/gpt-2, encoder.py, bytes_to_unicode).

    Bytes that print stand for themselves; the other 68 are numbered upwards from U+0100.
    """
    printing = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    values = {chr(byte): byte for byte in printing}
    others = (byte for byte in range(256) if byte not in printing)
    return values | {chr(0x100 + index): byte for index, byte in enumerate(others)}
