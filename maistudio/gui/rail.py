"""The rail at the left edge: one button a page."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from maistudio.gui.icons import icon
from maistudio.gui.pages import PAGES, Page
from maistudio.gui.theme import Palette

NARROWEST = 64
BUTTON_HEIGHT = 56


class Rail(QFrame):
    """The pages as an exclusive group of buttons; ``chosen`` carries the page's name."""

    chosen = Signal(str)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 1, 8)
        column.setSpacing(0)
        self.buttons = {page.name: self._button(page) for page in PAGES}
        for button in self.buttons.values():
            column.addWidget(button)
            self._group.addButton(button)
        column.addStretch(1)
        self.buttons["graph"].setChecked(True)
        self.apply_palette(palette)

    def choose(self, name: str) -> None:
        """Show that this page is the one chosen."""
        self.buttons[name].setChecked(True)

    def apply_palette(self, palette: Palette) -> None:
        for name, button in self.buttons.items():
            button.setIcon(icon(name, palette.text, palette.disabled_text))

    def _button(self, page: Page) -> QToolButton:
        button = QToolButton(self)
        button.setText(page.title)
        button.setToolTip(f"{page.tip}: {page.missing}" if page.missing else page.tip)
        button.setAccessibleName(page.title)
        button.setCheckable(True)
        button.setEnabled(not page.missing)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(QSize(20, 20))
        button.setFont(_smaller(button.font()))
        widest = max(button.fontMetrics().horizontalAdvance(each.title) for each in PAGES)
        button.setFixedSize(max(NARROWEST, widest + 16), BUTTON_HEIGHT)
        button.clicked.connect(self._clicked)
        return button

    def _clicked(self) -> None:
        for name, button in self.buttons.items():
            if button.isChecked():
                self.chosen.emit(name)


def _smaller(font: QFont) -> QFont:
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * 0.9)
    return made
