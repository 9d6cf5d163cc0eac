"""Cells of a table with a bar behind their number."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from maistudio.gui.models.rows import RowsModel
from maistudio.gui.theme import Palette

INSET = 3


class ShareBars(QStyledItemDelegate):
    """Draws a column of percents: the largest fills its cell, each in the colours of its row's kind."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._palette = palette
        self.most = 0.0

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = index.model()
        if isinstance(model, RowsModel) and model.table is not None and model.table.kind is not None and self.most:
            row = model.rows[index.row()]
            share = model.table.columns[index.column()].value(row) or 0.0
            fill, line = self._palette.kinds[model.table.kind(row)]
            rect = QRectF(option.rect).adjusted(INSET, INSET, -INSET, -INSET)
            bar = QRectF(rect.left(), rect.top(), max(rect.width() * share / self.most, 2), rect.height())
            painter.fillRect(bar, QColor(fill))
            painter.fillRect(QRectF(bar.left(), bar.top(), 2, bar.height()), QColor(line))
        super().paint(painter, option, index)
