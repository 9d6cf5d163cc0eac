"""What the signs mean, in words, on as many lines as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from maistudio.gui.targets.signs import SignPictures
from maistudio.gui.targets.words import MEANINGS, WORDS
from maistudio.gui.theme import Palette
from maistudio.targets.values import Verdict

SIGN, GAP, APART, SIDE, PAD = 17, 4, 12, 14, 4
SHOWN = (
    Verdict.RUNS,
    Verdict.LEFT_ON_CPU,
    Verdict.REFUSED,
    Verdict.FAILS_AT_START,
    Verdict.CANDIDATE,
    Verdict.UNKNOWN,
)
PROVED = "Underlined: proved"


class SignLegend(QWidget):
    """Every sign with its word."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._proved = False
        self.setAccessibleName("Legend")
        meanings = "\n".join(f"{WORDS[verdict]}: {MEANINGS[verdict]}" for verdict in SHOWN)
        self.setToolTip(f"{meanings}\n{PROVED}: a real compile said so")
        self.setAccessibleDescription(meanings)
        self.apply_palette(palette)

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._signs = SignPictures(palette.name, SIGN)
        self.update()

    def show_proved(self, proved: bool) -> None:
        """Say what the line under signs means, where there is one."""
        if proved != self._proved:
            self._proved = proved
            self._fit()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        places = self._places()
        high = round(places[-1][1].y()) + self.fontMetrics().height() + PAD
        if high != self.height():
            self.setFixedHeight(high)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(self._palette.muted_text))
        metrics = self.fontMetrics()
        for verdict, at in self._places():
            left = at.x()
            if verdict is not None:
                picture = self._signs.picture(verdict, self.devicePixelRatioF())
                painter.drawPixmap(QPointF(left, at.y() + (metrics.height() - SIGN) / 2), picture)
                left += SIGN + GAP
            words = WORDS[verdict] if verdict is not None else PROVED
            painter.drawText(QPointF(left, at.y() + metrics.ascent()), words)

    def _places(self) -> list[tuple[Verdict | None, QPointF]]:
        """Where each sign stands; None for what the line under signs means."""
        metrics = self.fontMetrics()
        found: list[tuple[Verdict | None, QPointF]] = []
        x, y = float(SIDE), float(PAD)
        for verdict in (*SHOWN, None) if self._proved else SHOWN:
            wide = (
                metrics.horizontalAdvance(PROVED)
                if verdict is None
                else (SIGN + GAP + metrics.horizontalAdvance(WORDS[verdict]))
            )
            if x > SIDE and x + wide > self.width() - SIDE:
                x, y = float(SIDE), y + metrics.height() + PAD
            found.append((verdict, QPointF(x, y)))
            x += wide + APART
        return found
