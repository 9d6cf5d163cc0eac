"""Ops by type, with their shares as bars."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from maistudio.gui.document import Selected
from maistudio.gui.models.types import COLOURS_ROLE, SHARE_ROLE, TypesModel
from maistudio.gui.theme import Palette
from maistudio.jobs.tables import TypeShare

ROWS_SHOWN = 24
BAR_COLUMN = 64
SWATCH = 10


class TypeBars(QTableView):
    """``chosen`` comes with a TypeShare when one is clicked or chosen by Enter."""

    chosen = Signal(object)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.types = TypesModel(palette, self)
        self.setModel(self.types)
        self._delegate = _BarDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Ops by type")
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(8)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 6)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionsClickable(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.clicked.connect(self._choose)

    def show_types(self, types: tuple[TypeShare, ...], macs: int | None) -> None:
        self.types.show(types, macs)
        columns = self.horizontalHeader()
        columns.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            columns.resizeSection(column, BAR_COLUMN)
        rows = min(len(types), ROWS_SHOWN) * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(rows + columns.sizeHint().height() + 2)

    def apply_palette(self, palette: Palette) -> None:
        self.types.set_palette(palette)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.types.types[index.row()])


class _BarDelegate(QStyledItemDelegate):
    """The first column with the kind's swatch, the others as a bar under a right-aligned number."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        palette: QPalette = option.palette
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(rect, palette.color(QPalette.ColorRole.Highlight))
        fill, line = index.data(COLOURS_ROLE)
        if index.column() == 0:
            box = QRect(rect.left() + 4, rect.center().y() - SWATCH // 2 + 1, SWATCH - 1, SWATCH - 1)
            painter.setPen(QColor(line))
            painter.setBrush(QColor(fill))
            painter.drawRect(box)
            words = rect.adjusted(SWATCH + 12, 0, -4, 0)
            side = Qt.AlignmentFlag.AlignLeft
        else:
            share = index.data(SHARE_ROLE)
            if share:
                bar = QRectF(rect.left() + 6, rect.top() + 2.5, (rect.width() - 10) * share, rect.height() - 5)
                painter.fillRect(bar, QColor(fill if not selected else line))
                painter.fillRect(QRectF(bar.left(), bar.top(), 2, bar.height()), QColor(line))
            words = rect.adjusted(4, 0, -8, 0)
            side = Qt.AlignmentFlag.AlignRight
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        painter.setPen(palette.color(role))
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, words.width())
        painter.drawText(words, int(side | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()


def next_of(share: TypeShare, selected: Selected | None) -> Selected:
    """The op of this type that follows the selected one in the file, or the first."""
    places = share.ops
    if selected is not None and selected.kind == "op":
        here = (selected.subgraph, selected.index)
        following = [place for place in places if place > here]
        if here in places and following:
            return Selected("op", *following[0])
    return Selected("op", *places[0])
