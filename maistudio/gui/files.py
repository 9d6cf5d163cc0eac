"""Which files the window has open: opening them in tabs, following them on disk, remembering them."""

from __future__ import annotations

import os.path
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from maistudio.gui.graph.layout import Arrangement
from maistudio.gui.model_tab import ModelTab
from maistudio.gui.settings import Settings
from maistudio.gui.tabs import Tabs
from maistudio.gui.theme import Palette
from maistudio.gui.watch import FileWatch, identity
from maistudio.gui.work import Work
from maistudio.jobs.open import OpenedModel


class Files(QObject):
    """Keeps ``tabs`` and the recent list in step with what is opened and closed.

    ``read`` comes with each state of a file that was read; ``reloaded``, with its tab, when it was not the first.
    ``laid_out`` comes with each state of a graph. ``other_asked`` wants the file dialog. ``warned``
    carries a tab and a sentence about its file.
    """

    read = Signal()
    reloaded = Signal(object)
    laid_out = Signal()
    recent_changed = Signal()
    other_asked = Signal()
    warned = Signal(object, str)

    def __init__(self, tabs: Tabs, work: Work, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._tabs = tabs
        self._work = work
        self._settings = settings
        self._watch = FileWatch(self)
        self._watch.changed.connect(self._written)
        self._watch.gone.connect(self._gone)
        self._tabs.close_asked.connect(self.close)

    def open(self, paths: list[str], palette: Palette, arrangement: Arrangement) -> None:
        """Open each file in a tab of its own; one that is open already is shown."""
        for path in map(_absolute, paths):
            tab = self._tabs.at(path)
            if tab is None:
                self._add(path, palette, arrangement).load()
            else:
                self._tabs.choose(tab)
                self._remember(tab)

    def show(self, path: str, opened: OpenedModel, palette: Palette, arrangement: Arrangement) -> ModelTab:
        """Show a model that is read already, laid out before this returns."""
        tab = self._add(_absolute(path), palette, arrangement)
        tab.show_model(opened, wait=True)
        self._tabs.changed.emit()
        tab.take_keyboard()
        return tab

    def close(self, tab: ModelTab) -> None:
        self._watch.forget(tab.path)
        self._tabs.remove(tab)
        tab.let_go()

    def close_all(self) -> None:
        for tab in self._tabs.all():
            self.close(tab)

    def check(self) -> None:
        """Look whether any open file was written, where the system doesn't say."""
        self._watch.check()

    def _add(self, path: str, palette: Palette, arrangement: Arrangement) -> ModelTab:
        tab = ModelTab(path, self._work, palette, arrangement)
        tab.loaded.connect(self._loaded)
        tab.laid_out.connect(self.laid_out)
        tab.refused.connect(self._refused)
        tab.abandoned.connect(self._abandoned)
        tab.other_asked.connect(self.other_asked)
        tab.warned.connect(self._warned)
        self._tabs.add(tab)
        return tab

    def _loaded(self, again: bool) -> None:
        tab = self.sender()
        if isinstance(tab, ModelTab) and tab.document is not None:
            self._watch.watch(tab.path, tab.document.opened.model.source.identity)
            self._remember(tab)
            self._tabs.changed.emit()
            self.read.emit()
            if again:
                self.reloaded.emit(tab)
            elif tab is self._tabs.current:
                tab.take_keyboard()

    def _remember(self, tab: ModelTab) -> None:
        if tab.document is not None:
            self._settings.add_recent(tab.path)
            self.recent_changed.emit()

    def _refused(self) -> None:
        tab = self.sender()
        if isinstance(tab, ModelTab):
            self._watch.watch(tab.path, identity(tab.path))  # a download may still be going on
            self._tabs.changed.emit()
            if tab is self._tabs.current:
                tab.take_keyboard()

    def _warned(self, sentence: str) -> None:
        self.warned.emit(self.sender(), sentence)

    def _abandoned(self) -> None:
        tab = self.sender()
        if isinstance(tab, ModelTab):
            self.close(tab)

    def _written(self, path: str) -> None:
        if (tab := self._tabs.at(path)) is not None:
            tab.load()

    def _gone(self, path: str) -> None:
        tab = self._tabs.at(path)
        if tab is not None and tab.document is not None:
            tab.say_gone()


def _absolute(path: str) -> str:
    return os.path.normpath(Path(path).absolute())
