"""Intake: the only way a picture enters wentu (bytes, data URL, upload, link, PDF page -> clean file and pixels).

`Intake` and `Taken` are loaded on first use: the decoding child (`python -m wentu.intake.decoder`) imports this
package for every picture, and settings and numpy would make its start about 0.24 s longer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wentu.intake.door import Intake, Taken

__all__ = ["Intake", "Taken"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from wentu.intake import door

        return getattr(door, name)
    raise AttributeError(f"module 'wentu.intake' has no attribute '{name}'")
