"""A row for each target: what becomes of the model on it, in a word, a sentence and numbers, and who says so."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from maistudio.gui.panels.value import copy_text
from maistudio.gui.targets.cards import Card, CardList, cards_model
from maistudio.gui.targets.signs import sign_icon
from maistudio.gui.targets.words import TARGET_WORDS, crossing_text, numbers_text
from maistudio.gui.theme import Palette
from maistudio.targets.values import TargetReport
from maistudio.tflite.text import number_text


class SummaryView(QWidget):
    """``chosen`` carries the target of the row that is gone to, ``opened`` wants it shown in the graph."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._following = False
        self.reports: Sequence[TargetReport] = ()
        self.model = cards_model(self)
        self.view = CardList(self.model, "What becomes of the model on each target", self)
        self.view.selectionModel().currentChanged.connect(self._go)
        self.view.activated.connect(self._open)
        self.view.copy_wanted.connect(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.setFocusProxy(self.view)

    def show_reports(self, reports: Sequence[TargetReport], current: str) -> None:
        """Show these, the ``current`` one marked."""
        self.reports = reports
        self._following = True
        self.model.show_cards([card_of(report, self._palette) for report in reports])
        self._following = False
        self.mark(current)

    def mark(self, target: str) -> None:
        """Mark the row of a target."""
        row = next((row for row, report in enumerate(self.reports) if report.target == target), -1)
        if row >= 0 and row != self.view.currentIndex().row():
            self._following = True
            index = self.model.index(row)
            self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.view.scrollTo(index)
            self._following = False

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        row = self.view.currentIndex().row()
        self.show_reports(self.reports, self.reports[row].target if 0 <= row < len(self.reports) else "")

    def _go(self, current: QModelIndex, _before: QModelIndex) -> None:
        if not self._following and current.isValid():
            self.chosen.emit(self.reports[current.row()].target)

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.reports[index.row()].target)

    def _copy(self) -> None:
        row = self.view.currentIndex().row()
        if 0 <= row < len(self.model.cards):
            copy_text(self.model.cards[row].text)


def card_of(report: TargetReport, palette: Palette) -> Card:
    """The row of a target."""
    return Card(
        sign_icon(report.verdict, palette),
        TARGET_WORDS[report.verdict],
        report.name,
        numbers_text(report),
        sentence_of(report),
        provenance_text(report),
        brief=True,
        aside=crossing_text(report),
    )


def sentence_of(report: TargetReport) -> str:
    """What becomes of the model; where a real compile was asked for in vain, why."""
    parts = [report.summary, report.note, f"not proved: {report.failure}" if report.failure else ""]
    return ". ".join(part[:1].upper() + part[1:].rstrip(".") for part in parts if part)


def provenance_text(report: TargetReport) -> str:
    """Who says so, and how far the outputs were from the CPU's."""
    if report.largest_difference is None:
        return report.provenance
    return f"{report.provenance}; outputs differ from the CPU's by {number_text(report.largest_difference, 3)} at most"
