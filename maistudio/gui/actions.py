"""Every action of the window, declared once. Menus, shortcuts, the command palette, tooltips and help read this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from maistudio.gui import deeds
from maistudio.gui.icons import icon
from maistudio.gui.input_shapes import open_inputs
from maistudio.gui.style import THEME_MODES, ThemeMode
from maistudio.gui.theme import Palette

if TYPE_CHECKING:
    from maistudio.gui.graph.view import GraphView
    from maistudio.gui.targets.page import TargetsPage
    from maistudio.gui.window import MainWindow


def _always(_window: MainWindow) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the window can do.

    ``menu`` is a path such as "View/Theme". ``unless`` gives the reason why it can't be done now, "" when it can.
    ``checked`` makes it a switch and gives its state. ``ends_group`` draws a line below it in its menu.
    """

    id: str
    menu: str
    text: str
    tip: str
    do: Callable[[MainWindow], object]
    shortcuts: tuple[str, ...] = ()
    unless: Callable[[MainWindow], str] = _always
    checked: Callable[[MainWindow], bool] | None = None
    icon: str = ""
    ends_group: bool = False


def _no_tab(window: MainWindow) -> str:
    return "" if window.tabs.current is not None else "no file is open"


def _no_model(window: MainWindow) -> str:
    return "" if window.document is not None else "no model is open"


def _nowhere_to_find(window: MainWindow) -> str:
    return "" if window.pages.zoo is not None else _no_model(window)


def _no_inspector(window: MainWindow) -> str:
    return "the Zoo page has no inspector" if window.pages.zoo is not None else _no_model(window)


def _no_network(window: MainWindow) -> str:
    return window.pages.zoo.unless if window.pages.zoo is not None else "the Zoo page is not shown"


def _no_graph(window: MainWindow) -> str:
    if window.document is None:
        return "no model is open"
    return "" if window.graph is not None else "this model has no ops to draw"


def _no_open_input(window: MainWindow) -> str:
    if window.document is None:
        return "no model is open"
    return "" if open_inputs(window.document.opened.model) else "no input of this model has an unknown dimension"


def _no_problems(window: MainWindow) -> str:
    if window.document is None:
        return "no model is open"
    return "" if window.document.opened.problems else "this file has no problems"


def _no_caller(window: MainWindow) -> str:
    return "" if window.graph_bar.caller() is not None else "no other subgraph calls this one"


def _no_timing(window: MainWindow) -> str:
    if window.graph is None:
        return _no_graph(window)
    timed = window.document is not None and window.document.timing is not None
    return "" if timed else "no run of this model has timed its ops yet"


def _no_verdicts(window: MainWindow) -> str:
    if window.graph is None:
        return _no_graph(window)
    return "" if window.checks.chosen else "no target is chosen on the Targets page"


def _no_proof(window: MainWindow) -> str:
    if window.document is None:
        return "no model is open"
    if not window.checks.chosen:
        return "no target is chosen on the Targets page"
    return "real compilers are being asked" if window.checks.proving else ""


def _no_targets_page(window: MainWindow) -> str:
    if window.document is None:
        return "no model is open"
    return "" if window.targets is not None else "the Targets page is not shown"


def _no_rewrite(window: MainWindow) -> str:
    if window.targets is None:
        return _no_targets_page(window)
    return "" if window.targets.findings.rewrite.isEnabled() else "no finding is gone to that a rewrite mends"


def _no_finding(window: MainWindow) -> str:
    if window.targets is None:
        return _no_targets_page(window)
    return "" if window.targets.findings.silence.isEnabled() else "no finding is gone to that can be silenced"


def _no_matrix(window: MainWindow) -> str:
    if window.targets is None:
        return _no_targets_page(window)
    return "" if window.targets.ops.model.matrix is not None else "the model is not checked yet"


def _on_targets(deed: Callable[[TargetsPage], None]) -> Callable[[MainWindow], None]:
    def do(window: MainWindow) -> None:
        if window.targets is not None:
            deed(window.targets)

    return do


