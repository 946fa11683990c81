"""The checks on the way in and on the way out, by the policy that is in force when a question comes."""

from __future__ import annotations

import logging
import os
import threading
from functools import cached_property
from pathlib import Path

from wentu.core.config import SafetySettings
from wentu.core.errors import BadPolicy, BadSetting
from wentu.core.types import Query
from wentu.safety.judge import Generate, ModelJudge
from wentu.safety.limited import Limited
from wentu.safety.linear import light_scores
from wentu.safety.pictures import PictureClassifier
from wentu.safety.policies import Policies, shipped_policy, with_words
from wentu.safety.policy import Policy
from wentu.safety.screen import Classify, Judge, Screen
from wentu.safety.watch import Desk, NoDesk, Scores, Watch

log = logging.getLogger(__name__)

_LOAD_S = 20.0


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
        self._version = -1
        self._screen = self._make(policies.in_force() if policies else shipped_policy())

    def watch(self, query: Query) -> Watch:
        """The checks of one question, all by one policy."""
        return Watch(self.screen(), query, self._desk, self._scores, strict=self._settings.strict)

    def load(self) -> None:
        """Loads classifiers and tables now instead of at the first question. Raises BadSetting."""
        self.screen().sentence("预热 re shen")  # the tables of sounds and parts
        if self._settings.pictures:
            self._pictures.load()

    def forget(self) -> None:
        """Forgets what was remembered of pictures."""
        self._pictures.forget()

    def screen(self) -> Screen:
        """The policy in force. One that can't be read leaves the one before in its place."""
        if self._policies is not None:
            with self._lock:
                newest = self._policies.newest()
                if newest != self._version:
                    try:
                        self._screen = self._make(self._policies.load(newest))
                    except BadPolicy as error:
                        log.error("policy %d can't be used: %s", newest, error.message)
                    self._version = newest
        return self._screen

    def _make(self, policy: Policy) -> Screen:
        self._version = policy.version
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
