import re
import runpy
from pathlib import Path

import pytest
from pydantic import BaseModel

from wentu.core.config import Settings, load_settings
from wentu.core.errors import BadSetting

ROOT = Path(__file__).parents[3]


def names(model: type[BaseModel], prefix: str = "WENTU_") -> list[str]:
    found = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found += names(field.annotation, f"{prefix}{name.upper()}__")
        else:
            found.append(prefix + name.upper())
    return found


def test_variables_and_file_are_read_and_variables_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "my.toml"
    file.write_text("log_level = 'DEBUG'\n[web]\nport = 1000\n")
    settings = load_settings({"WENTU_CONFIG": str(file), "WENTU_WEB__PORT": "2000", "WENTU_ENGINE__THREADS": "3"})
    assert (settings.log_level, settings.web.port, settings.engine.threads) == ("DEBUG", 2000, 3)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WENTU_PROT", "1"),
        ("WENTU_WEB__PROT", "1"),
        ("WENTU_WEB__PORT", "many"),
        ("WENTU_WEB__PORT__X", "1"),
        ("WENTU_LOG_LEVEL", "LOUD"),
        ("WENTU_ENGINE__DTYPE", "float8"),
    ],
)
def test_a_slip_of_the_pen_stops_the_start_and_is_named(variable: str, value: str) -> None:
    with pytest.raises(BadSetting, match=re.escape(variable)):
        load_settings({variable: value})


def test_a_secret_never_stands_in_an_error_or_in_a_printed_setting() -> None:
    settings = load_settings({"WENTU_REMOTE__KEY": "sk-very-secret"})
    assert settings.remote.key.get_secret_value() == "sk-very-secret"
    assert "very-secret" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_hosts_are_written_with_commas() -> None:
    assert load_settings({"WENTU_INTAKE__LINK_HOSTS": "a.cn, b.cn"}).intake.link_hosts == ("a.cn", "b.cn")


def test_the_documentation_of_settings_is_current() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert [name for name in names(Settings) if f"`{name}`" not in page] == []
    maker = runpy.run_path(str(ROOT / "tools" / "settings_doc.py"))
    assert page == maker["text"](), "run `make docs`"
