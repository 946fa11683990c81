"""The document types: every module of this folder that has a `TYPE` is one; adding a type touches no other file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from wentu.tasks.extract.schema import DocumentType


@cache
def document_types() -> Mapping[str, DocumentType]:
    """All document types by name."""
    modules = (importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    types = [module.TYPE for module in modules if hasattr(module, "TYPE")]
    return {one.name: one for one in sorted(types, key=lambda one: one.name)}
