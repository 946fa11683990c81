import re
from pathlib import Path
from typing import get_args

from wentu.core.errors import error_classes
from wentu.core.types import AnswerStatus, Stage

WEB = Path(__file__).parents[3] / "web" / "src" / "i18n"
# Bases that are never raised themselves, and what only clients, the command line and the start can raise.
NOT_IN_THE_PAGE = set(
    "bad_input unknown_task bad_setting bad_backup model_files hub_unreachable hub_refused model_not_on_hub "
    "pull_running checksum_mismatch disk_full incomplete_model server_gone".split()
)


def test_the_page_has_words_for_every_error_that_can_reach_it() -> None:
    text = "".join((WEB / name).read_text("utf-8") for name in ("errorTexts.ts", "deskErrorTexts.ts"))
    keys = set(re.findall(r"^  (\w+): \{", text, re.M))
    assert sorted(set(error_classes()) - keys - NOT_IN_THE_PAGE) == []


def test_the_page_has_words_for_every_stage_and_status() -> None:
    for language in ("zh-CN", "en"):
        text = (WEB / f"{language}.ts").read_text("utf-8")
        for name in (*get_args(Stage), *get_args(AnswerStatus)):
            assert re.search(rf"\b{name}\b", text), (language, name)
