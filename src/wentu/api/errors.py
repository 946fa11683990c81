"""Every error as HTTP: the one table of status numbers, and the one body that clients get.

The body is OpenAI's (`message`, `type`, `param`, `code`) with `hint` and `params` added. A WentuError that names its
field as the keyword `param` has it in the body. Text of a library or of an unexpected exception never gets here.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, jsonify, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from wentu.api.limits import UPLOAD, drain_body
from wentu.api.service import service
from wentu.api.validation import problem
from wentu.core import errors as e
from wentu.intake.rules import refusal

log = logging.getLogger(__name__)

# The most special class that an error is an instance of decides.
STATUS: dict[type[e.WentuError], int] = {
    e.WentuError: 500,
    e.BadInput: 400,
    e.UnsupportedFormat: 415,
    e.ImageTooLarge: 413,
    e.WrongMove: 409,
    e.NoRoomForTwo: 409,
    e.VersionInUse: 409,
    e.Refused: 400,  # as OpenAI's content_policy_violation
    e.Unauthorized: 401,
    e.Forbidden: 403,
    e.NotFound: 404,
    e.AlreadyDecided: 409,
    e.Busy: 429,
    e.QueueDiskFull: 507,
    e.Cancelled: 409,
    e.BadSetting: 500,
    e.StorageUnreachable: 503,
    e.ModelFilesError: 503,
    e.DiskFull: 507,
    e.EngineError: 500,
    e.EngineMissing: 503,
    e.WeightsMissing: 503,
    e.VersionTampered: 503,
    e.ContextOverflow: 400,
    e.OutOfMemory: 503,
    e.EngineCrashed: 503,
    e.EngineTimeout: 504,
    e.EngineBusy: 503,
    e.EngineUnreachable: 503,
}
RETRY_AFTER_S = 5

# Errors that Flask itself raises: code and sentence by status.
_HTTP: dict[int, tuple[str, str]] = {
    400: ("bad_request", "the request can't be read"),
    404: ("not_found", "there is nothing at this address"),
    405: ("method_not_allowed", "this address does not take that method"),
    413: ("request_too_large", "the request is larger than this address takes"),
    415: ("unsupported_media_type", "the request's Content-Type is not the one that this address takes"),
    416: ("bad_range", "that part of the file does not exist"),
}
_HTTP_HINT = "See /docs for the addresses and what they take."


def status_of(error: e.WentuError) -> int:
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def error_body(error: e.WentuError) -> dict[str, Any]:
    """`{"error": {...}}` as docs/http.md describes it."""
    params = {name: value for name, value in error.params.items() if name != "param"}
    return _body(error.message, status_of(error), error.params.get("param"), error.code, error.hint, params)


def unexpected(exc: BaseException) -> e.WentuError:
    """The error that stands for a fault of ours; its reference id leads to the log, which has the rest."""
    reference = secrets.token_hex(6)
    log.error("internal error %s", reference, exc_info=exc)
    hint = f"Look for {reference} in the server's log, then report it."
    return e.WentuError("something went wrong inside wentu", hint=hint, reference=reference)


def register(app: APIFlask) -> None:
    """Makes every error of this app one of ours."""
    app.register_error_handler(e.WentuError, _answer)
    app.register_error_handler(Exception, lambda exc: _answer(unexpected(exc)))
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(HTTPError, _answer_invalid)


def _answer(error: e.WentuError) -> Response:
    status = status_of(error)
    response = jsonify(error_body(error))
    response.status_code = status
    if isinstance(error, e.Busy):
        response.headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
    elif status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    elif status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _answer_invalid(exc: HTTPError) -> Response:
    """A body, query or form that does not have the shape it must have: names the first wrong field."""
    if isinstance(exc.__cause__, ValidationError):
        return _answer(problem(exc.__cause__))
    return http_error(exc.status_code)


def _answer_http(exc: HTTPException) -> Response:
    """What Flask itself refuses. Redirects don't come here."""
    if exc.code == 413:
        return _answer_too_large()
    response = http_error(exc.code or 500)
    for name, value in exc.get_headers(request.environ):
        if name in ("Allow", "Content-Range"):
            response.headers[name] = value
    return response


def _answer_too_large() -> Response:
    limit = request.max_content_length or 0
    if (request.content_length or 0) > limit:
        drain_body()
    if request.endpoint == UPLOAD:
        return _answer(refusal("max_bytes", max_bytes=service().settings.intake.max_bytes))
    return http_error(413)


def http_error(status: int) -> Response:
    """The answer to what Flask itself refuses, by status."""
    code, message = _HTTP.get(status, (f"http_{status}", "the request can't be answered"))
    response = jsonify(_body(message, status, None, code, _HTTP_HINT, {}))
    response.status_code = status
    return response


def _body(message: str, status: int, param: str | None, code: str, hint: str, params: dict[str, str]) -> dict[str, Any]:
    error = {"message": message, "type": _type(status), "param": param, "code": code, "hint": hint, "params": params}
    return {"error": error}


def _type(status: int) -> str:
    """OpenAI's error types."""
    special = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    return special.get(status, "server_error" if status >= 500 else "invalid_request_error")
