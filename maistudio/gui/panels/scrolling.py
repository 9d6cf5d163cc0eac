"""Content that scrolls in a panel, and the wheel that scrolls it whatever it passes over."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

MARGIN = 24
"""Kept in view around what is brought into it, in device-independent pixels."""


def scroll_down(panel: QWidget) -> QScrollArea:
    """Where the content of ``panel`` goes: as wide as the panel, and as high as it needs."""
    area = QScrollArea(panel)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes to what can be done; what has the keyboard scrolls it
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def bring_into_view(widget: QWidget) -> None:
    """Scroll the panel around ``widget`` so that it is seen, once it has its place."""

    def scroll() -> None:
        around = widget.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None:
            around.ensureWidgetVisible(widget, 0, MARGIN)

    QTimer.singleShot(0, widget, scroll)


def leave_wheel(*widgets: QWidget) -> None:
    """Let the wheel over these widgets scroll the panel around them, unless they have the keyboard."""
    for widget in widgets:
        # By default the wheel gives a chooser the keyboard before it turns it.
        if widget.focusPolicy() == Qt.FocusPolicy.WheelFocus:
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(_WheelLeaver(widget))


class _WheelLeaver(QObject):
    """Keeps the wheel from a widget without the keyboard."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel or (isinstance(watched, QWidget) and watched.hasFocus()):
            return False
        event.ignore()
        return True
