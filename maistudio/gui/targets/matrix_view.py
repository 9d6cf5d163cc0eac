"""The Qt view of the compatibility matrix: cell by cell, by mouse or keyboard."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from maistudio.gui.panels.table_look import EmptyNotice, dress
from maistudio.gui.targets.frozen import FrozenColumns
from maistudio.gui.targets.heading import MatrixHeading
from maistudio.gui.targets.matrix import verdict_of
from maistudio.gui.targets.matrix_model import FIRST, MatrixModel
from maistudio.gui.targets.signs import SignPictures
from maistudio.gui.targets.words import WORST_FIRST
from maistudio.gui.theme import Palette

SIGN = 18
CELL, CELL_WITH_NUMBER = 34, 58
NUMBER, TYPE, WIDEST_TYPE, LAST = 44, 120, 210, 64
SAMPLED = 400
MARGIN = 14


class MatrixView(QTableView):
    """``copy_wanted`` comes with the keys for copying."""

    copy_wanted = Signal()

    def __init__(self, model: MatrixModel, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = model
        self.heading = MatrixHeading(model, palette, self)
        self.setHorizontalHeader(self.heading)
        self.setModel(model)
        dress(self)
        self.cells = SignDelegate(model, palette, self)
        self.setItemDelegate(self.cells)
        self.setAccessibleName("Ops and targets")
        self.frozen = FrozenColumns(self, model)
        self.empty = EmptyNotice(self)

    def scroll_home(self) -> None:
        """Show the first rows and columns."""
        self.horizontalScrollBar().setValue(0)
        self.verticalScrollBar().setValue(0)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a cell into sight, out from under the columns that stay."""
        super().scrollTo(index, hint)
        hidden = self.frozen.wide() - self.visualRect(index).left()
        if index.column() >= FIRST and hidden > 0:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - hidden)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.frozen.place()

    def say(self, words: str) -> None:
        """Show ``words`` in the place of rows; nothing for empty ones."""
        self.empty.say(words)

    def apply_palette(self, palette: Palette) -> None:
        self.heading.apply_palette(palette)
        self.frozen.apply_palette(palette)
        self.cells.apply_palette(palette)
        self.viewport().update()

    def fit_columns(self) -> None:
        """Give each column what its cells need."""
        model, metrics = self._rows, self.fontMetrics()
        if model.matrix is None:
            return
        step = max(len(model.rows) // SAMPLED, 1)
        types = {str(model.data(model.index(row, 1))) for row in range(0, len(model.rows), step)}
        widest = max((metrics.horizontalAdvance(kind) for kind in types), default=0) + MARGIN
        longest = (
            f"0: {len(model.matrix.places):,}" if len(model.matrix.firsts) > 2 else f"{len(model.matrix.places):,}"
        )
        self.heading.resizeSection(0, max(NUMBER, metrics.horizontalAdvance(longest) + MARGIN))
        self.heading.resizeSection(1, min(max(widest, TYPE), WIDEST_TYPE))
        for column in range(FIRST, FIRST + len(model.matrix.reports)):
            self.heading.resizeSection(column, CELL_WITH_NUMBER if model.by_type else CELL)
        self.heading.resizeSection(FIRST + len(model.matrix.reports), LAST)  # the rest of the room, where there is any
        self.updateGeometries()
        self.frozen.place()

    def go_to(self, row: int, column: int) -> None:
        """Mark a cell and bring it into sight."""
        index = self._rows.index(row, column)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    def selected_block(self) -> tuple[list[int], list[int]]:
        """The rows and columns of the selected cells, from the top left."""
        selection = self.selectionModel().selection()
        rows: set[int] = set()
        columns: set[int] = set()
        for number in range(selection.count()):
            block = selection.at(number)
            rows.update(range(block.top(), block.bottom() + 1))
            columns.update(range(block.left(), block.right() + 1))
        return sorted(rows), sorted(columns)

    def paintEvent(self, event: QPaintEvent) -> None:
        self.cells.begin()
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        else:
            super().keyPressEvent(event)


class SignDelegate(QStyledItemDelegate):
    """Draws verdicts as signs, other cells as usual. Thousands of them are seen at once on a large screen."""

    def __init__(self, model: MatrixModel, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = model
        self._around = parent
        self.apply_palette(palette)

    def apply_palette(self, palette: Palette) -> None:
        self._signs = SignPictures(palette.name, SIGN)
        self._drawn: dict[tuple[int, bool], QPixmap] = {}
        self._scale = 0.0
        accent = QColor(palette.accent)
        self._frame, self._quiet, self._base = accent, QColor(palette.muted_text), QColor(palette.raised)
        self._veil = QColor(accent.red(), accent.green(), accent.blue(), 56)

    def begin(self) -> None:
        """The cells in sight are about to be painted."""
        scale = self._around.devicePixelRatioF()
        if scale != self._scale:
            self._scale = scale
            self._drawn = {
                (code, proved): self._signs.picture(verdict_of(code), scale, proved)
                for code in range(len(WORST_FIRST))
                for proved in (False, True)
            }

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        column = index.column()
        if self._rows.target_at(column) is None:
            super().paint(painter, option, index)
            return
        rect, state = option.rect, option.state.value
        left, top, width, height = rect.x(), rect.y(), rect.width(), rect.height()
        if state & _SELECTED:  # the signs can't be seen on the full colour
            painter.fillRect(rect, self._base)
            painter.fillRect(rect, self._veil)
        code, proved, number = self._rows.sign_at(index.row(), column)
        at = left + (width - SIGN) // 2
        painter.drawPixmap(at, top + (height - SIGN) // 2, self._drawn[code, proved])
        if number:
            painter.setPen(self._quiet)
            where = QRect(at + SIGN + 1, top, left + width - at - SIGN - 1, height)
            painter.drawText(where, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), number)
        if state & _FOCUSED:
            painter.setPen(self._frame)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))


_SELECTED, _FOCUSED = QStyle.StateFlag.State_Selected.value, QStyle.StateFlag.State_HasFocus.value