def _no_run(window: MainWindow) -> str:
    if window.document is None:
        return "no model is open"
    return "a timing is running" if window.profile is not None and window.profile.running else ""


def _nothing_runs(window: MainWindow) -> str:
    if window.pages.zoo is not None:
        return "" if window.pages.zoo.building.current is not None else "nothing is being built"
    return "" if window.profile is not None and window.profile.running else "no timing of this model is running"


def _none_closed(window: MainWindow) -> str:
    return "" if window.tabs.closed else "no tab was closed"


def _one_tab(window: MainWindow) -> str:
    return "" if window.tabs.count > 1 else "there is no other tab"


def _choose_theme(mode: ThemeMode, window: MainWindow) -> None:
    window.choose_theme(mode)


def _theme_is(mode: ThemeMode, window: MainWindow) -> bool:
    return window.theme.mode == mode


def _on_graph(deed: Callable[[GraphView], None]) -> Callable[[MainWindow], None]:
    def do(window: MainWindow) -> None:
        if window.graph is not None:
            deed(window.graph)

    return do


_THEME_TIPS = {
    "system": "Light or dark as the system is",
    "light": "Always light",
    "dark": "Always dark",
}

ACTIONS: tuple[Action, ...] = (
    Action("open", "File", "Open…", "Open model files", lambda w: w.ask_for_files(), ("Ctrl+O",), icon="open"),
    Action("reopen", "File", "Reopen closed tab", "Open the file of the tab closed last again",
           deeds.reopen_closed, ("Ctrl+Shift+T",), _none_closed),
    Action("reload", "File", "Reload", "Read the file again, keeping the view and the selection",
           lambda w: w.reload(), ("F5", "Ctrl+R"), _no_tab),
    Action("input-shapes", "File", "Input shapes…", "Set the sizes that the file leaves open",
           deeds.ask_for_shapes, (), _no_open_input, ends_group=True),
    Action("export", "File", "Export graph…", "Save the graph as SVG, PDF or PNG, in light colours",
           deeds.export_graph, ("Ctrl+Shift+E",), _no_graph),
    Action("copy-picture", "File", "Copy picture", "Copy the graph to the clipboard as a picture",
           deeds.copy_picture, ("Ctrl+Shift+C",), _no_graph),
    Action("copy-path", "File", "Copy path", "Copy the path of the file to the clipboard",
           deeds.copy_path, (), _no_tab, ends_group=True),
    Action("close", "File", "Close tab", "Close this model", lambda w: w.close_tab(), ("Ctrl+W",), _no_tab),
    Action("quit", "File", "Quit", "Close the window and stop its jobs", lambda w: w.close(), ("Ctrl+Q",)),

    Action("find", "Go", "Find…", "Find ops and tensors by type, name or index; on the Zoo page, networks",
           deeds.find, ("Ctrl+F",), _nowhere_to_find, icon="search"),
    Action("commands", "Go", "Command palette…", "Find any command by typing",
           lambda w: w.show_commands(), ("Ctrl+Shift+P",), ends_group=True),
    Action("next-tab", "Go", "Next tab", "Go to the tab on the right",
           lambda w: w.tabs.step(1), ("Ctrl+Tab", "Ctrl+PgDown"), _one_tab),
    Action("previous-tab", "Go", "Previous tab", "Go to the tab on the left",
           lambda w: w.tabs.step(-1), ("Ctrl+Shift+Tab", "Ctrl+PgUp"), _one_tab),
    Action("next-pane", "Go", "Next pane", "Move the keyboard to the next part of the window",
           lambda w: deeds.step_pane(w, 1), ("F6",)),
    Action("previous-pane", "Go", "Previous pane", "Move the keyboard to the part before",
           lambda w: deeds.step_pane(w, -1), ("Shift+F6",), ends_group=True),
    Action("page-graph", "Go", "Graph page", "The network as a graph",
           lambda w: w.show_page("graph"), ("Ctrl+1",)),
    Action("page-targets", "Go", "Targets page", "What a phone's accelerator refuses, and why",
           lambda w: w.show_page("targets"), ("Ctrl+2",)),
    Action("page-profile", "Go", "Profile page", "How long the model takes on this machine",
           lambda w: w.show_page("profile"), ("Ctrl+4",)),
    Action("page-zoo", "Go", "Zoo page", "Networks of the challenge reports, to build and open",
           lambda w: w.show_page("zoo"), ("Ctrl+7",), ends_group=True),
    Action("caller", "Go", "Calling op", "Go to the op that calls this subgraph",
           lambda w: w.graph_bar.go_to_caller(), ("Alt+Up",), _no_caller),
    Action("problems", "Go", "Problems in this file", "List what is wrong in this file",
           deeds.show_problems, (), _no_problems),

    Action("fit", "View", "Fit graph", "Show the whole graph",
           deeds.fit_graph, ("F", "Ctrl+9"), _no_graph, icon="fit"),
    Action("zoom-in", "View", "Zoom in", "Make the graph larger",
           _on_graph(lambda graph: graph.zoom_in()), ("Ctrl++", "Ctrl+="), _no_graph, icon="plus"),
    Action("zoom-out", "View", "Zoom out", "Make the graph smaller",
           _on_graph(lambda graph: graph.zoom_out()), ("Ctrl+-",), _no_graph, icon="minus"),
    Action("zoom-actual", "View", "Actual size", "Show the graph at 100 %",
           _on_graph(lambda graph: graph.zoom_actual()), ("Ctrl+0",), _no_graph, ends_group=True),
    Action("turn", "View", "Turn graph", "Draw the graph from top to bottom, or from left to right",
           lambda w: w.look.turn(), ("Ctrl+Shift+O",), _no_graph, icon="vertical"),
    Action("wrap", "View", "Wrap long graphs",
           "Break long graphs into columns that fill the window, or draw them as strips",
           lambda w: w.look.wrap(), ("Ctrl+Shift+L",), _no_graph, lambda w: w.arrangement.wrapped),
    Action("expand", "View", "Expand all", "Open every collapsed group",
           _on_graph(lambda graph: graph.expand_all()), ("Ctrl+Shift+X",), _no_graph, icon="expand"),
    Action("collapse", "View", "Collapse all", "Close every group of repeated structure and name scope",
           _on_graph(lambda graph: graph.collapse_all()), ("Ctrl+Shift+Z",), _no_graph, icon="collapse",
           ends_group=True),
    Action("heat", "View", "Shade by time", "Shade boxes by their share of the time in the run that the legend names",
           lambda w: w.look.toggle_heat(), ("Ctrl+H",), _no_timing, lambda w: w.heat_wanted, "heat"),
    Action("verdicts", "View", "Colour by target", "Colour boxes by what becomes of them on the target in the bar",
           lambda w: w.look.toggle_verdicts(), ("Ctrl+Shift+H",), _no_verdicts, lambda w: w.verdicts_wanted, "targets"),
    Action("minimap", "View", "Minimap", "A small picture of the whole graph in its corner",
           lambda w: w.look.toggle_minimap(), ("Ctrl+M",), _no_graph, lambda w: w.arrangement.minimap),
    Action("legend", "View", "Graph legend", "What the colours of the graph mean, in its corner, where it is shaded",
           lambda w: w.look.toggle_legend(), (), _no_graph, lambda w: w.arrangement.legend),
    Action("inspector", "View", "Inspector", "Details and summary at the right",
           lambda w: w.toggle_inspector(), ("Ctrl+I",), _no_inspector, lambda w: w.inspector_wanted, "inspector"),
    Action("tables", "View", "Tables", "Tables of ops and tensors below the graph",
           lambda w: w.toggle_tables(), ("Ctrl+T",), _no_model, lambda w: w.tables.expanded, ends_group=True),
    *(
        Action(f"theme-{mode}", "View/Theme", mode.capitalize(), _THEME_TIPS[mode],
               partial(_choose_theme, mode), checked=partial(_theme_is, mode))
        for mode in THEME_MODES
    ),
    Action("full-screen", "View", "Full screen", "Use the whole screen", deeds.toggle_full_screen, ("F11",),
           checked=lambda w: w.isFullScreen()),

    Action("run-timing", "Run", "Run timing", "Time the model as chosen on the Profile page",
           deeds.run_timing, ("Ctrl+Return",), _no_run),
    Action("cancel", "Run", "Cancel", "Stop the timing, keeping what it measured; on the Zoo page, the build",
           deeds.cancel, ("Ctrl+.",), _nothing_runs),

    Action("prove", "Run", "Prove on targets", "Ask the real compilers of the chosen targets that are on this machine",
           lambda w: w.prove(), ("Ctrl+Shift+Return",), _no_proof),
    Action("rewrite", "Run", "Rewrite…", "Mend the finding gone to on the Targets page in a new file",
           _on_targets(lambda page: page.rewrite()), (), _no_rewrite),
    Action("silence", "Run", "Silence finding", "Tell the finding gone to on the Targets page no more, or again",
           _on_targets(lambda page: page.silence()), (), _no_finding),
    Action("export-matrix", "Run", "Export matrix…", "Save the ops and what targets make of them as a CSV file",
           _on_targets(lambda page: page.ops.ask_export()), (), _no_matrix, ends_group=True),
    Action("build-network", "Run", "Build network", "Build the network gone to on the Zoo page and open it",
           deeds.build_network, (), _no_network),
    Action("save-network", "Run", "Save network…", "Build the network gone to on the Zoo page into a file of your own",
           deeds.save_network, (), _no_network),

    Action("shortcuts", "Help", "Keyboard and mouse", "Every shortcut, and what the mouse does in the graph",
           deeds.show_shortcuts, ("?", "F1")),
    Action("about", "Help", "About MAI Studio", "Version and licence", deeds.show_about),
)  # fmt: skip


