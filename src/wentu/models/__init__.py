"""Model weights on this machine: bring them from a hub or a folder, list, verify, remove.

`pull`, `add` and `verify` are iterators of FilesProgress; closing one stops the work.
"""

from wentu.models.add import add
from wentu.models.installed import InstalledModel, find_model, installed
from wentu.models.progress import FilesProgress
from wentu.models.pull import pull
from wentu.models.remove import remove
from wentu.models.verify import verify

__all__ = ["FilesProgress", "InstalledModel", "add", "find_model", "installed", "pull", "remove", "verify"]
