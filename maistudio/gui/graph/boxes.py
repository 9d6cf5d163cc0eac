"""Paint what is written in boxes, on wires and on frames at a zoom with room for it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen, QStaticText, QTransform

from maistudio.gui.graph.diagram import Box
from maistudio.gui.graph.highlight import Highlight
from maistudio.gui.graph.ink import Ink
from maistudio.gui.graph.metrics import BAR, MARKER, PAD_X, PAD_Y, STACK, TAG_PAD, TITLE_GAP
from maistudio.gui.graph.scene import GroupFrame, Scene, role_of
from maistudio.tflite.kinds import OpKind


class BoxPainter:
    """Paints the details of boxes in the colours of one palette."""

    def __init__(self, ink: Ink, vector: bool) -> None:
        self.ink = ink
        self.vector = vector
        self.density = 1.0
        self._texts: dict[tuple[str, bool], QStaticText] = {}

    def paint(self, painter: QPainter, scene: Scene, boxes: Iterable[int], highlight: Highlight | None) -> None:
        """Paint these boxes over the plain rectangles that are there already."""
        lit = None if highlight is None else highlight.lit
        for number in boxes:
            box, rect = scene.diagram.boxes[number], scene.rects[number]
            self._box(painter, scene, box, rect, lit is not None and number not in lit)

    def label(self, painter: QPainter, scene: Scene, rect: QRectF, text: str, colour: QColor) -> None:
        """A shape on a wire; the canvas behind it is cleared of other wires."""
        painter.fillRect(rect, self.ink.canvas)
        self._text(painter, scene, rect.x() + 1, rect.y(), text, colour)

    def frame_title(self, painter: QPainter, scene: Scene, frame: GroupFrame) -> None:
        """The title of an open group in its upper left corner, behind the button that closes it."""
        title = scene.groups.groups[frame.group].title
        self._sign(painter, frame_button(frame.rect, scene.fonts.detail_height), self.ink.muted, opened=True)
        left = frame.rect.x() + 6 + scene.fonts.detail_height
        room = frame.rect.right() - left - 4
        while title and scene.width(title) > room:
            title = title[:-2].rstrip("…") + "…" if len(title) > 2 else ""
        self._text(painter, scene, left, frame.rect.y() + 1, title, self.ink.muted)

    def _box(self, painter: QPainter, scene: Scene, box: Box, rect: QRectF, faded: bool) -> None:
        ink, role = self.ink, role_of(box)
        text = ink.faded_text if faded else ink.text
        border = (ink.faded_border if faded else ink.border)[role]
        if box.kind in {"input", "output"}:
            self._pill(painter, rect, border, (ink.faded_fill if faded else ink.fill)[role])
        elif box.kind == "group":
            self._pile(painter, scene, box, rect, border, faded)
        else:
            painter.fillRect(QRectF(rect.x(), rect.y(), BAR, rect.height()), border)
        left = rect.x() + BAR + PAD_X if box.op_kind or box.kind == "group" else rect.x() + 2 * PAD_X
        top = rect.y() + PAD_Y
        self._text(painter, scene, left, top, box.title, text, title=True)
        if box.tag:
            self._tag(painter, scene, box.tag, rect, top, faded)
        if box.kind == "group":
            self._sign(painter, group_button(rect, scene.fonts.detail_height), text, opened=False)
        top += scene.fonts.title_height + TITLE_GAP
        for line in box.lines:
            at = left
            if line.kind in {"weight", "value"}:
                self._marker(painter, scene, left, top, line.kind == "weight", faded)
                at += MARKER
            colour = text if faded else ink.accent if line.kind == "call" else ink.muted
            self._text(painter, scene, at, top, line.text, colour)
            top += scene.fonts.detail_height

    def _pill(self, painter: QPainter, rect: QRectF, border: QColor, fill: QColor) -> None:
        """An input or output of the graph: round ends instead of corners."""
        painter.fillRect(rect.adjusted(-1, -1, 1, 1), self.ink.canvas)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(self._pen(border, 1.4))
        painter.setBrush(QBrush(fill))
        radius = min(rect.height() / 2, 16.0)
        painter.drawRoundedRect(rect, radius, radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _pile(self, painter: QPainter, scene: Scene, box: Box, rect: QRectF, border: QColor, faded: bool) -> None:
        """A closed group: edges of more boxes behind it, and a strip with the kinds of its ops by share."""
        painter.setPen(self._pen(border))
        for step in (STACK, 2 * STACK):
            right, bottom = rect.right() + step, rect.bottom() + step
            painter.drawLines([
                QLineF(rect.x() + step, bottom, right, bottom), QLineF(right, rect.y() + step, right, bottom),
                QLineF(rect.x() + step, bottom - STACK, rect.x() + step, bottom),
                QLineF(right - STACK, rect.y() + step, right, rect.y() + step),
            ])  # fmt: skip
        colours = self.ink.faded_border if faded else self.ink.border
        top = rect.y()
        for kind, share in box.shares:
            painter.fillRect(QRectF(rect.x(), top, BAR, rect.height() * share), colours[kind])
            top += rect.height() * share

    def _tag(self, painter: QPainter, scene: Scene, tag: str, rect: QRectF, top: float, faded: bool) -> None:
        """The fused activation, at the right of the title."""
        width = scene.width(tag) + 2 * TAG_PAD
        height = scene.fonts.detail_height
        place = QRectF(rect.right() - PAD_X - width, top + (scene.fonts.title_height - height) / 2, width, height)
        ink = self.ink
        fills, borders = (ink.faded_fill, ink.faded_border) if faded else (ink.fill, ink.border)
        painter.setPen(self._pen(borders[OpKind.ACTIVATION]))
        painter.setBrush(QBrush(fills[OpKind.ACTIVATION]))
        painter.drawRect(place)
        self._text(painter, scene, place.x() + TAG_PAD, place.y(), tag, ink.faded_text if faded else ink.text)

    def _marker(self, painter: QPainter, scene: Scene, left: float, top: float, full: bool, faded: bool) -> None:
        """A small square in front of a constant: full for weights, hollow for settings."""
        size = 6.0
        place = QRectF(left, top + (scene.fonts.detail_height - size) / 2, size, size)
        colour = self.ink.faded_text if faded else self.ink.weight
        if full:
            painter.fillRect(place, colour)
        else:
            painter.setPen(self._pen(colour))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(place)

    def _text(self, painter: QPainter, scene: Scene, left: float, top: float, text: str, colour: QColor,
              title: bool = False) -> None:  # fmt: skip
        fonts = scene.fonts
        painter.setPen(colour)
        painter.setFont(fonts.title if title else fonts.detail)
        if self.vector:
            ascent = fonts.title_ascent if title else fonts.detail_ascent
            painter.drawText(QPointF(left, top + ascent), text)
            return
        made = self._texts.get((text, title))
        if made is None:
            made = self._texts[text, title] = static_text(text, fonts.title if title else fonts.detail)
        painter.drawStaticText(QPointF(left, top), made)

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
        return cosmetic(colour, width * self.density)


def group_button(rect: QRectF, size: float) -> QRectF:
    """The square in a closed group's box that opens it."""
    side = size - 4
    return QRectF(rect.right() - PAD_X - side, rect.y() + PAD_Y + 2, side, side)


def frame_button(rect: QRectF, size: float) -> QRectF:
    """The square in an open group's frame that closes it."""
    side = size - 4
    return QRectF(rect.x() + 4, rect.y() + 2, side, side)


def cosmetic(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen as wide on the screen at any zoom."""
    pen = QPen(colour, width, style, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)
    pen.setCosmetic(True)
    return pen


def static_text(text: str, font: QFont) -> QStaticText:
    """A text laid out once, to be drawn many times."""
    made = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    made.prepare(QTransform(), font)
    return made
