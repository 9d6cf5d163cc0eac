"""Where the time of a run goes: its ops as bars and as a table, tied to the selection of the document."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from maistudio.gui.document import Document, Selected
from maistudio.gui.labels import muted
from maistudio.gui.models.rows import RowsModel
from maistudio.gui.panels.table_panel import tabular_digits
from maistudio.gui.panels.table_view import RowsView
from maistudio.gui.panels.tables import kind_pictures
from maistudio.gui.panels.value import copy_text
from maistudio.gui.profile.op_bars import OpBars
from maistudio.gui.profile.op_table import (
    SHARE,
    indices_text,
    kind_of_time,
    longest_first,
    op_time_table,
    row_of,
    selection_of,
)
from maistudio.gui.profile.share_bars import ShareBars
from maistudio.gui.profile.words import configuration_text, time_text
from maistudio.gui.theme import Palette
from maistudio.jobs.tables import tsv
from maistudio.tflite.text import clean, plural
from maistudio.timing.values import OpTime, Run

NOTHING = "This run did not time its ops. Tick “Times per op” and run again."

WIDTHS = {"#": 72, "Type": 168, "Executor": 120}
"""The most that these columns ask for, so that those up to the executor are seen at once."""


class OpsView(QWidget):
    """``gone_to`` wants an op shown in the graph, ``heat_asked`` the graph shaded by time."""

    gone_to = Signal(object)
    heat_asked = Signal()

    def __init__(self, document: Document, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._ops: tuple[OpTime, ...] = ()
        self._following = False
        self.about = QLabel(self)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.detail = muted("", self)
        self.heat = QPushButton("Show in the graph", self)
        self.heat.setToolTip("Shade the graph's boxes by their share of the time")
        self.heat.clicked.connect(self.heat_asked)
        self.bars = OpBars(palette, self)
        self.model = RowsModel(self)
        self.model.numbers = tabular_digits(self.font())
        self.view = RowsView(self.model, self)
        self.view.setAccessibleName("Time of each op")
        self.view.narrow(WIDTHS)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._shares = ShareBars(palette, self.view)
        self.view.setItemDelegateForColumn(SHARE, self._shares)
        self.view.copy_wanted.connect(self._copy)
        self.view.activated.connect(self._activated)
        self.view.selectionModel().currentRowChanged.connect(self._row_chosen)
        self.bars.chosen.connect(self._bar_chosen)
        self.bars.opened.connect(self._go_to)
        document.selection_changed.connect(self._follow)
        self._lay_out()
        self.apply_palette(palette)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.about)
        words.addWidget(self.detail)
        top = QHBoxLayout()
        top.setContentsMargins(16, 8, 16, 8)
        top.addLayout(words, 1)
        top.addWidget(self.heat, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.bars)
        column.addWidget(self.view, 1)

    def apply_palette(self, palette: Palette) -> None:
        self.bars.apply_palette(palette)
        self._shares.apply_palette(palette)
        self.model.set_pictures(kind_pictures(palette, self.devicePixelRatioF()))

    def show_run(self, run: Run | None) -> None:
        """Show the ops of a run, or that it has none."""
        profile = run.ops if run is not None else None
        model = self._document.opened.model
        self._ops = longest_first(profile, model) if profile is not None else ()
        self._following = True
        self.model.set_table(op_time_table(self._ops, model) if self._ops else None, None)
        self._shares.most = 100 * max((each.share for each in self._ops), default=0.0)
        self.bars.show_bars(
            [each.share for each in self._ops],
            [kind_of_time(each, model) for each in self._ops],
            [op_words(each) for each in self._ops],
        )
        self._following = False
        self.view.fit_columns()
        for part in (self.bars, self.heat):
            part.setVisible(bool(self._ops))
        self.view.say("" if self._ops else NOTHING if run is not None else "")
        if profile is None or run is None:
            self.about.setText("")
            self.detail.say("")
            return
        self.about.setText(f"{plural(len(self._ops), 'kernel')} explain {profile.explained:.1%} of the wall time")
        self.detail.say(f"Mean of {plural(profile.runs, 'run')} · {configuration_text(run.configuration)}")
        self._follow(self._document.selected)

    def current(self) -> OpTime | None:
        """The kernel that is chosen."""
        return self._ops[self.bars.current] if 0 <= self.bars.current < len(self._ops) else None

    def _follow(self, selected: Selected | None) -> None:
        if self._following:
            return
        row = row_of(selected, self._ops)
        self.bars.set_current(row)
        self._mark_row(row)

    def _mark_row(self, row: int) -> None:
        self._following = True
        place = self.model.place_of(row) if row >= 0 else -1
        if place < 0:
            self.view.clearSelection()
        else:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.view.selectionModel().setCurrentIndex(self.model.index(place, 0), flags)
            self.view.scrollTo(self.model.index(place, 0))
        self._following = False

    def _bar_chosen(self, row: int) -> None:
        self._mark_row(row)
        self._select(row)

    def _row_chosen(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if not self._following and current.isValid():
            row = self.model.rows[current.row()]
            self.bars.set_current(row)
            self._select(row)

    def _select(self, row: int) -> None:
        self._following = True
        self._document.select(selection_of(self._ops[row]))
        self._following = False

    def _activated(self, index: QModelIndex) -> None:
        self._go_to(self.model.rows[index.row()])

    def _go_to(self, row: int) -> None:
        selected = selection_of(self._ops[row])
        if selected is not None:
            self.gone_to.emit(selected)

    def _copy(self) -> None:
        if self.model.table is not None:
            copy_text(tsv(self.model.table, [self.model.rows[place] for place in self.view.selected_places()]))


def op_words(timed: OpTime) -> str:
    """A kernel in one line: "CONV_2D #12: 1.234 ms, 34.1 %"."""
    what = f"{clean(timed.type)} #{indices_text(timed)}" if timed.indices else clean(timed.type)
    speed = f", {timed.gmacs_per_s:.3g} GMAC/s" if timed.gmacs_per_s else ""
    return f"{what}: {time_text(timed.us)}, {100 * timed.share:.1f} %{speed}"
