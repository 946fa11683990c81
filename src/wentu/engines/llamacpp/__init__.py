"""GGUF files as Qwen publishes them, computed by llama.cpp's own server inside this process."""

from wentu.engines.llamacpp.engine import LlamaCppEngine

__all__ = ["LlamaCppEngine"]
