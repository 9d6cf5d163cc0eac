"""The right side: details of what is selected, the model's summary when nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from maistudio.gui.document import Document, Selected
from maistudio.gui.keyboard import holds_keyboard
from maistudio.gui.panels.summary import SummaryPanel
from maistudio.gui.theme import Palette
from maistudio.gui.work import Work

if TYPE_CHECKING:
    from maistudio.gui.panels.details import DetailsPanel

SUMMARY, DETAILS = 0, 1


class Inspector(QFrame):
    """Two panels, of which the one that fits the selection is shown. Each is built when it is first shown.

    ``shapes_wanted`` comes when other input shapes are asked for.
    """

    shapes_wanted = Signal()

    def __init__(self, palette: Palette, work: Work, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._work = work
        self._document: Document | None = None
        self._summary: SummaryPanel | None = None
        self._details: DetailsPanel | None = None
        header = QFrame(self)
        header.setObjectName("paneHeader")
        self.bar = QTabBar(header)
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setAccessibleName("Inspector")
        self.bar.addTab("Summary")
        self.bar.addTab("Details")
        self.bar.currentChanged.connect(self._show)
        row = QHBoxLayout(header)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.bar, 1)
        self._stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(self._stack, 1)

    def set_document(self, document: Document | None) -> None:
        if document is self._document:
            return
        if self._document is not None:
            self._document.selection_changed.disconnect(self._keep_keyboard)
            self._document.model_changed.disconnect(self._keep_keyboard)
            self._document.selection_changed.disconnect(self._selected)
        self._document = document
        self._keep_keyboard()
        if document is not None:
            # Before the panels connect, which delete what they showed.
            document.selection_changed.connect(self._keep_keyboard)
            document.model_changed.connect(self._keep_keyboard)
        for panel in (self._summary, self._details):
            if panel is not None:
                panel.set_document(document)
        if document is not None:
            document.selection_changed.connect(self._selected)
            self._selected(document.selected)

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        for panel in (self._summary, self._details):
            if panel is not None:
                panel.apply_palette(palette)

    def _keep_keyboard(self) -> None:
        """Keep the keyboard here while a panel is rebuilt: from a deleted widget Qt moves it on to any neighbour."""
        if holds_keyboard(self._stack):
            self.bar.setFocus(Qt.FocusReason.OtherFocusReason)

    def _selected(self, selected: Selected | None) -> None:
        self.bar.setCurrentIndex(SUMMARY if selected is None else DETAILS)
        self._show(self.bar.currentIndex())

    def _show(self, index: int) -> None:
        if self._document is None:
            return
        self._stack.setCurrentWidget(self._summary_panel() if index == SUMMARY else self._details_panel())

    def _summary_panel(self) -> SummaryPanel:
        if self._summary is None:
            ask = self.shapes_wanted.emit
            self._summary = SummaryPanel(self._palette, self._stack, work=self._work, ask_for_shapes=ask)
            self._stack.addWidget(self._summary)
            self._summary.set_document(self._document)
        return self._summary

    def _details_panel(self) -> DetailsPanel:
        if self._details is None:
            from maistudio.gui.panels.details import DetailsPanel

            self._details = DetailsPanel(self._palette, self._stack, work=self._work)
            self._stack.addWidget(self._details)
            self._details.set_document(self._document)
        return self._details
