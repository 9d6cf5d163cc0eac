"""The values of a constant: statistics, histogram, a table of any two-dimensional slice, and a file of them all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QPushButton, QTableView, QVBoxLayout, QWidget

from maistudio.errors import MaiStudioError
from maistudio.gui.models.values import MOST_LINES, SliceModel
from maistudio.gui.panels.fact_grid import INDENT, LABEL_WIDTH, FactGrid
from maistudio.gui.panels.facts import Fact
from maistudio.gui.panels.plots import HEIGHT, histogram_plot, load_plotting
from maistudio.gui.panels.scrolling import bring_into_view, leave_wheel
from maistudio.gui.panels.slice_chooser import SliceChooser
from maistudio.gui.panels.value import Value, copy_text, quiet_label
from maistudio.gui.theme import Palette
from maistudio.gui.work import Task, Work
from maistudio.jobs.progress import Job, Progress
from maistudio.jobs.weights import Look, Weights, look_at_weights, save_values
from maistudio.tflite.archive import safe_name
from maistudio.tflite.model import Model
from maistudio.tflite.text import clean, count_text, number_text, percent_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

TABLE_HEIGHT = 220
COPIED_CELLS = 1_000_000


class WeightsView(QWidget):
    """Reads the constant off the interface thread as soon as it is shown, and drops the reading with itself."""

    def __init__(
        self, model: Model, subgraph: int, tensor: int, work: Work, palette: Palette, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._palette = palette
        self._work = work
        self._model_path = Path(model.path)
        self._label = clean(model.subgraphs[subgraph].tensors[tensor].label)
        self.weights: Weights | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(4)
        self.note = quiet_label("Reading values…")
        self.note.setWordWrap(True)
        self.note.setContentsMargins(INDENT, 0, 8, 0)
        self._column.addWidget(self.note)
        self.look: LookView | None = None
        self.save_button = QPushButton("Save as .npy…", self)
        self.save_button.setToolTip("Save all values as they are shown, for NumPy")
        self.save_button.clicked.connect(self.ask_save)
        self.save_button.hide()
        self.said = Value("", wrap=True, parent=self)
        self.said.set_quiet()
        self.said.hide()
        self.task: Task = work.start("Reading weights", _read(model, subgraph, tensor))
        self.task.succeeded.connect(self._show)
        self.task.refused.connect(self._refuse)

    def drop(self) -> None:
        """Stop reading; nothing arrives after this."""
        self.task.cancel()

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        if self.look is not None:
            self.look.apply_palette(palette)

    def ask_save(self) -> None:
        """Ask where to, then save the values there."""
        dialog = QFileDialog(self, "Save values", str(self._model_path.with_name(self._suggested())))
        dialog.setNameFilters(["NumPy files (*.npy)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("npy")
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def save(self, path: str) -> None:
        """Save the values in the form that is shown to ``path``, off the interface thread."""
        if self.look is not None:
            task = self._work.start(f"Saving {Path(path).name}", save_values(self.look.values, Path(path)))
            task.succeeded.connect(self._saved)
            task.refused.connect(self._refuse_saving)

    def _suggested(self) -> str:
        """A file name that tells the model, the constant and, where there are two, the form."""
        form = "" if self.weights is None or self.weights.real is None else f"-{self.form.currentText().split()[0]}"
        return safe_name(f"{self._model_path.stem}-{self._label}{form}.npy".replace("/", "_"))

    def _saved(self, path: Path) -> None:
        self._say(f"Saved as {path}")

    def _refuse_saving(self, error: MaiStudioError) -> None:
        self._say(str(error))

    def _say(self, sentence: str) -> None:
        self.said.set_text(sentence)
        self.said.show()
        bring_into_view(self.said)

    def _refuse(self, error: MaiStudioError) -> None:
        self.note.setText(f"{str(error)[:1].upper()}{str(error)[1:]}.")

    def _show(self, weights: Weights) -> None:
        self.weights = weights
        self.note.setText(f"Shown as stored: {weights.fault}." if weights.fault else "")
        self.note.setVisible(bool(weights.fault))
        if weights.real is not None:
            self._column.addWidget(self._forms())
        self._show_form(weights.real or weights.stored)
        if weights.stored.numeric:
            self._column.addLayout(self._footer())

    def _footer(self) -> QVBoxLayout:
        """The button that saves the values, and what came of it."""
        footer = QVBoxLayout()
        footer.setContentsMargins(INDENT, 0, 8, 0)
        footer.setSpacing(4)
        footer.addWidget(self.save_button, 0, Qt.AlignmentFlag.AlignLeft)
        footer.addWidget(self.said)
        self.save_button.show()
        return footer

    def _forms(self) -> QWidget:
        """The choice between real and stored values."""
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(INDENT, 0, 8, 0)
        layout.setSpacing(8)
        label = quiet_label("Shown as")
        label.setMinimumWidth(LABEL_WIDTH)
        self.form = QComboBox(row)
        self.form.setAccessibleName("Shown as")
        self.form.setToolTip("real = scale × (stored − zero point)")
        self.form.addItems(["real values", "stored values"])
        self.form.currentIndexChanged.connect(self._choose_form)
        leave_wheel(self.form)
        layout.addWidget(label)
        layout.addWidget(self.form, 1)
        return row

    def _choose_form(self, place: int) -> None:
        if self.weights is not None:
            self._show_form(self.weights.stored if place else self.weights.real or self.weights.stored)

    def _show_form(self, look: Look) -> None:
        self.said.hide()
        before, self.look = self.look, LookView(look, self._palette, self)
        if before is None:
            self._column.addWidget(self.look)
            return
        self.look.chooser.go_to(before.chooser.at())
        self._column.replaceWidget(before, self.look)
        before.deleteLater()


def _read(model: Model, subgraph: int, tensor: int) -> Job[Weights]:
    weights = yield from look_at_weights(model, subgraph, tensor)
    if weights.stored.histogram is not None:
        yield Progress("Loading plots", 0.95)
        load_plotting()
    return weights


class LookView(QWidget):
    """One form of the values."""

    def __init__(self, look: Look, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._palette = palette
        self._plot: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._under_plot = quiet_label("")
        if look.statistics is not None:
            self._column.addWidget(FactGrid(statistics_facts(look), _follow_nothing, 20, self))
        if look.histogram is not None and look.histogram.counts:
            self._column.addWidget(self._plot_box())
        self._model = SliceModel(self)
        self.chooser = SliceChooser(tuple(look.values.shape), self)
        self.chooser.changed.connect(self._show_slice)
        self.table = ValuesTable(self._model, self)
        leave_wheel(self.table.viewport())
        self._cut = quiet_label("")
        self._cut.setContentsMargins(INDENT, 0, 8, 0)
        self._column.addWidget(self.chooser)
        self._column.addWidget(_indented(self.table))
        self._column.addWidget(self._cut)
        self._show_slice()

    @property
    def values(self) -> NDArray[Any]:
        return self._look.values

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        if self._plot is not None:
            self._fill_plot()

    def _plot_box(self) -> QWidget:
        self._plot = QWidget(self)
        self._plot.setFixedHeight(HEIGHT)
        box = QVBoxLayout(self._plot)
        box.setContentsMargins(0, 0, 0, 0)
        # Filled once the window has answered: a plot is slow to make.
        QTimer.singleShot(0, self, self._fill_plot)
        both = QWidget(self)
        column = QVBoxLayout(both)
        column.setContentsMargins(INDENT, 0, 8, 0)
        column.setSpacing(2)
        column.addWidget(self._plot)
        column.addWidget(self._under_plot)
        return both

    def _fill_plot(self) -> None:
        assert self._plot is not None
        assert self._look.histogram is not None
        box = self._plot.layout()
        assert box is not None
        while (item := box.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        box.addWidget(histogram_plot(self._look.histogram, self._palette, self._under_plot.setText))

    def _show_slice(self) -> None:
        chosen = self.chooser.at()
        self._model.show(self._look.values, chosen.rows, chosen.columns, chosen.indices)
        shape = self._look.values.shape
        longest = max((shape[axis] for axis in (chosen.rows, chosen.columns) if axis is not None and shape), default=0)
        self._cut.setVisible(longest > MOST_LINES)
        self._cut.setText(f"The first {MOST_LINES:,} of {longest:,} are listed")
        self.table.fit()


def _indented(widget: QWidget) -> QWidget:
    box = QWidget()
    layout = QVBoxLayout(box)
    layout.setContentsMargins(INDENT, 0, 8, 0)
    layout.addWidget(widget)
    return box


def _follow_nothing(_target: object) -> None:
    """Statistics hold no links."""


class ValuesTable(QTableView):
    """Elements in rows and columns, copied as tab-separated text."""

    def __init__(self, model: SliceModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName("Values")
        line = self.fontMetrics().height() + 4
        for header in (self.verticalHeader(), self.horizontalHeader()):
            header.setMinimumSectionSize(16)
            header.setDefaultSectionSize(line)
            header.setHighlightSections(False)

    def fit(self) -> None:
        """Give all columns the width of the widest number in the first rows, and the table the height it needs."""
        model = self.model()
        metrics = self.fontMetrics()
        cells = [
            model.data(model.index(row, column))
            for row in range(min(20, model.rowCount()))
            for column in range(min(20, model.columnCount()))
        ]
        widest = max((metrics.horizontalAdvance(str(cell)) for cell in cells), default=40)
        self.horizontalHeader().setDefaultSectionSize(min(max(widest + 14, 40), 260))
        line = self.verticalHeader().defaultSectionSize()
        bars = self.horizontalHeader().sizeHint().height() + self.horizontalScrollBar().sizeHint().height() + 4
        self.setFixedHeight(min(max(model.rowCount(), 1) * line + bars, TABLE_HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            copy_text(selection_text(self.selectionModel()))
        else:
            super().keyPressEvent(event)


def selection_text(selection: QItemSelectionModel) -> str:
    """The bounding block of the selection as tab-separated lines; cells that are not selected stay empty."""
    model = selection.model()
    chosen = selection.selection()
    ranges = [chosen.at(place) for place in range(chosen.count())]
    if not ranges:
        return ""
    top, bottom = min(r.top() for r in ranges), max(r.bottom() for r in ranges)
    left, right = min(r.left() for r in ranges), max(r.right() for r in ranges)
    bottom = min(bottom, top + COPIED_CELLS // (right - left + 1))
    lines = []
    for row in range(top, bottom + 1):
        cells = [model.index(row, column) for column in range(left, right + 1)]
        lines.append("\t".join(_cell_text(selection, cell) for cell in cells))
    return "\n".join(lines) + "\n"


def _cell_text(selection: QItemSelectionModel, cell: QModelIndex) -> str:
    if not selection.isSelected(cell):
        return ""
    text: Any = cell.data(Qt.ItemDataRole.DisplayRole)
    return str(text).replace("−", "-")


def statistics_facts(look: Look) -> tuple[Fact, ...]:
    """The statistics of a form in words."""
    found = look.statistics
    if found is None:
        return ()
    facts = [Fact("Values", count_text(found.count))]
    numbers = (("Minimum", found.minimum), ("Maximum", found.maximum), ("Mean", found.mean), ("Std", found.std))
    facts += [Fact(label, number_text(number)) for label, number in numbers if number is not None]
    facts.append(Fact("Zeros", percent_text(found.zeros, 1) if found.zeros else "none"))
    if found.unique is not None:
        facts.append(Fact("Distinct", count_text(found.unique)))
    if found.nans:
        facts.append(Fact("NaN", count_text(found.nans)))
    if found.infinities:
        facts.append(Fact("Infinite", count_text(found.infinities)))
    return tuple(facts)
