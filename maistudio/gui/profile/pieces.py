"""Small parts that several views of the Profile page are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from maistudio.gui.icons import pixmap
from maistudio.gui.labels import Wrapped, quiet, selectable
from maistudio.gui.profile.words import FLAG_NAMES
from maistudio.gui.theme import Palette
from maistudio.timing.values import Flag

HEADLINE = 2.2
"""The headline's size by that of other text."""
FLAG_ICONS: Mapping[str, str] = MappingProxyType(
    {"machine_busy": "warning", "unstable": "unstable", "capped": "profile"}
)
ICON = 16
CELL_WIDTH, CELL_GAP, MOST_ACROSS = 96, 6, 5


def headline(parent: QWidget) -> QLabel:
    """The number the page is about."""
    label = selectable(QLabel(parent))
    font = QFont(label.font())
    font.setPointSizeF(font.pointSizeF() * HEADLINE)
    font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)
    return label


class FactCells(QWidget):
    """Values under their quiet labels, as many in a row as there is room for."""

    def __init__(self, labels: Mapping[str, str], parent: QWidget) -> None:
        """``labels`` with what each one means."""
        super().__init__(parent)
        self.values: dict[str, QLabel] = {}
        self._cells: list[tuple[QLabel, QLabel]] = []
        self._across = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(2)
        for label, tip in labels.items():
            name, value = quiet(label, self), selectable(QLabel("–", self))
            for part in (name, value):
                part.setToolTip(tip)
                part.setMinimumWidth(CELL_WIDTH)
            value.setAccessibleName(label)
            self._cells.append((name, value))
            self.values[label] = value
        self._arrange(1)

    def minimumSizeHint(self) -> QSize:
        return QSize(CELL_WIDTH, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = CELL_WIDTH + self._grid.horizontalSpacing()
        fitting = min(max((self.width() + self._grid.horizontalSpacing()) // room, 1), MOST_ACROSS)
        if fitting != self._across:
            QTimer.singleShot(0, self, lambda: self._arrange(fitting))

    def _arrange(self, across: int) -> None:
        if across == self._across:
            return
        self._grid.setColumnStretch(self._across, 0)
        for row in range(self._grid.rowCount()):
            self._grid.setRowMinimumHeight(row, 0)
        self._across = across
        for place, (name, value) in enumerate(self._cells):
            row, column = divmod(place, across)
            self._grid.addWidget(name, 3 * row, column)
            self._grid.addWidget(value, 3 * row + 1, column)
            self._grid.setRowMinimumHeight(3 * row + 2, CELL_GAP)
        self._grid.setColumnStretch(across, 1)

    def show_values(self, values: Mapping[str, str]) -> None:
        """Put these values under their labels, a dash under all others."""
        for label, cell in self.values.items():
            cell.setText(values.get(label) or "–")


class FlagRows(QWidget):
    """Flags, each with its shape, its word and its reason. Hidden without any."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._palette = palette
        self._flags: Sequence[Flag] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.hide()

    def show_flags(self, flags: Sequence[Flag]) -> None:
        self._flags = flags
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for flag in flags:
            self._column.addWidget(self._row(flag))
        self.setVisible(bool(flags))

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.show_flags(self._flags)

    def texts(self) -> list[str]:
        """What is said, line by line."""
        return [f"{_flag_name(flag)}: {flag.reason}" for flag in self._flags]

    def _row(self, flag: Flag) -> QWidget:
        line = QWidget(self)
        picture = QLabel(line)
        drawn = FLAG_ICONS.get(flag.id, "warning")
        picture.setPixmap(pixmap(drawn, flag_colour(flag.id, self._palette), ICON, self.devicePixelRatioF()))
        word = QLabel(_flag_name(flag), line)
        word.setObjectName("warned" if flag.id != "capped" else "heading")
        reason = Wrapped(flag.reason, line)
        reason.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        reason.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (picture, word):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(reason, 1, Qt.AlignmentFlag.AlignTop)
        return line


def flag_colour(flag: str, palette: Palette) -> str:
    """Cap is a fact; the others cast doubt."""
    return palette.muted_text if flag == "capped" else palette.warning


def _flag_name(flag: Flag) -> str:
    return FLAG_NAMES.get(flag.id, flag.id)
