"""Our own CPU engine: Qwen3-VL as OpenVINO graphs under a small generation loop."""
