"""The Chinese fonts of this machine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PIL import ImageFont

from wentu.core.errors import BadSetting

_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
# Debian: fonts-noto-cjk, fonts-wqy-microhei, fonts-wqy-zenhei, fonts-lxgw-wenkai, fonts-arphic-*; then Windows, macOS.
_NAMES = (
    *(
        "NotoSansCJK-Regular.ttc",
        "NotoSerifCJK-Regular.ttc",
        "NotoSansCJK-Bold.ttc",
        "wqy-microhei.ttc",
        "wqy-zenhei.ttc",
    ),
    *("LXGWWenKai-Regular.ttf", "uming.ttc", "ukai.ttc", "simsun.ttc", "msyh.ttc", "simhei.ttf", "Arial Unicode.ttf"),
)
# In the Noto collections the faces are languages; 2 is simplified Chinese.
_FACES = {"NotoSansCJK-Regular.ttc": 2, "NotoSerifCJK-Regular.ttc": 2, "NotoSansCJK-Bold.ttc": 2}


@cache
def chinese_fonts() -> Sequence[Path]:
    """Font files with Chinese characters, in a fixed order. Raises BadSetting where there is none."""
    found = {path.name: path for folder in _FOLDERS if folder.is_dir() for path in folder.rglob("*.tt[cf]")}
    fonts = [found[name] for name in _NAMES if name in found]
    if not fonts:
        raise BadSetting(
            "this machine has no Chinese font to draw documents with",
            name="fonts",
            hint="On Debian: apt-get install fonts-noto-cjk",
        )
    return fonts


@cache
def font(path: Path, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size_px, index=_FACES.get(path.name, 0))
