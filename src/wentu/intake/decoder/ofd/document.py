"""What an OFD file holds: its pages with their templates and annotations, and the resources they name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from wentu.intake.decoder.ofd.archive import Archive, beside
from wentu.intake.decoder.ofd.numbers import box_of
from wentu.intake.decoder.rejected import Rejected

_ORDER = {"Background": 0, "Body": 1, "Foreground": 2}  # of a page's layers (8.1)
_A4_MM = (0.0, 0.0, 210.0, 297.0)


@dataclass(frozen=True, slots=True)
class Resources:
    """Fonts (name and the part of its file, if it is embedded), media parts and drawing parameters, by their ids."""

    fonts: dict[str, tuple[str, str]] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    params: dict[str, Element] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page: `box` is (x, y, width, height) in mm, `layers` its groups of objects from the lowest to the highest."""

    box: tuple[float, float, float, float]
    layers: tuple[Element, ...]
    resources: Resources


class Document:
    """The first document of an OFD file; a file may hold several versions of itself, and nobody sends two."""

    def __init__(self, archive: Archive) -> None:
        """Raises Rejected where the file is no OFD."""
        self._archive = archive
        root = archive.xml("OFD.xml")
        location = root.findtext("{*}DocBody/{*}DocRoot", "").strip()
        self._path = beside("OFD.xml", location)
        self._root = archive.xml(self._path)
        self._pages = self._root.findall("{*}Pages/{*}Page")

    @property
    def n_pages(self) -> int:
        return len(self._pages)

    def page(self, number: int) -> Leaf:
        """Page `number`, from 1. Raises Rejected("pdf_page") where there is none."""
        if not 1 <= number <= self.n_pages:
            raise Rejected("pdf_page", page=number, pages=self.n_pages)
        entry = self._pages[number - 1]
        path = beside(self._path, entry.get("BaseLoc", ""))
        content = self._archive.xml(path)
        resources = self._resources(content, path)
        common = self._root.find("{*}CommonData/{*}PageArea/{*}PhysicalBox")
        box = box_of(content.find("{*}Area/{*}PhysicalBox")) or box_of(common) or _A4_MM
        below, above = self._templates(content, resources)
        layers = (*below, *_layers(content), *above, *self._annotations(entry.get("ID", "")))
        return Leaf(box, layers, resources)

    def _templates(self, content: Element, resources: Resources) -> tuple[list[Element], list[Element]]:
        """Layers of the page's templates, below and above its own (8.2)."""
        known = {one.get("ID"): one for one in self._root.findall("{*}CommonData/{*}TemplatePage")}
        below: list[Element] = []
        above: list[Element] = []
        for use in content.findall("{*}Template"):
            template = known.get(use.get("TemplateID"))
            if template is not None:
                path = beside(self._path, template.get("BaseLoc", ""))
                drawn = self._archive.xml(path)
                self._add(resources, drawn.findall("{*}PageRes"), path)
                order = use.get("ZOrder") or template.get("ZOrder") or "Background"
                (above if order == "Foreground" else below).extend(_layers(drawn))
        return below, above

    def _annotations(self, page_id: str) -> Iterator[Element]:
        """How the page's annotations look: stamps and remarks that were put on it (15)."""
        location = self._root.findtext("{*}Annotations", "").strip()
        if not location:
            return
        path = beside(self._path, location)
        for entry in self._archive.xml(path).findall("{*}Page"):
            part = entry.findtext("{*}FileLoc", "").strip()
            if entry.get("PageID") == page_id and part:
                for one in self._archive.xml(beside(path, part)).findall("{*}Annot"):
                    if one.get("Visible", "true") != "false":
                        yield from one.findall("{*}Appearance")

    def _resources(self, content: Element, page_path: str) -> Resources:
        found = Resources()
        common = self._root.find("{*}CommonData")
        if common is not None:
            self._add(found, [*common.findall("{*}PublicRes"), *common.findall("{*}DocumentRes")], self._path)
        self._add(found, content.findall("{*}PageRes"), page_path)
        return found

    def _add(self, resources: Resources, locations: list[Element], path: str) -> None:
        for location in locations:
            part = beside(path, (location.text or "").strip())
            root = self._archive.xml(part)
            folder = beside(part, root.get("BaseLoc", "") + "/x")
            for font in root.findall("{*}Fonts/{*}Font"):
                file = font.findtext("{*}FontFile", "").strip()
                name = f"{font.get('FontName', '')} {font.get('FamilyName', '')}"
                resources.fonts[font.get("ID", "")] = (name, beside(folder, file) if file else "")
            for media in root.findall("{*}MultiMedias/{*}MultiMedia"):
                resources.media[media.get("ID", "")] = beside(folder, media.findtext("{*}MediaFile", "").strip())
            for param in root.findall("{*}DrawParams/{*}DrawParam"):
                resources.params[param.get("ID", "")] = param


def _layers(content: Element) -> list[Element]:
    return sorted(content.findall("{*}Content/{*}Layer"), key=lambda one: _ORDER.get(one.get("Type", "Body"), 1))
