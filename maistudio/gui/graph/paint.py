"""Paint a scene on any painter, with as much detail as the zoom has room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QTransform

from maistudio.gui.graph import strokes
from maistudio.gui.graph.boxes import BoxPainter
from maistudio.gui.graph.crowd import CROWD, thinned
from maistudio.gui.graph.heat import DARK_TEXT, LIGHT_TEXT, Heat, is_bright
from maistudio.gui.graph.highlight import Highlight
from maistudio.gui.graph.ink import Ink, heated
from maistudio.gui.graph.scene import Chunk, GroupFrame, Role, Scene
from maistudio.gui.graph.texts import pen
from maistudio.gui.graph.titles import TitlePainter
from maistudio.gui.graph.verdicts import Verdicts, box_colours, paint_outlines, paint_signs
from maistudio.gui.graph.wires import WireSet, heads
from maistudio.gui.targets.matrix import verdict_of

SOLID_BELOW = 0.12
"""Under this zoom boxes are plain patches of colour."""
TITLES_FROM = 0.22
CURVES_FROM = 0.4
CROWDED_LINES = 1500
"""So many smoothed lines are drawn sooner than it is found out which of them cover each other."""
DETAILS_FROM = 0.6

_SOLID, _DASHED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine


class ScenePainter:
    """Paints scenes in the colours of one palette. ``vector`` for painters that keep texts as texts.

    ``thin`` leaves out wires that only cover each other, so that a frame takes no longer in a crowd. ``heat`` shades
    the boxes of the scene it is of, ``verdicts`` colours them by what a target makes of them; while one of them does, a
    selection leaves them as they are.
    """

    def __init__(self, ink: Ink, vector: bool = False, thin: bool = False) -> None:
        self.ink = ink
        self._vector = vector
        self._thin = thin
        self._density = 1.0
        self._boxes = BoxPainter(ink, vector)
        self._titles = TitlePainter(vector)
        self.heat: Heat | None = None
        self.verdicts: Verdicts | None = None
        self._on_bright = BoxPainter(heated(ink, DARK_TEXT), vector)
        self._on_dark = BoxPainter(heated(ink, LIGHT_TEXT), vector)

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
        self._density = 1.0 if self._vector else painter.device().devicePixelRatioF()
        for each in (self._boxes, self._on_bright, self._on_dark):
            each.density = self._density
        chunks = [chunk for chunk in scene.chunks if chunk.bounds.intersects(visible)]
        base = painter.worldTransform()
        view = QTransform.fromScale(scale, scale).translate(-origin.x(), -origin.y())
        painter.setWorldTransform(view * base)
        frames = [frame for frame in scene.frames if frame.rect.intersects(visible)] if scale >= TITLES_FROM else []
        if self.verdicts is not None and scale >= SOLID_BELOW:
            outlines = [self.verdicts.outline(scene, chunk) for chunk in chunks]
            paint_outlines(painter, outlines, scale, self._density, self.verdicts, self.ink.canvas)
        self._paint_frames(painter, frames)
        self._paint_wires(painter, scene, chunks, visible, scale, highlight)
        self._paint_rects(painter, scene, chunks, scale, highlight)
        near = scale >= DETAILS_FROM
        boxes = _in_sight(scene, chunks, visible) if scale >= TITLES_FROM else []
        bright, dark, boxes = self._parted(boxes)
        whole = highlight is None or self.verdicts is not None
        lit = boxes if highlight is None or whole else [box for box in boxes if box in highlight.lit]
        aside = [] if highlight is None or whole else [box for box in boxes if box not in highlight.lit]
        if near:
            for frame in frames:
                self._boxes.frame_title(painter, scene, frame)
            self._paint_labels(painter, scene, chunks, visible, highlight)
            self._boxes.paint(painter, scene, lit, faded=False)
            self._boxes.paint(painter, scene, aside, faded=True)
            self._on_bright.paint(painter, scene, bright, faded=False)
            self._on_dark.paint(painter, scene, dark, faded=False)
        elif scale >= CURVES_FROM:
            for some, faded in ((lit, False), (aside, True), (bright, False), (dark, False)):
                for box in some:
                    if scene.diagram.boxes[box].kind == "group":
                        self._boxes.pile_edges(painter, scene.rects[box], faded)
        self._paint_selected(painter, scene, visible, scale, highlight)
        painter.setWorldTransform(base)
        if self.verdicts is not None:
            signed = _in_sight(scene, chunks, visible) if scale >= TITLES_FROM else []
            paint_signs(painter, scene, signed, origin, scale, self.verdicts, self.ink.canvas)
        if not near:
            for some, colour in (
                (lit, self.ink.text),
                (aside, self.ink.faded_text),
                (bright, self._on_bright.ink.text),
                (dark, self._on_dark.ink.text),
            ):
                if some:
                    self._titles.paint(painter, scene, some, origin, scale, colour)

    def _paint_frames(self, painter: QPainter, frames: Sequence[GroupFrame]) -> None:
        if frames:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._pen(self.ink.line))
            painter.drawRects([frame.rect for frame in frames])

    def _paint_wires(self, painter: QPainter, scene: Scene, chunks: Sequence[Chunk], visible: QRectF, scale: float,
                     highlight: Highlight | None) -> None:  # fmt: skip
        """Wires that fade first, then those downstream, dashed or thin, then those upstream, solid or thick."""
        ink = self.ink
        if highlight is None:
            self._paint_sets(painter, [chunk.drawn for chunk in chunks], visible, scale, ink.edge)
        else:
            parts = [highlight.chunk(scene, chunk) for chunk in chunks]
            near = scale >= CURVES_FROM
            self._paint_sets(painter, [part.aside for part in parts], visible, scale, ink.faded_edge)
            self._paint_sets(painter, [part.downstream for part in parts], visible, scale, ink.downstream,
                             2.0 if near else 1.0, _DASHED if near else _SOLID)  # fmt: skip
            self._paint_sets(painter, [part.upstream for part in parts], visible, scale, ink.upstream, 2.0)
        for way in scene.against:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._pen(ink.error, 1.0, _DASHED))
            painter.drawPath(strokes.path([way], scene.flat))
            self._paint_heads(painter, scale, [heads([way], scene.flat)], ink.error)

    def _paint_sets(self, painter: QPainter, sets: Sequence[WireSet], visible: QRectF, scale: float, colour: QColor,
                    width: float = 1.0, style: Qt.PenStyle = _SOLID) -> None:  # fmt: skip
        """Straight lines stay sharp; curves are smoothed, or straight themselves where they are small."""
        hint = QPainter.RenderHint.Antialiasing
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._pen(colour, width, style))
        painter.setRenderHint(hint, False)
        curves = scale >= CURVES_FROM
        twice = width > 1 and not curves
        if twice:  # two thin lines side by side are drawn far faster than a thick one
            painter.setPen(self._pen(colour))
            step = self._density / scale
        for drawn in sets:
            for lines in (drawn.plain,) if curves else (drawn.plain, drawn.straight):
                if lines:
                    painter.drawLines(lines)
                    if twice:
                        painter.translate(step, step)
                        painter.drawLines(lines)
                        painter.translate(-step, -step)
        smooth = scale >= TITLES_FROM
        painter.setRenderHint(hint, smooth)
        if not curves and (not smooth or not self._thin or sum(len(drawn.slanted) for drawn in sets) <= CROWDED_LINES):
            for drawn in sets:
                if drawn.slanted:
                    painter.drawLines(drawn.slanted)
        elif not curves:
            painter.drawLines(_told_apart(sets, visible, scale))
        else:
            seen = [curve for drawn in sets for curve in drawn.paths if curve.bounds.intersects(visible)]
            kept: Sequence[int] = range(len(seen))
            if self._thin and len(seen) > CROWD:  # dashes of very long lines take long, and can't be seen in a crowd
                painter.setPen(self._pen(colour, width))
                kept = thinned([curve.ends for curve in seen], visible, scale, width)
            for number in kept:
                painter.drawPath(seen[number].path)
            blocks = [block for drawn in sets for block in drawn.heads if block.bounds.intersects(visible)]
            self._paint_heads(painter, scale, [block.path for block in blocks], colour)

    def _paint_heads(self, painter: QPainter, scale: float, shapes: Sequence[QPainterPath], colour: QColor) -> None:
        if scale < CURVES_FROM:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(colour))
        for shape in shapes:
            painter.drawPath(shape)

    def _paint_rects(self, painter: QPainter, scene: Scene, chunks: Sequence[Chunk], scale: float,
                     highlight: Highlight | None) -> None:  # fmt: skip
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        ink, solid = self.ink, scale < SOLID_BELOW
        for chunk in chunks:
            if self.verdicts is not None:
                self._paint_verdicts(painter, scene, chunk, self.verdicts, solid)
            elif self.heat is not None:
                self._paint_heat(painter, scene, chunk, self.heat, solid)
            elif highlight is None:
                self._paint_roles(painter, chunk.rects, ink.border if solid else ink.fill, ink.border, solid)
            else:
                part = highlight.chunk(scene, chunk)
                faded = ink.faded_border if solid else ink.faded_fill
                self._paint_roles(painter, part.faded, faded, ink.faded_border, solid)
                self._paint_roles(painter, part.lit, ink.border if solid else ink.fill, ink.border, solid)

    def _paint_roles(self, painter: QPainter, by_role: dict[Role, list[QRectF]], fills: dict[Role, QColor],
                     borders: dict[Role, QColor], solid: bool) -> None:  # fmt: skip
        for role, rects in by_role.items():
            painter.setPen(Qt.PenStyle.NoPen if solid else self._pen(borders[role]))
            painter.setBrush(QBrush(fills[role]))
            painter.drawRects(rects)

    def _paint_heat(self, painter: QPainter, scene: Scene, chunk: Chunk, heat: Heat, solid: bool) -> None:
        for (role, level), rects in heat.chunk(scene, chunk).items():
            cold = self.ink.border if solid else self.ink.fill
            painter.setPen(Qt.PenStyle.NoPen if solid else self._pen(self.ink.border[role]))
            painter.setBrush(QBrush(cold[role] if level is None else heat.colours[level]))
            painter.drawRects(rects)

    def _paint_verdicts(self, painter: QPainter, scene: Scene, chunk: Chunk, verdicts: Verdicts, solid: bool) -> None:
        for (role, code), rects in verdicts.chunk(scene, chunk).items():
            fill, border = self.ink.fill[role], self.ink.border[role]
            if code >= 0:
                fill, border = box_colours(verdict_of(code), verdicts.theme)
            painter.setPen(Qt.PenStyle.NoPen if solid else self._pen(border))
            painter.setBrush(QBrush(border if solid else fill))
            painter.drawRects(rects)

    def _parted(self, boxes: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
        """Boxes to be written on darkly, lightly, and as always."""
        heat = self.heat
        if heat is None or self.verdicts is not None:
            return [], [], list(boxes)
        parts: tuple[list[int], list[int], list[int]] = ([], [], [])
        for box in boxes:
            level = heat.levels[box]
            parts[2 if level is None else 0 if is_bright(heat.colours[level]) else 1].append(box)
        return parts

    def _paint_labels(self, painter: QPainter, scene: Scene, chunks: Sequence[Chunk], visible: QRectF,
                      highlight: Highlight | None) -> None:  # fmt: skip
        labels = scene.layout.labels
        left, top, right, bottom = visible.x(), visible.y(), visible.right(), visible.bottom()
        wires = [
            wire
            for chunk in chunks
            for wire in chunk.wires
            if (label := labels[wire]) is not None
            and label[0] < right
            and label[1] < bottom
            and label[0] + label[2] > left
            and label[1] + label[3] > top
        ]
        if highlight is None:
            self._boxes.labels(painter, scene, wires, self.ink.muted)
            return
        lit = {*highlight.upstream.edges, *highlight.downstream.edges, highlight.wire}
        self._boxes.labels(painter, scene, [wire for wire in wires if wire not in lit], self.ink.faded_text)
        self._boxes.labels(painter, scene, [wire for wire in wires if wire in lit], self.ink.muted)

    def _paint_selected(self, painter: QPainter, scene: Scene, visible: QRectF, scale: float,
                        highlight: Highlight | None) -> None:  # fmt: skip
        if highlight is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._pen(self.ink.selection, 3.0))
        if highlight.wire >= 0:
            self._paint_sets(painter, [highlight.selected(scene)], visible, scale, self.ink.selection, 3.0)
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            grow = 1.5 / scale
            painter.drawRect(scene.rects[highlight.box].adjusted(-grow, -grow, grow, grow))

    def _pen(self, colour: QColor, width: float = 1.0, style: Qt.PenStyle = _SOLID) -> QPen:
        return pen(colour, width * self._density, style, scales=self._vector)


def _told_apart(sets: Sequence[WireSet], visible: QRectF, scale: float) -> list[QLineF]:
    """The slanted lines without those that would only cover others."""
    left, top, right, bottom = visible.x(), visible.y(), visible.right(), visible.bottom()
    seen = [
        (line, ends)
        for drawn in sets
        for line, ends in zip(drawn.slanted, drawn.slanted_ends, strict=True)
        if min(ends[0], ends[2]) <= right
        and max(ends[0], ends[2]) >= left
        and min(ends[1], ends[3]) <= bottom
        and max(ends[1], ends[3]) >= top
    ]
    return [seen[number][0] for number in thinned([ends for _, ends in seen], visible, scale)]


def _in_sight(scene: Scene, chunks: Sequence[Chunk], visible: QRectF) -> list[int]:
    places = scene.places
    left, top, right, bottom = visible.x(), visible.y(), visible.right(), visible.bottom()
    found: list[int] = []
    for chunk in chunks:
        for box in chunk.boxes:
            x, y, width, height = places[box]
            if x < right and y < bottom and x + width > left and y + height > top:
                found.append(box)
    return found
