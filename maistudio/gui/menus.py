"""The menu bar, filled from the declared actions, with the recent files."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from maistudio.gui.actions import ACTIONS, ActionSet
from maistudio.gui.recent import GONE

MENU_ORDER = ("File", "View", "Go", "Run", "Help")


class Menus(QObject):
    """Fills ``bar``. ``file_asked`` carries a recent file that was chosen, ``clear_asked`` wants the list emptied."""

    file_asked = Signal(str)
    clear_asked = Signal()
    about_to_show = Signal()

    def __init__(self, bar: QMenuBar, actions: ActionSet) -> None:
        super().__init__(bar)
        self._menus: dict[str, QMenu] = {}
        for title in MENU_ORDER:
            self._add(bar, title)
        self.recent = QMenu("Open recent", bar)
        self.recent.setToolTipsVisible(True)
        for action in ACTIONS:
            menu = self._menu(action.menu)
            menu.addAction(actions[action.id])
            if action.id == "open":
                menu.addMenu(self.recent)
            if action.ends_group:
                menu.addSeparator()
        for menu in self._menus.values():
            give_letters(menu)
        self.set_recent([])

    def all(self) -> tuple[QMenu, ...]:
        """Every menu and submenu that holds actions."""
        return tuple(self._menus.values())

    def set_recent(self, paths: list[str]) -> None:
        self.recent.clear()
        self.recent.setEnabled(bool(paths))
        for path in paths:
            entry = self.recent.addAction(path.replace("&", "&&"))
            entry.setData(path)
            entry.triggered.connect(self._recent_chosen)
        if paths:
            self.recent.addSeparator()
            self.recent.addAction("Clear this list").triggered.connect(self.clear_asked)

    def mark_gone(self, gone: frozenset[str]) -> None:
        """Disable the recent files that are ``gone``, and say so."""
        for entry in self.recent.actions():
            path = entry.data()
            if isinstance(path, str):
                entry.setEnabled(path not in gone)
                entry.setText(path.replace("&", "&&") + (f" ({GONE})" if path in gone else ""))

    def _menu(self, path: str) -> QMenu:
        if path not in self._menus:
            parent, _, title = path.rpartition("/")
            self._menus[path] = self._menu(parent).addMenu(title)
        return self._menus[path]

    def _add(self, bar: QMenuBar, title: str) -> None:
        menu = bar.addMenu(f"&{title}")  # Alt and the first letter open it
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self.about_to_show)
        self._menus[title] = menu

    def _recent_chosen(self) -> None:
        entry = self.sender()
        if isinstance(entry, QAction):
            self.file_asked.emit(entry.data())


def give_letters(menu: QMenu) -> None:
    """Give every entry a letter that chooses it: the first free one that begins a word, else any free one."""
    taken: set[str] = set()
    for entry in menu.actions():
        text = entry.text()
        letters = [place for place, letter in enumerate(text) if letter.isalnum()]
        begins = [place for place in letters if not text[max(place - 1, 0) : place].isalnum()]
        place = next((place for place in (*begins, *letters) if text[place].lower() not in taken), None)
        if place is not None:
            taken.add(text[place].lower())
            entry.setText(f"{text[:place]}&{text[place:]}")
