"""A tiny Qwen3-VL that has learnt to see drawn pictures, and the drawing that it has learnt.

Needs numpy only, so that every engine's tests can use it. README.md here is the checkpoint's card.
"""

from pathlib import Path

from seeing.drawing import QUESTION, Scene, caption, draw, learnt_scenes, unseen_scenes

CHECKPOINT = Path(__file__).parent / "checkpoint"

__all__ = ["CHECKPOINT", "QUESTION", "Scene", "caption", "draw", "learnt_scenes", "unseen_scenes"]
