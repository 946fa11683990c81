"""The Celery application, configured so that a killed worker loses no question. Values: specs of the queue."""

from __future__ import annotations

from collections.abc import Mapping

from celery import Celery

from wentu.core.config import Settings
from wentu.core.types import Priority
from wentu.queue.address import address

TASK = "wentu.answer"
QUEUE = "wentu"
# Celery's priorities; Redis has one list a step, and a step's list is read only when those before it are empty.
PRIORITIES: Mapping[Priority, int] = {"interactive": 0, "batch": 5, "background": 9}
_STEPS = [0, 5, 9]
_SEPARATOR = "\x06\x16"


def make_celery(settings: Settings) -> Celery:
    """Celery on the queue's server. Messages hold no question and no picture: those are in the database."""
    app = Celery("wentu", broker=address(settings).celery, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_default_queue=QUEUE,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_track_started=True,
        worker_prefetch_multiplier=1,
        worker_soft_shutdown_timeout=5.0,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": int(2 * settings.engine.deadline_s),
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "queue_order_strategy": "priority",
            "priority_steps": _STEPS,
            "sep": _SEPARATOR,
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
    )
    return app


def message_lists() -> tuple[str, ...]:
    """The names of the lists that kombu keeps the messages of our queue in."""
    return tuple(f"{QUEUE}{_SEPARATOR}{step}" if step else QUEUE for step in _STEPS)
