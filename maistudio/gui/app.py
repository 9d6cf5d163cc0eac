"""The two ways in: the window on the person's screen, and the same window rendered into a picture."""

from __future__ import annotations

import os
from pathlib import Path

from maistudio.errors import MaiStudioError
from maistudio.gui.displays import why_no_platform, why_no_window
from maistudio.gui.pages import page_named
from maistudio.gui.theme import ThemeName


def run(paths: list[str], new_window: bool = False) -> int:
    """Show the window on ``paths``, or hand them to the one that runs already. Returns the exit status.

    Raises MaiStudioError where no display can be reached, or Qt lacks the platform asked for.
    """
    if reason := why_no_platform(os.environ) or why_no_window(os.environ):
        raise MaiStudioError(reason)
    from maistudio.gui.single import hand_over, socket_name

    wanted = [str(Path(path).absolute()) for path in paths]
    if not new_window and hand_over(socket_name(), wanted):
        return 0
    from maistudio.gui.running import run_window

    return run_window(wanted, listen=not new_window)


def screenshot(model: str | None, page: str, size: tuple[int, int], theme: ThemeName, output: Path) -> int:
    """Render the window on ``model``, or empty, into the PNG ``output`` of ``size`` pixels. Returns 0.

    Needs no display, and reads and writes no settings. Raises UsageError for a page that is not built or a size
    too small for the window, ModelFileError for a file that can't be read, ExportError for a picture that can't be
    written, MaiStudioError where Qt lacks the platform asked for.
    """
    page_named(page)
    if reason := why_no_platform(os.environ):
        raise MaiStudioError(reason)
    from maistudio.gui.rendering import render_window

    render_window(model, page, size, theme, output)
    return 0
