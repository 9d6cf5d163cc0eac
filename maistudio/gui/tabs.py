"""The open models as tabs: the row on top, and the page of the tab that is chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QTabBar, QToolButton, QWidget

from maistudio.gui.icons import icon
from maistudio.gui.model_tab import ModelTab
from maistudio.gui.theme import Palette

CLOSED_KEPT = 20


class Tabs(QFrame):
    """A row of tabs and, apart from it, ``pages``: the stack that holds their pages.

    ``changed`` comes when another tab is current or the current one shows something else.
    """

    changed = Signal()
    close_asked = Signal(object)

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tabRow")
        self._palette = palette
        self._tabs: list[ModelTab] = []
        self.closed: list[str] = []
        self.pages = QStackedWidget(self)
        self.bar = QTabBar(self)
        self.bar.setDocumentMode(True)
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setMovable(True)
        self.bar.setUsesScrollButtons(True)
        self.bar.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.bar.setAccessibleName("Open models")
        self.bar.currentChanged.connect(self._chosen)
        self.bar.tabMoved.connect(self._moved)
        self.bar.installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.bar, 1)

    @property
    def current(self) -> ModelTab | None:
        index = self.bar.currentIndex()
        return self._tabs[index] if 0 <= index < len(self._tabs) else None

    @property
    def count(self) -> int:
        return len(self._tabs)

    def all(self) -> tuple[ModelTab, ...]:
        return tuple(self._tabs)

    def at(self, path: str) -> ModelTab | None:
        """The tab of this file, if it is open."""
        return next((tab for tab in self._tabs if tab.path == path), None)

    def name_of(self, tab: ModelTab) -> str:
        """The tab's file name, with its folder where another open file has the same."""
        alone = sum(other.name == tab.name for other in self._tabs) == 1
        return tab.name if alone else _last_parts(tab.path, 2)

    def add(self, tab: ModelTab) -> None:
        """Put ``tab`` behind the others and choose it."""
        self._tabs.append(tab)
        self.pages.addWidget(tab)
        index = self.bar.addTab("")
        self.bar.setTabToolTip(index, tab.path)
        button = QToolButton(self.bar)
        button.setObjectName("closeTab")
        button.setIcon(icon("close", self._palette.muted_text, self._palette.disabled_text, 14))
        button.setToolTip(f"Close {tab.name}")
        button.setAccessibleName(f"Close {tab.name}")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(self._close_clicked)
        self.bar.setTabButton(index, QTabBar.ButtonPosition.RightSide, button)
        self._name_all()
        self.bar.setCurrentIndex(index)
        self._chosen(index)

    def remove(self, tab: ModelTab) -> None:
        """Take ``tab`` away, remembering its file for ``reopen``."""
        index = self._tabs.index(tab)
        self.closed = [*self.closed, tab.path][-CLOSED_KEPT:]
        self._tabs.remove(tab)
        self.bar.removeTab(index)
        self.pages.removeWidget(tab)
        tab.deleteLater()
        self._name_all()
        self._chosen(self.bar.currentIndex())

    def choose(self, tab: ModelTab) -> None:
        self.bar.setCurrentIndex(self._tabs.index(tab))

    def step(self, by: int) -> None:
        """Go ``by`` tabs to the right, around the end."""
        if self._tabs:
            self.bar.setCurrentIndex((self.bar.currentIndex() + by) % len(self._tabs))

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        for index, tab in enumerate(self._tabs):
            button = self.bar.tabButton(index, QTabBar.ButtonPosition.RightSide)
            if isinstance(button, QToolButton):
                button.setIcon(icon("close", palette.muted_text, palette.disabled_text, 14))
            tab.apply_palette(palette)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            index = self.bar.tabAt(event.position().toPoint())
            if event.button() == Qt.MouseButton.MiddleButton and index >= 0:
                self.close_asked.emit(self._tabs[index])
                return True
        return super().eventFilter(watched, event)

    def _close_clicked(self) -> None:
        for index, tab in enumerate(self._tabs):
            if self.bar.tabButton(index, QTabBar.ButtonPosition.RightSide) is self.sender():
                self.close_asked.emit(tab)
                return

    def _chosen(self, index: int) -> None:
        if 0 <= index < len(self._tabs):
            self.pages.setCurrentWidget(self._tabs[index])
        self.changed.emit()

    def _moved(self, start: int, end: int) -> None:
        self._tabs.insert(end, self._tabs.pop(start))

    def _name_all(self) -> None:
        for index, title in enumerate(titles([tab.path for tab in self._tabs])):
            text = title.replace("&", "&&")
            if self.bar.tabText(index) != text:  # setting a text lays all tabs out again
                self.bar.setTabText(index, text)


def titles(paths: list[str]) -> list[str]:
    """File names without ".tflite", with as much of the folder as tells files of one name apart."""
    made = [_stem(_last_parts(path, 1)) for path in paths]
    for depth in range(1, max((len(Path(path).parts) for path in paths), default=0)):
        twice = {title for title in made if made.count(title) > 1}
        if not twice:
            break
        made = [
            _stem(_last_parts(path, depth + 1)) if title in twice else title
            for title, path in zip(made, paths, strict=True)
        ]
    return made


def _last_parts(path: str, count: int) -> str:
    return "/".join(Path(path).parts[-count:])


def _stem(name: str) -> str:
    return name.removesuffix(".tflite")
