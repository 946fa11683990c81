"""Text out of pictures: `Picture` -> `TextLine`s."""

from wentu.ocr.reader import Ocr

__all__ = ["Ocr"]
