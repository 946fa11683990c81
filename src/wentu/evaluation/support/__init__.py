"""Customer service measured: a folder with a catalogue, questions, screenshots and what is right."""

from wentu.evaluation.support.cases import Case, read_cases
from wentu.evaluation.support.figures import Figures, Judged, figures, judge

__all__ = ["Case", "Figures", "Judged", "figures", "judge", "read_cases"]
