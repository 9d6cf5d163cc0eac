"""Panels laid over the window for a moment: closed by Escape, a click elsewhere, or by losing the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from maistudio.gui.keyboard import KeyboardPlace, holds_keyboard, keyboard_place

MARGIN = 24


class Overlay(QFrame):
    """A frame near the top of ``window``, ``width`` x ``height`` device-independent pixels where there is room.

    Gives the keyboard back to where it was when it closes.
    """

    def __init__(self, window: QWidget, width: int, height: int = 0) -> None:
        super().__init__(window)
        self._over = window
        self.setObjectName("overlay")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._wanted = (width, height)
        self._before: KeyboardPlace | None = None
        self.hide()

    def open(self, focus: QWidget) -> None:
        """Show the panel with the keyboard on ``focus``, one of its children or itself."""
        if self.isHidden():
            self._before = keyboard_place()
            self._over.installEventFilter(self)
            application = QApplication.instance()
            if application is not None:
                application.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.PopupFocusReason)

    def set_height(self, height: int) -> None:
        self._wanted = (self._wanted[0], height)
        self._place()

    def dismiss(self) -> None:
        if self.isHidden():
            return
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._over.removeEventFilter(self)
        if self._before is not None and holds_keyboard(self):
            self._before.give_back()  # before hiding: Qt would move the keyboard on by itself, and tables select by it
        self._before = None
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget) and self._outside(watched):
            self.dismiss()
        return False

    def _outside(self, widget: QWidget) -> bool:
        return widget.window() is self.window() and widget is not self and not self.isAncestorOf(widget)

    def _place(self) -> None:
        width = min(self._wanted[0], self._over.width() - 2 * MARGIN)
        height = min(self._wanted[1], self._over.height() - 4 * MARGIN)
        self.setGeometry((self._over.width() - width) // 2, 2 * MARGIN, width, height)
