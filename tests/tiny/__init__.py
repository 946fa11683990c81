"""A complete Qwen3-VL folder in a second: the published files' shape with tiny random weights.

Needs numpy and tokenizers only, neither torch nor transformers, so that every engine's tests can use it.
"""

from tiny.checkpoint import Sizes, make_checkpoint
from tiny.pictures import picture, plain_pixels
from tiny.tokenizer import SPECIAL_TOKENS

__all__ = ["SPECIAL_TOKENS", "Sizes", "make_checkpoint", "picture", "plain_pixels"]
