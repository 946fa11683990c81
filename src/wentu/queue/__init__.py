"""Waiting questions and the streams of their answers. The only part that knows Redis or Celery."""

from wentu.queue.broker import Queue
from wentu.queue.state import Depth, ModelState, VersionState, WorkerState

__all__ = ["Depth", "ModelState", "Queue", "VersionState", "WorkerState"]
