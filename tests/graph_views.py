"""What is where in a graph view, and the hand that moves it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from maistudio.gui.document import Document
from maistudio.gui.graph.scene import Scene
from maistudio.gui.graph.view import GraphView

Show = Callable[..., tuple[GraphView, Document]]
"""The fixture ``show``."""


def drawn(view: GraphView) -> Scene:
    """What the view draws, which must be laid out."""
    assert view.scene is not None
    return view.scene


def keys(view: GraphView) -> list[str]:
    """The keys of the boxes, in order."""
    return [box.key for box in drawn(view).diagram.boxes]


def centre(view: GraphView, key: str) -> QPoint:
    """The widget pixel in the middle of a box."""
    return view.camera.to_widget(drawn(view).rects[keys(view).index(key)].center()).toPoint()


def in_the_middle(view: GraphView) -> QPointF:
    """The scene point in the middle of the view."""
    return view.camera.to_scene(QPointF(view.width() / 2, view.height() / 2))


def drag(view: GraphView, start: QPoint, stop: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    """Press, move and release."""
    QTest.mousePress(view, button, pos=start)
    for point in (start + (stop - start) / 2, stop):
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(point),
            QPointF(view.mapToGlobal(point)),
            Qt.MouseButton.NoButton,
            button,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(view, event)
    QTest.mouseRelease(view, button, pos=stop)
