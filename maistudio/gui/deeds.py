"""What the actions of the window do, where it takes more than a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from maistudio.gui.input_shapes import InputShapes, open_inputs
from maistudio.gui.keyboard import step_focus
from maistudio.gui.problems import ProblemList

if TYPE_CHECKING:
    from maistudio.gui.window import MainWindow


def reopen_closed(window: MainWindow) -> None:
    if window.tabs.closed:
        window.open_files([window.tabs.closed.pop()])


def copy_path(window: MainWindow) -> None:
    if (tab := window.tabs.current) is not None:
        QGuiApplication.clipboard().setText(tab.path)
        window.say("Path copied")


def ask_for_shapes(window: MainWindow) -> None:
    """Show the dialog for input shapes, where the model's file leaves a dimension open."""
    tab, document = window.tabs.current, window.document
    if tab is None or document is None or not open_inputs(document.opened.model):
        return
    dialog = InputShapes(tab.name, document.opened, window)
    dialog.asked.connect(tab.load_at)
    dialog.rejected.connect(tab.stop_reshaping)
    tab.reshaped.connect(dialog.accept)
    tab.reshape_refused.connect(dialog.say)
    dialog.open()


def show_problems(window: MainWindow) -> None:
    tab = window.tabs.current
    if tab is not None and tab.document is not None:
        problems = ProblemList(tab.name, tab.document.opened.problems, window)
        problems.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        problems.show()


def export_graph(window: MainWindow) -> None:
    if (tab := window.tabs.current) is not None and tab.graph is not None and tab.graph.scene is not None:
        window.pictures.ask_to_export(tab, tab.graph.scene)


def copy_picture(window: MainWindow) -> None:
    if (tab := window.tabs.current) is not None and tab.graph is not None and tab.graph.scene is not None:
        window.pictures.copy(tab, tab.graph.scene)


def fit_graph(window: MainWindow) -> None:
    tab = window.tabs.current
    if tab is not None and tab.graph is not None:
        tab.graph.fit()
        tab.mark_keyboard()


def run_timing(window: MainWindow) -> None:
    """Run what is chosen on the Profile page; from another page, show it first."""
    if window.profile is None:
        window.show_page("profile")
    else:
        window.profile.run()


def cancel(window: MainWindow) -> None:
    """Stop what the page that is shown is doing."""
    if window.pages.zoo is not None:
        window.pages.zoo.cancel()
    if window.profile is not None:
        window.profile.cancel()


def find(window: MainWindow) -> None:
    """Find in the current model; on the Zoo page, networks."""
    if window.pages.zoo is not None:
        window.pages.zoo.find_networks()
    else:
        window.find_in_model()


def build_network(window: MainWindow) -> None:
    if window.pages.zoo is not None:
        window.pages.zoo.build()


def save_network(window: MainWindow) -> None:
    if window.pages.zoo is not None:
        window.pages.zoo.ask_to_save()


def step_pane(window: MainWindow, by: int) -> None:
    """Move the keyboard this many parts of the window on."""
    panes = window.workspace.panes() if window.workspace.isVisible() else [window.welcome]
    step_focus([window.rail, *panes], by)


def toggle_full_screen(window: MainWindow) -> None:
    if window.isFullScreen():
        window.showNormal()
    else:
        window.showFullScreen()


def show_shortcuts(window: MainWindow) -> None:
    from maistudio.gui.graph.keys import GRAPH_KEYS
    from maistudio.gui.shortcuts import ShortcutHelp

    if window.shortcut_help is None:
        window.shortcut_help = ShortcutHelp(window, GRAPH_KEYS)
    window.shortcut_help.ask()


def show_about(window: MainWindow) -> None:
    from maistudio.gui.about import show_about

    show_about(window)
