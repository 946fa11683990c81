"""OFD files written by hand, as GB/T 33190 has them: good ones, and some that nobody should open."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
FONTS = ("宋体", "楷体", "黑体", "Courier New")


def text(x: float, y: float, size: float, words: str, *, font: int = 1, color: str = "0 0 0", extra: str = "") -> str:
    """Words whose base line starts at (x, y) mm; Latin characters are half as wide."""
    steps = " ".join(f"{size if ord(one) > 0xFF else size / 2:g}" for one in words[:-1])
    delta = f'DeltaX="{steps}"' if steps else ""
    return (
        f'<ofd:TextObject ID="9" Boundary="{x} {y - size} 200 {size * 1.3:g}" Font="{font}" Size="{size}" {extra}>'
        f'<ofd:FillColor Value="{color}"/><ofd:TextCode X="0" Y="{size}" {delta}>{escape(words)}</ofd:TextCode>'
        "</ofd:TextObject>"
    )


def path(data: str, extra: str = 'LineWidth="0.3"', inside: str = "") -> str:
    return (
        f'<ofd:PathObject ID="8" Boundary="0 0 210 297" {extra}>{inside}'
        f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def rectangle(x: float, y: float, width: float, height: float, color: str = "") -> str:
    """An outline, or with a colour a filled one."""
    data = f"M {x} {y} L {x + width} {y} L {x + width} {y + height} L {x} {y + height} C"
    if not color:
        return path(data)
    return path(data, 'Stroke="false" Fill="true"', f'<ofd:FillColor Value="{color}"/>')


def picture(x: float, y: float, width: float, height: float, media: str = "50") -> str:
    return (
        f'<ofd:ImageObject ID="7" Boundary="{x} {y} {width} {height}" CTM="{width} 0 0 {height} 0 0"'
        f' ResourceID="{media}"/>'
    )


def ofd(
    pages: Sequence[str],
    *,
    template: str = "",
    box: str = "0 0 210 140",
    media: Mapping[str, bytes] | None = None,
    annotation: str = "",
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """A file of these pages (their objects) over one template; `media` are pictures by their ids."""
    kids = "".join(f'<ofd:Page ID="{n + 1}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    plan = '<ofd:TemplatePage ID="90" BaseLoc="Tpls/Tpl_0/Content.xml"/>' if template else ""
    notes = "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>" if annotation else ""
    fonts = "".join(f'<ofd:Font ID="{n}" FontName="{name}"/>' for n, name in enumerate(FONTS, 1))
    pictures = "".join(
        f'<ofd:MultiMedia ID="{n}" Type="Image"><ofd:MediaFile>{n}.png</ofd:MediaFile></ofd:MultiMedia>'
        for n in media or {}
    )
    parts: dict[str, str | bytes] = {
        "OFD.xml": f"<ofd:OFD {NS}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>{box}"
        f"</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>{plan}</ofd:CommonData>"
        f"<ofd:Pages>{kids}</ofd:Pages>{notes}</ofd:Document>",
        "Doc_0/PublicRes.xml": f'<ofd:Res {NS} BaseLoc="Res"><ofd:Fonts>{fonts}</ofd:Fonts>'
        f"<ofd:MultiMedias>{pictures}</ofd:MultiMedias></ofd:Res>",
    }
    use = '<ofd:Template TemplateID="90"/>' if template else ""
    for n, objects in enumerate(pages):
        parts[f"Doc_0/Pages/Page_{n}/Content.xml"] = _page(objects, use)
    if template:
        parts["Doc_0/Tpls/Tpl_0/Content.xml"] = _page(template)
    if annotation:
        parts["Doc_0/Annots/Annotations.xml"] = (
            f'<ofd:Annotations {NS}><ofd:Page PageID="1"><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page>'
            "</ofd:Annotations>"
        )
        parts["Doc_0/Annots/Page_0/Annotation.xml"] = (
            f'<ofd:PageAnnot {NS}><ofd:Annot ID="1" Type="Stamp"><ofd:Appearance Boundary="10 20 100 50">{annotation}'
            "</ofd:Appearance></ofd:Annot></ofd:PageAnnot>"
        )
    parts.update({f"Doc_0/Res/{name}.png": data for name, data in (media or {}).items()})
    return zipped({**parts, **(more or {})})


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _page(objects: str, use: str = "") -> str:
    head = f'<?xml version="1.0" encoding="UTF-8"?><ofd:Page {NS}>{use}<ofd:Content><ofd:Layer ID="3">'
    return f"{head}{objects}</ofd:Layer></ofd:Content></ofd:Page>"


def entity_bomb() -> bytes:
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    return zipped({"OFD.xml": f"{bomb}<ofd:OFD {NS}>&b;</ofd:OFD>"})


def bloated() -> bytes:
    """A part that unpacks to 200 MB out of 200 KB."""
    return ofd([text(10, 20, 5, "正文")], more={"Doc_0/Document.xml": b" " * 200_000_000})
