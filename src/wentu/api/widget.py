"""The widget: one script tag on the shop's site opens customer service in a frame that this server serves.

Inside the frame everything is same-origin, so the API needs no cross-origin rules. Only the sites in
`WENTU_SUPPORT__WIDGET_ORIGINS` may frame it.
"""

from __future__ import annotations

from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, send_from_directory

from wentu.api.headers import CONTENT_SECURITY_POLICY
from wentu.api.service import service

blueprint = APIBlueprint("widget", __name__, enable_openapi=False)

_OWN = Path(__file__).parent / "static" / "widget"


@blueprint.get("/widget.js")
def widget_loader() -> Response:
    """The script of the one tag; any site may load it, which alone gives it nothing."""
    response = send_from_directory(_OWN, "loader.js", mimetype="text/javascript")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/widget")
def widget_page() -> Response:
    """What the frame shows; only the sites that are allowed may frame it."""
    response = send_from_directory(_OWN, "widget.html", mimetype="text/html")
    sites = " ".join(origin for origin in service().settings.support.widget_origins if _plain(origin))
    policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors 'self' {sites}".strip())
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/widget/<name>")
def widget_file(name: str) -> Response:
    """Its script and its style."""
    kind = {"widget.js": "text/javascript", "widget.css": "text/css"}.get(name)
    response = send_from_directory(_OWN, name if kind else "missing", mimetype=kind)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _plain(origin: str) -> bool:
    """An origin and nothing that could end the header's directive."""
    return origin.startswith(("https://", "http://")) and not any(character in origin for character in " ;,'\"\r\n")
