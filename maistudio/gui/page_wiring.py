"""Every page beside the graph: how it is made when it is first chosen, and what its signals do in the window.

A new page is a line in ``Pages`` with its function below; ``gui/pages.py`` then no longer says that it is missing,
and ``gui/actions.py`` declares what leads to it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from maistudio.gui.document import Document, Selected

if TYPE_CHECKING:
    from maistudio.gui.model_tab import ModelTab
    from maistudio.gui.profile.page import ProfilePage
    from maistudio.gui.profile.stack import ProfileStack
    from maistudio.gui.targets.page import TargetsPage
    from maistudio.gui.window import MainWindow
    from maistudio.gui.zoo.page import ZooPage


class Pages:
    """The pages of one window by name. Nothing is imported or made before a page is chosen."""

    def __init__(self, window: MainWindow) -> None:
        offer = window.workspace.page_stack.offer
        self._window = window
        self._targets = offer("targets", partial(_targets, window))
        self._profiles = offer("profile", partial(_profiles, window))
        self._zoo = offer("zoo", partial(_zoo, window), alone=True)

    @property
    def targets(self) -> TargetsPage | None:
        """The Targets page, if it is shown."""
        return self._targets.made if self._shown("targets") else None

    @property
    def profile(self) -> ProfilePage | None:
        """The Profile page of the current tab, if it is shown."""
        made = self._profiles.made if self._shown("profile") else None
        return made.page if made is not None else None

    @property
    def zoo(self) -> ZooPage | None:
        """The Zoo page, if it is shown."""
        return self._zoo.made if self._window.workspace.page_stack.name == "zoo" else None

    def _shown(self, name: str) -> bool:
        return self._window.workspace.page_stack.name == name and self._window.document is not None


def warn(window: MainWindow, tab: ModelTab, sentence: str) -> None:
    """Say what became of a file where its tab, which says it above the graph, is not seen."""
    if tab is window.tabs.current and window.targets is not None:
        window.targets.warn(sentence, tab.load)
    elif not tab.isVisible():
        window.say(sentence)


def _targets(window: MainWindow) -> TargetsPage:
    from maistudio.gui.targets.page import TargetsPage

    window.checks.enable()
    made = TargetsPage(window.checks, window.work, window.theme.palette, window.workspace)
    made.gone_to.connect(partial(_show_in_graph, window))
    made.colours_asked.connect(partial(_show_verdicts, window))
    made.said.connect(window.say)
    made.open_asked.connect(window.open_file)
    return made


def _profiles(window: MainWindow) -> ProfileStack:
    from maistudio.gui.profile.stack import ProfileStack

    documents = partial(_open_documents, window)
    made = ProfileStack(documents, window.bench, window.work, window.theme.palette, window.workspace)
    made.gone_to.connect(partial(_show_in_graph, window))
    made.heat_asked.connect(partial(_show_heat, window))
    made.said.connect(window.say)
    made.running_changed.connect(window.actions_by_id.refresh)
    return made


def _zoo(window: MainWindow) -> ZooPage:
    from maistudio.gui.zoo.page import ZooPage

    made = ZooPage(window.forge, window.work, window.theme.palette, window.workspace)
    made.open_asked.connect(window.open_file)
    made.said.connect(window.say)
    made.changed.connect(window.actions_by_id.refresh)
    return made


def _open_documents(window: MainWindow) -> list[tuple[str, Document]]:
    tabs = window.tabs
    return [(tabs.name_of(tab), tab.document) for tab in tabs.all() if tab.document is not None]


def _show_in_graph(window: MainWindow, selected: Selected) -> None:
    window.show_page("graph")
    if window.graph is not None:
        window.graph.reveal(selected)


def _show_heat(window: MainWindow) -> None:
    window.show_page("graph")
    if not window.heat_wanted:
        window.actions_by_id["heat"].trigger()


def _show_verdicts(window: MainWindow) -> None:
    window.show_page("graph")
    if not window.verdicts_wanted:
        window.actions_by_id["verdicts"].trigger()
