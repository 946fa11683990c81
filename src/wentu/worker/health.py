"""`python -m wentu.worker.health`: whether a worker of this container lives. Ends with 0 or 1, says nothing.

A worker says every 2 s what it has loaded; one that has been silent for 10 s is none.
"""

from __future__ import annotations

import sys

from wentu.core.config import load_settings
from wentu.core.errors import WentuError
from wentu.queue import Queue
from wentu.worker.identity import Identity


def main() -> int:
    here = Identity.mine().where
    try:
        names = Queue(load_settings()).speakers()
    except WentuError:
        return 1
    return 0 if any(name.startswith(f"{here}:") for name in names) else 1


if __name__ == "__main__":
    sys.exit(main())
