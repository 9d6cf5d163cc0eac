"""The one window: rail, tabs, graph, inspector, tables and status bar put together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, SignalInstance
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from maistudio.gui.actions import ActionSet
from maistudio.gui.command_list import commands_of
from maistudio.gui.commands import CommandPalette
from maistudio.gui.deeds import ask_for_shapes, show_problems
from maistudio.gui.document import Document
from maistudio.gui.drop_hint import DropHint
from maistudio.gui.files import Files
from maistudio.gui.graph.layout import Arrangement
from maistudio.gui.graph.view import GraphView
from maistudio.gui.graph_bar import GraphBar
from maistudio.gui.graph_look import SHOWN, GraphLook
from maistudio.gui.inspector import Inspector
from maistudio.gui.jobs_bar import JobsBar
from maistudio.gui.keyboard import keyboard_place
from maistudio.gui.local_files import local_files
from maistudio.gui.menus import Menus
from maistudio.gui.model_tab import ModelTab
from maistudio.gui.open_dialog import OpenDialog
from maistudio.gui.page_wiring import Pages, warn
from maistudio.gui.pictures import Pictures
from maistudio.gui.rail import Rail
from maistudio.gui.recent import RecentFiles
from maistudio.gui.settings import Settings
from maistudio.gui.style import Theme, ThemeMode, style_sheet
from maistudio.gui.tables_pane import TablesPane
from maistudio.gui.tabs import Tabs
from maistudio.gui.targets.checks import Checks
from maistudio.gui.targets.desk import Desk
from maistudio.gui.theme import Palette
from maistudio.gui.warming import prepare_runs_soon
from maistudio.gui.welcome import Welcome
from maistudio.gui.window_state import SMALLEST_SIZE, first_size, remember, restore
from maistudio.gui.work import Work
from maistudio.gui.workspace import Workspace
from maistudio.jobs.open import OpenedModel

if TYPE_CHECKING:
    from maistudio.gui.profile.bench import Bench
    from maistudio.gui.profile.page import ProfilePage
    from maistudio.gui.shortcuts import ShortcutHelp
    from maistudio.gui.targets.page import TargetsPage
    from maistudio.gui.zoo.forge import Forge

SAID_FOR_MS = 5000
BAR_ACTIONS = ("find", "turn", "collapse", "expand", "zoom-out", "zoom-in", "fit", "heat", "verdicts", "inspector")


class MainWindow(QMainWindow):
    """Open files with ``open_files``; everything else is done by the declared actions.

    ``bench`` runs models, ``forge`` builds those of the zoo; without one the window makes its own when it is first
    needed. ``desk`` checks models.
    """

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        bench: Bench | None = None,
        desk: Desk | None = None,
        forge: Forge | None = None,
    ) -> None:
        super().__init__()
        self._bench = bench
        self._forge = forge
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST_SIZE)
        self.resize(first_size(self.screen().availableSize()))
        self.theme = theme
        self.setStyleSheet(style_sheet(theme.palette))
        self.settings = settings
        self.work = Work(self)
        self.checks = Checks(desk or Desk(lambda: self.bench.children), self.work, settings, self)
        self.inspector_wanted: bool = settings.word("inspector", SHOWN) == "shown"
        self._shown: Document | None = None
        self._open_dialog = OpenDialog(self)
        self._commands: CommandPalette | None = None
        self.shortcut_help: ShortcutHelp | None = None
        self._lay_out(theme.palette)
        self.look: GraphLook = GraphLook(self.tabs, self.graph_bar, self.checks, settings, theme, self)
        self.pages = Pages(self)
        self.files = Files(self.tabs, self.work, settings, self)
        self.pictures = Pictures(self, self.work)
        self.actions_by_id = ActionSet(self, theme.palette)
        self.menus = Menus(self.menuBar(), self.actions_by_id)
        self.recent = RecentFiles(settings, (self.menus, self.welcome), self)
        self._show_direction()
        self.graph_bar.add_buttons([self.actions_by_id[name] for name in BAR_ACTIONS])
        self._connect()
        restore(self)
        self.recent.show()
        self._follow_tab()

    @property
    def document(self) -> Document | None:
        """The model of the current tab, if it was read."""
        tab = self.tabs.current
        return tab.document if tab is not None else None

    @property
    def graph(self) -> GraphView | None:
        """The graph of the current tab, if it has one."""
        tab = self.tabs.current
        return tab.graph if tab is not None else None

    @property
    def profile(self) -> ProfilePage | None:
        """The Profile page of the current tab, if it is shown."""
        return self.pages.profile

    @property
    def targets(self) -> TargetsPage | None:
        """The Targets page, if it is shown."""
        return self.pages.targets

    @property
    def arrangement(self) -> Arrangement:
        """Which way graphs are drawn."""
        return self.look.arrangement

    @property
    def heat_wanted(self) -> bool:
        """Whether the boxes of graphs are shaded by time."""
        return self.look.heat_wanted

    @property
    def verdicts_wanted(self) -> bool:
        """Whether the boxes of graphs are coloured by what a target makes of them."""
        return self.look.verdicts_wanted

    @property
    def bench(self) -> Bench:
        """What runs models for this window."""
        if self._bench is None:
            from maistudio.gui.profile.bench import Bench

            self._bench = Bench()
        return self._bench

    @property
    def forge(self) -> Forge:
        """What reads and builds the zoo for this window."""
        if self._forge is None:
            from maistudio.gui.zoo.forge import Forge

            self._forge = Forge()
        return self._forge

    def warm_up(self) -> None:
        """Start the child that the first run will use, once the window has nothing better to do."""
        prepare_runs_soon(self)

    def read_earlier_times(self, _sha256: str = "") -> None:
        """Shade by what an earlier run measured; not before what runs models is loaded, see ``warm_up``."""
        if self._bench is not None and self.document is not None:
            from maistudio.gui.profile.earlier_times import read_earlier_times

            read_earlier_times(self.document, self._bench, self.work)

    def show_page(self, name: str) -> None:
        """Show another page, of the current model where it has one for each."""
        self.rail.choose(name)
        self.workspace.page_stack.show_page(name)
        self._show_parts()
        if self.workspace.page_stack.view is not None:
            self.workspace.page_stack.take_keyboard()
        elif self.tabs.current is not None:
            self.tabs.current.take_keyboard()
        else:
            self.welcome.button.setFocus()
        self.actions_by_id.refresh()

    def prove(self) -> None:
        """Ask the real compilers of the targets chosen, on the Targets page."""
        self.show_page("targets")
        if self.targets is not None:
            self.targets.prove()

    def open_files(self, paths: list[str]) -> None:
        """Open files in tabs, off the interface thread, and show the graph where the page is about none of them."""
        self.files.open(paths, self.theme.palette, self.arrangement)
        if paths and self.workspace.page_stack.alone:
            self.show_page("graph")

    def open_file(self, path: str) -> None:
        self.open_files([path])

    def show_opened(self, path: str, opened: OpenedModel) -> ModelTab:
        """Show a model that is read already, laid out before this returns."""
        return self.files.show(path, opened, self.theme.palette, self.arrangement)

    def ask_for_files(self) -> None:
        """Show the file dialog, starting in the folder of the current file."""
        tab = self.tabs.current
        latest = [tab.path] if tab is not None else self.settings.recent()
        self._open_dialog.ask(latest[0] if latest else "")

    def reload(self) -> None:
        if (tab := self.tabs.current) is not None:
            tab.load()

    def close_tab(self) -> None:
        if (tab := self.tabs.current) is not None:
            self.files.close(tab)

    def find_in_model(self) -> None:
        if self.document is not None:
            self.show_page("graph")
            self.workspace.open_search()

    def toggle_inspector(self) -> None:
        self.inspector_wanted = not self.inspector_wanted
        self._show_parts()

    def toggle_tables(self) -> None:
        self.tables.set_expanded(not self.tables.expanded)

    def choose_theme(self, mode: ThemeMode) -> None:
        self.theme.choose(mode)
        self.settings.put_word("theme", mode)

    def show_commands(self) -> None:
        if self._commands is None:
            self._commands = CommandPalette(self)
        self.actions_by_id.refresh()
        self._commands.ask(commands_of(self))

    def say(self, sentence: str) -> None:
        """Put a sentence into the status bar for a few seconds."""
        self.statusBar().showMessage(sentence, SAID_FOR_MS)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if files := local_files(event.mimeData()):
            event.acceptProposedAction()
            self.drop_hint.offer(len(files))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drop_hint.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.drop_hint.hide()
        self.open_files(local_files(event.mimeData()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.files.check()
            self.recent.look(self.settings.recent())

    def closeEvent(self, event: QCloseEvent) -> None:
        remember(self)
        self.hide()  # a job may need a moment to stop
        self.checks.stop()
        self.files.close_all()
        self.work.stop()
        if self._bench is not None:
            self._bench.close()
        self.recent.stop()
        super().closeEvent(event)

    def _lay_out(self, palette: Palette) -> None:
        self.rail = Rail(palette, self)
        self.rail.chosen.connect(self.show_page)
        self.workspace = Workspace(palette, self.work, self)
        self.tabs: Tabs = self.workspace.tabs
        self.graph_bar: GraphBar = self.workspace.graph_bar
        self.inspector: Inspector = self.workspace.inspector
        self.inspector.shapes_wanted.connect(partial(ask_for_shapes, self))
        self.tables: TablesPane = self.workspace.tables
        self.welcome = Welcome(self)
        self._middle = QStackedWidget(self)
        self._middle.addWidget(self.welcome)
        self._middle.addWidget(self.workspace)
        central = QWidget(self)
        row = QHBoxLayout(central)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self._middle, 1)
        self.setCentralWidget(central)
        self.drop_hint = DropHint(central)
        self.jobs_bar = JobsBar(self.work, palette, self)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addPermanentWidget(self.jobs_bar)

    def _connect(self) -> None:
        self.tabs.changed.connect(self._follow_tab)
        self.theme.changed.connect(self._apply_palette)
        self._open_dialog.chosen.connect(self.open_files)
        self.files.recent_changed.connect(self.recent.show)
        self.files.other_asked.connect(self.ask_for_files)
        self.files.reloaded.connect(lambda tab: self.say(f"{tab.name} was reloaded"))
        self.files.warned.connect(partial(warn, self))
        self.graph_bar.problems_asked.connect(partial(show_problems, self))
        self.graph_bar.targets_asked.connect(lambda: self.show_page("targets"))
        self.look.arranged.connect(self._show_direction)
        self.checks.busy_changed.connect(self.actions_by_id.refresh)
        self.tables.folded.connect(self.actions_by_id.refresh)
        self.tables.said.connect(self.say)
        self.welcome.open_asked.connect(self.ask_for_files)
        self.welcome.file_asked.connect(self.open_file)
        self.menus.file_asked.connect(self.open_file)
        self.menus.clear_asked.connect(self.recent.clear)
        self.menus.about_to_show.connect(self.actions_by_id.refresh)
        self.pictures.done.connect(self.say)

    def _follow_tab(self) -> None:
        tab, document = self.tabs.current, self.document
        self.setWindowTitle(f"{self.tabs.name_of(tab)} – MAI Studio" if tab is not None else "MAI Studio")
        self.checks.follow(document)
        self.workspace.set_document(document)
        self._show_parts()
        if self._middle.currentWidget() is self.welcome:
            self.welcome.button.setFocus()
        self._follow_document(document)
        self.look.shade()
        if self.graph is not None:
            self.graph.zoom_changed.connect(self._zoomed, Qt.ConnectionType.UniqueConnection)
            self.graph_bar.show_zoom(self.graph.zoom)
        self.actions_by_id.refresh()

    def _follow_document(self, document: Document | None) -> None:
        """Hear what becomes of this document, and of the one before no more."""
        if document is self._shown:
            return
        if self._shown is not None:
            for changed, heard in self._heard_of(self._shown):
                changed.disconnect(heard)
        if document is not None:
            for changed, heard in self._heard_of(document):
                changed.connect(heard)
        self._shown = document
        self.read_earlier_times()

    def _heard_of(self, document: Document) -> tuple[tuple[SignalInstance, Callable[..., None]], ...]:
        return (
            (document.subgraph_changed, self.actions_by_id.refresh),
            (document.timing_changed, self.actions_by_id.refresh),
            (document.hash_known, self.read_earlier_times),
            (document.checked_changed, self.look.show_targets),
        )

    def _show_parts(self) -> None:
        """Show what goes with the page and the current tab; without either, how to begin."""
        alone = self.workspace.page_stack.alone
        self._middle.setCurrentWidget(self.workspace if self.tabs.current is not None or alone else self.welcome)
        self.tabs.setVisible(self.tabs.current is not None)
        graph = self.graph is not None and not alone
        self.workspace.show_parts(self.document is not None, graph, self.inspector_wanted)

    def _show_direction(self) -> None:
        self.actions_by_id.set_icon("turn", self.arrangement.orientation)

    def _zoomed(self, factor: float) -> None:
        if self.sender() is self.graph:
            self.graph_bar.show_zoom(factor)

    def _apply_palette(self, palette: Palette) -> None:
        place = keyboard_place()
        self.setStyleSheet(style_sheet(palette))
        for part in (self.rail, self.workspace, self.jobs_bar, self.actions_by_id):
            part.apply_palette(palette)
        self.look.show_targets()
        place.give_back()
