"""Whether there is anything to write with."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase

from maistudio.errors import MaiStudioError

GENERIC_FAMILIES = frozenset({"Monospace", "Sans Serif", "Serif"})
"""The names that Qt lists even where no font is installed."""


def require_fonts() -> None:
    """Raise MaiStudioError where no font is installed: drawing text there would end the process."""
    if GENERIC_FAMILIES.issuperset(QFontDatabase.families()):
        raise MaiStudioError(
            "No fonts are installed, so no text could be shown; install some, "
            "for example fonts-dejavu-core on Debian or dejavu-sans-fonts on Fedora"
        )
