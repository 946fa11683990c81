"""The answer held against the pixels: which words stand in the picture, where, and which figures do not."""

from wentu.verify.align import Verdict, verify

__all__ = ["Verdict", "verify"]
