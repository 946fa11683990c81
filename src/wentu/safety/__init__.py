"""What may come in and what may go out: words that are held back, and text released only once it is checked."""

from wentu.safety.release import collect, release, whole
from wentu.safety.words import Safety

__all__ = ["Safety", "collect", "release", "whole"]
