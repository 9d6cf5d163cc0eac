"""Paint what is written in boxes, on wires and on frames at a zoom with room for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from maistudio.gui.graph.diagram import Box
from maistudio.gui.graph.ink import Ink
from maistudio.gui.graph.metrics import BAR, MARKER, PAD_X, PAD_Y, STACK, TAG_PAD, TITLE_GAP
from maistudio.gui.graph.scene import GroupFrame, Scene, role_of
from maistudio.gui.graph.texts import Text, pen
from maistudio.tflite.kinds import OpKind

MARK = 6.0
"""Side of the square in front of a constant."""

Placed = tuple[float, float, Text]
"""A text and where it begins, from the box's upper left corner."""


@dataclass(frozen=True, slots=True)
class _Content:
    """What is written in boxes of one kind, all of it placed."""

    title: Placed
    muted: tuple[Placed, ...]
    links: tuple[Placed, ...]
    marks: tuple[tuple[float, float, bool], ...]
    tag: tuple[QRectF, Placed] | None


class BoxPainter:
    """Paints the details of boxes in the colours of one palette."""

    def __init__(self, ink: Ink, vector: bool) -> None:
        self.ink = ink
        self.density = 1.0
        self._vector = vector
        self._scene: Scene | None = None
        self._contents: dict[int, _Content] = {}
        self._known: dict[object, _Content] = {}
        self._texts: dict[tuple[str, bool], Text] = {}

    def paint(self, painter: QPainter, scene: Scene, boxes: Sequence[int], faded: bool) -> None:
        """Paint these boxes over the plain rectangles that are there already, kind of thing by kind of thing."""
        if scene is not self._scene:
            self._scene, self._contents, self._known = scene, {}, {}
        self._shapes(painter, scene, boxes, faded)
        placed = [(*scene.places[box][:2], self._content(scene, box)) for box in boxes]
        self._squares(painter, placed, faded)
        ink = self.ink
        painter.setFont(scene.fonts.title)
        painter.setPen(ink.faded_text if faded else ink.text)
        for x, y, content in placed:
            dx, dy, text = content.title
            text.draw(painter, x + dx, y + dy)
        painter.setFont(scene.fonts.detail)
        for x, y, content in placed:
            if content.tag is not None:
                dx, dy, text = content.tag[1]
                text.draw(painter, x + dx, y + dy)
        painter.setPen(ink.faded_text if faded else ink.muted)
        for x, y, content in placed:
            for dx, dy, text in content.muted:
                text.draw(painter, x + dx, y + dy)
        painter.setPen(ink.faded_text if faded else ink.accent)
        for x, y, content in placed:
            for dx, dy, text in content.links:
                text.draw(painter, x + dx, y + dy)

    def labels(self, painter: QPainter, scene: Scene, wires: Sequence[int], colour: QColor) -> None:
        """The shapes on wires; the canvas behind them is cleared of other wires."""
        places = [(label, scene.diagram.wires[wire].label) for wire in wires if (label := scene.layout.labels[wire])]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(self.ink.canvas))
        painter.drawRects([QRectF(*label) for label, _ in places])
        painter.setFont(scene.fonts.detail)
        painter.setPen(colour)
        for (x, y, _, _), words in places:
            self._text(scene, words).draw(painter, x + 1, y)

    def frame_title(self, painter: QPainter, scene: Scene, frame: GroupFrame) -> None:
        """The title of an open group in its upper left corner, behind the button that closes it.

        The canvas behind it is cleared of wires.
        """
        title = scene.groups.groups[frame.group].title
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        button = frame_button(frame.rect, scene.fonts.detail_height)
        painter.fillRect(button.adjusted(-1, 0, 1, 0), self.ink.canvas)
        self._sign(painter, button, self.ink.muted, opened=True)
        left = frame.rect.x() + 6 + scene.fonts.detail_height
        room = frame.rect.right() - left - 4
        while title and scene.width(title) > room:
            title = title[:-2].rstrip("…") + "…" if len(title) > 2 else ""
        top = frame.rect.y() + 1
        painter.fillRect(QRectF(left - 2, top, scene.width(title) + 4, scene.fonts.detail_height), self.ink.canvas)
        painter.setFont(scene.fonts.detail)
        painter.setPen(self.ink.muted)
        self._text(scene, title).draw(painter, left, top)

    def _shapes(self, painter: QPainter, scene: Scene, boxes: Sequence[int], faded: bool) -> None:
        """Bars of ops, pills of inputs and outputs, piles of closed groups."""
        ink = self.ink
        fills, borders = (ink.faded_fill, ink.faded_border) if faded else (ink.fill, ink.border)
        bars: dict[OpKind, list[QRectF]] = {}
        for number in boxes:
            box, (x, y, _, height) = scene.diagram.boxes[number], scene.places[number]
            if box.op_kind is not None:
                bars.setdefault(box.op_kind, []).append(QRectF(x, y, BAR, height))
            elif box.kind == "group":
                self._pile(painter, scene, box, scene.rects[number], faded)
            else:
                self._pill(painter, scene.rects[number], borders[role_of(box)], fills[role_of(box)])
        painter.setPen(Qt.PenStyle.NoPen)
        for kind, rects in bars.items():
            painter.setBrush(QBrush(borders[kind]))
            painter.drawRects(rects)

    def _squares(self, painter: QPainter, placed: Sequence[tuple[float, float, _Content]], faded: bool) -> None:
        """Tags of fused activations, and the marks in front of constants: full for weights, hollow for settings."""
        ink = self.ink
        fill, border = ink.faded_tag if faded else ink.tag
        tags = [content.tag[0].translated(x, y) for x, y, content in placed if content.tag is not None]
        if tags:
            painter.setPen(self._pen(border))
            painter.setBrush(QBrush(fill))
            painter.drawRects(tags)
        marks: dict[bool, list[QRectF]] = {True: [], False: []}
        for x, y, content in placed:
            for dx, dy, full in content.marks:
                marks[full].append(QRectF(x + dx, y + dy, MARK, MARK))
        colour = ink.faded_text if faded else ink.weight
        painter.setPen(self._pen(colour))
        for full, rects in marks.items():
            if rects:
                painter.setBrush(QBrush(colour) if full else Qt.BrushStyle.NoBrush)
                painter.drawRects(rects)

    def _pill(self, painter: QPainter, rect: QRectF, border: QColor, fill: QColor) -> None:
        """An input or output of the graph: round ends instead of corners."""
        painter.fillRect(rect.adjusted(-1, -1, 1, 1), self.ink.canvas)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(self._pen(border, 1.4))
        painter.setBrush(QBrush(fill))
        radius = min(rect.height() / 2, 16.0)
        painter.drawRoundedRect(rect, radius, radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _pile(self, painter: QPainter, scene: Scene, box: Box, rect: QRectF, faded: bool) -> None:
        """A closed group: edges of more boxes behind it, its button, and a strip with the kinds of its ops by share."""
        ink = self.ink
        self.pile_edges(painter, rect, faded)
        top = rect.y()
        for kind, share in box.shares:
            colours = ink.faded_border if faded else ink.border
            painter.fillRect(QRectF(rect.x(), top, BAR, rect.height() * share), colours[kind])
            top += rect.height() * share
        button = group_button(rect, scene.fonts.detail_height)
        self._sign(painter, button, ink.faded_text if faded else ink.text, opened=False)

    def pile_edges(self, painter: QPainter, rect: QRectF, faded: bool) -> None:
        """The edges of two more boxes behind a closed group."""
        ink = self.ink
        painter.setPen(self._pen((ink.faded_border if faded else ink.border)["group"]))
        for step in (STACK, 2 * STACK):
            right, bottom = rect.right() + step, rect.bottom() + step
            painter.drawLines([
                QLineF(rect.x() + step, bottom, right, bottom), QLineF(right, rect.y() + step, right, bottom),
                QLineF(rect.x() + step, bottom - STACK, rect.x() + step, bottom),
                QLineF(right - STACK, rect.y() + step, right, rect.y() + step),
            ])  # fmt: skip

    def _content(self, scene: Scene, number: int) -> _Content:
        found = self._contents.get(number)
        if found is None:
            box = scene.diagram.boxes[number]
            key = box.title, box.tag, box.lines, box.kind, scene.places[number][2]
            found = self._known.get(key)
            if found is None:
                found = self._known[key] = self._write(scene, box, scene.places[number][2])
            self._contents[number] = found
        return found

    def _write(self, scene: Scene, box: Box, width: float) -> _Content:
        fonts = scene.fonts
        left = 2 * PAD_X if box.kind in {"input", "output"} else BAR + PAD_X
        tag = None
        if box.tag:
            wide = scene.width(box.tag) + 2 * TAG_PAD
            place = QRectF(width - PAD_X - wide, PAD_Y + (fonts.title_height - fonts.detail_height) / 2, wide,
                           fonts.detail_height)  # fmt: skip
            tag = place, (place.x() + TAG_PAD, place.y(), self._text(scene, box.tag))
        muted: list[Placed] = []
        links: list[Placed] = []
        marks: list[tuple[float, float, bool]] = []
        top = PAD_Y + fonts.title_height + TITLE_GAP
        for line in box.lines:
            marked = line.kind in {"weight", "value"}
            if marked:
                marks.append((left, top + (fonts.detail_height - MARK) / 2, line.kind == "weight"))
            placed = left + (MARKER if marked else 0.0), top, self._text(scene, line.text)
            (links if line.kind == "call" else muted).append(placed)
            top += fonts.detail_height
        title = left, PAD_Y, self._text(scene, box.title, title=True)
        return _Content(title, tuple(muted), tuple(links), tuple(marks), tag)

    def _text(self, scene: Scene, words: str, title: bool = False) -> Text:
        made = self._texts.get((words, title))
        if made is None:
            font = scene.fonts.title if title else scene.fonts.detail
            made = self._texts[words, title] = Text(words, font, self._vector)
        return made

    def _sign(self, painter: QPainter, rect: QRectF, colour: QColor, opened: bool) -> None:
        """A square with a minus when ``opened``, else with a plus."""
        painter.setPen(self._pen(colour))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)
        middle, reach = rect.center(), rect.width() / 2 - 2
        painter.drawLine(QLineF(middle.x() - reach, middle.y(), middle.x() + reach, middle.y()))
        if not opened:
            painter.drawLine(QLineF(middle.x(), middle.y() - reach, middle.x(), middle.y() + reach))

    def _pen(self, colour: QColor, width: float = 1.0) -> QPen:
        return pen(colour, width * self.density, scales=self._vector)


def group_button(rect: QRectF, size: float) -> QRectF:
    """The square in a closed group's box that opens it."""
    side = size - 4
    return QRectF(rect.right() - PAD_X - side, rect.y() + PAD_Y + 2, side, side)


def frame_button(rect: QRectF, size: float) -> QRectF:
    """The square in an open group's frame that closes it."""
    side = size - 4
    return QRectF(rect.x() + 4, rect.y() + 2, side, side)
