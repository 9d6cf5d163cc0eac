"""The grid of cards."""

from __future__ import annotations

from math import inf

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QListView, QWidget

from maistudio.gui.models.card_list import CardListModel, Index, Texts
from maistudio.gui.panels.value import copy_text
from maistudio.gui.theme import Palette
from maistudio.gui.zoo.cards import Card
from maistudio.gui.zoo.gallery_delegate import MARGIN, CardDelegate, card_height, least_width

EDGE = 8
LEAST_WIDTH = 288
"""Where the font is large, cards have less room than they would like."""
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class GalleryView(QListView):
    """Cards side by side, as many as fit. ``chosen`` carries the card gone to, None for none.

    ``build_asked`` comes with Enter and a double click, ``find_asked`` with "/".
    """

    chosen = Signal(object)
    build_asked = Signal()
    find_asked = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = CardListModel(_texts_of, self)
        self.setModel(self._model)
        self._delegate = CardDelegate(palette, self)
        self.setItemDelegate(self._delegate)
        self.setObjectName("canvas")
        self.setAccessibleName("Networks")
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.setSelectionRectVisible(False)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(False)
        self.setMouseTracking(True)
        self.setMinimumWidth(LEAST_WIDTH)
        self.setViewportMargins(EDGE, EDGE, 0, 0)
        self.empty = QLabel(self)
        self.empty.setObjectName("muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.empty.hide()

    @property
    def cards(self) -> tuple[Card, ...]:
        """Those shown."""
        return tuple(self._model.cards)

    @property
    def card(self) -> Card | None:
        """The one gone to."""
        index = self.currentIndex()
        return self._model.cards[index.row()] if index.isValid() else None

    def show_cards(self, cards: tuple[Card, ...], current: Card | None, empty: str) -> None:
        """Show these cards and go to ``current``, else to the first; without any say ``empty``."""
        self._model.show_cards(cards)
        self.empty.setText(empty)
        self.empty.setVisible(not cards)
        if cards:
            self.setCurrentIndex(self._model.index(max(self._model.place_of(current), 0)))
        else:
            self.chosen.emit(None)

    def complete(self) -> None:
        """From now on paint every drawing at once, however long that takes."""
        self._delegate.pictures.seconds = inf

    def forget_pictures(self) -> None:
        """Other drawings come."""
        self._delegate.pictures.clear()

    def apply_palette(self, palette: Palette) -> None:
        self._delegate.palette = palette
        self.viewport().update()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.chosen.emit(self._model.cards[current.row()])

    def paintEvent(self, event: QPaintEvent) -> None:
        self._delegate.pictures.begin()
        super().paintEvent(event)
        if self._delegate.pictures.behind:
            QTimer.singleShot(0, self.viewport(), self.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._share_width()
        super().resizeEvent(event)
        self.empty.setGeometry(self.viewport().geometry().adjusted(16, 0, -16, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.build_asked.emit()
        elif event.matches(QKeySequence.StandardKey.Copy) and self.card is not None:
            copy_text(self.card.text)
        elif event.text() == "/":
            self.find_asked.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self.indexAt(event.position().toPoint()).isValid():
            self.build_asked.emit()

    def _share_width(self) -> None:
        """Make cards as wide as the columns that fit share the width, the scroll bar's left free."""
        room = self.width() - EDGE - self.verticalScrollBar().sizeHint().width() - MARGIN
        columns = max(room // least_width(self.font()), 1)
        size = QSize(max(room // columns, 1), card_height(self.font()))
        if size != self.gridSize():
            self.setGridSize(size)


def _texts_of(card: Card) -> Texts:
    return Texts(card.team, card.text, card.text)
