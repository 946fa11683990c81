"""The reference engine: Qwen3-VL as its makers' library computes it (extra `wentu[transformers]`)."""

from wentu.engines.transformers.engine import TransformersEngine

__all__ = ["TransformersEngine"]
