"""The left side of the Targets page: which targets, and the button that asks their real compilers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from maistudio.gui.labels import heading, muted
from maistudio.gui.targets.chooser_model import TargetsModel
from maistudio.gui.targets.chooser_tree import TargetsTree
from maistudio.gui.targets.families import USUAL
from maistudio.gui.targets.reading import Known
from maistudio.gui.targets.tick_boxes import outline_boxes
from maistudio.gui.theme import Palette
from maistudio.tflite.text import clean, plural

WIDTH = 264
ROW_PADDING = 4


class TargetChooser(QFrame):
    """``chosen`` carries the ids of the targets ticked; ``prove_asked`` and ``cancel_asked`` come from the button."""

    chosen = Signal(object)
    prove_asked = Signal()
    cancel_asked = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setFixedWidth(WIDTH)
        self._known: Known | None = None
        self._ids: Sequence[str] = ()
        self._proving = self._nothing = False
        self._proved = self._failed = 0
        self.model = TargetsModel(self)
        self.model.heading = _bold(self.font())
        self.model.ticked.connect(self.chosen)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Find targets")
        self.search.setAccessibleName("Find targets")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.choices = QToolButton(self)
        self.choices.setText("Choose…")
        self.choices.setToolTip("Choose the usual targets, those of a challenge, all or none")
        self.choices.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choices.setMenu(QMenu(self.choices))
        self.tree = TargetsTree(self.model, self)
        self.tree.setAccessibleName("Targets to check on")
        self.tree.activated.connect(self._turn)
        self.model.row_height = self.fontMetrics().height() + ROW_PADDING
        self.about = muted("", self)
        self.button = QPushButton("Prove", self)
        self.button.clicked.connect(self._pressed)
        self._lay_out()
        self.apply_palette(palette)
        self._refresh()

    def apply_palette(self, palette: Palette) -> None:
        outline_boxes(self.tree, palette, palette.window)

    def show_known(self, known: Known) -> None:
        """Offer these targets."""
        self._known = known
        self.model.show_targets(known.targets)
        self.tree.expandAll()
        self._fill_choices(known)
        self._refresh()

    def show_chosen(self, chosen: Sequence[str]) -> None:
        """Tick these targets."""
        self._ids = chosen
        self.model.show_chosen(chosen)
        self._refresh()

    def show_answers(self, proved: int, failed: int) -> None:
        """Say of how many targets real compilers told something, and for how many they could not be had."""
        if (proved, failed) != (self._proved, self._failed):
            self._proved, self._failed = proved, failed
            self._refresh()

    def show_proving(self, proving: bool) -> None:
        """Turn the button into the one that cancels, and back."""
        if proving != self._proving:
            self._proving = proving
            self._refresh()

    def show_nothing(self, nothing: bool) -> None:
        """Say that the model has nothing to prove, or may have again."""
        if nothing != self._nothing:
            self._nothing = nothing
            self._refresh()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(heading("Targets", self), 1)
        top.addWidget(self.choices)
        above = QVBoxLayout()
        above.setContentsMargins(16, 8, 12, 8)
        above.setSpacing(8)
        above.addLayout(top)
        above.addWidget(self.search)
        foot = QFrame(self)
        foot.setObjectName("foot")
        below = QVBoxLayout(foot)
        below.setContentsMargins(16, 12, 16, 12)
        below.setSpacing(8)
        below.addWidget(self.about)
        below.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(above)
        column.addWidget(self.tree, 1)
        column.addWidget(foot)

    def _fill_choices(self, known: Known) -> None:
        menu = self.choices.menu()
        menu.clear()
        menu.addAction("Usual targets").triggered.connect(partial(self._choose, USUAL))
        menu.addSeparator()
        for title, targets in (known.challenges or {}).items():
            menu.addAction(clean(title).replace("&", "&&")).triggered.connect(partial(self._choose, targets))
        menu.addSeparator()
        menu.addAction("All").triggered.connect(partial(self._choose, tuple(each.id for each in known.targets)))
        menu.addAction("None").triggered.connect(partial(self._choose, ()))

    def _choose(self, targets: Sequence[str], _checked: bool = False) -> None:
        self.chosen.emit(tuple(targets))

    def _filter(self, text: str) -> None:
        self.model.set_filter(text)
        self.tree.expandAll()

    def _turn(self, index: QModelIndex) -> None:
        """Enter ticks and unticks, as the space bar does."""
        if self.model.target_at(index) is not None:
            ticked = self.model.data(index, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
            state = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
            self.model.setData(index, state, Qt.ItemDataRole.CheckStateRole)

    def _provable(self) -> int:
        """How many of the targets chosen have a real compiler."""
        known = self._known.targets if self._known is not None else ()
        return sum(bool(each.prover) and each.id in self._ids for each in known)

    def _refresh(self) -> None:
        provable = 0 if self._nothing else self._provable()
        self.button.setText("Cancel" if self._proving else "Prove")
        self.button.setEnabled(self._proving or provable > 0)
        if self._proving:
            tip, about = "Stop the real compilers", "Asking the real compilers"
        elif provable:
            tip = "Ask the real compilers; what they say counts more than the rules"
            count = f"{provable:,} of {plural(len(self._ids), 'target')}"
            about = f"{count} can be proved where {'its' if provable == 1 else 'their'} compiler is installed"
            if self._proved or self._failed:
                about = f"{self._proved:,} of {plural(len(self._ids), 'target')} proved"
                if self._failed:
                    about += f"; for {self._failed:,} no proof could be had"
        elif self._nothing:
            tip = about = "This model has no ops, so there is nothing to prove"
        else:
            tip = about = "None of the chosen targets has a real compiler to ask"
        self.button.setToolTip(tip)
        self.about.say(about if self._known is not None else "")

    def _pressed(self) -> None:
        (self.cancel_asked if self._proving else self.prove_asked).emit()


def _bold(font: QFont) -> QFont:
    made = QFont(font)
    made.setWeight(QFont.Weight.DemiBold)
    return made
