"""Fonts for OFD text: the embedded one where it has the character, else one of the machine that looks most like it."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from PIL import ImageFont

from wentu.intake.decoder.ofd.archive import Archive
from wentu.intake.decoder.rejected import Rejected

Face = ImageFont.FreeTypeFont

_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
# By the style that a font's name tells; the first that is there is taken. Debian's packages, then Windows, macOS.
_SONG = ("NotoSerifCJK-Regular.ttc", "simsun.ttc", "uming.ttc", "Songti.ttc")
_KAI = ("simkai.ttf", "LXGWWenKai-Regular.ttf", "ukai.ttc")
_HEI = ("NotoSansCJK-Regular.ttc", "simhei.ttf", "msyh.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc", "PingFang.ttc")
_MONO = ("cour.ttf", "LiberationMono-Regular.ttf", "DejaVuSansMono.ttf", "Courier New.ttf")
_STYLES = ((("楷", "kai"), _KAI), (("宋", "song", "simsun", "serif"), _SONG), (("courier", "mono"), _MONO))
_SIMPLIFIED = {"NotoSerifCJK-Regular.ttc": 2, "NotoSansCJK-Regular.ttc": 2}  # the face in Noto's collections
_NOBODY = "\uffff"  # no character, so drawn as every missing one


class Fonts:
    """Faces by a font's id and size. Raises Rejected("ofd_fonts") where the machine has no Chinese font at all."""

    def __init__(self, archive: Archive, known: dict[str, tuple[str, str]]) -> None:
        self._archive = archive
        self._known = known
        self._faces: dict[tuple[str, float], tuple[Face, ...]] = {}

    def face(self, font_id: str, size_px: float, character: str) -> Face:
        """The first face of this font that has the character; the last one where none has."""
        size = round(size_px * 4) / 4
        key = font_id, size
        if key not in self._faces:
            self._faces[key] = tuple(self._candidates(font_id, size))
        faces = self._faces[key]
        return next((face for face in faces if _has(face, character)), faces[-1])

    def _candidates(self, font_id: str, size: float) -> list[Face]:
        name, part = self._known.get(font_id, ("", ""))
        own = [_embedded(self._archive.read(part), size)] if part else []
        machine = machine_fonts()
        style = next((files for words, files in _STYLES if any(word in name.lower() for word in words)), _HEI)
        paths = [machine[file] for file in (*style, *_HEI, *_SONG, *_KAI) if file in machine]
        if not paths:
            raise Rejected("ofd_fonts")
        layout = ImageFont.Layout.BASIC
        others = [
            ImageFont.truetype(path, size, index=_SIMPLIFIED.get(Path(path).name, 0), layout_engine=layout)
            for path in dict.fromkeys(paths[:3])
        ]
        return [face for face in own if face is not None] + others


@cache
def machine_fonts() -> dict[str, str]:
    """Font files of this machine by their names."""
    folders = [Path(folder) for folder in _FOLDERS]
    return {path.name: str(path) for folder in folders if folder.is_dir() for path in folder.rglob("*.tt[cf]")}


def _embedded(data: bytes, size: float) -> Face | None:
    """A face out of the file's own font; None for what FreeType can't read."""
    try:
        return ImageFont.truetype(io.BytesIO(data), size, layout_engine=ImageFont.Layout.BASIC)
    except OSError:
        return None


def _has(face: Face, character: str) -> bool:
    """Whether a face draws the character as something else than a missing one."""
    ink = face.getmask(character)
    return ink.size != (0, 0) and bytes(ink) != bytes(face.getmask(_NOBODY))
