"""Puts the built page and, where there is a C compiler, the compiled kernel into the wheel."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "tools"))
from kernel import compile_kernel, is_current
from npm import NODE_WHEEL, node_on_path, run_npm


class PageBuildHook(BuildHookInterface):  # type: ignore[misc,type-arg]
    """Builds the page unless it has been built already (`make web`), or the install is an editable one; compiles the
    kernel. A wheel with the kernel is for this platform, one without it for all."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [] if self._built() or node_on_path() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if (is_current() or compile_kernel()) and version != "editable":
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
        if version == "editable" or self._built():
            return
        for step in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            if run_npm(*step) != 0:
                raise RuntimeError(f"npm {step[0]} failed in web/")
        if not self._built():
            raise RuntimeError("the page was built, but src/wentu/web_dist/index.html is not there")

    def _built(self) -> bool:
        return (Path(self.root) / "src" / "wentu" / "web_dist" / "index.html").is_file()
