"""Earlier runs of the model: a chart and a list, of which one is shown at a click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMessageBox, QPushButton, QVBoxLayout, QWidget

from maistudio.gui.models.rows import RowsModel
from maistudio.gui.panels.table_panel import tabular_digits
from maistudio.gui.panels.table_view import RowsView
from maistudio.gui.panels.value import copy_text
from maistudio.gui.profile.history_plot import HistoryPlot
from maistudio.gui.profile.history_table import history_table
from maistudio.gui.theme import Palette
from maistudio.jobs.tables import tsv
from maistudio.library.summary import RunSummary
from maistudio.tflite.text import plural

NOTHING = "No run of this model is stored yet."


class HistoryView(QWidget):
    """``chosen`` wants a run shown, by its id; ``delete_asked`` wants runs deleted, after a person said yes.

    ``compare_asked`` wants runs beside each other, by their ids, the oldest first.
    """

    chosen = Signal(str)
    delete_asked = Signal(object)
    compare_asked = Signal(object)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs: Sequence[RunSummary] = ()
        self._held = Qt.KeyboardModifier.NoModifier
        self._busy = False
        self.about = QLabel(self)
        self.compare = QPushButton("Compare", self)
        self.compare.setToolTip("Show the selected runs beside each other; Ctrl+click selects several")
        self.compare.clicked.connect(self._ask_to_compare)
        self.delete = QPushButton("Delete…", self)
        self.delete.setToolTip("Delete the selected runs for good")
        self.delete.clicked.connect(self.ask_to_delete)
        self.plot = HistoryPlot(palette, self)
        self.plot.chosen.connect(self._point_chosen)
        self.model = RowsModel(self)
        self.model.numbers = tabular_digits(self.font())
        self.view = RowsView(self.model, self)
        self.view.setAccessibleName("Earlier runs")
        self.view.narrow()
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.view.viewport().installEventFilter(self)
        self.view.clicked.connect(self._clicked)
        self.view.activated.connect(self._open)
        self.view.copy_wanted.connect(self._copy)
        self.view.selectionModel().selectionChanged.connect(self._selected)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.view, self.ask_to_delete,
                  context=Qt.ShortcutContext.WidgetShortcut)  # fmt: skip
        top = QHBoxLayout()
        top.setContentsMargins(16, 8, 16, 8)
        top.setSpacing(8)
        top.addWidget(self.about, 1)
        top.addWidget(self.compare)
        top.addWidget(self.delete)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.plot)
        column.addWidget(self.view, 1)
        self.show_runs(())

    def apply_palette(self, palette: Palette) -> None:
        self.plot.apply_palette(palette)

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Runs newest first."""
        self.runs = runs
        self.model.set_table(history_table(runs) if runs else None, None)
        self.view.fit_columns()
        self.view.say("" if runs else NOTHING)
        self.plot.show_runs(runs[::-1])
        self.plot.setVisible(bool(runs))
        self.about.setText(plural(len(runs), "run") + " of this file, by its SHA-256" if runs else "")
        self._selected()

    def set_current(self, run_id: str) -> None:
        """Mark the run that is shown on the page."""
        self.plot.set_current(run_id)
        place = next((self.model.place_of(row) for row, run in enumerate(self.runs) if run.id == run_id), -1)
        if place >= 0:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.view.selectionModel().setCurrentIndex(self.model.index(place, 0), flags)

    def set_busy(self, busy: bool) -> None:
        """While a timing goes on, its comparison is the one that is shown."""
        self._busy = busy
        self._selected()

    def selected(self) -> list[RunSummary]:
        return [self.runs[self.model.rows[place]] for place in self.view.selected_places()]

    def ask_to_delete(self) -> None:
        """Ask whether the selected runs are to be deleted."""
        runs = self.selected()
        if not runs:
            return
        what = "this run" if len(runs) == 1 else f"these {len(runs):,} runs"
        box = QMessageBox(
            QMessageBox.Icon.Question, "Delete runs", f"Delete {what} for good, with all samples?",
            QMessageBox.StandardButton.Cancel, self,
        )  # fmt: skip
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        button = box.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        ids = tuple(run.id for run in runs)
        button.clicked.connect(lambda: self.delete_asked.emit(ids))
        box.open()

    def _selected(self) -> None:
        selected = len(self.view.selected_places())
        self.delete.setEnabled(selected > 0)
        self.compare.setEnabled(selected > 1 and not self._busy)

    def _ask_to_compare(self) -> None:
        chosen = {run.id for run in self.selected()}
        self.compare_asked.emit(tuple(run.id for run in reversed(self.runs) if run.id in chosen))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            self._held = event.modifiers()
        return super().eventFilter(watched, event)

    def _clicked(self, index: QModelIndex) -> None:
        """With Ctrl or Shift a click selects only."""
        if not self._held & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            self._open(index)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.runs[self.model.rows[index.row()]].id)

    def _point_chosen(self, run_id: str) -> None:
        self.set_current(run_id)
        self.chosen.emit(run_id)

    def _copy(self) -> None:
        if self.model.table is not None:
            copy_text(tsv(self.model.table, [self.model.rows[place] for place in self.view.selected_places()]))
