"""The about box."""

from __future__ import annotations

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QMessageBox, QWidget

from maistudio import __version__


def show_about(window: QWidget) -> None:
    """Version and licence, without holding up the window."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("About MAI Studio")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"MAI Studio {__version__}")
    box.setInformativeText(
        f"See what neural networks for phones are made of and what they cost.\n\nApache License 2.0. Qt {qVersion()}."
    )
    box.open()
