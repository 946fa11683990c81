"""The Flask app: parts in, blueprints on, errors and headers in one place each."""

from __future__ import annotations

from apiflask import APIFlask

from wentu import __version__
from wentu.api import (
    auth,
    batches,
    charts,
    chat,
    comparison,
    errors,
    estimates,
    extractions,
    feedback,
    headers,
    jobs,
    knowledge,
    limits,
    machine,
    metrics,
    overview,
    page,
    pictures,
    policies,
    reports,
    responses,
    reviews,
    rollout,
    sample_pictures,
    sessions,
    support,
    widget,
)
from wentu.api.description import describe
from wentu.api.json import StrictJson
from wentu.api.service import EXTENSION, Service
from wentu.core.config import Settings


def create_app(settings: Settings, parts: Service | None = None) -> APIFlask:
    """The app for these settings; opens database, intake and queue unless `parts` brings them.

    To be called after a fork, never before: connections are not shared between processes.
    """
    app = bare_app()
    app.extensions[EXTENSION] = parts or open_service(settings)
    app.config["MAX_CONTENT_LENGTH"] = limits.chat_bytes(settings.intake)
    app.config["MAX_FORM_MEMORY_SIZE"] = limits.FORM_MEMORY_BYTES
    app.config["MAX_FORM_PARTS"] = 16
    app.before_request(auth.check_caller)
    app.before_request(limits.limit_body)
    return app


def bare_app() -> APIFlask:
    """The app without its parts: enough to describe it."""
    app = APIFlask("wentu", title="wentu", version=__version__, docs_path=None, static_folder=None)  # type: ignore[arg-type]
    app.json = StrictJson(app)
    app.config["VALIDATION_ERROR_STATUS_CODE"] = 400
    describe(app)
    errors.register(app)
    app.register_error_handler(404, page.show_page)
    app.after_request(headers.secure)
    for module in (
        charts,
        chat,
        responses,
        jobs,
        batches,
        extractions,
        feedback,
        rollout,
        comparison,
        pictures,
        sample_pictures,
        sessions,
        support,
        knowledge,
        reviews,
        policies,
        widget,
        estimates,
        machine,
        metrics,
        overview,
        reports,
        page,
    ):
        app.register_blueprint(module.blueprint)
    return app


def open_service(settings: Settings) -> Service:
    """Database, intake and queue of these settings. Raises BadSetting."""
    from wentu.intake import Intake
    from wentu.queue import Queue
    from wentu.store import open_store

    store = open_store(settings)
    return Service(settings, store, Intake(settings.intake, store.files.read), Queue(settings))
