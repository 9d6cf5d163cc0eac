"""How a card of the zoo is drawn: the network's figure, who made it, and its most telling numbers."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from maistudio.gui.models.card_list import CARD, Index
from maistudio.gui.panels.table_panel import tabular_digits
from maistudio.gui.theme import Palette
from maistudio.gui.zoo.cards import Card
from maistudio.gui.zoo.figure_painting import FigurePictures
from maistudio.tflite.text import clean

MARGIN, PAD, GAP = 4, 12, 8
FIGURE_LINES = 4.2
"""Height of the drawing, in lines of text."""
FIGURE_STEP = 16
"""Drawings grow in steps of so many pixels, so that few are painted anew while the window is resized."""
CHARACTERS = 29
"""A card is at least as wide as so many digits."""
SMALL = 0.88
VEIL = 28
WORDS_SHARE = 0.8
NUMBER_SHARES = (0.3, 0.28, 0.2, 0.22)
"""Of a card's width, what each of its numbers takes."""
BETWEEN = 3
PAINT_SECONDS = 0.012
"""For drawings in one turn of the interface thread; what is left follows in the next."""

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_MIDDLE = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)


def least_width(font: QFont) -> int:
    """The least that a card and the room around it take."""
    return QFontMetrics(font).horizontalAdvance("0") * CHARACTERS + 2 * (MARGIN + PAD)


def card_height(font: QFont) -> int:
    """What a card and the room around it take."""
    line, small = QFontMetrics(font).height(), QFontMetrics(_small(font)).height()
    return 2 * (MARGIN + PAD) + _figure_height(font) + 2 * GAP + 2 * line + small + line + 4


class CardDelegate(QStyledItemDelegate):
    """Draws a card into its cell, which the view sizes."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.palette = palette
        self.pictures = FigurePictures(PAINT_SECONDS)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = option.widget
        return view.gridSize() if isinstance(view, QListView) else QSize(least_width(option.font), 0)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: Card = index.data(CARD)
        painter.save()
        rect = option.rect.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        painter.fillRect(rect, QColor(self.palette.raised if card.network else self.palette.canvas))
        _paint_frame(painter, rect, option)
        inner = rect.adjusted(PAD, PAD, -PAD, -PAD)
        high = _figure_height(option.font)
        self._paint_figure(painter, QRect(inner.topLeft(), QSize(inner.width(), high)), option, card)
        _paint_words(painter, inner.adjusted(0, high + GAP, 0, 0), option, card)
        painter.restore()

    def _paint_figure(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, card: Card) -> None:
        if card.bars:
            scale = painter.device().devicePixelRatio()
            spare = rect.width() % FIGURE_STEP
            rect.adjust(spare // 2, 0, spare // 2 - spare, 0)
            picture = self.pictures.picture(card.bars, rect.size(), scale, self.palette)
            if picture is not None:
                painter.drawPixmap(rect.topLeft(), picture)
            return
        painter.setFont(option.font)
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        spare = round(rect.width() * (1 - WORDS_SHARE) / 2)
        painter.drawText(rect.adjusted(spare, 0, -spare, 0), _MIDDLE, card.words)


def _paint_frame(painter: QPainter, rect: QRect, option: QStyleOptionViewItem) -> None:
    palette, state = option.palette, option.state
    chosen = bool(state & QStyle.StateFlag.State_Selected)
    accent = palette.color(QPalette.ColorRole.Highlight)
    if chosen:
        painter.fillRect(rect, QColor(accent.red(), accent.green(), accent.blue(), VEIL))
    hovered = bool(state & QStyle.StateFlag.State_MouseOver)
    line = (
        accent if chosen else palette.color(QPalette.ColorRole.PlaceholderText if hovered else QPalette.ColorRole.Mid)
    )
    painter.setPen(line)
    painter.drawRect(rect.adjusted(0, 0, -1, -1))
    if chosen and state & QStyle.StateFlag.State_HasFocus:
        painter.drawRect(rect.adjusted(1, 1, -2, -2))


def _paint_words(painter: QPainter, rect: QRect, option: QStyleOptionViewItem, card: Card) -> None:
    text = option.palette.color(QPalette.ColorRole.Text)
    quiet = option.palette.color(QPalette.ColorRole.PlaceholderText)
    bold, small, plain = _bold(option.font), _small(option.font), tabular_digits(option.font)
    metrics = QFontMetrics(plain)
    line = metrics.height()
    place_width = metrics.horizontalAdvance(card.place)
    top = QRect(rect.left(), rect.top(), rect.width(), line)
    painter.setFont(plain)
    painter.setPen(quiet)
    painter.drawText(top, _RIGHT, card.place)
    painter.setFont(bold)
    painter.setPen(text)
    _say(painter, top.adjusted(0, 0, -place_width - GAP, 0), card.team)
    painter.setFont(plain)
    painter.setPen(quiet)
    _say(painter, top.translated(0, line), card.second)
    values_top = rect.top() + 2 * line + GAP
    small_line = QFontMetrics(small).height()
    at = QPoint(rect.left(), values_top)
    for share, (label, value) in zip(NUMBER_SHARES, card.numbers, strict=True):
        room = round(rect.width() * share) - BETWEEN
        painter.setFont(small)
        painter.setPen(quiet)
        _say(painter, QRect(at, QSize(room, small_line)), label)
        painter.setFont(plain)
        painter.setPen(text)
        _say(painter, QRect(at + QPoint(0, small_line), QSize(room, line)), value)
        at += QPoint(room + BETWEEN, 0)


def _say(painter: QPainter, rect: QRect, text: str) -> None:
    shown = painter.fontMetrics().elidedText(clean(text), Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, _LEFT, shown)


def _figure_height(font: QFont) -> int:
    return round(QFontMetrics(font).height() * FIGURE_LINES)


def _bold(font: QFont) -> QFont:
    made = QFont(font)
    made.setWeight(QFont.Weight.DemiBold)
    return made


def _small(font: QFont) -> QFont:
    made = tabular_digits(font)
    made.setPointSizeF(font.pointSizeF() * SMALL)
    return made
