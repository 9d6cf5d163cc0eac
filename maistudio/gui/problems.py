"""The list of a file's problems."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QTreeView, QWidget

from maistudio.gui.report_dialog import lay_out_report
from maistudio.tflite.model import Problem

ROOT = QModelIndex()
EXPLANATION = "The file can be read, but not all of it fits together."
_HEADINGS = ("Where", "What")


class ProblemTable(QAbstractTableModel):
    """Problems as rows: where, what."""

    def __init__(self, problems: tuple[Problem, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems = problems

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        return 0 if parent.isValid() else len(self._problems)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        return 0 if parent.isValid() else len(_HEADINGS)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        problem = self._problems[index.row()]
        return problem.what if index.column() else problem.where

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return _HEADINGS[section]
        return None


class ProblemList(QDialog):
    """What is wrong in a file that could be read in part."""

    def __init__(self, name: str, problems: tuple[Problem, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Problems in {name}")
        self.resize(760, 400)
        self._problems = problems
        self.table = ProblemTable(problems, self)
        view = QTreeView(self)
        view.setModel(self.table)
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setAlternatingRowColors(True)
        view.setAllColumnsShowFocus(True)
        view.resizeColumnToContents(0)
        lay_out_report(self, EXPLANATION, view, "Copy list", self.copy)

    def copy(self) -> None:
        """The list as tab-separated lines."""
        lines = [f"{problem.where}\t{problem.what}" for problem in self._problems]
        QGuiApplication.clipboard().setText("\n".join(lines))
