"""What stands in the model's way and what to do about it: each finding leads to its ops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from maistudio.gui.document import Document, Selected
from maistudio.gui.icons import icon
from maistudio.gui.labels import quiet
from maistudio.gui.panels.value import copy_text
from maistudio.gui.targets.cards import Card, CardList, cards_model
from maistudio.gui.targets.items import FOR_ALL, Item, place_text
from maistudio.gui.targets.signs import sign_icon
from maistudio.gui.targets.tick_boxes import outline_boxes
from maistudio.gui.theme import Palette
from maistudio.tflite.text import clean

NOTHING = "Nothing stands in the way of this model on the targets chosen."
ALL_SILENCED = "Every finding is silenced."
NOTHING_OF_IT = "There is no finding of this kind."
ALL = "All findings"
ABOUT_LETTERS = 18


class FindingsView(QWidget):
    """``gone_to`` wants an op shown in the graph, coloured for one of the targets that ``looked_at`` carries before.

    ``rewrite_asked`` carries the item to mend.

    ``silence_asked`` carries a finding's id and whether it is to be silent.
    """

    gone_to = Signal(object)
    looked_at = Signal(object)
    rewrite_asked = Signal(object)
    silence_asked = Signal(str, bool)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._document: Document | None = None
        self._all: Sequence[Item] = ()
        self._at = 0
        self._busy = False
        self._known = False
        self._forget = False
        self._following = False
        self._names: Mapping[str, str] = {}
        self.items: list[Item] = []
        self.model = cards_model(self)
        self.view = CardList(self.model, "Findings", self)
        self.place = quiet("", self)
        self.back, self.on = self._stepper("‹", "Go to the op before (Left)"), self._stepper("›", "Next op (Right)")
        self.about = QComboBox(self)
        self.about.setAccessibleName("Findings of")
        self.about.setToolTip("Show the findings of one target, or the advice that holds for all")
        self.about.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.about.setMinimumContentsLength(ABOUT_LETTERS)
        self.show_silenced = QCheckBox("Show silenced", self)
        self.rewrite = QPushButton("Rewrite…", self)
        self.rewrite.setToolTip("Write a new file in which this is mended, and prove that it computes the same")
        self.silence = QPushButton("Silence", self)
        self.empty = QLabel(self)
        self.empty.setObjectName("muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self._lay_out()
        self._connect()
        outline_boxes(self.show_silenced, palette)
        self._refresh()

    def set_document(self, document: Document | None) -> None:
        """Select in this model."""
        self._document = document
        self._forget = True

    def show_items(self, items: Sequence[Item] | None, names: Mapping[str, str] | None = None) -> None:
        """Show these; None while nothing is known. ``names`` are those of the targets they may be about, by id."""
        kept = None if self._forget else self.current()
        self._forget = False
        self._known = items is not None
        self._all = items or ()
        if names is not None and names != self._names:
            self._names = names
            self._offer()
        self.items = [item for item in self._all if self._is_wanted(item)]
        self._following = True
        groups = ["", *(item.group for item in self.items)]
        cards = [self._card(item, item.group != before) for item, before in zip(self.items, groups, strict=False)]
        self.model.show_cards(cards)
        self._following = False
        self.empty.setText("" if self.items or items is None else self._why_empty())
        self.empty.setVisible(bool(self.empty.text()))
        self.view.setVisible(not self.empty.text())
        row = next((row for row, item in enumerate(self.items) if kept and _same(item, kept)), -1)
        if row >= 0:
            self._following = True
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.view.selectionModel().setCurrentIndex(self.model.index(row), flags)
            self._following = False
        self._refresh()

    def _offer(self) -> None:
        """Offer to show the findings of each target alone; the choice is kept where it is still there."""
        chosen = self.about.currentData()
        self.about.blockSignals(True)
        self.about.clear()
        self.about.addItem(ALL, None)
        self.about.addItem(FOR_ALL, "")
        for target, name in self._names.items():
            self.about.addItem(clean(name), target)
        self.about.setCurrentIndex(max(self.about.findData(chosen), 0) if chosen is not None else 0)
        self.about.blockSignals(False)

    def _is_wanted(self, item: Item) -> bool:
        if item.silenced and not self.show_silenced.isChecked():
            return False
        target = self.about.currentData()
        return target is None or (target in item.targets if target else not item.targets)

    def _why_empty(self) -> str:
        if not self._all:
            return NOTHING
        if self.about.currentData() is None:
            return ALL_SILENCED
        return NOTHING_OF_IT

    def set_busy(self, busy: bool) -> None:
        """While a rewrite goes on no other is begun."""
        self._busy = busy
        if busy and self.rewrite.hasFocus():
            self.view.setFocus()  # else the keyboard would go on to the button beside it
        self._refresh()

    def current(self) -> Item | None:
        """The finding that is gone to."""
        row = self.view.currentIndex().row()
        return self.items[row] if 0 <= row < len(self.items) else None

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        outline_boxes(self.show_silenced, palette)
        self.show_items(self._all if self._known else None)

    def _stepper(self, words: str, tip: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName("recent")
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(8)
        for part in (self.about, self.back, self.on, self.place):
            row.addWidget(part)
        row.addStretch(1)
        for control in (self.show_silenced, self.silence, self.rewrite):
            row.addWidget(control)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        column.addWidget(self.empty, 1)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        self.view.selectionModel().currentChanged.connect(self._go)
        self.view.activated.connect(self._open)
        self.view.copy_wanted.connect(self._copy)
        self.view.stepped.connect(self.step)
        self.back.clicked.connect(lambda: self.step(-1))
        self.on.clicked.connect(lambda: self.step(1))
        self.show_silenced.toggled.connect(lambda _: self.show_items(self._all))
        self.about.currentIndexChanged.connect(lambda _: self.show_items(self._all))
        self.rewrite.clicked.connect(self.ask_to_rewrite)
        self.silence.clicked.connect(self.ask_to_silence)

    def step(self, by: int) -> None:
        """Go to another of the finding's ops."""
        item = self.current()
        if item is not None and item.places:
            self._at = (self._at + by) % len(item.places)
            self._select(item)
            self._refresh()

    def _go(self, current: QModelIndex, _before: QModelIndex) -> None:
        self._at = 0
        item = self.current()
        if item is not None and not self._following and current.isValid():
            self._select(item)
        self._refresh()

    def _select(self, item: Item) -> None:
        if self._document is not None and item.places:
            self._document.select(self._selected(item))

    def _selected(self, item: Item) -> Selected:
        subgraph, op = item.places[min(self._at, len(item.places) - 1)]
        return Selected("op", subgraph, op)

    def _open(self, _index: QModelIndex) -> None:
        item = self.current()
        if item is not None and item.places:
            self.looked_at.emit(item.targets)
            self.gone_to.emit(self._selected(item))

    def _copy(self) -> None:
        row = self.view.currentIndex().row()
        if 0 <= row < len(self.model.cards):
            copy_text(self.model.cards[row].text)

    def ask_to_rewrite(self) -> None:
        """Mend the finding that is gone to, where it can be."""
        item = self.current()
        if item is not None and item.rewrite:
            self.view.setFocus()  # where the keyboard is when the dialog has closed
            self.rewrite_asked.emit(item)

    def ask_to_silence(self) -> None:
        """Silence the finding that is gone to, or let it be told again."""
        item = self.current()
        if item is not None and item.id:
            self.silence_asked.emit(item.id, not item.silenced)

    def _refresh(self) -> None:
        item = self.current()
        several = item is not None and len(item.places) > 1
        for button in (self.back, self.on):
            button.setVisible(several)
        self.place.setText(place_text(item, min(self._at, len(item.places) - 1)) if item and item.places else "")
        self.rewrite.setEnabled(item is not None and bool(item.rewrite) and not self._busy)
        self.silence.setEnabled(item is not None and bool(item.id))
        self.silence.setText("Unsilence" if item is not None and item.silenced else "Silence")
        why = (
            "Don't tell this of this model any more"
            if item is None or item.id
            else "What a target refuses can't be silenced"
        )
        self.silence.setToolTip("Tell this again" if item is not None and item.silenced else why)
        self.show_silenced.setVisible(any(each.silenced for each in self._all))

    def _card(self, item: Item, first: bool) -> Card:
        return Card(
            self._icon(item),
            "",
            item.title,
            "silenced" if item.silenced else place_text(item),
            item.detail,
            item.source,
            quiet=item.silenced,
            heading=item.group if first else "",
        )

    def _icon(self, item: Item) -> QIcon:
        if item.verdict is not None:
            return sign_icon(item.verdict, self._palette)
        colour = self._palette.disabled_text if item.silenced else self._palette.warning
        return icon("warning", colour, self._palette.disabled_text, 16)


def _same(item: Item, other: Item) -> bool:
    """Whether two states of the list speak of the same."""
    return (item.id, item.title, item.places) == (other.id, other.title, other.places)
