"""How fast an engine is on this machine: `measure` asks one, `arm` runs that in a process of its own."""

from wentu.evaluation.bench.arm import Arm, our_arm
from wentu.evaluation.bench.bandwidth import read_gb_per_s
from wentu.evaluation.bench.figures import STEPS, Figures

__all__ = ["STEPS", "Arm", "Figures", "our_arm", "read_gb_per_s"]
