"""Documents into fields: schemas, the deterministic reading, the question to the model."""

from wentu.tasks.extract.task import Extract

__all__ = ["Extract"]
