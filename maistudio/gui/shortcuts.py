"""The help overlay: every shortcut, from the declared actions, and what mouse and keys do in the graph."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from maistudio.gui.actions import ACTIONS, Action
from maistudio.gui.overlay import Overlay

WIDTH = 1120
COLUMNS = 3
HEADING_LINES = 2
"""A heading is as high as so many lines."""
BORDER = 16


TABLE_KEYS = (
    ("Enter, double click", "Show the op or tensor in the graph"),
    ("↓ in the filter", "Go to the rows"),
    ("Ctrl+C", "Copy the selected rows"),
    ("F3, Shift+F3", "Next, previous result"),
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines of (keys, what they do)."""

    title: str
    lines: tuple[tuple[str, str], ...]


def sections(graph: tuple[tuple[str, str], ...]) -> list[Section]:
    """The help's content: one section a menu, then ``graph`` as the graph's own lines."""
    menus: dict[str, list[tuple[str, str]]] = {}
    for action in ACTIONS:
        if action.shortcuts:
            menus.setdefault(action.menu.split("/")[0], []).append((_all_keys(action), action.text.rstrip("…")))
    made = [Section(menu, tuple(lines)) for menu, lines in menus.items()]
    return [*made, Section("In the graph", graph), Section("In tables and search", TABLE_KEYS)]


def _all_keys(action: Action) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(keys).toString(native) for keys in action.shortcuts)


class ShortcutHelp(Overlay):
    """All sections in columns; scrolls where the window is small."""

    def __init__(self, window: QWidget, graph: tuple[tuple[str, str], ...]) -> None:
        super().__init__(window, WIDTH)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(BORDER, BORDER, BORDER, BORDER)
        outer.addWidget(self.area)
        sheet = QWidget(self.area)
        columns = QHBoxLayout(sheet)
        columns.setContentsMargins(0, 0, 8, 0)
        columns.setSpacing(40)
        for part in _in_columns(sections(graph)):
            columns.addLayout(_column(part, sheet), 1)
        self.area.setWidget(sheet)
        self.sheet = sheet

    def ask(self) -> None:
        """Show the help, as high as it is where the window has room."""
        self.open(self.area)
        self.set_height(self.sheet.heightForWidth(self.area.viewport().width()) + 2 * BORDER + 2)


def _in_columns(all_sections: list[Section]) -> list[list[Section]]:
    """The sections in their order, cut into columns of which the longest is as short as can be."""
    count = len(all_sections)
    ways = ((0, *cuts, count) for cuts in combinations(range(1, count), min(COLUMNS, count) - 1))
    best = min(ways, key=lambda way: max(_lines(all_sections[start:stop]) for start, stop in pairwise(way)))
    return [all_sections[start:stop] for start, stop in pairwise(best)]


def _lines(part: list[Section]) -> int:
    return sum(len(section.lines) + HEADING_LINES for section in part)


def _column(part: list[Section], parent: QWidget) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    row = 0
    for section in part:
        heading = QLabel(section.title, parent)
        heading.setObjectName("heading")
        heading.setContentsMargins(0, 12 if row else 0, 0, 2)
        grid.addWidget(heading, row, 0, 1, 2)
        for keys, what in section.lines:
            row += 1
            pressed = QLabel(keys, parent)
            pressed.setObjectName("muted")
            pressed.setTextFormat(Qt.TextFormat.PlainText)
            does = QLabel(what, parent)
            does.setWordWrap(True)
            grid.addWidget(pressed, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(does, row, 1)
        row += 1
    grid.setRowStretch(row, 1)
    return grid
