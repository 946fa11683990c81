"""Facts about model families: one file a family, so that no engine keeps numbers of its own."""

from wentu.engines.specs.base import ModelSpec, Sampling
from wentu.engines.specs.find import family_named, spec_of_folder
from wentu.engines.specs.qwen3_vl import QWEN3_VL

__all__ = ["QWEN3_VL", "ModelSpec", "Sampling", "family_named", "spec_of_folder"]
