"""One tiny random checkpoint, the reference over it and our graphs, shared by these tests."""

from pathlib import Path

import pytest

from integration.engines_openvino.reference import Graphs, Reference
from tiny import make_checkpoint


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("tiny") / "model", seed=5)


@pytest.fixture(scope="session")
def reference(folder: Path) -> Reference:
    return Reference(folder)


@pytest.fixture(scope="session")
def graphs(folder: Path) -> Graphs:
    return Graphs(folder)
