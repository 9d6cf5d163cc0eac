"""The mouse wheel, turned over a widget."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget


def notch(widget: QWidget, at: QPoint | None = None) -> None:
    """Turn the wheel towards the hand by one notch, over the middle of ``widget`` or a point of it.

    Qt hands only a real wheel's events on to the widgets around, so this does.
    """
    target: QWidget | None = widget
    while target is not None:
        place = target.mapFromGlobal(widget.mapToGlobal(at or widget.rect().center()))
        event = QWheelEvent(
            QPointF(place),
            QPointF(target.mapToGlobal(place)),
            QPoint(0, 0),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        event.ignore()
        if QApplication.sendEvent(target, event) and event.isAccepted():
            return
        target = target.parentWidget()
