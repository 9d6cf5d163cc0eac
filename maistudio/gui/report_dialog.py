"""A window that explains in one sentence what its one large view holds, with buttons to copy and close."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget


def lay_out_report(dialog: QDialog, sentence: str, view: QWidget, verb: str, copy: Callable[[], None]) -> None:
    """Fill ``dialog`` with ``view`` between ``sentence`` and a button ``verb`` that calls ``copy``."""
    text = QLabel(sentence, dialog)
    text.setWordWrap(True)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, dialog)
    buttons.addButton(verb, QDialogButtonBox.ButtonRole.ActionRole).clicked.connect(copy)
    buttons.rejected.connect(dialog.close)
    column = QVBoxLayout(dialog)
    column.setSpacing(8)
    column.addWidget(text)
    column.addWidget(view, 1)
    column.addWidget(buttons)
