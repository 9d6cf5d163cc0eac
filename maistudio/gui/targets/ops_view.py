"""Ops × targets: the matrix with its filters, what its signs mean, and why the cell that is gone to is as it is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from maistudio.errors import MaiStudioError
from maistudio.gui.document import Document, Selected
from maistudio.gui.panels.table_panel import tabular_digits
from maistudio.gui.panels.value import copy_text
from maistudio.gui.targets.cell_detail import CellDetail
from maistudio.gui.targets.legend import SignLegend
from maistudio.gui.targets.matrix import Matrix
from maistudio.gui.targets.matrix_model import MatrixModel
from maistudio.gui.targets.matrix_view import MatrixView
from maistudio.gui.targets.tick_boxes import outline_boxes
from maistudio.gui.targets.words import brief
from maistudio.gui.theme import Palette
from maistudio.gui.work import Work
from maistudio.jobs.progress import Job, Progress
from maistudio.jobs.tables import Table, tsv, write_csv
from maistudio.tflite.text import elide_middle, plural

FILTER_AFTER_MS = 30
CELLS_AT_ONCE = 5000
"""Cells copied on the interface thread; more are written as text off it."""
GROUPED_FROM = 200
"""Models of so many ops are shown by type at first."""
FILTER_SHOWN = 60


class OpsByTargetView(QWidget):
    """``looked_at`` carries the target of the cell that is gone to, ``gone_to`` an op wanted in the graph."""

    looked_at = Signal(str)
    gone_to = Signal(object)
    said = Signal(str)

    def __init__(self, work: Work, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._document: Document | None = None
        self._following = False
        self.model = MatrixModel(self)
        self.model.numbers = tabular_digits(self.font())
        self.view = MatrixView(self.model, palette, self)
        self.detail = CellDetail(palette, self)
        self.legend = SignLegend(palette, self)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter ops")
        self.filter.setAccessibleName("Filter ops")
        self.filter.setToolTip("Words that must all match, such as: conv type:conv name:block1 option:same #12")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(320)
        self.only_trouble = QCheckBox("Not everywhere", self)
        self.only_trouble.setToolTip("Only ops that don't run on some of the targets")
        self.by_type = QCheckBox("By type", self)
        self.by_type.setToolTip("Put all ops of a type into one row, with what is worst of them")
        self.export = QPushButton("Export…", self)
        self.export.setToolTip("Save the rows shown as a CSV file: verdicts, their reasons and sources")
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(FILTER_AFTER_MS)
        self._lay_out()
        self._connect()
        self._outline(palette)

    def set_document(self, document: Document | None) -> None:
        """Follow the selection of this model."""
        if self._document is not None:
            self._document.selection_changed.disconnect(self._follow)
        self._document = document
        self.view.scroll_home()
        self.filter.clear()
        self._wait.stop()
        self.model.set_filter("")
        if document is not None:
            document.selection_changed.connect(self._follow)
            self.by_type.setChecked(document.opened.model.op_count >= GROUPED_FROM)

    def show_matrix(self, matrix: Matrix | None, current: str) -> None:
        """Show this matrix, None for nothing yet."""
        self._following = True
        self.model.show_matrix(matrix)
        self.view.fit_columns()
        self._following = False
        self.legend.show_proved(matrix is not None and any(report.proved_by for report in matrix.reports))
        self._say_empty()
        self.mark(current)
        self._follow(self._document.selected if self._document is not None else None)
        self._tell()

    def mark(self, target: str) -> None:
        """Mark the column of the target that is looked at."""
        column = self.model.column_of(target)
        self.view.heading.mark(column)
        index = self.view.currentIndex()
        if column >= 0 and index.isValid() and self.model.target_at(index.column()) is not None:
            self._go(index.row(), column)

    def apply_palette(self, palette: Palette) -> None:
        for part in (self.view, self.detail, self.legend):
            part.apply_palette(palette)
        self._outline(palette)

    def _outline(self, palette: Palette) -> None:
        for box in (self.only_trouble, self.by_type):
            outline_boxes(box, palette)

    def set_filter(self, text: str) -> None:
        """Filter by ``text`` at once."""
        self.filter.setText(text)
        self._apply_filter()

    def copy(self) -> None:
        """Copy the selected cells as tab-separated text with a heading."""
        rows, columns = self.view.selected_block()
        if not rows:
            return
        table = self.model.table(rows, columns)
        if len(rows) * len(columns) <= CELLS_AT_ONCE:
            self._take_copy(tsv(table, range(table.rows)))
        else:
            self._work.start("Copying cells", _written(table)).succeeded.connect(self._take_copy)

    def export_csv(self, path: str) -> None:
        """Write the rows shown to ``path``, off the interface thread."""
        table = self.model.whole_table()
        task = self._work.start(f"Exporting {Path(path).name}", _exported(Path(path), table))
        task.succeeded.connect(self._say_saved)
        task.refused.connect(self._say_refused)

    def ask_export(self) -> None:
        """Ask where to write the CSV file, and write it."""
        if self._document is None:
            return
        model = Path(self._document.opened.model.path)
        suggested = str(model.with_name(f"{model.stem}-targets.csv"))
        dialog = QFileDialog(self, "Export ops and targets", suggested, "CSV files (*.csv)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(self.export_csv)
        dialog.open()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(12)
        row.addWidget(self.filter, 1)
        row.addWidget(self.only_trouble)
        row.addWidget(self.by_type)
        row.addStretch(0)
        row.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        column.addWidget(self.detail)
        column.addWidget(self.legend)
        self.setFocusProxy(self.view)
        in_order = (self.filter, self.only_trouble, self.by_type, self.export, self.view)
        for before, after in pairwise(in_order):
            self.setTabOrder(before, after)

    def _connect(self) -> None:
        self._wait.timeout.connect(self._apply_filter)
        self.filter.textChanged.connect(self._wait.start)
        self.only_trouble.toggled.connect(self._show_trouble)
        self.by_type.toggled.connect(self._show_types)
        self.export.clicked.connect(self.ask_export)
        self.view.copy_wanted.connect(self.copy)
        self.view.activated.connect(self._open)
        self.view.selectionModel().currentChanged.connect(self._chosen)
        self.model.modelReset.connect(self._say_empty)

    def _apply_filter(self) -> None:
        self._wait.stop()
        self._rearranged(lambda: self.model.set_filter(self.filter.text()))

    def _show_trouble(self, only: bool) -> None:
        self._rearranged(lambda: self.model.set_only_trouble(only))

    def _show_types(self, by_type: bool) -> None:
        self._rearranged(lambda: self.model.set_by_type(by_type))
        self.view.fit_columns()

    def _rearranged(self, change: Callable[[], None]) -> None:
        """Keep the current cell's op and column while rows change."""
        self._following = True
        change()
        self._following = False
        self._follow(self._document.selected if self._document is not None else None)
        self._tell()

    def _say_empty(self) -> None:
        matrix, words = self.model.matrix, ""
        if matrix is not None and not self.model.rows and matrix.places:
            typed = self.filter.text()
            if typed:
                words = f"No op matches “{elide_middle(typed, FILTER_SHOWN)}”."
            elif self.only_trouble.isChecked():
                words = "Every op runs on every target chosen."
        self.view.say(words)

    def _chosen(self, current: QModelIndex, _before: QModelIndex) -> None:
        self._tell()
        if self._following or not current.isValid() or self.model.matrix is None or self._document is None:
            return
        report = self.model.target_at(current.column())
        self._following = True
        self._document.select(self._selection(current))
        self._following = False
        if report is not None:
            self.looked_at.emit(report.target)

    def _selection(self, index: QModelIndex) -> Selected:
        assert self.model.matrix is not None
        subgraph, op = self.model.matrix.places[self.model.op_at(index.row(), index.column())]
        return Selected("op", subgraph, op)

    def _tell(self) -> None:
        index = self.view.currentIndex()
        report = self.model.report_at(index.row(), index.column()) if index.isValid() else None
        words = self.model.cell_text(index.row(), index.column()) if report is not None else ""
        self.detail.show_cell(report.verdict if report is not None else None, brief(words))

    def _follow(self, selected: Selected | None) -> None:
        """Go to the row of what is selected elsewhere."""
        matrix = self.model.matrix
        if self._following or matrix is None or selected is None or selected.kind != "op":
            return
        op = matrix.row_of(selected.subgraph, selected.index)
        row = self.model.row_of(op) if op >= 0 else -1
        if row >= 0:
            column = self.view.currentIndex().column()
            self._go(row, column if column >= 0 else max(self.view.heading.current, 1))

    def _go(self, row: int, column: int) -> None:
        following, self._following = self._following, True
        self.view.go_to(row, column)
        self._following = following
        self._tell()

    def _open(self, index: QModelIndex) -> None:
        if self.model.matrix is not None:
            self.gone_to.emit(self._selection(index))

    def _take_copy(self, text: str) -> None:
        copy_text(text)
        self.said.emit(f"{plural(text.count(chr(10)) - 1, 'row')} copied")

    def _say_saved(self, path: Path) -> None:
        self.said.emit(f"Table saved as {path}")

    def _say_refused(self, error: MaiStudioError) -> None:
        self.said.emit(str(error))


def _written(table: Table) -> Job[str]:
    yield Progress("Writing the cells as text")
    return tsv(table, range(table.rows))


def _exported(path: Path, table: Table) -> Job[Path]:
    yield Progress("Writing the file")
    write_csv(path, table, range(table.rows))
    return path
