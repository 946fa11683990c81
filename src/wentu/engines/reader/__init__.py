"""The built-in reader: answers from the text and the geometry of a picture, and never pretends to see more."""

from wentu.engines.reader.engine import ReaderEngine

__all__ = ["ReaderEngine"]
