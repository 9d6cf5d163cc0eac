"""The bar above the graph: which subgraph is shown and who calls it, the file's problems, and the view's buttons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from maistudio.gui.callers import Caller, callers, subgraph_title, trail
from maistudio.gui.document import Document, Selected
from maistudio.gui.icons import icon
from maistudio.gui.theme import Palette
from maistudio.tflite.text import plural

CRUMB_WIDTH = 160
CRUMBS = 3
"""Calling subgraphs shown: the outermost and the innermost ones."""
CHOICE_WIDTH = 280
ARROW_WIDTH = 40


class GraphBar(QFrame):
    """Follows one document at a time. ``problems_asked`` wants the list of the file's problems.

    ``target_chosen`` carries the target that the graph is to be coloured for, ``targets_asked`` wants the Targets page.
    """

    problems_asked = Signal()
    targets_asked = Signal()
    target_chosen = Signal(str)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._document: Document | None = None
        self._callers: dict[int, Caller] = {}
        self._crumbs = QHBoxLayout()
        self._crumbs.setSpacing(2)
        self.choice = QComboBox(self)
        self.choice.setAccessibleName("Subgraph")
        self.choice.setToolTip("Subgraph shown")
        self.choice.setMaximumWidth(CHOICE_WIDTH)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.activated.connect(self._chosen)
        self.problems = QToolButton(self)
        self.problems.setObjectName("problems")
        self.problems.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.problems.setToolTip("List what is wrong in this file")
        self.problems.clicked.connect(self.problems_asked)
        self.trouble = QToolButton(self)
        self.trouble.setToolTip("See what these targets refuse, and why")
        self.trouble.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.trouble.clicked.connect(self.targets_asked)
        self.trouble.hide()
        self.target = QComboBox(self)
        self.target.setAccessibleName("Target that the graph is coloured for")
        self.target.setToolTip("Target that the graph is coloured for")
        self.target.setMaximumWidth(CHOICE_WIDTH)
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.target.activated.connect(self._target_activated)
        self.target.hide()
        self._zoom = QLabel(self)
        self._zoom.setObjectName("muted")
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._zoom.setMinimumWidth(self._zoom.fontMetrics().horizontalAdvance("1000 %"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 3, 8, 3)
        self._row.setSpacing(4)
        self._row.addLayout(self._crumbs)
        self._row.addWidget(self.choice)
        self._row.addWidget(self.problems)
        self._row.addWidget(self.trouble)
        self._row.addWidget(self.target)
        self._row.addStretch(1)
        self._row.addWidget(self._zoom)
        self.apply_palette(palette)

    def add_buttons(self, actions: Sequence[QAction]) -> None:
        """Buttons for these actions at the right end."""
        for action in actions:
            button = QToolButton(self)
            button.setDefaultAction(action)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._row.addWidget(button)

    def set_document(self, document: Document | None) -> None:
        if self._document is not None:
            self._document.model_changed.disconnect(self._fill)
            self._document.subgraph_changed.disconnect(self._show_place)
        self._document = document
        if document is not None:
            document.model_changed.connect(self._fill)
            document.subgraph_changed.connect(self._show_place)
            self._fill()

    def apply_palette(self, palette: Palette) -> None:
        self.problems.setIcon(icon("warning", palette.warning, palette.disabled_text, 16))

    def show_zoom(self, factor: float) -> None:
        self._zoom.setText(f"{factor * 100:.0f} %")

    def show_targets(self, targets: Sequence[tuple[str, str, QIcon]], current: str) -> None:
        """Offer these targets as (id, name, sign) to colour the graph for; none to offer no choice."""
        self.target.clear()
        metrics = self.target.fontMetrics()
        for target, name, sign in targets:
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, CHOICE_WIDTH - 2 * ARROW_WIDTH)
            self.target.addItem(sign, shown, target)
        self.target.setCurrentIndex(max(self.target.findData(current), 0))
        self.target.setVisible(bool(targets))

    def show_trouble(self, sentence: str, sign: QIcon) -> None:
        """Say how many targets don't run the model; nothing for ""."""
        self.trouble.setText(f" {sentence}")
        self.trouble.setIcon(sign)
        self.trouble.setVisible(bool(sentence))

    def caller(self) -> Caller | None:
        """The op that calls the subgraph shown, if any."""
        return None if self._document is None else self._callers.get(self._document.subgraph)

    def go_to_caller(self) -> None:
        self._go_up(self.caller())

    def _fill(self) -> None:
        if self._document is None:
            return
        model = self._document.opened.model
        self._callers = callers(model)
        self.choice.clear()
        metrics = self.choice.fontMetrics()
        for graph in model.subgraphs:
            ops = plural(len(graph.ops), "op")
            title = f"{graph.index}: {subgraph_title(model, graph.index)}"
            room = CHOICE_WIDTH - metrics.horizontalAdvance(f" ({ops})") - ARROW_WIDTH
            self.choice.addItem(f"{metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, room)} ({ops})")
        self.choice.setVisible(len(model.subgraphs) > 1)
        count = len(self._document.opened.problems)
        # The blank keeps the words off the icon, which a style sheet would join.
        self.problems.setText(f" {plural(count, 'problem')} in this file")
        self.problems.setVisible(count > 0)
        self._show_place()

    def _show_place(self, _subgraph: int = 0) -> None:
        while (item := self._crumbs.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        if self._document is None:
            return
        self.choice.setCurrentIndex(self._document.subgraph)
        steps = list(pairwise(trail(self._callers, self._document.subgraph)))
        left_out = max(len(steps) - CRUMBS, 0)
        for place, (index, below) in enumerate(steps):
            if place == 1 and left_out:
                self._crumbs.addWidget(self._quiet(f"… {left_out:,} more ›"))
            if place == 0 or place > left_out:
                self._crumbs.addWidget(self._crumb(index, below))
                self._crumbs.addWidget(self._quiet("›"))

    def _quiet(self, words: str) -> QLabel:
        label = QLabel(words, self)
        label.setObjectName("muted")
        return label

    def _crumb(self, index: int, below: int) -> QToolButton:
        assert self._document is not None
        button = QToolButton(self)
        title = subgraph_title(self._document.opened.model, index)
        button.setText(button.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, CRUMB_WIDTH))
        button.setToolTip(f"Go to the op in {title} that calls this")
        button.setProperty("below", below)
        button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        button.clicked.connect(self._crumb_clicked)
        return button

    def _crumb_clicked(self) -> None:
        button = self.sender()
        if button is not None:
            self._go_up(self._callers.get(button.property("below")))

    def _go_up(self, caller: Caller | None) -> None:
        if self._document is not None and caller is not None:
            self._document.select(Selected("op", caller.subgraph, caller.op))

    def _target_activated(self, index: int) -> None:
        self.target_chosen.emit(self.target.itemData(index))

    def _chosen(self, index: int) -> None:
        if self._document is not None:
            self._document.select(None)
            self._document.show_subgraph(index)
