"""What mouse and touchpad do in the graph, told to the view as plain wishes."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QNativeGestureEvent, QWheelEvent

CLICK = 4.0
"""A press that moves no further than this is a click."""
STEP = 1.2
"""Zoom of one notch of a wheel."""
NOTCH = 120.0


class Moved(Protocol):
    """What can be moved through by hand; points are widget pixels."""

    def push(self, dx: float, dy: float) -> None: ...
    def zoom_at(self, factor: float, at: QPointF) -> None: ...
    def click(self, at: QPointF) -> None: ...
    def open_at(self, at: QPointF) -> None: ...
    def hover(self, at: QPointF) -> None: ...
    def drag_map(self, at: QPointF) -> bool: ...
    def set_dragging(self, dragging: bool) -> None: ...


class Gestures:
    """Turns events into wishes."""

    def __init__(self, moved: Moved) -> None:
        self._moved = moved
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._dragging = False
        self._in_map = False

    def press(self, event: QMouseEvent) -> None:
        if event.button() not in {Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton}:
            return
        self._pressed = self._last = event.position()
        self._dragging = event.button() == Qt.MouseButton.MiddleButton
        self._in_map = not self._dragging and self._moved.drag_map(event.position())
        self._moved.set_dragging(self._dragging)

    def move(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._pressed is None:
            self._moved.hover(at)
        elif self._in_map:
            self._moved.drag_map(at)
        else:
            if not self._dragging and (at - self._pressed).manhattanLength() > CLICK:
                self._dragging = True
                self._moved.set_dragging(True)
            if self._dragging:
                self._moved.push(at.x() - self._last.x(), at.y() - self._last.y())
                self._last = at

    def release(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragging and not self._in_map:
            self._moved.click(event.position())
        self._pressed = None
        self._dragging = self._in_map = False
        self._moved.set_dragging(False)

    def double_click(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._moved.open_at(event.position())

    def wheel(self, event: QWheelEvent) -> None:
        """A wheel zooms at the cursor; two fingers on a touchpad push, and zoom with Ctrl."""
        pixels = event.pixelDelta()
        touchpad = event.device().type() == QInputDevice.DeviceType.TouchPad
        zooms = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if touchpad and not pixels.isNull() and not zooms:
            self._moved.push(pixels.x(), pixels.y())
        else:
            turned = event.angleDelta().y() or event.angleDelta().x()
            self._moved.zoom_at(STEP ** (turned / NOTCH), event.position())
        event.accept()

    def gesture(self, event: QNativeGestureEvent) -> bool:
        """A pinch zooms; whether the gesture meant something."""
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._moved.zoom_at(1.0 + event.value(), event.position())
        return True
