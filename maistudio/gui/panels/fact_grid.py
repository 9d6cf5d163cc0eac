"""Facts in two columns, of long groups a part at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QPalette,
)
from PySide6.QtWidgets import (
    QGridLayout,
    QPushButton,
    QWidget,
)

from maistudio.gui.panels.facts import Fact, Target, listed_first
from maistudio.gui.panels.value import TEXT_SHOWN, Value, quiet_label

INDENT = 24
LABEL_WIDTH = 96
ROWS_ADDED = 60
"""Lines added to a long group each time more are asked for."""
CHARACTERS_ADDED = 4000
"""Characters of wrapped text after which a group asks before it lays out more."""


class FactGrid(QWidget):
    """Facts in two columns; links lead through ``follow_link``."""

    def __init__(
        self,
        facts: tuple[Fact, ...],
        follow_link: Callable[[Target], None],
        at_first: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._facts = facts
        self._follow = follow_link
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(INDENT, 0, 8, 10)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self._more: QPushButton | None = None
        self._values: dict[str, Value] = {}
        self._add(0, at_first)

    def set_value(self, label: str, text: str) -> None:
        """Put another value beside a label that is shown."""
        value = self._values.get(label)
        if value is not None:
            value.setForegroundRole(QPalette.ColorRole.WindowText)
            value.set_text(text)

    def _add(self, start: int, most: int) -> None:
        stop = start + _at_once(self._facts[start : start + listed_first(len(self._facts) - start, most)])
        for row, fact in enumerate(self._facts[start:stop], start):
            if fact.label:
                self._grid.addWidget(quiet_label(fact.label, fact.tip), row, 0, Qt.AlignmentFlag.AlignTop)
            value = self._value(fact)
            self._values.setdefault(fact.label, value)
            self._grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)
        left = len(self._facts) - stop
        if left > 0:
            self._more = QPushButton(f"Show {left:,} more", self)
            self._more.clicked.connect(self._show_more)
            self._grid.addWidget(self._more, stop, 1, Qt.AlignmentFlag.AlignLeft)

    def _show_more(self) -> None:
        start = self._grid.rowCount() - 1
        if self._more is not None:
            self._more.hide()
            self._more.deleteLater()
            self._more = None
        self._add(start, ROWS_ADDED)

    def _value(self, fact: Fact) -> Value:
        value = Value(fact.value, link=fact.target is not None, wrap=fact.wrap, tip=fact.tip, parent=self)
        if fact.aside:
            value.set_quiet()
        target = fact.target
        if target is not None:
            value.activated.connect(partial(self._follow, target))
        return value


def _at_once(facts: tuple[Fact, ...]) -> int:
    """How many of ``facts`` to lay out together: one at least, for as long as their wrapped texts are short."""
    room = CHARACTERS_ADDED
    for place, fact in enumerate(facts):
        room -= min(len(fact.value), TEXT_SHOWN) if fact.wrap else 0
        if room < 0 and place:
            return place
    return len(facts)
