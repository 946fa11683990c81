"""The parts that the views work with, put together once a process and found through the running app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app

from wentu.api.ports import QueuePort
from wentu.core.config import Settings
from wentu.store import Store

if TYPE_CHECKING:
    from wentu.intake import Intake

EXTENSION = "wentu"


@dataclass(frozen=True, slots=True)
class Service:
    """Settings, what is kept, the only way in for pictures, and the way to the workers."""

    settings: Settings
    store: Store
    intake: Intake
    queue: QueuePort

    def close(self) -> None:
        """Ends intake's children and lets the database go; safe to call twice."""
        self.intake.close()
        self.store.close()


def service() -> Service:
    """The service of the app that handles this request."""
    return cast(Service, current_app.extensions[EXTENSION])
