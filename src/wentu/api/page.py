"""The page and the API's description: files from the package, and nothing from any other host."""

from __future__ import annotations

from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, request, send_from_directory
from werkzeug.exceptions import HTTPException
from werkzeug.security import safe_join

import wentu
from wentu.api.errors import http_error

blueprint = APIBlueprint("page", __name__, enable_openapi=False)

BUILT = Path(wentu.__file__).parent / "web_dist"
_OWN = Path(__file__).parent / "static"
_BUILD_KEEPS_NAMES_UNIQUE = "assets/"  # Vite puts a hash of the content into these names

# Named here because a machine's own table may say otherwise, and with nosniff a wrong type is not run.
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


@blueprint.get("/docs")
def show_docs() -> Response:
    if not (BUILT / "docs" / "swagger-ui-bundle.js").is_file():
        return _own("unbuilt.html")
    return _own("docs.html")


@blueprint.get("/docs/start.js")
def start_docs() -> Response:
    return _own("start.js")


def show_page(_: HTTPException) -> Response:
    """For addresses that no view has: a file of the page, or the page itself, whose router knows the address.

    Not a view of its own, since one for every path would answer a wrong POST with 405.
    """
    path = request.path.lstrip("/")
    if request.method not in ("GET", "HEAD") or path == "v1" or path.startswith("v1/"):
        return http_error(404)
    if path and _is_file(path):
        return _built(path)
    if Path(path).suffix:
        return http_error(404)
    return _built("index.html") if _is_file("index.html") else _own("unbuilt.html")


def _is_file(path: str) -> bool:
    inside = safe_join(str(BUILT), path)
    return inside is not None and Path(inside).is_file()


def _built(path: str) -> Response:
    response = send_from_directory(BUILT, path, mimetype=_type(path))
    unique = path.startswith(_BUILD_KEEPS_NAMES_UNIQUE)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if unique else "no-cache"
    return response


def _own(name: str) -> Response:
    response = send_from_directory(_OWN, name, mimetype=_type(name))
    response.headers["Cache-Control"] = "no-cache"
    return response


def _type(path: str) -> str | None:
    return _TYPES.get(Path(path).suffix.lower())
