"""Where the keyboard is: remembered across what is rebuilt, moved from pane to pane, and shown."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from maistudio.gui.theme import Palette

LINE = 2
BY_KEYBOARD = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}


@dataclass(frozen=True, slots=True)
class KeyboardPlace:
    """The widget that had the keyboard and those around it, from the inside out. Any of them may be deleted since."""

    widgets: tuple[QWidget, ...]

    def give_back(self) -> None:
        """Put the keyboard where it was, or as near to it as what still exists and is seen."""
        for widget in self.widgets:
            if not isValid(widget) or not widget.isVisible():
                continue
            target = widget if widget is self.widgets[0] else first_focusable(widget)
            if target is not None:
                if not target.hasFocus():
                    target.setFocus(Qt.FocusReason.PopupFocusReason)
                return


def keyboard_place() -> KeyboardPlace:
    """Where the keyboard is now."""
    widgets: list[QWidget] = []
    widget = QApplication.focusWidget()
    while widget is not None:
        widgets.append(widget)
        widget = None if widget.isWindow() else widget.parentWidget()
    return KeyboardPlace(tuple(widgets))


def holds_keyboard(pane: QWidget) -> bool:
    """Whether the keyboard is in ``pane`` or one of its children."""
    focused = QApplication.focusWidget()
    return focused is not None and (pane is focused or pane.isAncestorOf(focused))


def step_focus(panes: list[QWidget], by: int) -> None:
    """Move the keyboard ``by`` panes on from the one that has it, past those that are hidden or can't take it."""
    at = next((i for i, pane in enumerate(panes) if holds_keyboard(pane)), -1)
    if at < 0 and by < 0:
        at = 0
    for distance in range(1, len(panes) + 1):
        target = first_focusable(panes[(at + by * distance) % len(panes)])
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            return


def first_focusable(pane: QWidget) -> QWidget | None:
    """The first widget in ``pane``, itself included, that Tab would stop at; None where there is none."""
    widget: QWidget | None = pane
    while widget is not None:
        takes_tab = bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
        inside = widget is pane or pane.isAncestorOf(widget)
        if inside and takes_tab and widget.isVisible() and widget.isEnabled():
            return widget
        widget = widget.nextInFocusChain()
        if widget is pane:
            break
    return None


class KeyboardFrame(QWidget):
    """A line around ``widget`` while it has the keyboard and got it by the keyboard."""

    def __init__(self, widget: QWidget, palette: Palette) -> None:
        super().__init__(widget)
        self._around = widget
        self._palette = palette
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        widget.installEventFilter(self)

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def mark(self) -> None:
        """Show the line."""
        self._fit()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.gotFocus() and event.reason() in BY_KEYBOARD:
            self.mark()
        elif event.type() in (QEvent.Type.FocusOut, QEvent.Type.MouseButtonPress):
            self.hide()
        elif event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self._palette.accent))

    def _fit(self) -> None:
        whole = self._around.rect()
        self.setGeometry(whole)
        # Only the line is this widget's: what is inside is painted without it.
        self.setMask(QRegion(whole) - QRegion(whole.adjusted(LINE, LINE, -LINE, -LINE)))
