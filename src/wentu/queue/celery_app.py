"""The Celery application, configured so that a killed worker loses no question. Values: specs of the queue."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import redis
from celery import Celery
from kombu.connection import Connection

from wentu.core.config import Settings
from wentu.core.types import Priority
from wentu.queue.address import address
from wentu.queue.link import ANSWER_S, CONNECT_S

TASK = "wentu.answer"
QUEUE = "wentu"
# Celery's priorities; Redis has one list a step, and a step's list is read only when those before it are empty.
PRIORITIES: Mapping[Priority, int] = {"interactive": 0, "batch": 5, "background": 9}
_STEPS = [0, 5, 9]
_SEPARATOR = "\x06\x16"
# A ticket that a cut connection may have swallowed is sent once more: two tickets for one job do no harm.
SENDING: Mapping[str, float] = {"max_retries": 1, "interval_start": 0.0, "interval_step": 0.0, "interval_max": 0.0}
_LOOK_S = 2


class Steady(Connection):
    """Looks every 2 s for a queue that went away; kombu's own pause grows to 30 s, longer than a recovery may take."""

    @cached_property
    def connection_errors(self) -> tuple[type[Exception], ...]:
        """A server that refuses to write, since its disk is full, is asked again like one that is away: for Celery
        alone it would be the worker's end."""
        errors = self.get_transport_cls().connection_errors  # type: ignore[no-untyped-call]
        return (*errors, redis.ResponseError)

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Any:
        return super().ensure_connection(*args, **{"interval_max": _LOOK_S, **kwargs})  # type: ignore[no-untyped-call]


def make_celery(settings: Settings) -> Celery:
    """Celery on the queue's server. Messages hold no question and no picture: those are in the database."""
    app = Celery("wentu", broker=address(settings).celery, set_as_current=False)
    app.amqp.Connection = Steady
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
        broker_connection_max_retries=None,  # for as long as it takes
        broker_transport_options={
            "visibility_timeout": int(2 * settings.engine.deadline_s),
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "queue_order_strategy": "priority",
            "priority_steps": _STEPS,
            "sep": _SEPARATOR,
            "socket_keepalive": True,
            "socket_connect_timeout": CONNECT_S,
            "socket_timeout": ANSWER_S,  # without it a ticket on a dead line is sent for ever
            "health_check_interval": 5,
        },
    )
    return app


def message_lists() -> tuple[str, ...]:
    """The names of the lists that kombu keeps the messages of our queue in."""
    return tuple(f"{QUEUE}{_SEPARATOR}{step}" if step else QUEUE for step in _STEPS)
