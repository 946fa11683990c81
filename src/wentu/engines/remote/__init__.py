"""Any OpenAI-compatible server as an engine: vLLM, SGLang, llama-server, another wentu."""

from wentu.engines.remote.engine import RemoteEngine

__all__ = ["RemoteEngine"]
