"""The statistics of a comparison, in numpy and the standard library; the tests hold them against scipy's family."""

from wentu.rollout.statistics.bootstrap import bca
from wentu.rollout.statistics.intervals import Interval, wilson
from wentu.rollout.statistics.pairs import Discordant, discordant, holm, mcnemar
from wentu.rollout.statistics.sample_ratio import sample_ratio
from wentu.rollout.statistics.sequential import Arm, Comparison, compare, summarize
from wentu.rollout.statistics.votes import Tally, preference, sign_test, strengths

__all__ = [
    "Arm",
    "Comparison",
    "Discordant",
    "Interval",
    "Tally",
    "bca",
    "compare",
    "discordant",
    "holm",
    "mcnemar",
    "preference",
    "sample_ratio",
    "sign_test",
    "strengths",
    "summarize",
    "wilson",
]
