"""A palette put on Qt: the application's colours, the window's style sheet, and the choice of light or dark."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from maistudio.gui.theme import PALETTES, Palette, ThemeName

ThemeMode = Literal["system", "light", "dark"]
THEME_MODES: tuple[ThemeMode, ...] = ("system", "light", "dark")

_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


class Theme(QObject):
    """The palette in use. Follows the system until light or dark is chosen; ``changed`` carries the new palette."""

    changed = Signal(object)

    def __init__(self, app: QApplication, mode: ThemeMode, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self.mode: ThemeMode = mode
        self.palette = PALETTES[self._name()]
        self.choose(mode)
        app.styleHints().colorSchemeChanged.connect(self._system_changed)

    def choose(self, mode: ThemeMode) -> None:
        """Use ``mode``, and tell Qt so that title bars and native dialogs agree."""
        self.mode = mode
        hints = self._app.styleHints()
        if mode == "system":
            hints.unsetColorScheme()
        else:
            hints.setColorScheme(_SCHEMES[mode])
        self._apply()

    def _system_changed(self) -> None:
        if PALETTES[self._name()] is not self.palette:
            self._apply()

    def _apply(self) -> None:
        self.palette = PALETTES[self._name()]
        self._app.setPalette(qt_palette(self.palette))
        self.changed.emit(self.palette)

    def _name(self) -> ThemeName:
        if self.mode != "system":
            return self.mode
        return "dark" if self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"


def qt_palette(palette: Palette) -> QPalette:
    """The palette in Qt's own roles."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    colours = {
        role.Window: palette.window,
        role.WindowText: palette.text,
        role.Base: palette.raised,
        role.AlternateBase: palette.surface,
        role.Text: palette.text,
        role.PlaceholderText: palette.muted_text,
        role.Button: palette.surface,
        role.ButtonText: palette.text,
        role.BrightText: palette.error,
        role.ToolTipBase: palette.raised,
        role.ToolTipText: palette.text,
        role.Highlight: palette.accent,
        role.HighlightedText: palette.accent_text,
        role.Accent: palette.accent,
        role.Link: palette.accent,
        role.LinkVisited: palette.accent,
        role.Light: palette.raised,
        role.Midlight: palette.border,
        role.Mid: palette.border,
        role.Dark: palette.border,
        role.Shadow: palette.border,
    }
    made = QPalette()
    for key, colour in colours.items():
        made.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(group.Disabled, key, QColor(palette.disabled_text))
    made.setColor(group.Disabled, role.Highlight, QColor(palette.border))
    made.setColor(group.Disabled, role.HighlightedText, QColor(palette.text))
    return made


def style_sheet(palette: Palette) -> str:
    """What Fusion can't be told by its palette: flat bars, one-pixel lines, a visible focus.

    For a window: set on the application, it takes several times as long to change.
    """
    return _SHEET.format(p=palette)


