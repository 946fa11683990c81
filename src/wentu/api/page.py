"""The page and the API's description: files from the package, and nothing from any other host."""

from __future__ import annotations

from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, send_from_directory
from werkzeug.exceptions import NotFound

import wentu

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


@blueprint.get("/")
@blueprint.get("/<path:path>")
def show_page(path: str = "") -> Response:
    """A file of the page; every other address is the page itself, whose router knows it."""
    if path and (BUILT / path).is_file():
        return _built(path)
    if path.startswith("v1/") or path == "v1" or Path(path).suffix:
        raise NotFound
    return _built("index.html") if (BUILT / "index.html").is_file() else _own("unbuilt.html")


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
