"""The time of each op as a bar, longest first, in the colours of its kind."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from maistudio.gui.theme import Palette
from maistudio.tflite.kinds import OpKind

HEIGHT = 128
NARROWEST = 3.0
WIDEST = 28.0
GAP = 0.2
"""Of a bar's room, left free between bars."""
TOP, BOTTOM, LEFT, RIGHT = 12, 12, 56, 16
GRID_LINES = 2


class OpBars(QWidget):
    """``chosen`` comes with the position of a bar that is clicked or reached by arrow key, ``opened`` on Enter.

    Where there are more bars than room, the shortest are left out, and their number is said.
    """

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._shares: Sequence[float] = ()
        self._kinds: Sequence[OpKind] = ()
        self._words: Sequence[str] = ()
        self.current = -1
        self.setAccessibleName("Ops by time, longest first")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, shares: Sequence[float], kinds: Sequence[OpKind], words: Sequence[str]) -> None:
        """Bars of these shares (0..1), longest first, with the words of their tooltips."""
        self._shares, self._kinds, self._words = shares, kinds, words
        self.set_current(-1)
        self.update()

    def set_current(self, place: int) -> None:
        """Mark a bar, -1 for none."""
        self.current = place
        self.setAccessibleDescription(self._words[place] if 0 <= place < len(self._words) else "")
        self.update()

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def shown(self) -> int:
        """How many bars there is room for."""
        return min(len(self._shares), int(self._room().width() / NARROWEST))

    def rest_text(self) -> str:
        """What is said of the bars there is no room for, "" where there are none."""
        left_out = self._shares[self.shown() :]
        return f"and {len(left_out):,} shorter ones: {100 * sum(left_out):.1f} %" if left_out else ""

    def bar_at(self, x: float) -> int:
        """The position of the bar in this column of the widget, -1 for none."""
        room = self._room()
        place = int((x - room.left()) / self._step()) if x >= room.left() else -1
        return place if 0 <= place < self.shown() else -1

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette, room = self._palette, self._room()
        painter.fillRect(self.rect(), QColor(palette.raised))
        if not self._shares:
            return
        most = max(self._shares[0], 1e-9)
        self._paint_scale(painter, room, most)
        step = self._step()
        for place in range(self.shown()):
            high = room.height() * self._shares[place] / most
            bar = QRectF(room.left() + place * step, room.bottom() - high, max(step * (1 - GAP), 1), high)
            fill, line = palette.kinds[self._kinds[place]]
            painter.fillRect(bar, QColor(line if step < 6 else fill))
            if step >= 6:
                painter.setPen(QPen(QColor(line), 1))
                painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
            if place == self.current:
                self._mark(painter, room, bar)
        self._paint_rest(painter, room)
        if self.hasFocus():
            painter.setPen(QColor(palette.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.bar_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and place >= 0:
            self._choose(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.bar_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and place >= 0:
            self.opened.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self.shown() - 1}
        if not self._shares:
            super().keyPressEvent(event)
        elif event.key() in steps:
            self._choose(min(max(self.current + steps[Qt.Key(event.key())], 0), self.shown() - 1))
        elif event.key() in ends:
            self._choose(ends[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current >= 0:
            self.opened.emit(self.current)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.bar_at(event.pos().x())
            QToolTip.showText(event.globalPos(), self._words[place] if place >= 0 else "", self)
            return True
        return super().event(event)

    def _choose(self, place: int) -> None:
        self.set_current(place)
        self.chosen.emit(place)

    def _room(self) -> QRectF:
        return QRectF(LEFT, TOP, max(self.width() - LEFT - RIGHT, 1), HEIGHT - TOP - BOTTOM)

    def _step(self) -> float:
        return min(max(self._room().width() / max(len(self._shares), 1), NARROWEST), WIDEST)

    def _paint_scale(self, painter: QPainter, room: QRectF, most: float) -> None:
        for line in range(GRID_LINES + 1):
            y = round(room.bottom() - room.height() * line / GRID_LINES) + 0.5
            painter.setPen(QColor(self._palette.border))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(QColor(self._palette.muted_text))
            words = QRectF(0, y - 10, LEFT - 6, 20)
            number = f"{100 * most * line / GRID_LINES:.1f} %"
            painter.drawText(words, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), number)

    def _mark(self, painter: QPainter, room: QRectF, bar: QRectF) -> None:
        painter.setPen(QPen(QColor(self._palette.selection), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(
            QRectF(bar.left() - 1, min(bar.top(), room.bottom() - 4) - 1, bar.width() + 2, max(bar.height(), 4) + 2)
        )

    def _paint_rest(self, painter: QPainter, room: QRectF) -> None:
        painter.setPen(QColor(self._palette.muted_text))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop), self.rest_text())
