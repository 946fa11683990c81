"""The checks on the way in and on the way out, by the policy that is in force when a question comes."""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from functools import cached_property
from pathlib import Path

from wentu.core.config import SafetySettings
from wentu.core.errors import BadPolicy, BadSetting, NotFound
from wentu.core.types import Query
from wentu.safety.judge import Generate, ModelJudge
from wentu.safety.light import light_scores
from wentu.safety.limited import Limited
from wentu.safety.pictures import PictureClassifier
from wentu.safety.policies import Policies, shipped_policy, with_words
from wentu.safety.policy import Policy
from wentu.safety.screen import Classify, Judge, Screen
from wentu.safety.watch import Desk, NoDesk, Scores, Watch

log = logging.getLogger(__name__)

_LOAD_S = 20.0
_KEPT = 3  # policies that are ready: the one in force, one that is tried, the way back


class Safety:
    """Gives each question its `Watch`. Thread-safe; a published policy is in force from the next question on."""

    def __init__(
        self,
        settings: SafetySettings,
        policies: Policies | None = None,
        desk: Desk | None = None,
        judge: Generate | None = None,
    ) -> None:
        """Raises BadSetting, BadPolicy. `judge`: the engine of WENTU_SAFETY__JUDGE; `desk`: where cases go."""
        self._settings = settings
        self._policies = policies
        self._desk = desk or NoDesk()
        self._words = read_words(settings.blocked_words)
        self._judge = self._limited_judge(judge)
        self._lock = threading.Lock()
        self._bad: set[int] = set()
        first = policies.in_force() if policies else shipped_policy()
        self._screens: OrderedDict[int, Screen] = OrderedDict({first.version: self._make(first)})

    def watch(self, query: Query, policy: str = "") -> Watch:
        """The checks of one question, all by one policy: the one of this name, or the one in force."""
        return Watch(self.screen(policy), query, self._desk, self._scores, strict=self._settings.strict)

    def load(self) -> None:
        """Loads classifiers and tables now instead of at the first question. Raises BadSetting."""
        self.screen().sentence("预热 re shen")  # the tables of sounds and parts
        if self._settings.pictures:
            self._pictures.load()

    def forget(self) -> None:
        """Forgets what was remembered of pictures."""
        self._pictures.forget()

    def screen(self, policy: str = "") -> Screen:
        """The policy of this name, or the one in force. One that can't be read leaves the one before in its place."""
        with self._lock:
            if self._policies is not None:
                wanted = int(policy) if policy.isdecimal() else self._policies.number
                if wanted not in self._screens and wanted not in self._bad:
                    self._read(self._policies, wanted)
                if wanted in self._screens:
                    self._screens.move_to_end(wanted)
            return next(reversed(self._screens.values()))

    def _read(self, policies: Policies, number: int) -> None:
        try:
            self._screens[number] = self._make(policies.load(number))
        except (BadPolicy, NotFound) as error:
            log.error("policy %d can't be used: %s", number, error.message)
            self._bad.add(number)
        while len(self._screens) > _KEPT:
            self._screens.popitem(last=False)

    def _make(self, policy: Policy) -> Screen:
        return Screen(with_words(policy, self._words), self._classify, self._judge)

    @cached_property
    def _classify(self) -> Classify:
        return Limited(text_classifier(self._settings.text_model), self._settings.timeout_s, "text")

    @cached_property
    def _pictures(self) -> PictureClassifier:
        return PictureClassifier(self._settings.picture_model, self._settings.picture_labels)

    @cached_property
    def _scores(self) -> Scores | None:
        if not self._settings.pictures:
            return None
        # The first picture waits for the network to be loaded.
        return Limited(self._pictures.scores, self._settings.timeout_s + _LOAD_S, "pictures")

    def _limited_judge(self, generate: Generate | None) -> Judge | None:
        if generate is None:
            return None
        judge = ModelJudge(generate, guard_model=self._settings.judge_form == "qwen3guard")
        return Limited(judge, self._settings.judge_timeout_s, "judge")


def text_classifier(model: Path | None) -> Classify:
    """The light one that ships, or the one in a folder. Raises BadSetting."""
    if model is None:
        return light_scores()
    from wentu.safety.sequence import SequenceClassifier

    return SequenceClassifier(model).scores


def read_words(path: Path | None) -> list[str]:
    """The list in a file, one word a line. Raises BadSetting when it can't be read."""
    if path is None:
        return []
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise BadSetting(
            f"WENTU_SAFETY__BLOCKED_WORDS names {os.fspath(path)}, which can't be read as UTF-8 text",
            name="WENTU_SAFETY__BLOCKED_WORDS",
        ) from exc
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
