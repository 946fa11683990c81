"""The HTTP door: one blueprint a resource, thin views over intake, store and queue. `create_app` makes it."""

from wentu.api.app import create_app

__all__ = ["create_app"]