class ActionSet:
    """The declared actions as QActions of one window."""

    def __init__(self, window: MainWindow, palette: Palette) -> None:
        self._window = window
        self._made = {action.id: self._make(action) for action in ACTIONS}
        self._icons = {action.id: action.icon for action in ACTIONS if action.icon}
        self.apply_palette(palette)

    def __getitem__(self, action_id: str) -> QAction:
        return self._made[action_id]

    def apply_palette(self, palette: Palette) -> None:
        self._palette = palette
        for name, drawn in self._icons.items():
            self._made[name].setIcon(icon(drawn, palette.text, palette.disabled_text))

    def set_icon(self, action_id: str, name: str) -> None:
        """Draw an action with another icon."""
        self._icons[action_id] = name
        self.apply_palette(self._palette)

    def refresh(self) -> None:
        """Ask every action whether it can be done now, and put the answer into its tooltip."""
        for action in ACTIONS:
            made = self._made[action.id]
            reason = action.unless(self._window)
            made.setEnabled(not reason)
            made.setToolTip(_tooltip(action, reason))
            if action.checked is not None:
                made.setChecked(action.checked(self._window))

    def _make(self, action: Action) -> QAction:
        made = QAction(action.text, self._window)
        made.setObjectName(action.id)
        made.setShortcuts([QKeySequence(keys) for keys in action.shortcuts])
        made.setToolTip(_tooltip(action, ""))
        made.setIconVisibleInMenu(False)
        made.setCheckable(action.checked is not None)
        made.triggered.connect(partial(self._run, action))
        self._window.addAction(made)
        return made

    def _run(self, action: Action, _checked: bool = False) -> None:
        action.do(self._window)
        self.refresh()


def keys_of(action: Action) -> str:
    """The action's first shortcut as the platform writes it, "" where it has none."""
    if not action.shortcuts:
        return ""
    return QKeySequence(action.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText)


def _tooltip(action: Action, reason: str) -> str:
    keys = keys_of(action)
    return action.tip + (f" ({keys})" if keys else "") + (f": {reason}" if reason else "")
