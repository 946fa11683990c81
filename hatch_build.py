"""Puts the built page into the wheel."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "tools"))
from npm import NODE_WHEEL, node_on_path, run_npm


class PageBuildHook(BuildHookInterface):  # type: ignore[misc,type-arg]
    """Builds the page unless it has been built already (`make web`), or the install is an editable one."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [] if self._built() or node_on_path() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable" or self._built():
            return
        for step in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            if run_npm(*step) != 0:
                raise RuntimeError(f"npm {step[0]} failed in web/")
        if not self._built():
            raise RuntimeError("the page was built, but src/wentu/web_dist/index.html is not there")

    def _built(self) -> bool:
        return (Path(self.root) / "src" / "wentu" / "web_dist" / "index.html").is_file()
