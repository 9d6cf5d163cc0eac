"""Titles that fold what stands under them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from maistudio.tflite.text import elide_middle

TITLE_SHOWN = 120


class FoldButton(QAbstractButton):
    """A section's title with an arrow that says whether it is open."""

    def __init__(self, title: str, is_open: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(elide_middle(title, TITLE_SHOWN))
        self.setCheckable(True)
        self.setChecked(is_open)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        font = self.font()
        font.setWeight(font.Weight.DemiBold)
        self.setFont(font)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 32, metrics.height() + 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, middle = self.palette(), self.height() / 2
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.drawLine(QPointF(0, 0.5), QPointF(self.width(), 0.5))
        lit = self.underMouse() or self.hasFocus()
        colour = palette.color(QPalette.ColorRole.Link if lit else QPalette.ColorRole.PlaceholderText)
        painter.setPen(QPen(colour, 1.5))
        wide, high = (4.0, 2.0) if self.isChecked() else (2.0, 4.0)
        tip = QPointF(12, middle + 2) if self.isChecked() else QPointF(14, middle)
        ends = (
            (QPointF(12 - wide, middle - high), QPointF(12 + wide, middle - high))
            if self.isChecked()
            else (QPointF(12 - wide, middle - high), QPointF(12 - wide, middle + high))
        )
        painter.drawPolyline([ends[0], tip, ends[1]])
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        painter.drawText(self.rect().adjusted(24, 0, -8, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(palette.color(QPalette.ColorRole.Link))
            painter.drawRect(self.rect().adjusted(0, 1, -1, -2))


class Section(QWidget):
    """A title that folds what stands under it. The body is made when it is first open."""

    toggled = Signal(str, bool)

    def __init__(
        self, title: str, make_body: Callable[[], QWidget], is_open: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = title
        self._make_body = make_body
        self.body: QWidget | None = None
        self.header = FoldButton(title, is_open, self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._show(is_open)
        self.header.toggled.connect(self._toggle)

    def replace(self, make_body: Callable[[], QWidget]) -> None:
        """Put another body in the place of the one there is."""
        self._make_body = make_body
        if self.body is not None:
            self.body.hide()
            self.body.deleteLater()
            self.body = None
            self._show(self.header.isChecked())

    def _toggle(self, is_open: bool) -> None:
        self._show(is_open)
        self.toggled.emit(self.title, is_open)

    def _show(self, is_open: bool) -> None:
        if is_open and self.body is None:
            self.body = self._make_body()
            self._column.addWidget(self.body)
        if self.body is not None:
            self.body.setVisible(is_open)
