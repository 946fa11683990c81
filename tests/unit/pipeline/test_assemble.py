from pathlib import Path

import pytest

from wentu.bootstrap import assemble
from wentu.core.config import EngineSettings, Settings
from wentu.core.errors import WeightsMissing


def test_a_service_is_put_together_in_an_empty_folder(tmp_path: Path) -> None:
    with assemble(Settings(data_dir=tmp_path, engine=EngineSettings(name="reader"))) as service:
        assert service.rollout.stable == "reader" and set(service.parts.tasks) == {
            "chat",
            "extract",
            "support",
            "chart",
        }
    with assemble(Settings(data_dir=tmp_path, engine=EngineSettings(name="reader"))):
        pass  # what the first one left is no obstacle


def test_what_can_t_be_put_together_leaves_nothing_open(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, engine=EngineSettings(name="openvino"))
    with pytest.raises(WeightsMissing), assemble(settings):
        pass
