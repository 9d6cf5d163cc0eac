"""A filterable table whose selection is the document's, shared by ops and tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFont, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from maistudio.errors import MaiStudioError
from maistudio.gui.document import Document, Selected
from maistudio.gui.models.rows import RowsModel
from maistudio.gui.panels.table_view import RowsView
from maistudio.gui.panels.value import copy_text
from maistudio.gui.theme import Palette
from maistudio.gui.work import Task, Work
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.progress import Job, Progress
from maistudio.jobs.tables import Table, tsv, write_csv
from maistudio.tflite.model import Subgraph
from maistudio.tflite.search import Entry, Kind
from maistudio.tflite.text import clean, elide_middle, plural

FILTER_AFTER_MS = 30
ROWS_AT_ONCE = 1000
"""Rows copied on the interface thread; more are written as text off it."""
FILTER_SHOWN = 60
"""Characters of a filter repeated when nothing matches it."""


class TablePanel(QWidget):
    """Rows of one kind of the document's current subgraph. Nothing is built before it is visible.

    ``said`` carries a sentence for the status bar, ``gone_to`` a row's op or tensor that is wanted in sight.
    Many rows are written through ``work``, or through its own where none is given.
    """

    said = Signal(str)
    gone_to = Signal(object)

    def __init__(
        self,
        kind: Kind,
        make_table: Callable[[OpenedModel, int], Table],
        make_entries: Callable[[Subgraph], Sequence[Entry]],
        palette: Palette,
        parent: QWidget | None = None,
        *,
        work: Work | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._make_table = make_table
        self._make_entries = make_entries
        self._palette = palette
        self._document: Document | None = None
        self._stale = True
        self._sized = False
        self._following = False
        self._cell = ""
        self._rows_exported = ""
        self._work = work or Work(self, at_once=1)
        self._copying: Task | None = None
        self.model = RowsModel(self)
        self.model.numbers = tabular_digits(self.font())
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText(f"Filter {kind}s")
        self.filter.setAccessibleName(f"Filter {kind}s")
        self.filter.setToolTip("Words that must all match, such as: conv 360x640 type:conv name:block1 option:same #12")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(420)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(FILTER_AFTER_MS)
        self._wait.timeout.connect(self._apply_filter)
        self.filter.textChanged.connect(self._wait.start)
        self.filter.installEventFilter(self)
        self.count = QLabel(self)
        self.count.setObjectName("muted")
        export = QPushButton("Export CSV…", self)
        export.setToolTip("Save the rows shown, in their order")
        export.clicked.connect(self.ask_export)
        self.view = RowsView(self.model, self)
        self.view.setAccessibleName(f"Table of {kind}s")
        self.view.copy_wanted.connect(self.copy_rows)
        self.view.activated.connect(self._go_to)
        self.view.customContextMenuRequested.connect(self._menu)
        self.view.selectionModel().currentRowChanged.connect(self._chosen)
        self.setFocusProxy(self.view)
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.filter, 1)
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.view, 1)

    def set_document(self, document: Document | None) -> None:
        """Show the current subgraph of ``document`` from now on."""
        if document is self._document:
            return
        if self._document is not None:
            self._document.model_changed.disconnect(self._changed)
            self._document.subgraph_changed.disconnect(self._changed)
            self._document.selection_changed.disconnect(self._follow)
        self._document = document
        self._sized = False
        if document is not None:
            document.model_changed.connect(self._changed)
            document.subgraph_changed.connect(self._changed)
            document.selection_changed.connect(self._follow)
        self._changed()

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette

    def set_filter(self, text: str) -> None:
        """Filter by ``text`` at once."""
        self.filter.setText(text)
        self._apply_filter()

    def copy_rows(self) -> None:
        """Copy the selected rows as tab-separated text with a heading."""
        self._copy([self.model.rows[place] for place in self.view.selected_places()])

    def copy_all(self) -> None:
        """Copy all rows shown."""
        self._copy(list(self.model.rows))

    def _copy(self, rows: Sequence[int]) -> None:
        """Copy these rows of the table; of several copies the last one asked for counts."""
        table = self.model.table
        if table is None or not rows:
            return
        if self._copying is not None:
            self._copying.cancel()
        if len(rows) <= ROWS_AT_ONCE:
            self._take_copy(tsv(table, rows))
            return
        self._copying = self._work.start("Copying rows", _written(table, rows))
        self._copying.succeeded.connect(self._take_copy)
        self._copying.ended.connect(self._copied)

    def _take_copy(self, text: str) -> None:
        copy_text(text)
        self.said.emit(f"{plural(text.count(chr(10)) - 1, 'row')} copied")

    def _copied(self) -> None:
        self._copying = None

    def export_csv(self, path: str) -> None:
        """Write the rows shown, in their order, to ``path``, off the interface thread."""
        self._refresh()
        if self.model.table is not None:
            exporting = _exported(Path(path), self.model.table, tuple(self.model.rows))
            task = self._work.start(f"Exporting {Path(path).name}", exporting)
            self._rows_exported = f"{len(self.model.rows):,} of {plural(self.model.table.rows, 'row')}"
            task.succeeded.connect(self._exported)
            task.refused.connect(self._refuse)

    def ask_export(self) -> None:
        """Ask where to write the CSV file, and write it."""
        dialog = QFileDialog(self, f"Export {self._kind}s", self._suggested(), "CSV files (*.csv)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(self.export_csv)
        dialog.open()

    def _suggested(self) -> str:
        model = Path(self._document.opened.model.path) if self._document is not None else Path("model")
        return str(model.with_name(f"{model.stem}-{self._kind}s.csv"))

    def _exported(self, path: Path) -> None:
        self.said.emit(f"Table saved as {path}, {self._rows_exported}")

    def _refuse(self, error: MaiStudioError) -> None:
        box = QMessageBox(QMessageBox.Icon.Warning, "Export CSV", str(error), parent=self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        key = event.key() if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        if watched is self.filter and key == Qt.Key.Key_Down and self.model.rows:
            self.view.setFocus(Qt.FocusReason.TabFocusReason)
            if not self.view.selectionModel().hasSelection():
                self.view.setCurrentIndex(QModelIndex())  # given with the keyboard, and marked nowhere
                self.view.setCurrentIndex(self.model.index(0, 0))
            return True
        return super().eventFilter(watched, event)

    def _changed(self) -> None:
        self._stale = True
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        if not self._stale:
            return
        self._stale = False
        document = self._document
        graphs = document.opened.model.subgraphs if document is not None else ()
        self._following = True
        if document is None or document.subgraph >= len(graphs):
            self.model.set_table(None, None)
        else:
            graph = graphs[document.subgraph]
            table = self._make_table(document.opened, graph.index)
            self.model.set_table(table, partial(self._make_entries, graph))
        self._following = False
        if not self._sized and self.model.rows:
            self._sized = True
            self.view.fit_columns()
        self._after_arranging()

    def _apply_filter(self) -> None:
        self._wait.stop()
        self._following = True
        self.model.set_filter(self.filter.text())
        self.view.scrollToTop()
        self._following = False
        self._after_arranging()

    def _after_arranging(self) -> None:
        total = self.model.table.rows if self.model.table is not None else 0
        shown = len(self.model.rows)
        noun = self._kind if total == 1 else f"{self._kind}s"
        self.count.setText(f"{total:,} {noun}" if shown == total else f"{shown:,} of {total:,} {noun}")
        words = clean(elide_middle(self.filter.text().strip(), FILTER_SHOWN))
        self.view.say(f"No {self._kind} matches “{words}”" if total and not shown else "")
        self._follow(self._document.selected if self._document is not None else None)

    def _follow(self, selected: Selected | None) -> None:
        """Mark the document's selection, where this table has it."""
        if self._following or self._stale or not self.isVisible() or self._document is None:
            return
        place = -1
        if selected is not None and selected.kind == self._kind and selected.subgraph == self._document.subgraph:
            place = self.model.place_of(selected.index)
        self._following = True
        if place < 0:
            self.view.clearSelection()
            self.view.selectionModel().clearCurrentIndex()
        elif self.view.currentIndex().row() != place or not self.view.selectionModel().hasSelection():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            column = max(self.view.currentIndex().column(), 0)
            self.view.selectionModel().setCurrentIndex(self.model.index(place, column), flags)
            self.view.scrollTo(self.model.index(place, column))
        self._following = False

    def _chosen(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if self._following or self._document is None or not current.isValid():
            return
        self._following = True
        self._document.select(Selected(self._kind, self._document.subgraph, self.model.rows[current.row()]))
        self._following = False

    def _go_to(self, place: QModelIndex) -> None:
        """A row was double-clicked, or chosen by Enter."""
        if self._document is not None:
            self.gone_to.emit(Selected(self._kind, self._document.subgraph, self.model.rows[place.row()]))

    def _menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        some = self.view.selectionModel().hasSelection()
        cell = self.view.indexAt(position)
        self._cell = self._cell_text(cell)
        for text, run, possible in (
            ("Copy rows", self.copy_rows, some),
            ("Copy cell", self._copy_cell, cell.isValid()),
            ("Copy all rows shown", self.copy_all, bool(self.model.rows)),
            ("Export CSV…", self.ask_export, bool(self.model.rows)),
        ):
            action = QAction(text, menu)
            action.setEnabled(possible)
            action.triggered.connect(run)
            menu.addAction(action)
        menu.popup(self.view.viewport().mapToGlobal(position))

    def _copy_cell(self) -> None:
        copy_text(self._cell)

    def _cell_text(self, cell: QModelIndex) -> str:
        """All of a cell, as export writes it; empty off the rows."""
        if self.model.table is None or not cell.isValid():
            return ""
        return self.model.table.columns[cell.column()].text(self.model.rows[cell.row()])


def _written(table: Table, rows: Sequence[int]) -> Job[str]:
    yield Progress("Writing them as text")
    return tsv(table, rows)


def _exported(path: Path, table: Table, rows: Sequence[int]) -> Job[Path]:
    yield Progress("Writing the rows")
    write_csv(path, table, rows)
    return path


def tabular_digits(font: QFont) -> QFont:
    """``font`` with digits of one width, so that numbers line up."""
    made = QFont(font)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
