"""What may come in and what may go out: words, pictures and meaning, checked by one policy; see docs/safety.md."""

from wentu.safety.check import Safety
from wentu.safety.release import Released, collect, release, whole
from wentu.safety.watch import Case, Desk, Watch

__all__ = ["Case", "Desk", "Released", "Safety", "Watch", "collect", "release", "whole"]
