"""The real window rendered into a picture, without a display."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from maistudio.errors import UsageError
from maistudio.gui.theme import ThemeName
from maistudio.jobs.open import hash_file, open_model
from maistudio.jobs.progress import finish
from maistudio.save import save_bytes

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from maistudio.gui.window import MainWindow


def render_window(model: str | None, page: str, size: tuple[int, int], theme: ThemeName, output: Path) -> None:
    """Save the window on ``page`` of ``model``, or empty, as a PNG of ``size`` pixels; errors as ``app.screenshot``."""
    gc.disable()  # short-lived, and collecting over a large model costs more than it frees
    opened = finish(open_model(model)) if model is not None else None
    _choose_platform()
    from PySide6.QtWidgets import QApplication

    from maistudio.gui.fonts import require_fonts
    from maistudio.gui.graph.export import png_bytes
    from maistudio.gui.panels.summary import SummaryPanel

    QApplication.setStyle("Fusion")
    app = QApplication(["maistudio"])
    require_fonts()
    window = _window(app, theme)
    scale = window.devicePixelRatioF()
    window.resize(round(size[0] / scale), round(size[1] / scale))
    window.show()
    app.processEvents()
    if model is not None and opened is not None:
        tab = window.show_opened(model, opened)
        if tab.document is not None:
            tab.document.set_hash(finish(hash_file(model)))
        app.processEvents()
        for panel in window.findChildren(SummaryPanel):
            panel.complete()
        if tab.graph is not None:
            tab.graph.fit()
        app.processEvents()
    window.show_page(page)
    if (shown := window.workspace.page_stack.view) is not None:
        shown.settle(app.processEvents)
    for _ in range(3):  # texts take their height once their width is known, and the sheet around them then
        app.processEvents()
    picture = window.grab()
    if (picture.width(), picture.height()) != size:
        raise UsageError(
            f"--size {size[0]}x{size[1]}: the window needs at least {picture.width()}x{picture.height()} pixels"
        )
    save_bytes(output, png_bytes(picture.toImage()), "the picture")
    window.close()


def _window(app: QApplication, theme: ThemeName) -> MainWindow:
    from maistudio.gui.settings import Settings
    from maistudio.gui.style import Theme
    from maistudio.gui.window import MainWindow

    return MainWindow(Theme(app, theme, app), Settings(None))


def _choose_platform() -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if sys.platform == "win32":
        os.environ.setdefault("QT_QPA_FONTDIR", str(Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"))
