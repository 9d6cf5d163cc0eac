"""The tables of ops and of tensors."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from maistudio.gui.panels.table_panel import TablePanel
from maistudio.gui.theme import Palette
from maistudio.gui.work import Work
from maistudio.jobs.tables import op_table, tensor_table
from maistudio.tflite.kinds import OpKind
from maistudio.tflite.search import op_entries, tensor_entries


class OpsTable(TablePanel):
    """The ops of the current subgraph, with their kind's colour before the type."""

    def __init__(self, palette: Palette, parent: QWidget | None = None, *, work: Work | None = None) -> None:
        super().__init__("op", op_table, op_entries, palette, parent, work=work)
        self.apply_palette(palette)

    def apply_palette(self, palette: Palette) -> None:
        super().apply_palette(palette)
        self.model.set_pictures(kind_pictures(palette, self.devicePixelRatioF()))


class TensorsTable(TablePanel):
    """The tensors of the current subgraph."""

    def __init__(self, palette: Palette, parent: QWidget | None = None, *, work: Work | None = None) -> None:
        super().__init__("tensor", tensor_table, tensor_entries, palette, parent, work=work)


def kind_pictures(palette: Palette, scale: float) -> dict[OpKind, QPixmap]:
    """A small square in the colours of each op kind, by kind."""
    pictures = {}
    for kind, (fill, line) in palette.kinds.items():
        picture = QPixmap(round(12 * scale), round(12 * scale))
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setPen(QColor(line))
        painter.setBrush(QColor(fill))
        painter.drawRect(QRect(1, 1, 9, 9))
        painter.end()
        pictures[kind] = picture
    return pictures
