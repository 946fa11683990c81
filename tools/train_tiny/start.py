"""The untrained model: a folder in published form whose vocabulary has every word of the captions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, trainers
from tokenizers.models import BPE

from seeing.drawing import COLOURS, GROUNDS, PIXEL_BUDGET, PLACES, QUESTION, SHAPES
from tiny import Sizes, make_checkpoint
from tiny.tokenizer import SPECIAL_TOKENS, SPLIT, write_tokenizer

# 2.9 M parameters. The text model's widths are multiples of 128, the group of the openvino engine's 4-bit weights.
SIZES = {
    "hidden": 128,
    "intermediate": 384,
    "layers": 4,
    "heads": 4,
    "kv_heads": 2,
    "head_dim": 32,
    "mrope_section": (6, 5, 5),
    "vision_hidden": 128,
    "vision_intermediate": 256,
    "vision_depth": 4,
    "vision_heads": 4,
    "vision_positions": 64,
    "deepstack": (0, 1, 2),
}
VOCABULARY = 448

Json = dict[str, Any]


def make_start(folder: Path, seed: int = 0) -> Path:
    """An untrained checkpoint in `folder`, which is returned."""
    tokenizer = make_tokenizer()
    least, most = PIXEL_BUDGET
    sizes = Sizes(merges=0, vocab_padding=VOCABULARY - 256 - len(SPECIAL_TOKENS), **SIZES)
    make_checkpoint(folder, seed, sizes=sizes, min_pixels=least, max_pixels=most)
    before = Tokenizer.from_file(str(folder / "tokenizer.json"))
    write_tokenizer(folder, tokenizer)
    moved = {before.token_to_id(token): tokenizer.token_to_id(token) for token in SPECIAL_TOKENS}
    for name in ("config.json", "generation_config.json"):
        path = folder / name
        path.write_text(json.dumps(_renumbered(json.loads(path.read_text("utf-8")), moved), indent=2) + "\n", "utf-8")
    return folder


def make_tokenizer() -> Tokenizer:
    """256 bytes, merges until every word of question and captions is one token, and Qwen's special tokens."""
    tokenizer = Tokenizer(BPE())
    tokenizer.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(SPLIT), behavior="isolated")
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, level])
    tokenizer.decoder = decoders.ByteLevel()
    words = [*(f" {word}" for word in (*SHAPES, *PLACES, "on", *GROUNDS)), *COLOURS]
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(SPECIAL_TOKENS),
        min_frequency=1,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([QUESTION, "user\n", "assistant\n", *words], trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL_TOKENS])
    return tokenizer


def _renumbered(tree: Json, moved: dict[int, int]) -> Json:
    """The same settings with the special tokens' new ids in every value whose name ends in token_id."""

    def changed(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return _renumbered(value, moved)
        if not name.endswith("token_id"):
            return value
        return [moved[token] for token in value] if isinstance(value, list) else moved[value]

    return {name: changed(name, value) for name, value in tree.items()}
