"""Catalogue, FAQ and articles of a shop: imports, versions, search, corrections."""

from wentu.core.knowledge import Correction
from wentu.knowledge.base import ImportProgress, KnowledgeBase
from wentu.knowledge.corrections import Edit
from wentu.knowledge.importing import Refusal, SourceFile
from wentu.knowledge.versions import Version

__all__ = ["Correction", "Edit", "ImportProgress", "KnowledgeBase", "Refusal", "SourceFile", "Version"]