_SHEET = """
QMainWindow::separator, QSplitter::handle {{ background: {p.border}; }}
QSplitter::handle:hover {{ background: {p.accent}; }}
QToolTip {{ color: {p.text}; background: {p.raised}; border: 1px solid {p.border}; padding: 4px; }}

QMenuBar {{ background: {p.window}; border-bottom: 1px solid {p.border}; padding: 2px 4px; }}
QMenuBar::item {{ background: transparent; padding: 4px 8px; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {p.hover}; }}
QMenu {{ background: {p.raised}; border: 1px solid {p.border}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 24px; border-radius: 4px; }}
QMenu::item:selected {{ background: {p.accent}; color: {p.accent_text}; }}
QMenu::item:disabled {{ color: {p.disabled_text}; background: transparent; }}
QMenu::separator {{ height: 1px; background: {p.border}; margin: 4px 8px; }}

QPushButton {{ background: {p.raised}; color: {p.text}; border: 1px solid {p.border}; border-radius: 4px;
    padding: 5px 12px; }}
QPushButton:hover {{ background: {p.hover}; }}
QPushButton:pressed {{ background: {p.border}; }}
QPushButton:focus {{ border-color: {p.accent}; }}
QPushButton:disabled {{ color: {p.disabled_text}; }}
QPushButton#first {{ background: {p.accent}; color: {p.accent_text}; border-color: {p.accent}; }}
QPushButton#first:disabled {{ background: {p.surface}; color: {p.disabled_text}; border-color: {p.border}; }}
QPushButton#first:focus {{ border: 2px solid {p.text}; padding: 4px 11px; }}
QPushButton#recent {{ background: transparent; border: 1px solid transparent; text-align: left; padding: 5px 8px; }}
QPushButton#recent:hover {{ background: {p.hover}; }}
QPushButton#recent:focus {{ border-color: {p.accent}; }}

QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}

QProgressBar {{ background: {p.raised}; border: 1px solid {p.border}; border-radius: 4px; }}
QProgressBar::chunk {{ background: {p.accent}; border-radius: 3px; }}

QScrollBar {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {p.border}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {p.disabled_text}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QHeaderView::section {{ background: {p.surface}; color: {p.muted_text}; border: none;
    border-right: 1px solid {p.border}; border-bottom: 1px solid {p.border}; padding: 4px 6px; }}

QStatusBar {{ background: {p.window}; border-top: 1px solid {p.border}; color: {p.muted_text}; }}
QStatusBar::item {{ border: none; }}

#rail {{ background: {p.window}; border-right: 1px solid {p.border}; }}
#rail QToolButton {{ border: none; border-left: 2px solid transparent; padding: 6px 0 5px 0; color: {p.muted_text}; }}
#rail QToolButton:hover {{ background: {p.hover}; }}
#rail QToolButton:checked {{ color: {p.text}; border-left-color: {p.accent}; background: {p.surface}; }}
#rail QToolButton:disabled {{ color: {p.disabled_text}; background: transparent; }}
#rail QToolButton:focus {{ border: 1px solid {p.accent}; border-left: 2px solid {p.accent}; }}

#bar, #paneHeader, #tabRow {{ background: {p.window}; border-bottom: 1px solid {p.border}; }}
#paneHeader[edge="top"] {{ border-top: 1px solid {p.border}; }}
#bar QToolButton, #paneHeader QToolButton, #tabRow QToolButton, #banner QToolButton, QStatusBar QToolButton {{
    border: 1px solid transparent; border-radius: 4px; padding: 3px 5px; color: {p.text}; background: transparent; }}
#bar QToolButton:checked {{ background: {p.raised}; border-color: {p.border}; }}
#bar QToolButton:hover, #paneHeader QToolButton:hover, #tabRow QToolButton:hover, #banner QToolButton:hover,
QStatusBar QToolButton:hover {{ background: {p.hover}; }}
#bar QToolButton:focus, #paneHeader QToolButton:focus, #tabRow QToolButton:focus, #banner QToolButton:focus,
QStatusBar QToolButton:focus {{ border-color: {p.accent}; }}
#bar QToolButton:disabled, #paneHeader QToolButton:disabled {{ color: {p.disabled_text}; }}
#bar QToolButton#problems {{ color: {p.warning}; }}

#tabRow QToolButton#closeTab {{ padding: 1px; }}
#tabRow QTabBar > QToolButton {{ padding: 0; }}
#tabRow QTabBar::scroller {{ width: 28px; }}

QTabBar {{ background: transparent; }}
QTabBar::tab {{ background: transparent; color: {p.muted_text}; border: 1px solid transparent;
    border-bottom: 2px solid transparent; padding: 6px 10px; min-height: 18px; }}
#tabRow QTabBar::tab {{ min-width: 160px; max-width: 280px; }}
QTabBar::tab:hover {{ color: {p.text}; background: {p.hover}; }}
QTabBar::tab:selected {{ color: {p.text}; border-bottom: 2px solid {p.accent}; background: {p.surface}; }}
QTabBar::tab:selected:focus {{ border: 1px solid {p.accent}; border-bottom: 2px solid {p.accent}; }}

#banner {{ background: {p.raised}; border: none; border-bottom: 1px solid {p.border};
    border-left: 4px solid {p.muted_text}; }}
#banner[level="warning"] {{ border-left-color: {p.warning}; }}
#banner[level="error"] {{ border-left-color: {p.error}; }}

#overlay {{ background: {p.raised}; border: 1px solid {p.border}; border-radius: 6px; }}
#overlay QTreeView, #overlay QScrollArea, #overlay QScrollArea > QWidget > QWidget {{
    background: {p.raised}; border: none; }}
#overlay QLineEdit {{ border: none; border-bottom: 1px solid {p.border}; background: {p.raised}; padding: 8px; }}
#overlay QTreeView::item {{ padding: 4px 8px; }}
#dropHint {{ background: {p.canvas}; color: {p.text}; border: 2px solid {p.accent}; font-weight: 600; }}
#heading {{ color: {p.text}; font-weight: 600; }}
#muted {{ color: {p.muted_text}; }}
#warned {{ color: {p.warning}; }}
#side {{ background: {p.window}; border: none; border-right: 1px solid {p.border}; }}
#side QScrollArea, #side QScrollArea > QWidget > QWidget {{ background: {p.window}; border: none; }}
#side QTreeView {{ border: 1px solid transparent; padding: 0 5px 0 3px; }}
#side QTreeView:focus {{ border-color: {p.accent}; }}
#side QToolButton {{ background: {p.raised}; color: {p.text}; border: 1px solid {p.border}; border-radius: 4px;
    padding: 3px 8px; }}
#side QToolButton:hover {{ background: {p.hover}; }}
#side QToolButton:focus {{ border-color: {p.accent}; }}
#side QToolButton::menu-indicator {{ image: none; }}
#foot {{ background: {p.window}; border: none; border-top: 1px solid {p.border}; }}
#canvas {{ background: {p.canvas}; }}
"""
