"""Values and labels of the panels: a value is shortened to its room, copied whole, and may be a link."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QLabel,
    QMenu,
    QSizePolicy,
    QWidget,
)

from maistudio.gui.breaking import breakable, unbroken
from maistudio.gui.models.tips import tip_text
from maistudio.tflite.text import elide_middle

WIDEST_LABEL = 172
TEXT_SHOWN = 2000
"""Characters a label that wraps is given to lay out; copying gives all of them."""
LINE_SHOWN = 600
"""The same for a label on one line."""
KEPT_TOGETHER = 24
"""Characters after a "·" that no line break parts."""


def copy_text(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


class Value(QLabel):
    """A value on one line, its middle left out where it does not fit, or wrapped; selectable, copied whole.

    With ``link`` it can be clicked, or chosen by Tab and Enter, and emits ``activated``.
    """

    activated = Signal()

    def __init__(
        self, text: str, *, link: bool = False, wrap: bool = False, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.full = text
        self._link = link
        self._wrap = wrap
        self._tip = tip
        self._elided = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if link else Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if link:
            self.setForegroundRole(QPalette.ColorRole.Link)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setWordWrap(wrap)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        self.full = text
        if self._wrap:
            self.setText(_wrapped(text))
        else:
            self.setText(text[:LINE_SHOWN])
            self._elide()

    def set_quiet(self) -> None:
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not self._wrap:
            self._elide()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange and not self._wrap:
            self._elide()
        super().changeEvent(event)

    def _elide(self) -> None:
        room = self.contentsRect().width()
        some = elide_middle(self.full, LINE_SHOWN)
        shown = self.fontMetrics().elidedText(some, Qt.TextElideMode.ElideMiddle, room)
        self._elided = shown != self.full
        if shown != self.text():
            self.setText(shown)

    def enterEvent(self, event: QEnterEvent) -> None:
        # The tooltip is made when it may be wanted: most labels never show theirs.
        words = [self.full] if self._elided else []
        self.setToolTip(tip_text("\n".join([*words, self._tip] if self._tip else words)))
        self._underline(self._link)
        super().enterEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._underline(self._link)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._underline(self._link and self.underMouse())

    def leaveEvent(self, event: QEvent) -> None:
        self._underline(self._link and self.hasFocus())
        super().leaveEvent(event)

    def _underline(self, on: bool) -> None:
        if self.font().underline() != on:
            font = self.font()
            font.setUnderline(on)
            self.setFont(font)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        inside = self.rect().contains(event.position().toPoint())
        if self._link and event.button() == Qt.MouseButton.LeftButton and inside and not self.hasSelectedText():
            self._activate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif self._link and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate()
        else:
            super().keyPressEvent(event)

    def _activate(self) -> None:
        # Following a link deletes this label, which must not happen inside its own event.
        QTimer.singleShot(0, self, self.activated.emit)

    def copy(self) -> None:
        """Copy what is selected; all of the value where all, none or the elided form is."""
        selected = self.selectedText()
        copy_text(
            self.full
            if not selected or selected == self.text() or "…" in selected
            else unbroken(selected).replace("\u00a0", " ")
        )

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = QAction("Copy", menu)
        action.triggered.connect(self.copy)
        menu.addAction(action)
        menu.popup(event.globalPos())


def _wrapped(text: str) -> str:
    """``text`` that may break inside long words and before "·", cut where it is longer than anyone reads.

    What follows a "·" stays together where it is short: a number with its unit.
    """
    first, *parts = breakable(elide_middle(text, TEXT_SHOWN)).split(" · ")
    kept = (part.replace(" ", "\u00a0") if len(part) <= KEPT_TOGETHER else part for part in parts)
    return " ·\u00a0".join((first, *kept))


def quiet_label(text: str, tip: str = "") -> QLabel:
    """A label in the quiet colour."""
    shown = elide_middle(text, LINE_SHOWN)
    label = QLabel(shown)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    if tip:
        label.setToolTip(tip_text(tip))
    metrics = label.fontMetrics()
    if metrics.horizontalAdvance(shown) > WIDEST_LABEL:
        label.setText(metrics.elidedText(shown, Qt.TextElideMode.ElideMiddle, WIDEST_LABEL))
        label.setToolTip(tip_text(f"{text}\n{tip}" if tip else text))
    return label
