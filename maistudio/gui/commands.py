"""The command palette: every command by a few typed letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTreeView, QVBoxLayout, QWidget

from maistudio.gui.fuzzy import score
from maistudio.gui.overlay import Overlay

WIDTH = 640
ROWS_SHOWN = 16
ROW_PADDING = 5
MARGIN = 8
GAP = 4
ROOT = QModelIndex()
_PASSED_ON = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the palette. ``note`` stands at the right: its shortcut, or why it can't be done now."""

    text: str
    note: str
    possible: bool
    run: Callable[[], object]


def matching(commands: list[Command], typed: str) -> list[Command]:
    """The commands that ``typed`` fits, best first; what can be done before what can't."""
    scored = [(score(typed, command.text), command) for command in commands]
    found = [(worth, command) for worth, command in scored if worth is not None]
    found.sort(key=lambda pair: (not pair[1].possible, -pair[0]))
    return [command for _, command in found]


class CommandTable(QAbstractTableModel):
    """Commands as rows: text, note."""

    def __init__(self, row_height: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.row_height = row_height
        self.commands: list[Command] = []

    def show(self, commands: list[Command]) -> None:
        self.beginResetModel()
        self.commands = commands
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        return 0 if parent.isValid() else len(self.commands)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        return 0 if parent.isValid() else 2

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        command = self.commands[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return command.note if index.column() else command.text
        if role == Qt.ItemDataRole.SizeHintRole and not index.column():
            return QSize(0, self.row_height)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        usable = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        return usable if self.commands[index.row()].possible else Qt.ItemFlag.NoItemFlags


class CommandPalette(Overlay):
    """A line to type in, and what fits below it. Works by keyboard alone."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, WIDTH)
        self._commands: list[Command] = []
        self.line = QLineEdit(self)
        self.line.setPlaceholderText("Type a command")
        self.line.setAccessibleName("Command")
        self.table = CommandTable(self.fontMetrics().height() + 2 * ROW_PADDING, self)
        self.list = QTreeView(self)
        self.list.setModel(self.table)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GAP)
        column.addWidget(self.line)
        column.addWidget(self.list, 1)
        self._around = self.line.sizeHint().height() + 2 * MARGIN + GAP + 2 * self.list.frameWidth()
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._filter)
        self.list.clicked.connect(self._run)

    def ask(self, commands: list[Command]) -> None:
        """Show the palette with these commands."""
        self._commands = commands
        self.line.clear()
        self._filter("")
        self.open(self.line)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _PASSED_ON:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _filter(self, typed: str) -> None:
        self.table.show(matching(self._commands, typed))
        rows = min(len(self.table.commands), ROWS_SHOWN)
        self.set_height(self._around + rows * self.table.row_height)
        if self.table.commands and self.table.commands[0].possible:
            self.list.setCurrentIndex(self.table.index(0, 0))

    def _run(self, index: QModelIndex) -> None:
        if not index.isValid() or not self.table.commands[index.row()].possible:
            return
        command = self.table.commands[index.row()]
        self.dismiss()
        command.run()
