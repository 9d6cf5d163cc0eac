"""How large the window is and how its parts share it: at first, and as they were left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

from maistudio.gui.workspace import TABLES_HEIGHT, TABLES_HEIGHTS

if TYPE_CHECKING:
    from maistudio.gui.window import MainWindow

FIRST_SIZE = (1280, 800)
SMALLEST_SIZE = (640, 400)
FRAME = (16, 56)
"""Room for the desktop's frame and title bar, in device-independent pixels."""


def first_size(available: QSize) -> QSize:
    """The size of a window that was never sized, so that it fits the ``available`` screen, frame and all."""
    return QSize(*FIRST_SIZE).boundedTo(available - QSize(*FRAME)).expandedTo(QSize(*SMALLEST_SIZE))


def restore(window: MainWindow) -> None:
    """Put the window back as ``remember`` found it."""
    settings = window.settings
    window.restoreGeometry(settings.state("geometry"))
    tables_height = settings.number("tables_height", TABLES_HEIGHT, *TABLES_HEIGHTS)
    window.workspace.restore(settings.state("across"), tables_height)
    window.tables.set_expanded(settings.word("tables", ("folded", "open")) == "open")


def remember(window: MainWindow) -> None:
    """Write down how the window is left."""
    settings = window.settings
    across, tables_height = window.workspace.state()
    settings.put_state("geometry", window.saveGeometry())
    settings.put_state("across", across)
    settings.put_number("tables_height", tables_height)
    settings.put_word("tables", "open" if window.tables.expanded else "folded")
    settings.put_word("inspector", "shown" if window.inspector_wanted else "hidden")
    settings.save()
