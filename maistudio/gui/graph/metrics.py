"""How large boxes and labels are: the fonts of the graph and the widths of its texts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF

from maistudio.gui.graph.diagram import Box, Diagram
from maistudio.gui.graph.layout import Wire

GRID = 8
BAR = 4.0
"""Width of the strip that shows the kind of op."""
PAD_X = 10.0
PAD_Y = 6.0
TITLE_GAP = 2.0
TAG_PAD = 6.0
STACK = 3.0
"""How far each edge of a closed group's pile stands out; there are two."""
MARKER = 12.0
"""Room for the mark in front of a constant."""
LEAST_WIDTH = 64


@dataclass(frozen=True, slots=True)
class Fonts:
    """Fonts at a zoom of 1: ``title`` of boxes, ``detail`` for everything else. Heights in pixels."""

    title: QFont
    detail: QFont
    title_height: float
    detail_height: float


def graph_fonts(base: QFont) -> Fonts:
    """The graph's fonts, from the application's."""
    pixels = max(9, QFontInfo(base).pixelSize())
    title, detail = QFont(base), QFont(base)
    title.setPixelSize(pixels + 1)
    title.setWeight(QFont.Weight.DemiBold)
    detail.setPixelSize(max(8, pixels - 1))
    for font in (title, detail):
        # Positions from the outline, so that a text is as wide on paper and at any zoom as it was measured.
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    titles, details = QFontMetricsF(title), QFontMetricsF(detail)
    return Fonts(title, detail, titles.height(), details.height())


class TextWidths:
    """Widths of texts in pixels, each measured once."""

    def __init__(self, fonts: Fonts) -> None:
        self._metrics = {"title": QFontMetricsF(fonts.title), "detail": QFontMetricsF(fonts.detail)}
        self._known: dict[tuple[str, str], float] = {}

    def __call__(self, text: str, font: str = "detail") -> float:
        found = self._known.get((font, text))
        if found is None:
            found = self._known[font, text] = self._metrics[font].horizontalAdvance(text)
        return found


def box_sizes(diagram: Diagram, fonts: Fonts, width: TextWidths) -> list[tuple[float, float]]:
    """The size of each box, on an 8-pixel grid in width."""
    known: dict[object, tuple[float, float]] = {}
    sizes: list[tuple[float, float]] = []
    for box in diagram.boxes:
        key = box.title, box.tag, box.lines, box.kind, bool(box.calls)
        size = known.get(key)
        if size is None:
            size = known[key] = _box_size(box, fonts, width)
        sizes.append(size)
    return sizes


def _box_size(box: Box, fonts: Fonts, width: TextWidths) -> tuple[float, float]:
    title = width(box.title, "title")
    if box.tag:
        title += PAD_X + width(box.tag) + 2 * TAG_PAD
    if box.kind == "group" or box.calls:
        title += PAD_X + fonts.detail_height
    lines = (width(line.text) + (MARKER if line.kind != "option" else 0.0) for line in box.lines)
    wide = max(title, *lines, 0.0) + 2 * PAD_X + BAR
    if box.kind in {"input", "output"}:
        wide += 2 * PAD_X
    high = fonts.title_height + 2 * PAD_Y + len(box.lines) * fonts.detail_height + (TITLE_GAP if box.lines else 0.0)
    pile = 2 * STACK if box.kind == "group" else 0.0
    return max(LEAST_WIDTH, math.ceil((wide + pile) / GRID) * GRID), math.ceil(high + pile)


def layout_wires(diagram: Diagram, fonts: Fonts, width: TextWidths) -> list[Wire]:
    """The wires of a diagram with the sizes of their labels."""
    return [
        Wire(
            wire.source,
            wire.targets,
            (math.ceil(width(wire.label)) + 2.0, math.ceil(fonts.detail_height)) if wire.label else (0.0, 0.0),
        )
        for wire in diagram.wires
    ]
