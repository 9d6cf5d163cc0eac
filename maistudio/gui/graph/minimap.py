"""The small picture of the whole graph in the corner of the view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from maistudio.gui.graph.camera import Camera
from maistudio.gui.graph.paint import ScenePainter
from maistudio.gui.graph.scene import Scene

LARGEST = QSizeF(220, 150)
MARGIN = 12
PADDING = 4


class Minimap:
    """Draws the scene small once, then the part in sight over it."""

    def __init__(self) -> None:
        self.shown = True
        self._picture: QPixmap | None = None

    def forget(self) -> None:
        """Draw the scene anew next time."""
        self._picture = None

    def rect(self, scene: Scene, size: QSizeF) -> QRectF:
        """Where the map lies in a widget of this size; empty without one, or where the widget is too small for one."""
        bounds = scene.bounds
        if not self.shown or size.width() < 2.5 * LARGEST.width() or size.height() < 2.5 * LARGEST.height():
            return QRectF()
        scale = min(LARGEST.width() / bounds.width(), LARGEST.height() / bounds.height())
        width, height = max(24.0, bounds.width() * scale), max(24.0, bounds.height() * scale)
        return QRectF(size.width() - width - MARGIN, size.height() - height - MARGIN, width, height)

    def paint(self, painter: QPainter, scene: Scene, camera: Camera, size: QSizeF, inks: ScenePainter) -> None:
        """Draw the map unless the whole scene is in sight."""
        rect = self.rect(scene, size)
        visible = camera.visible(size)
        if rect.isEmpty() or visible.contains(scene.bounds):
            return
        ink = inks.ink
        painter.fillRect(rect.adjusted(-PADDING, -PADDING, PADDING, PADDING), ink.surface)
        painter.drawPixmap(rect.topLeft(), self._drawn(scene, rect, inks, painter.device().devicePixelRatioF()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ink.line, 0))
        painter.drawRect(rect.adjusted(-PADDING, -PADDING, PADDING, PADDING))
        across, down = _scales(scene, rect)
        seen = QRectF(rect.x() + (visible.x() - scene.bounds.x()) * across,
                      rect.y() + (visible.y() - scene.bounds.y()) * down,
                      visible.width() * across, visible.height() * down)  # fmt: skip
        frame = seen.intersected(rect.adjusted(-2, -2, 2, 2))
        painter.fillRect(frame, QColor(ink.accent.red(), ink.accent.green(), ink.accent.blue(), 40))
        painter.setPen(QPen(ink.accent, 1))
        painter.drawRect(frame)

    def covers(self, scene: Scene, camera: Camera, size: QSizeF, part: QRectF) -> bool:
        """Whether the map hides some of a part of the scene from a camera."""
        rect = self.rect(scene, size)
        if rect.isEmpty() or camera.visible(size).contains(scene.bounds):
            return False
        shown = QRectF(camera.to_widget(part.topLeft()), camera.to_widget(part.bottomRight()))
        return rect.adjusted(-PADDING, -PADDING, PADDING, PADDING).intersects(shown)

    def place(self, scene: Scene, camera: Camera, size: QSizeF, point: QPointF) -> QPointF | None:
        """The scene point under a point of the widget, None outside the map or without one."""
        rect = self.rect(scene, size)
        if rect.isEmpty() or camera.visible(size).contains(scene.bounds):
            return None
        if not rect.adjusted(-PADDING, -PADDING, PADDING, PADDING).contains(point):
            return None
        across, down = _scales(scene, rect)
        return scene.bounds.topLeft() + QPointF((point.x() - rect.x()) / across, (point.y() - rect.y()) / down)

    def _drawn(self, scene: Scene, rect: QRectF, inks: ScenePainter, ratio: float) -> QPixmap:
        if self._picture is None or self._picture.devicePixelRatioF() != ratio:
            picture = QPixmap((rect.size() * ratio).toSize())
            picture.setDevicePixelRatio(ratio)
            picture.fill(inks.ink.surface)
            painter = QPainter(picture)
            across, down = _scales(scene, rect)
            scale = min(across, down)
            painter.scale(across / scale, down / scale)
            inks.paint(painter, scene, scene.bounds.topLeft(), scale, scene.bounds)
            painter.end()
            self._picture = picture
        return self._picture


def _scales(scene: Scene, rect: QRectF) -> tuple[float, float]:
    """Map pixels per scene pixel in each direction; they differ where a long strip is made wide enough to grasp."""
    return rect.width() / scene.bounds.width(), rect.height() / scene.bounds.height()
