"""The answer held against the pixels: what stands in the picture, where, and how sure we are."""

from wentu.verify.align import Verdict, verify
from wentu.verify.fields import judge

__all__ = ["Verdict", "judge", "verify"]
