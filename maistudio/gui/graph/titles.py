"""Titles of boxes at a zoom without room for more: in the middle, at one of two fixed sizes, where they fit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from maistudio.gui.graph.scene import Scene
from maistudio.gui.graph.texts import Text

PIXELS = (10, 8)
"""Font sizes in widget pixels: the first that fits is taken, none smaller could be read."""
SIDE = 1.0
"""Room left beside a title, in widget pixels; above and below it may touch the box's edge."""
ENDS: Mapping[str, str] = MappingProxyType({"input": "Input", "output": "Output"})
"""What the ends of the graph are called where there is no room for their names."""
SHORT: Mapping[str, str] = MappingProxyType(
    {
        "BatchMatmul": "MatMul", "Concatenation": "Concat", "DepthwiseConv2D": "DWConv", "FullyConnected": "FC",
        "ResizeBilinear": "Resize", "ResizeNearestNeighbor": "Resize", "StridedSlice": "Slice",
        "TransposeConv": "TConv",
    }
)  # fmt: skip
"""What people call ops for short."""

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=\d)(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write a title: which font, how much room it takes, and each line's place from the middle."""

    font: int
    width: float
    height: float
    lines: tuple[tuple[float, float, Text], ...]


class TitlePainter:
    """Writes titles on boxes, as they are first needed."""

    def __init__(self, vector: bool) -> None:
        self._vector = vector
        self._fonts: tuple[QFont, ...] = ()
        self._forms: dict[tuple[str, str], list[Form]] = {}

    def paint(
        self, painter: QPainter, scene: Scene, boxes: Sequence[int], origin: QPointF, scale: float, colour: QColor
    ) -> None:
        """Write in widget pixels, scene point ``origin`` at the painter's (0, 0)."""
        if not self._fonts:
            self._fonts = tuple(_sized(scene.fonts.detail, pixels) for pixels in PIXELS)
        painter.setPen(colour)
        left, top = origin.x(), origin.y()
        written: list[list[tuple[float, float, Text]]] = [[] for _ in self._fonts]
        for box in boxes:
            x, y, width, height = scene.places[box]
            drawn = scene.diagram.boxes[box]
            form = self._fitting(drawn.title, drawn.kind, width * scale - 2 * SIDE, height * scale + 2)
            if form is not None:
                middle_x, middle_y = (x + width / 2 - left) * scale, (y + height / 2 - top) * scale
                written[form.font] += [(middle_x + dx, middle_y + dy, text) for dx, dy, text in form.lines]
        for font, texts in zip(self._fonts, written, strict=True):
            painter.setFont(font)
            for x, y, text in texts:
                text.draw(painter, x, y)

    def _fitting(self, title: str, kind: str, width: float, height: float) -> Form | None:
        """The first way to write a title that fits."""
        forms = self._forms.get((title, kind))
        if forms is None:
            forms = self._forms[title, kind] = self._forms_of(title, kind)
        for form in forms:
            if form.width <= width and form.height <= height:
                return form
        return None

    def _forms_of(self, title: str, kind: str) -> list[Form]:
        """The title in one line, then in two, then a short word, each first in the larger font."""
        ways = [[title], _halves(title), [ENDS.get(kind) or SHORT.get(title, "")]]
        return [self._form(words, font) for words in ways if any(words) for font in range(len(self._fonts))]

    def _form(self, words: list[str], font: int) -> Form:
        metrics = QFontMetricsF(self._fonts[font])
        widths = [metrics.horizontalAdvance(word) for word in words]
        line = metrics.height()
        top = -line * len(words) / 2
        lines = tuple(
            (-width / 2, top + number * line, Text(word, self._fonts[font], self._vector))
            for number, (word, width) in enumerate(zip(words, widths, strict=True))
        )
        return Form(font, max(widths), line * len(words), lines)


def _sized(base: QFont, pixels: int) -> QFont:
    font = QFont(base)
    font.setPixelSize(pixels)
    return font


def _halves(title: str) -> list[str]:
    """A title cut in two at a capital or space near its middle; nothing where there is none."""
    cuts = [match.start() for match in _CAPITAL.finditer(title)] + [n for n, c in enumerate(title) if c == " "]
    if not cuts:
        return []
    cut = min(cuts, key=lambda place: abs(place - len(title) / 2))
    return [title[:cut].strip(), title[cut:].strip()]
