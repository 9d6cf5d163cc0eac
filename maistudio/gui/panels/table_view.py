"""The Qt view of a table of ops or tensors: its manners, its column widths and its heading."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyleOptionHeader,
    QTableView,
    QWidget,
)

from maistudio.gui.models.rows import RowsModel
from maistudio.gui.panels.table_look import EmptyNotice, dress

SAMPLED_ROWS = 200
NAME_COLUMN = "Name"
NARROWEST_NAME = 160
WIDEST_NAME = 640
USUAL = 210
WIDEST = 330
"""Column widths in device-independent pixels: a type or a shape of usual length fits whole."""
RARE = 0.1
"""The share of cells that a column wider than usual may leave cut."""
WIDEST_LAST = 260
"""What the last column asks for; it has what is left in any case."""
CELL_MARGIN = 12
HEADING_MARGIN = 16
PICTURE = 22
MEASURED_CHARACTERS = 120


class RowsView(QTableView):
    """Names take the room that the other columns leave; an empty table can say why it is empty."""

    copy_wanted = Signal()

    def __init__(self, model: RowsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = model
        self._by_hand: dict[int, int] = {}
        self._narrow: Mapping[str, int] | None = None
        self._fitting = False
        self._widest_name = NARROWEST_NAME
        self._others_width = 0
        self.setHorizontalHeader(_Heading(self))
        self.setModel(model)
        dress(self)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.horizontalHeader().sectionResized.connect(self._remember_width)
        self.empty = EmptyNotice(self)

    def say(self, words: str) -> None:
        """Show ``words`` in the place of rows; nothing for empty ones."""
        self.empty.say(words)

    def selected_places(self) -> list[int]:
        """The places of the selected rows, from the top."""
        selection = self.selectionModel().selection()
        places: set[int] = set()
        for number in range(selection.count()):
            block = selection.at(number)
            places.update(range(block.top(), block.bottom() + 1))
        return sorted(places)

    def narrow(self, widest: Mapping[str, int] = MappingProxyType({})) -> None:
        """Keep room for the arrow in the heading that has it only, and columns of these titles within widths."""
        self._narrow = widest
        self.horizontalHeader().sortIndicatorChanged.connect(self.fit_columns)

    def fit_columns(self) -> None:
        """Give each column what its heading and its cells need, within bounds, and names the rest.

        Widths that were set by hand stay.
        """
        self._fitting = True
        header = self.horizontalHeader()
        columns = self._rows.columnCount()
        name = self._name_column()
        self._others_width = 0
        for column in range(columns):
            if column != name:
                width = self._by_hand.get(column) or min(
                    self._wanted(column), WIDEST_LAST if column == columns - 1 else WIDEST
                )
                header.resizeSection(column, width)
                self._others_width += width
        if name >= 0:
            self._widest_name = max(min(self._wanted(name), WIDEST_NAME), NARROWEST_NAME)
            self._fit_name(name)
        self._fitting = False

    def _fit_name(self, name: int) -> None:
        left = self.viewport().width() - self._others_width
        width = self._by_hand.get(name) or min(max(left, NARROWEST_NAME), self._widest_name)
        self.horizontalHeader().resizeSection(name, width)

    def _remember_width(self, column: int, _old: int, width: int) -> None:
        # The last column is stretched by Qt itself.
        if not self._fitting and width and column != self._rows.columnCount() - 1:
            self._by_hand[column] = width

    def _name_column(self) -> int:
        """Where the names stand, -1 for nowhere."""
        columns = self._rows.table.columns if self._rows.table is not None else ()
        return next((place for place, column in enumerate(columns) if column.title == NAME_COLUMN), -1)

    def _wanted(self, column: int) -> int:
        """The width of a column's heading with its arrow, or of its widest cell but for rare ones."""
        title = str(self._rows.headerData(column, Qt.Orientation.Horizontal))
        header = self.horizontalHeader()
        with_arrow = self._narrow is None or header.sortIndicatorSection() == column
        shown = arrowed(title, True, False) if with_arrow else title
        heading = header.fontMetrics().horizontalAdvance(shown) + HEADING_MARGIN
        assert self._rows.table is not None
        described = self._rows.table.columns[column]
        metrics = QFontMetrics(self._rows.numbers) if described.unit else self.fontMetrics()
        texts = [text[:MEASURED_CHARACTERS] for text in self._rows.widest_texts(column, SAMPLED_ROWS)]
        of_text = {text: metrics.horizontalAdvance(text) for text in set(texts)}
        widths = sorted(of_text[text] for text in texts)
        widest = widths[-1] if widths else 0
        if widest > USUAL and not described.unit:
            widest = max(widths[-1 - int(RARE * len(widths))], USUAL)
        picture = PICTURE if column == 1 and self._rows.table.kind is not None else 0
        most = (self._narrow or {}).get(described.title, widest + CELL_MARGIN + picture)
        return max(heading, min(widest + CELL_MARGIN + picture, most))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        name = self._name_column()
        if name >= 0 and self._others_width:
            self._fitting = True
            self._fit_name(name)
            self._fitting = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        else:
            super().keyPressEvent(event)


class _Heading(QHeaderView):
    """A heading whose arrow stands beside the words, where Qt's would be drawn over them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHighlightSections(False)
        self.setSectionsClickable(True)
        self.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortIndicatorClearable(True)
        self.setStretchLastSection(True)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, section: int) -> None:
        super().initStyleOptionForIndex(option, section)
        if section == self.sortIndicatorSection():
            option.sortIndicator = QStyleOptionHeader.SortIndicator.None_
            at_right = bool(option.textAlignment & Qt.AlignmentFlag.AlignRight)
            rising = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
            option.text = arrowed(option.text, rising, at_right)


def arrowed(title: str, rising: bool, at_right: bool) -> str:
    """A heading with the arrow of its order, which stands on the side where the words don't end."""
    arrow = "↑" if rising else "↓"
    return f"{arrow} {title}" if at_right else f"{title} {arrow}"
