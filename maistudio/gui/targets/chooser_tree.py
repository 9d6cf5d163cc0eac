"""The tree of the targets to choose from."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QTreeView, QWidget

from maistudio.gui.targets.chooser_model import TargetsModel

INDENT = 12
_VIEW_ITEM = QStyleOptionViewItem.ViewItemFeature
_STATE = QStyle.StateFlag


class TargetsTree(QTreeView):
    """Families that are always open, their targets below them.

    Qt asks a model some twenty times for each row that it draws. Beside a worker that computes, each question may
    wait for its turn with Python, so a row is put together here and drawn by the style at one go.
    """

    def __init__(self, model: TargetsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self.setModel(model)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(INDENT)
        self.setUniformRowHeights(True)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)

    def drawRow(
        self, painter: QPainter, options: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = QStyleOptionViewItem(options)
        target = self._rows.target_at(index)
        row.text = str(self._rows.data(index))
        row.features = _VIEW_ITEM.HasDisplay
        row.showDecorationSelected = True
        row.rect.setRight(self.header().sectionSize(0) - 1)
        if target is not None and self._is_selected(index):
            row.state |= _STATE.State_Selected
        if self.hasFocus() and index == self.currentIndex():
            row.state |= _STATE.State_HasFocus
        style = self.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, row, painter, self)
        if target is None:
            row.font = self._rows.heading
        else:
            row.rect.setLeft(row.rect.left() + INDENT)
            row.features |= _VIEW_ITEM.HasCheckIndicator
            row.checkState = self._rows.data(index, Qt.ItemDataRole.CheckStateRole)
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, row, painter, self)

    def _is_selected(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        selection = self.selectionModel().selection()
        return selection.count() > 0 and selection.at(0).topLeft() == index
