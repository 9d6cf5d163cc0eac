"""The runs of a plan beside each other, compared with one of them, and their export."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from maistudio.errors import MaiStudioError
from maistudio.gui.labels import muted
from maistudio.gui.models.rows import RowsModel
from maistudio.gui.panels.table_panel import tabular_digits
from maistudio.gui.panels.table_view import RowsView
from maistudio.gui.panels.value import copy_text
from maistudio.gui.profile.comparison_table import comparison_table, row_names
from maistudio.jobs.comparison import Row, as_csv, as_json, as_markdown_table
from maistudio.jobs.plan import Outcome
from maistudio.jobs.tables import tsv
from maistudio.save import save_bytes

NOTHING = "Tick several engines, numbers of threads or models, and run them in one go to compare them here."
FILTERS = {"CSV files (*.csv)": ".csv", "JSON files (*.json)": ".json", "Markdown files (*.md)": ".md"}
BASELINE_WIDTH = 160
"""At least, where the page is narrow."""
WIDTHS = {"Model": 120}
NAME_SHOWN = 20
"""Characters of a model's name in the choice of the baseline."""


class ComparisonView(QWidget):
    """``baseline_chosen`` wants the rows compared with another one, ``chosen`` a run shown, by its id.

    ``said`` carries a sentence for the status bar.
    """

    baseline_chosen = Signal(int)
    chosen = Signal(str)
    said = Signal(str)

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        """``folder`` is where files are exported to at first."""
        super().__init__(parent)
        self._folder = folder
        self._outcomes: Sequence[Outcome] = ()
        self.rows: Sequence[Row] = ()
        self.baseline = QComboBox(self)
        self.baseline.setAccessibleName("Speed-up against")
        self.baseline.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.baseline.setMinimumWidth(BASELINE_WIDTH)
        self.baseline.activated.connect(self.baseline_chosen)
        self.baseline.currentIndexChanged.connect(self._tell_baseline)
        label = QLabel("Speed-up against", self)
        label.setBuddy(self.baseline)
        self.export = QPushButton("Export…", self)
        self.export.setToolTip("Save as CSV, JSON with all samples, or Markdown")
        self.export.clicked.connect(self.ask_export)
        self.model = RowsModel(self)
        self.model.numbers = tabular_digits(self.font())
        self.view = RowsView(self.model, self)
        self.view.setAccessibleName("Comparison of runs")
        self.view.narrow(WIDTHS)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.view.activated.connect(self._activated)
        self.view.copy_wanted.connect(self._copy)
        self.about = muted("Level: intervals overlap, so neither is faster as far as these runs tell.", self)
        top = QHBoxLayout()
        top.setContentsMargins(16, 8, 16, 8)
        top.setSpacing(8)
        top.addWidget(label)
        top.addWidget(self.baseline)
        top.addStretch(1)
        top.addWidget(self.export)
        self.about.setContentsMargins(16, 8, 16, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addWidget(self.about)
        self._head = (label, self.baseline, self.export, self.about)
        self.show_rows((), ())

    def show_rows(self, outcomes: Sequence[Outcome], rows: Sequence[Row]) -> None:
        """Outcomes, and what comparing them gave, in the same order."""
        self._outcomes, self.rows = outcomes, rows
        self.model.set_table(comparison_table(rows) if rows else None, None)
        self.view.fit_columns()
        self.view.say("" if rows else NOTHING)
        for part in self._head:
            part.setVisible(bool(rows))
        kept = self.baseline.currentIndex()
        self.baseline.clear()
        for name, whole in zip(row_names(rows, NAME_SHOWN), row_names(rows), strict=True):
            self.baseline.addItem(name)
            self.baseline.setItemData(self.baseline.count() - 1, whole, Qt.ItemDataRole.ToolTipRole)
        timed = [place for place, row in enumerate(rows) if row.statistics is not None]
        self.baseline.setCurrentIndex(kept if kept in timed else timed[0] if timed else -1)

    def ask_export(self) -> None:
        """Ask where to write the rows, and in which format."""
        dialog = QFileDialog(self, "Export comparison", str(self._folder / "comparison.csv"), ";;".join(FILTERS))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(FILTERS[chosen][1:]))
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Write the rows to ``path``, in the format of its ending; CSV for one that is not known."""
        ending = Path(path).suffix.lower()
        if ending == ".json":
            text = as_json(self._outcomes)
        elif ending == ".md":
            text = "\n".join(as_markdown_table(self.rows)) + "\n"
        else:
            text = as_csv(self.rows)
        try:
            save_bytes(Path(path), text.encode(), "the comparison")
        except MaiStudioError as error:
            box = QMessageBox(QMessageBox.Icon.Warning, "Export comparison", str(error), parent=self)
            box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            box.open()
            return
        self.said.emit(f"Comparison saved as {path}")

    def _tell_baseline(self) -> None:
        whole = self.baseline.currentData(Qt.ItemDataRole.ToolTipRole)
        self.baseline.setToolTip(whole or "")

    def _activated(self, index: QModelIndex) -> None:
        outcome = self._outcomes[self.model.rows[index.row()]]
        if outcome.run is not None:
            self.chosen.emit(outcome.run.id)

    def _copy(self) -> None:
        if self.model.table is not None:
            copy_text(tsv(self.model.table, [self.model.rows[place] for place in self.view.selected_places()]))
