"""The Celery application, configured so that a killed worker loses no question. Values: specs of the queue."""

from __future__ import annotations

from celery import Celery

from wentu.core.config import Settings
from wentu.queue.address import address

TASK = "wentu.answer"
QUEUE = "wentu"


def make_celery(settings: Settings) -> Celery:
    """Celery on the queue's server. Messages hold job ids only; state lives in the database and the stream."""
    app = Celery("wentu", broker=address(settings).celery, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_default_queue=QUEUE,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_track_started=False,
        worker_prefetch_multiplier=1,
        worker_soft_shutdown_timeout=5.0,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": int(2 * settings.engine.deadline_s),
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
    )
    return app
