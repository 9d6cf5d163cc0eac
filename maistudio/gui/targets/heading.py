"""The heading of the compatibility matrix: names of targets written upwards, with the sign of each at its foot."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHeaderView, QStyleOptionHeader, QWidget

from maistudio.gui.panels.table_view import arrowed
from maistudio.gui.targets.matrix_model import MatrixModel
from maistudio.gui.targets.signs import SignPictures
from maistudio.gui.theme import Palette

SIGN = 18
PAD = 6
TALLEST = 168
"""Longer names are cut; the tooltip has them whole."""
MARK = 3


class MatrixHeading(QHeaderView):
    """Follows a ``MatrixModel``. ``current`` is the column of the target that is looked at."""

    def __init__(self, model: MatrixModel, palette: Palette, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rows = model
        self.current = -1
        self._measured: tuple[tuple[tuple[str, ...], int], int] = ((), 0), 0
        self.apply_palette(palette)
        self.setHighlightSections(False)
        self.setSectionsClickable(True)
        self.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortIndicatorClearable(True)
        self.setStretchLastSection(True)
        self.setMinimumSectionSize(24)

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._signs = SignPictures(palette.name, SIGN)
        self.viewport().update()

    def mark(self, column: int) -> None:
        """Show that the target of this column is looked at."""
        if column != self.current:
            self.current = column
            self.viewport().update()

    def sizeHint(self) -> QSize:
        usual = super().sizeHint()
        return QSize(usual.width(), max(usual.height(), self._needed()))

    def _needed(self) -> int:
        """How high the names of the targets are. Qt asks for it many times over, so it is worked out once for each."""
        matrix = self._rows.matrix
        targets = tuple(report.target for report in matrix.reports) if matrix is not None else ()
        if not targets:
            return 0
        metrics = self.fontMetrics()
        key = targets, metrics.height()
        if key != self._measured[0]:
            longest = max(metrics.horizontalAdvance(arrowed(target, True, False)) for target in targets)
            self._measured = key, min(longest, TALLEST) + SIGN + 4 * PAD
        return self._measured[1]

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        report = self._rows.target_at(section)
        if report is None:
            painter.save()
            super().paintSection(painter, rect, section)
            painter.restore()
            return
        palette, current = self._palette, section == self.current
        painter.save()
        painter.fillRect(rect, QColor(palette.hover if current else palette.surface))
        painter.setPen(QColor(palette.border))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if current:
            painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), MARK), QColor(palette.accent))
        picture = self._signs.picture(report.verdict, self.devicePixelRatioF(), bool(report.proved_by))
        foot = rect.bottom() - PAD - SIGN
        painter.drawPixmap(rect.left() + (rect.width() - SIGN) // 2, foot, picture)
        painter.setPen(QColor(palette.text if current else palette.muted_text))
        title = report.target
        if section == self.sortIndicatorSection():
            title = arrowed(title, self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder, False)
        room = foot - rect.top() - 2 * PAD
        shown = self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, room)
        painter.translate(rect.left(), foot - PAD)
        painter.rotate(-90)
        where = QRect(0, 0, room, rect.width())
        painter.drawText(where, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.restore()

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, section: int) -> None:
        super().initStyleOptionForIndex(option, section)
        if section == self.sortIndicatorSection():
            option.sortIndicator = QStyleOptionHeader.SortIndicator.None_
            rising = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
            option.text = arrowed(option.text, rising, False)
