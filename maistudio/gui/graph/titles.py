"""Titles of boxes at a zoom without room for more: at a fixed size, in the middle, where they fit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from maistudio.gui.graph.scene import Scene
from maistudio.gui.graph.texts import Text

PIXELS = 10
SIDE = 1.0
"""Room left beside a title, in widget pixels; above and below it may touch the box's edge."""
ENDS = {"input": "Input", "output": "Output"}
"""What the ends of the graph are called where there is no room for their names."""

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=\d)(?=[A-Z])")

Form = tuple[float, float, list[tuple[float, float, Text]]]
"""A way to write a title: its width and height, and each line's place from the middle."""


class TitlePainter:
    """Writes titles on boxes, as they are first needed."""

    def __init__(self, vector: bool) -> None:
        self._vector = vector
        self._font: QFont | None = None
        self._forms: dict[tuple[str, str], list[Form]] = {}

    def paint(
        self, painter: QPainter, scene: Scene, boxes: Sequence[int], origin: QPointF, scale: float, colour: QColor
    ) -> None:
        """Write in widget pixels, scene point ``origin`` at the painter's (0, 0)."""
        if self._font is None:
            self._font = QFont(scene.fonts.detail)
            self._font.setPixelSize(PIXELS)
        painter.setFont(self._font)
        painter.setPen(colour)
        left, top = origin.x(), origin.y()
        for box in boxes:
            x, y, width, height = scene.places[box]
            wide, high = width * scale - 2 * SIDE, height * scale + 2
            drawn = scene.diagram.boxes[box]
            for form_width, form_height, lines in self._forms_of(drawn.title, drawn.kind):
                if form_width <= wide and form_height <= high:
                    middle_x, middle_y = (x + width / 2 - left) * scale, (y + height / 2 - top) * scale
                    for dx, dy, text in lines:
                        text.draw(painter, middle_x + dx, middle_y + dy)
                    break

    def _forms_of(self, title: str, kind: str) -> list[Form]:
        """The title in one line, then in two, then a shorter word."""
        found = self._forms.get((title, kind))
        if found is None:
            forms = [[title], _halves(title), [ENDS[kind]] if kind in ENDS else []]
            found = self._forms[title, kind] = [self._form(words) for words in forms if words]
        return found

    def _form(self, words: list[str]) -> Form:
        assert self._font is not None
        metrics = QFontMetricsF(self._font)
        widths = [metrics.horizontalAdvance(word) for word in words]
        line = metrics.height()
        top = -line * len(words) / 2
        lines = [
            (-width / 2, top + number * line, Text(word, self._font, self._vector))
            for number, (word, width) in enumerate(zip(words, widths, strict=True))
        ]
        return max(widths), line * len(words), lines


def _halves(title: str) -> list[str]:
    """A title cut in two at a capital or space near its middle; nothing where there is none."""
    cuts = [match.start() for match in _CAPITAL.finditer(title)] + [n for n, c in enumerate(title) if c == " "]
    if not cuts:
        return []
    cut = min(cuts, key=lambda place: abs(place - len(title) / 2))
    return [title[:cut].strip(), title[cut:].strip()]
