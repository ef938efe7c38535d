"""Measures a drawn map as a reader's machine would: from its SVG, with real fonts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from operations.map.geometry import Box

SVG = "{http://www.w3.org/2000/svg}"
BOLD = {"title", "heading", "place", "path"}

for _name in ("Vera", "VeraBd"):
    pdfmetrics.registerFont(TTFont(_name, str(Path(reportlab.__file__).parent / "fonts" / f"{_name}.ttf")))

FONTS = {"Vera": ("Vera", "VeraBd"), "Helvetica": ("Helvetica", "Helvetica-Bold")}
"""A wide family and a narrow one: regular and bold."""


@dataclass(frozen=True)
class Thing:
    """Something on the sheet that must stay readable."""

    what: str
    box: Box


def width(text: str, size: float, font: str) -> float:
    """In a real font."""
    measured: Any = pdfmetrics.stringWidth(text, font, size)
    return float(measured)


def texts(svg: str, family: str) -> list[Thing]:
    """Every text with the box its letters really cover: from their highest to their lowest, in that family."""
    return [_text(element, family) for element in ET.fromstring(svg).iter(f"{SVG}text")]


def markers(svg: str) -> list[Thing]:
    """Every commune, datacenter and cloud on the map (not the legend's samples)."""
    found: list[Thing] = []
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        if "data-commune" in group.attrib:
            circle = group.find(f"{SVG}circle")
            assert circle is not None
            x, y, r = (float(circle.attrib[key]) for key in ("cx", "cy", "r"))
            found.append(Thing(group.attrib["data-commune"], Box.around((x, y), 2 * r)))
        for rect in group.findall(f"{SVG}rect") if "data-place" in group.attrib else ():
            if rect.attrib["class"] == "site":
                left, top, wide, high = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
                found.append(Thing(group.attrib["data-place"], Box(left, top, wide, high)))
    return found


def collisions(svg: str, family: str) -> list[tuple[str, str]]:
    """Texts over texts, texts over markers, markers over markers, and texts beyond the sheet's edge."""
    written, marked = texts(svg, family), markers(svg)
    root = ET.fromstring(svg)
    sheet = Box(0, 0, *(float(size) for size in root.attrib["viewBox"].split()[2:]))
    pairs = [
        *combinations(written, 2),
        *combinations(marked, 2),
        *((text, mark) for text in written for mark in marked),
    ]
    over = [(one.what, other.what) for one, other in pairs if one.box.overlaps(other.box)]
    return over + [(text.what, "the edge") for text in written if not sheet.contains(text.box)]


def _text(element: ET.Element, family: str) -> Thing:
    content, size = element.text or "", float(element.attrib["font-size"])
    bold = bool(BOLD.intersection(element.attrib["class"].split()))
    wide = width(content, size, FONTS[family][bold])
    x, y = float(element.attrib["x"]), float(element.attrib["y"])
    left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[element.attrib.get("text-anchor", "start")]
    # Capitals with accents reach 0.78 of the size, descenders 0.22, in both families.
    return Thing(content, Box(left, y - 0.78 * size, wide, size))
