"""A list whose rows are a few lines each: a sign with a heading and a note beside it, sentences, and who says so."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractItemModel,
    QObject,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QKeyEvent, QKeySequence, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from maistudio.gui.breaking import breakable
from maistudio.gui.models.card_list import CARD, CardListModel, Index, Texts
from maistudio.gui.targets.words import brief
from maistudio.tflite.text import clean

PAD, BRIEF_PAD, GAP, ICON = 8, 3, 8, 16
LEAST_SOURCE = 80
"""Of so many pixels less would be left of who says so than can be read."""
SIDE = 16
NOTE_SHARE = 0.55
"""Of a row's width, what the note may take at most."""
TEXT_SHOWN = 1200
"""Characters of a sentence that are laid out; the tooltip has more of them."""

_WRAPPED = int(Qt.TextFlag.TextWordWrap)
_LINE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_LINE_AT_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)


@dataclass(frozen=True, slots=True)
class Card:
    """One row. ``word`` and ``title`` stand beside the sign, ``note`` at the right; ``source`` is set quietly.

    ``heading`` stands above it, over this row and those that follow. ``aside`` is told by the tooltip alone. A
    ``brief`` row gives the title all the room it needs, and the source what the sentence leaves of its line.
    """

    icon: QIcon
    word: str
    title: str
    note: str
    sentence: str
    source: str
    quiet: bool = False
    brief: bool = False
    heading: str = ""
    aside: str = ""

    @property
    def text(self) -> str:
        """All of it, line by line."""
        first = " · ".join(part for part in (self.word, self.title, self.note) if part)
        return "\n".join(clean(part) for part in (first, self.sentence, self.source) if part)


def cards_model(parent: QObject) -> CardListModel[Card]:
    """An empty list of such cards."""
    return CardListModel(_texts_of, parent)


def _texts_of(card: Card) -> Texts:
    return Texts(card.text, card.text, "\n".join(filter(None, (card.text, card.aside))))


