"""Boxes to tick whose outline can be seen in the dark, where Qt's is darker than what it lies on."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from maistudio.gui.theme import Palette

DARKER = 1.4
"""How much darker than the window's colour Qt's style Fusion draws outlines."""


def outline_boxes(widget: QWidget, palette: Palette, base: str = "") -> None:
    """Draw the boxes of ``widget`` in the colour of quiet text; what else it holds lies on ``base``."""
    wanted = QColor(palette.disabled_text)
    channels = (min(round(channel * DARKER), 255) for channel in (wanted.red(), wanted.green(), wanted.blue()))
    made = QPalette(widget.palette())
    made.setColor(QPalette.ColorRole.Window, QColor(*channels))
    made.setColor(QPalette.ColorRole.Base, QColor(base or palette.raised))
    widget.setPalette(made)
    if isinstance(widget, QAbstractScrollArea):
        widget.viewport().setPalette(made)  # under a style sheet it would keep the colours that it had first
