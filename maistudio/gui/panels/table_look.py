"""How every table of the program looks, and what stands in the place of rows where there are none."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QVBoxLayout

ROW_PADDING = 6


def dress(table: QTableView) -> None:
    """Give a table that has its model the look and the ways of all tables."""
    heading = table.horizontalHeader()
    # Sharing the rows' selection, each heading drawn would ask for the flags of every selected cell.
    heading.setSelectionModel(QItemSelectionModel(table.model(), heading))
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setWordWrap(False)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    table.setFrameShape(QTableView.Shape.NoFrame)
    rows = table.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setMinimumSectionSize(8)
    rows.setDefaultSectionSize(table.fontMetrics().height() + ROW_PADDING)
    table.setSortingEnabled(True)


class EmptyNotice(QLabel):
    """Words in the middle of a table; hidden until there are any."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table.viewport())
        self.setObjectName("muted")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.hide()
        column = QVBoxLayout(table.viewport())
        column.addWidget(self)

    def say(self, words: str) -> None:
        """Show ``words`` in the place of rows; nothing for empty ones."""
        self.setText(words)
        self.setVisible(bool(words))
