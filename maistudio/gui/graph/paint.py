"""Paint a scene on any painter, with as much detail as the zoom has room for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF, QStaticText, QTransform

from maistudio.gui.graph import strokes
from maistudio.gui.graph.boxes import BoxPainter, cosmetic, static_text
from maistudio.gui.graph.highlight import Highlight, Stream
from maistudio.gui.graph.ink import Ink
from maistudio.gui.graph.routing import Point
from maistudio.gui.graph.scene import Chunk, Role, Scene, role_of

SOLID_BELOW = 0.12
"""Under this zoom boxes are plain patches of colour."""
TITLES_FROM = 0.22
CURVES_FROM = 0.4
DETAILS_FROM = 0.6
FAR_TITLE = 10
"""Pixels of a title where the zoom leaves no room for details."""
ARROW = 5.0

INTERFACE = {"input": "Input", "output": "Output"}
"""What the ends of the graph are called where there is no room for their names."""

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=\d)(?=[A-Z])")


class ScenePainter:
    """Paints scenes in the colours of one palette. ``vector`` for painters that keep texts as texts."""

    def __init__(self, ink: Ink, vector: bool = False) -> None:
        self.ink = ink
        self.vector = vector
        self._density = 1.0
        self._boxes = BoxPainter(ink, vector)
        self._titles: dict[str, list[tuple[float, float, list[QStaticText]]]] = {}

    def paint(
        self,
        painter: QPainter,
        scene: Scene,
        origin: QPointF,
        scale: float,
        visible: QRectF,
        highlight: Highlight | None = None,
    ) -> None:
        """Paint what of the scene lies in ``visible``; scene point ``origin`` comes to the painter's (0, 0)."""
        self._density = self._boxes.density = 1.0 if self.vector else painter.device().devicePixelRatioF()
        chunks = [chunk for chunk in scene.chunks if chunk.bounds.intersects(visible)]
        base = painter.worldTransform()
        view = QTransform.fromScale(scale, scale).translate(-origin.x(), -origin.y())
        painter.setWorldTransform(view * base)
        if scale >= TITLES_FROM:
            self._paint_frames(painter, scene, visible, scale)
        self._paint_wires(painter, scene, chunks, visible, scale, highlight)
        self._paint_rects(painter, scene, chunks, scale, highlight)
        if scale >= DETAILS_FROM:
            self._paint_labels(painter, scene, chunks, visible, highlight)
            self._boxes.paint(painter, scene, _in_sight(scene, chunks, visible), highlight)
        self._paint_selected(painter, scene, scale, highlight)
        painter.setWorldTransform(base)
        if TITLES_FROM <= scale < DETAILS_FROM:
            self._paint_titles(painter, scene, _in_sight(scene, chunks, visible), origin, scale, highlight)

    def _paint_frames(self, painter: QPainter, scene: Scene, visible: QRectF, scale: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for frame in scene.frames:
            if frame.rect.intersects(visible):
                painter.setPen(self._pen(self.ink.line))
                painter.drawRect(frame.rect)
                if scale >= DETAILS_FROM:
                    self._boxes.frame_title(painter, scene, frame)

    def _paint_wires(self, painter: QPainter, scene: Scene, chunks: Sequence[Chunk], visible: QRectF, scale: float,
                     highlight: Highlight | None) -> None:  # fmt: skip
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, scale >= TITLES_FROM)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        edge = self.ink.edge if highlight is None else self.ink.faded_edge
        painter.setPen(self._pen(edge, 1.2 if scale >= DETAILS_FROM else 1.0))
        if scale < CURVES_FROM:
            for chunk in chunks:
                if chunk.lines:
                    painter.drawLines(chunk.lines)
            if highlight is not None:
                self._paint_streams_far(painter, highlight)
            return
        bounds = scene.wire_bounds
        wires = [n for chunk in chunks for n in chunk.wires if bounds[n].intersects(visible)]
        turned = {wire for wire, _ in scene.layout.turned}
        for wire in wires:
            if wire in turned:
                painter.setPen(self._pen(self.ink.error if highlight is None else edge, 1.2, Qt.PenStyle.DashLine))
            painter.drawPath(scene.path(wire))
            if wire in turned:
                painter.setPen(self._pen(edge, 1.2))
        routes = scene.layout.routes
        self._paint_arrows(painter, edge, (way for wire in wires for way in routes[wire]), scene.flat)
        if highlight is not None:
            self._paint_stream(painter, scene, visible, highlight.upstream, self.ink.upstream, Qt.PenStyle.SolidLine)
            self._paint_stream(painter, scene, visible, highlight.downstream, self.ink.downstream, Qt.PenStyle.DashLine)

    def _paint_streams_far(self, painter: QPainter, highlight: Highlight) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for stream, colour, width in (
            (highlight.downstream, self.ink.downstream, 1.0),
            (highlight.upstream, self.ink.upstream, 2.0),
        ):
            if stream.lines:
                painter.setPen(self._pen(colour, width))
                painter.drawLines(stream.lines)

    def _paint_stream(self, painter: QPainter, scene: Scene, visible: QRectF, stream: Stream, colour: QColor,
                      style: Qt.PenStyle) -> None:  # fmt: skip
        painter.setPen(self._pen(colour, 2.0, style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ways: list[Sequence[Point]] = []
        for wire, ends in stream.edges.items():
            if scene.wire_bounds[wire].intersects(visible):
                routes = scene.layout.routes[wire]
                whole = len(ends) == len(routes)
                lit = [routes[n] for n in ends]
                painter.drawPath(scene.path(wire) if whole else strokes.path(strokes.strokes(lit), scene.flat))
                ways += lit
        self._paint_arrows(painter, colour, ways, scene.flat)

    def _paint_arrows(self, painter: QPainter, colour: QColor, ways: Iterable[Sequence[Point]], flat: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(colour))
        for way in ways:
            if len(way) > 1:
                painter.drawConvexPolygon(_arrow(way, flat))

    def _paint_rects(self, painter: QPainter, scene: Scene, chunks: Sequence[Chunk], scale: float,
                     highlight: Highlight | None) -> None:  # fmt: skip
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        ink = self.ink
        solid = scale < SOLID_BELOW
        fills, borders = (ink.fill, ink.border) if highlight is None else (ink.faded_fill, ink.faded_border)
        for chunk in chunks:
            for role, rects in chunk.rects.items():
                painter.setPen(Qt.PenStyle.NoPen if solid else self._pen(borders[role]))
                painter.setBrush(QBrush((borders if solid else fills)[role]))
                painter.drawRects(rects)
        if highlight is None:
            return
        own: dict[Role, list[QRectF]] = {}
        if highlight.box >= 0:
            own[role_of(scene.diagram.boxes[highlight.box])] = [scene.rects[highlight.box]]
        for lit in (highlight.upstream.rects, highlight.downstream.rects, own):
            for role, rects in lit.items():
                painter.setPen(Qt.PenStyle.NoPen if solid else self._pen(ink.border[role]))
                painter.setBrush(QBrush((ink.border if solid else ink.fill)[role]))
                painter.drawRects(rects)

    def _paint_labels(self, painter: QPainter, scene: Scene, chunks: Sequence[Chunk], visible: QRectF,
                      highlight: Highlight | None) -> None:  # fmt: skip
        lit = None if highlight is None else {*highlight.upstream.edges, *highlight.downstream.edges, highlight.wire}
        for chunk in chunks:
            for wire in chunk.wires:
                label = scene.layout.labels[wire]
                if label is not None and visible.intersects(rect := QRectF(*label)):
                    colour = self.ink.muted if lit is None or wire in lit else self.ink.faded_text
                    self._boxes.label(painter, scene, rect, scene.diagram.wires[wire].label, colour)

    def _paint_selected(self, painter: QPainter, scene: Scene, scale: float, highlight: Highlight | None) -> None:
        if highlight is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if highlight.wire >= 0:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            painter.setPen(self._pen(self.ink.selection, 3.0))
            painter.drawPath(scene.path(highlight.wire))
            ways = scene.layout.routes[highlight.wire]
            if scale >= CURVES_FROM:
                self._paint_arrows(painter, self.ink.selection, ways, scene.flat)
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            rect = scene.rects[highlight.box]
            grow = 1.5 / scale
            painter.setPen(self._pen(self.ink.selection, 3.0))
            painter.drawRect(rect.adjusted(-grow, -grow, grow, grow))

    def _paint_titles(self, painter: QPainter, scene: Scene, boxes: Iterable[int], origin: QPointF, scale: float,
                      highlight: Highlight | None) -> None:  # fmt: skip
        """Titles at a fixed size, in one line or two, where the box is large enough on the screen."""
        lit = None if highlight is None else highlight.lit
        for box in boxes:
            rect = scene.rects[box]
            wide, high = rect.width() * scale - 2, rect.height() * scale + 2
            drawn = scene.diagram.boxes[box]
            for width, height, texts in self._title_forms(scene, drawn.title, INTERFACE.get(drawn.kind, "")):
                if width <= wide and height <= high:
                    painter.setPen(self.ink.text if lit is None or box in lit else self.ink.faded_text)
                    middle = (rect.center() - origin) * scale
                    top = middle.y() - height / 2
                    for text in texts:
                        size = text.size()
                        painter.setFont(self._far_font(scene))
                        painter.drawStaticText(QPointF(middle.x() - size.width() / 2, top), text)
                        top += size.height()
                    break

    def _pen(self, colour: QColor, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """A pen as wide on the screen at any zoom."""
        return cosmetic(colour, width * self._density, style)

    def _far_font(self, scene: Scene) -> QFont:
        font = QFont(scene.fonts.detail)
        font.setPixelSize(FAR_TITLE)
        return font

    def _title_forms(self, scene: Scene, title: str, short: str) -> list[tuple[float, float, list[QStaticText]]]:
        """The title in one line, then in two, then a ``short`` one: (width, height, lines)."""
        found = self._titles.get(title)
        if found is None:
            font = self._far_font(scene)
            metrics = QFontMetricsF(font)
            found = []
            for words in ([title], _halves(title), [short] if short else []):
                if words:
                    texts = [static_text(word, font) for word in words]
                    width = max(metrics.horizontalAdvance(word) for word in words)
                    found.append((width, metrics.height() * len(words), texts))
            self._titles[title] = found
        return found


def _in_sight(scene: Scene, chunks: Iterable[Chunk], visible: QRectF) -> list[int]:
    rects = scene.rects
    return [box for chunk in chunks for box in chunk.boxes if rects[box].intersects(visible)]


def _arrow(way: Sequence[Point], flat: bool) -> QPolygonF:
    """A head at the end of a way; a swing ends along the flow."""
    (ax, ay), (x, y) = way[-2], way[-1]
    swings = abs(x - ax) > 0.01 and abs(y - ay) > 0.01
    if (swings and not flat) or (not swings and abs(x - ax) < abs(y - ay)):
        back = -ARROW if y > ay else ARROW
        return QPolygonF([QPointF(x, y), QPointF(x - ARROW * 0.6, y + back), QPointF(x + ARROW * 0.6, y + back)])
    back = -ARROW if x > ax else ARROW
    return QPolygonF([QPointF(x, y), QPointF(x + back, y - ARROW * 0.6), QPointF(x + back, y + ARROW * 0.6)])


def _halves(title: str) -> list[str]:
    """A title cut in two at a capital or space near its middle; nothing where there is none."""
    cuts = [match.start() for match in _CAPITAL.finditer(title)] + [n for n, c in enumerate(title) if c == " "]
    if not cuts:
        return []
    cut = min(cuts, key=lambda place: abs(place - len(title) / 2))
    return [title[:cut].strip(), title[cut:].strip()]
