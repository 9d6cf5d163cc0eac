"""What of a scene lies under a point."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF

from maistudio.gui.graph.boxes import frame_button, group_button
from maistudio.gui.graph.metrics import BAR, PAD_Y, TITLE_GAP
from maistudio.gui.graph.routing import Point
from maistudio.gui.graph.scene import Scene


def box_at(scene: Scene, point: QPointF) -> int:
    """The box there, -1 for none."""
    for chunk in scene.chunks:
        if chunk.bounds.contains(point):
            for box in chunk.boxes:
                if scene.rects[box].contains(point):
                    return box
    return -1


def wire_at(scene: Scene, point: QPointF, within: float) -> int:
    """The wire or label nearest to a point, at most ``within`` scene pixels away; -1 for none."""
    best, least = -1, within
    for chunk in scene.chunks:
        if not chunk.bounds.adjusted(-within, -within, within, within).contains(point):
            continue
        for wire in chunk.wires:
            if scene.wire_bounds[wire].adjusted(-within, -within, within, within).contains(point):
                label = scene.layout.labels[wire]
                if label is not None and QRectF(*label).contains(point):
                    return wire
                away = min((_distance(point, run, scene.flat) for run in scene.runs[wire]), default=within)
                if away < least:
                    best, least = wire, away
    return best


def frame_at(scene: Scene, point: QPointF) -> int:
    """The group whose closing button or title lies there, -1 for none."""
    for frame in reversed(scene.frames):
        button = frame_button(frame.rect, scene.fonts.detail_height)
        title = QRectF(frame.rect.x(), frame.rect.y(), frame.rect.width(), scene.fonts.detail_height)
        if button.contains(point) or title.contains(point):
            return frame.group
    return -1


def on_group_button(scene: Scene, box: int, point: QPointF) -> bool:
    """Whether the button that opens a closed group lies there."""
    button = group_button(scene.rects[box], scene.fonts.detail_height)
    return scene.diagram.boxes[box].kind == "group" and button.contains(point)


def called_at(scene: Scene, box: int, point: QPointF) -> int:
    """The subgraph whose line of an op's box lies there, -1 for none."""
    drawn = scene.diagram.boxes[box]
    rect = scene.rects[box]
    top = rect.y() + PAD_Y + scene.fonts.title_height + TITLE_GAP
    line = int((point.y() - top) // scene.fonts.detail_height)
    first = len(drawn.lines) - len(drawn.calls)
    if point.y() >= top and point.x() > rect.x() + BAR and first <= line < len(drawn.lines):
        return drawn.calls[line - first]
    return -1


def _distance(point: QPointF, run: Sequence[Point], flat: bool) -> float:
    """How far a point is from a run of points; a swing counts as the way over its middle."""
    x, y = point.x(), point.y()
    least = float("inf")
    for (ax, ay), (bx, by) in pairwise(run):
        stops = [(ax, ay), (bx, by)]
        if abs(ax - bx) > 0.01 and abs(ay - by) > 0.01:
            stops = _swing(ax, ay, bx, by, flat)
        for (px, py), (qx, qy) in pairwise(stops):
            dx, dy = qx - px, qy - py
            length = dx * dx + dy * dy
            part = 0.0 if not length else min(1.0, max(0.0, ((x - px) * dx + (y - py) * dy) / length))
            least = min(least, ((px + part * dx - x) ** 2 + (py + part * dy - y) ** 2) ** 0.5)
    return least


def _swing(ax: float, ay: float, bx: float, by: float, flat: bool) -> list[Point]:
    """Points on the painted curve between two layers."""
    middle = (ax + bx) / 2 if flat else (ay + by) / 2
    controls = ((middle, ay), (middle, by)) if flat else ((ax, middle), (bx, middle))
    points: list[Point] = []
    for n in range(7):
        t = n / 6
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        points.append((
            a * ax + b * controls[0][0] + c * controls[1][0] + d * bx,
            a * ay + b * controls[0][1] + c * controls[1][1] + d * by,
        ))  # fmt: skip
    return points