class CardDelegate(QStyledItemDelegate):
    """Draws a card, its sentence over as many lines as it needs."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = option.widget
        width = view.viewport().width() if isinstance(view, QListView) else 400
        card: Card = index.data(CARD)
        metrics = QFontMetrics(option.font)
        texts = _texts(metrics, card, width - _left() - SIDE)
        high = 2 * _pad(card) + metrics.height() + sum(high + 2 for _, high, _ in texts)
        return QSize(width, high + _heading_height(metrics, card))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: Card = index.data(CARD)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        palette, rect = option.palette, QRect(option.rect)
        painter.save()
        if card.heading:
            rect.setTop(rect.top() + _paint_heading(painter, rect, card, option))
        if chosen:
            painter.fillRect(rect, _veiled(palette.color(QPalette.ColorRole.Highlight)))
            bar = QRect(rect.left(), rect.top(), 3, rect.height())
            painter.fillRect(bar, palette.color(QPalette.ColorRole.Highlight))
        metrics = QFontMetrics(option.font)
        line = metrics.height()
        left, top = rect.left() + _left(), rect.top() + _pad(card)
        width = rect.width() - _left() - SIDE
        card.icon.paint(painter, QRect(rect.left() + SIDE, top + (line - ICON) // 2, ICON, ICON))
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        text = quiet if card.quiet else palette.color(QPalette.ColorRole.Text)
        note = _note(option.font, card, width)
        room = width - metrics.horizontalAdvance(note) - (GAP if note else 0)
        painter.setPen(text)
        left_of_title = left
        if card.word:
            bold = _bold(option.font)
            painter.setFont(bold)
            taken = QFontMetrics(bold).horizontalAdvance(card.word)
            painter.drawText(QRect(left, top, taken + 2, line), _LINE, card.word)
            left_of_title += taken + GAP
            room -= taken + GAP
        painter.setFont(option.font)
        title = metrics.elidedText(clean(card.title), Qt.TextElideMode.ElideMiddle, max(room, 0))
        painter.drawText(QRect(left_of_title, top, max(room, 0), line), _LINE, title)
        painter.setPen(quiet)
        painter.drawText(QRect(left, top, width, line), _LINE_AT_RIGHT, note)
        at = top + line + 2
        for words, high, aside in _texts(metrics, card, width):
            painter.setPen(quiet if aside else text)
            painter.drawText(QRect(left, at, width, high), _WRAPPED, words)
            at += high + 2
        if card.brief and (beside := _beside(metrics, card, width)):
            painter.setPen(quiet)
            painter.drawText(QRect(left, top + line + 2, width, line), _LINE_AT_RIGHT, beside)
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.drawLine(rect.left() + SIDE, rect.bottom(), rect.right() - SIDE, rect.bottom())
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(palette.color(QPalette.ColorRole.Highlight))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()


class CardList(QListView):
    """``copy_wanted`` comes with the keys for copying, ``stepped`` with Left (-1) and Right (1)."""

    copy_wanted = Signal()
    stepped = Signal(int)

    def __init__(self, model: QAbstractItemModel, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(name)
        self.setItemDelegate(CardDelegate(self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers() & ~_KEYPAD:
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)


_KEYPAD = Qt.KeyboardModifier.KeypadModifier


def _left() -> int:
    return SIDE + ICON + GAP


def _texts(metrics: QFontMetrics, card: Card, width: int) -> list[tuple[str, int, bool]]:
    """What stands below the first line, how high it is, and whether it is quiet."""
    texts = [(breakable(clean(card.sentence[:TEXT_SHOWN])), card.quiet)]
    if not card.brief:
        texts.append((breakable(brief(clean(card.source[:TEXT_SHOWN]))), True))
    return [(words, _height(metrics, words, width), quiet) for words, quiet in texts if words]


def _beside(metrics: QFontMetrics, card: Card, width: int) -> str:
    """Who says so, as far as it fits beside the sentence; "" where that takes more than a line."""
    room = width - metrics.horizontalAdvance(clean(card.sentence[:TEXT_SHOWN])) - 2 * GAP
    if room < LEAST_SOURCE:
        return ""
    return metrics.elidedText(brief(clean(card.source[:TEXT_SHOWN])), Qt.TextElideMode.ElideRight, room)


def _note(font: QFont, card: Card, width: int) -> str:
    """The note as far as there is room: in a brief row it is the note that gives way, in others the title."""
    metrics = QFontMetrics(font)
    room = int(width * NOTE_SHARE)
    if card.brief:
        word = QFontMetrics(_bold(font)).horizontalAdvance(card.word) + GAP if card.word else 0
        room = max(width - word - metrics.horizontalAdvance(clean(card.title)) - 2 * GAP, 0)
        return metrics.elidedText(card.note, Qt.TextElideMode.ElideRight, room)
    return metrics.elidedText(card.note, Qt.TextElideMode.ElideMiddle, room)


def _paint_heading(painter: QPainter, rect: QRect, card: Card, option: QStyleOptionViewItem) -> int:
    """Paint a row's heading, and return how high it is."""
    bold = _bold(option.font)
    metrics = QFontMetrics(bold)
    high = _heading_height(QFontMetrics(option.font), card)
    painter.setFont(bold)
    painter.setPen(option.palette.color(QPalette.ColorRole.Text))
    room = rect.width() - 2 * SIDE
    shown = metrics.elidedText(clean(card.heading), Qt.TextElideMode.ElideMiddle, room)
    painter.drawText(QRect(rect.left() + SIDE, rect.top() + PAD, room, high - PAD), _LINE, shown)
    return high


def _heading_height(metrics: QFontMetrics, card: Card) -> int:
    return metrics.height() + PAD + 2 if card.heading else 0


def _pad(card: Card) -> int:
    return BRIEF_PAD if card.brief else PAD


def _bold(font: QFont) -> QFont:
    made = QFont(font)
    made.setWeight(QFont.Weight.DemiBold)
    return made


def _height(metrics: QFontMetrics, text: str, width: int) -> int:
    return metrics.boundingRect(QRect(0, 0, max(width, 40), 10_000), _WRAPPED, text).height()


def _veiled(colour: QColor) -> QColor:
    return QColor(colour.red(), colour.green(), colour.blue(), 36)
