"""A hub on loopback with one model, and settings that point to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import HubServer, model_files, running_hub
from hub.pulling import QUICK, Puller, finish
from wentu.core.config import ModelSettings, Settings
from wentu.models import InstalledModel, pull


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_ENDPOINT", "HF_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[HubServer]:
    with running_hub(model_files()) as hub:
        yield hub


@pytest.fixture
def settings(tmp_path: Path, server: HubServer) -> Settings:
    return Settings(
        data_dir=tmp_path / "data", models=ModelSettings(hf_endpoint=server.url, modelscope_endpoint=server.url)
    )


@pytest.fixture
def pulled(settings: Settings) -> Puller:
    """Pulls to the end and gives the model back."""

    def run(**options: str) -> InstalledModel:
        return finish(pull(settings, patience=QUICK, **options))

    return run
