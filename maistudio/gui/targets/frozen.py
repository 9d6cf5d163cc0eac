"""The first columns of the matrix, kept in sight over it while it is scrolled sideways."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from maistudio.gui.targets.matrix_model import FIRST, MatrixModel
from maistudio.gui.theme import Palette


class FrozenColumns(QTableView):
    """Shares rows and selection of the table that it lies on, and is shown only while that is scrolled sideways."""

    def __init__(self, table: QTableView, model: MatrixModel) -> None:
        super().__init__(table)
        self._table = table
        self._rows = model
        self.setModel(model)
        self.setSelectionModel(table.selectionModel())
        self.setSelectionMode(table.selectionMode())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusProxy(table)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTextElideMode(table.textElideMode())
        self.setVerticalScrollMode(table.verticalScrollMode())
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(8)
        rows.setDefaultSectionSize(table.verticalHeader().defaultSectionSize())
        heading = self.horizontalHeader()
        heading.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heading.setSectionsClickable(True)
        heading.setHighlightSections(False)
        heading.sectionClicked.connect(self._sort)
        table.verticalScrollBar().valueChanged.connect(self.verticalScrollBar().setValue)
        self.verticalScrollBar().valueChanged.connect(table.verticalScrollBar().setValue)
        table.horizontalScrollBar().valueChanged.connect(self.place)
        table.horizontalHeader().sectionResized.connect(self.place)
        self.activated.connect(table.activated)
        self.hide()

    def apply_palette(self, palette: Palette) -> None:
        self.setStyleSheet(f"FrozenColumns {{ border-right: 1px solid {palette.border}; }}")

    def wide(self) -> int:
        """How much of the table lies below; 0 while it isn't scrolled sideways."""
        return self.width() if self.isVisible() else 0

    def place(self, *_: int) -> None:
        """Lie on the table's left edge, over its heading too, where it is scrolled."""
        scrolled = self._table.horizontalScrollBar().value() > 0
        self.setVisible(scrolled)
        if not scrolled:
            return
        across = self._table.horizontalHeader()
        for column in range(self._rows.columnCount()):
            self.setColumnHidden(column, column >= FIRST)
            if column < FIRST:
                self.setColumnWidth(column, across.sectionSize(column))
        wide = sum(across.sectionSize(column) for column in range(FIRST))
        self.horizontalHeader().setFixedHeight(across.height())
        self.setGeometry(0, 0, wide, across.height() + self._table.viewport().height())
        self.verticalScrollBar().setValue(self._table.verticalScrollBar().value())
        self.raise_()

    def _sort(self, column: int) -> None:
        """Sort the table, the other way where it is sorted by this column already."""
        heading = self._table.horizontalHeader()
        rising = heading.sortIndicatorSection() != column or heading.sortIndicatorOrder() != Qt.SortOrder.AscendingOrder
        heading.setSortIndicator(column, Qt.SortOrder.AscendingOrder if rising else Qt.SortOrder.DescendingOrder)
