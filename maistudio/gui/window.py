"""The one window: rail, tabs, graph, inspector, tables and status bar put together."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from maistudio.gui.actions import ACTIONS, ActionSet, keys_of
from maistudio.gui.commands import Command, CommandPalette
from maistudio.gui.document import Document, Selected
from maistudio.gui.drop_hint import DropHint
from maistudio.gui.files import Files
from maistudio.gui.graph.keys import GRAPH_KEYS
from maistudio.gui.graph.layout import Arrangement
from maistudio.gui.graph.view import GraphView
from maistudio.gui.graph_bar import GraphBar
from maistudio.gui.input_shapes import InputShapes, open_inputs
from maistudio.gui.inspector import Inspector
from maistudio.gui.jobs_bar import JobsBar
from maistudio.gui.keyboard import keyboard_place, step_focus
from maistudio.gui.local_files import local_files
from maistudio.gui.menus import Menus
from maistudio.gui.model_tab import ModelTab
from maistudio.gui.pages import PAGES
from maistudio.gui.pictures import Pictures
from maistudio.gui.problems import ProblemList
from maistudio.gui.rail import Rail
from maistudio.gui.recent import GONE, RecentFiles
from maistudio.gui.settings import Settings
from maistudio.gui.shortcuts import ShortcutHelp
from maistudio.gui.style import Theme, ThemeMode, style_sheet
from maistudio.gui.tables_pane import TablesPane
from maistudio.gui.tabs import Tabs
from maistudio.gui.targets.checks import Checks
from maistudio.gui.targets.desk import Desk
from maistudio.gui.targets.signs import sign_icon
from maistudio.gui.targets.words import trouble_text
from maistudio.gui.theme import Palette
from maistudio.gui.welcome import Welcome
from maistudio.gui.work import Work
from maistudio.gui.workspace import TABLES_HEIGHT, TABLES_HEIGHTS, Workspace
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.progress import Job, Progress
from maistudio.targets.values import Verdict

if TYPE_CHECKING:
    from maistudio.gui.profile.bench import Bench
    from maistudio.gui.profile.page import ProfilePage
    from maistudio.gui.profile.stack import ProfileStack
    from maistudio.gui.targets.page import TargetsPage
    from maistudio.runtime.children import Children

FILE_FILTER = "TensorFlow Lite models (*.tflite *.lite);;All files (*)"
FIRST_SIZE = (1280, 800)
SMALLEST_SIZE = (640, 400)
FRAME = (16, 56)
"""Room for the desktop's frame and title bar, in device-independent pixels."""
SAID_FOR_MS = 5000
WARM_UP_AFTER_MS = 500
ORIENTATIONS = ("vertical", "horizontal")
COLUMNS = ("wrapped", "strip")
SHOWN = ("shown", "hidden")
BAR_ACTIONS = ("find", "turn", "collapse", "expand", "zoom-out", "zoom-in", "fit", "heat", "verdicts", "inspector")


class MainWindow(QMainWindow):
    """Open files with ``open_files``; everything else is done by the declared actions.

    ``bench`` runs models; without one the window makes its own when it is first needed. ``desk`` checks them.
    """

    def __init__(self, theme: Theme, settings: Settings, bench: Bench | None = None, desk: Desk | None = None) -> None:
        super().__init__()
        self._bench = bench
        self.page = PAGES[0].name
        self.heat_wanted: bool = False
        self.verdicts_wanted: bool = False
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST_SIZE)
        self.resize(first_size(self.screen().availableSize()))
        self.theme = theme
        self.setStyleSheet(style_sheet(theme.palette))
        self.settings = settings
        self.work = Work(self)
        self.checks = Checks(desk or Desk(self._children), self.work, settings, self)
        self.inspector_wanted: bool = settings.word("inspector", SHOWN) == "shown"
        self.arrangement: Arrangement = Arrangement(
            "horizontal" if settings.word("orientation", ORIENTATIONS) == "horizontal" else "vertical",
            settings.word("columns", COLUMNS) == "wrapped",
            settings.word("minimap", SHOWN) == "shown",
            settings.word("legend", SHOWN) == "shown",
        )
        self._shown: Document | None = None
        self._dialog: QFileDialog | None = None
        self._commands: CommandPalette | None = None
        self.shortcut_help: ShortcutHelp | None = None
        self._lay_out(theme.palette)
        self.files = Files(self.tabs, self.work, settings, self)
        self.pictures = Pictures(self, self.work)
        self.recent = RecentFiles(self)
        self.actions_by_id = ActionSet(self, theme.palette)
        self.menus = Menus(self.menuBar(), self.actions_by_id)
        self._show_direction()
        self.graph_bar.add_buttons([self.actions_by_id[name] for name in BAR_ACTIONS])
        self._connect()
        self._restore()
        self._show_recent()
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
        profiles = self.workspace.profiles
        return profiles.page if profiles is not None and self.page == "profile" and self.document is not None else None

    @property
    def targets(self) -> TargetsPage | None:
        """The Targets page, if it is shown."""
        return self.workspace.targets if self.page == "targets" and self.document is not None else None

    @property
    def bench(self) -> Bench:
        """What runs models for this window."""
        if self._bench is None:
            from maistudio.gui.profile.bench import Bench

            self._bench = Bench()
        return self._bench

    def warm_up(self) -> None:
        """Start the child that the first run will use, once the window has nothing better to do."""
        QTimer.singleShot(WARM_UP_AFTER_MS, self, self._warm_up)

    def show_page(self, name: str) -> None:
        """Show another page of the current model."""
        self.page = name
        self.rail.choose(name)
        if name == "targets":
            self.checks.enable()
        self.workspace.show_page(name)
        if (page := self.profile or self.targets) is not None:
            page.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.tabs.current is not None:
            self.tabs.current.take_keyboard()
        self.actions_by_id.refresh()

    def run_timing(self) -> None:
        """Run what is chosen on the Profile page; from another page, show it first."""
        if self.profile is None:
            self.show_page("profile")
        elif self.profile is not None:
            self.profile.run()

    def cancel_timing(self) -> None:
        if self.profile is not None:
            self.profile.cancel()

    def toggle_heat(self) -> None:
        """Shade the boxes of graphs by their share of the time, or by their kind again."""
        self.heat_wanted = not self.heat_wanted
        self.verdicts_wanted = self.verdicts_wanted and not self.heat_wanted
        self._shade()

    def toggle_verdicts(self) -> None:
        """Colour the boxes of graphs by what a target makes of them, or by their kind again."""
        self.verdicts_wanted = not self.verdicts_wanted
        self.heat_wanted = self.heat_wanted and not self.verdicts_wanted
        if self.verdicts_wanted:
            self.checks.enable()
        self._shade()

    def prove(self) -> None:
        """Ask the real compilers of the targets chosen, on the Targets page."""
        self.show_page("targets")
        if self.targets is not None:
            self.targets.prove()

    def open_files(self, paths: list[str]) -> None:
        """Open files in tabs, off the interface thread."""
        self.files.open(paths, self.theme.palette, self.arrangement)

    def open_file(self, path: str) -> None:
        self.open_files([path])

    def show_opened(self, path: str, opened: OpenedModel) -> ModelTab:
        """Show a model that is read already, laid out before this returns."""
        return self.files.show(path, opened, self.theme.palette, self.arrangement)

    def ask_for_files(self) -> None:
        """Show the file dialog, starting in the folder of the current file."""
        if self._dialog is None:
            self._dialog = QFileDialog(self, "Open models")
            self._dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
            self._dialog.setNameFilter(FILE_FILTER)
            self._dialog.filesSelected.connect(self.open_files)
        tab = self.tabs.current
        latest = [tab.path] if tab is not None else self.settings.recent()
        if latest:
            self._dialog.setDirectory(str(Path(latest[0]).parent))
        self._dialog.open()

    def reopen_closed(self) -> None:
        if self.tabs.closed:
            self.open_files([self.tabs.closed.pop()])

    def reload(self) -> None:
        if (tab := self.tabs.current) is not None:
            tab.load()

    def close_tab(self) -> None:
        if (tab := self.tabs.current) is not None:
            self.files.close(tab)

    def copy_path(self) -> None:
        if (tab := self.tabs.current) is not None:
            QGuiApplication.clipboard().setText(tab.path)
            self.say("Path copied")

    def find_in_model(self) -> None:
        if self.document is not None:
            self.show_page("graph")
            self.workspace.open_search()

    def fit_graph(self) -> None:
        tab = self.tabs.current
        if tab is not None and tab.graph is not None:
            tab.graph.fit()
            tab.mark_keyboard()

    def ask_for_shapes(self) -> None:
        """Show the dialog for input shapes, where the model's file leaves a dimension open."""
        tab, document = self.tabs.current, self.document
        if tab is None or document is None or not open_inputs(document.opened.model):
            return
        dialog = InputShapes(tab.name, document.opened, self)
        dialog.asked.connect(tab.load_at)
        dialog.rejected.connect(tab.stop_reshaping)
        tab.reshaped.connect(dialog.accept)
        tab.reshape_refused.connect(dialog.say)
        dialog.open()

    def export_graph(self) -> None:
        if (tab := self.tabs.current) is not None and tab.graph is not None and tab.graph.scene is not None:
            self.pictures.ask_to_export(tab, tab.graph.scene)

    def copy_picture(self) -> None:
        if (tab := self.tabs.current) is not None and tab.graph is not None and tab.graph.scene is not None:
            self.pictures.copy(tab, tab.graph.scene)

    def turn_graph(self) -> None:
        """Draw every graph the other way: from top to bottom, or from left to right."""
        vertical = self.arrangement.orientation == "vertical"
        self._arrange(replace(self.arrangement, orientation="horizontal" if vertical else "vertical"))

    def wrap_graph(self) -> None:
        """Draw long graphs in columns, or as one strip."""
        self._arrange(replace(self.arrangement, wrapped=not self.arrangement.wrapped))

    def toggle_minimap(self) -> None:
        self._arrange(replace(self.arrangement, minimap=not self.arrangement.minimap))

    def toggle_legend(self) -> None:
        self._arrange(replace(self.arrangement, legend=not self.arrangement.legend))

    def toggle_inspector(self) -> None:
        self.inspector_wanted = not self.inspector_wanted
        self._show_parts()

    def toggle_tables(self) -> None:
        self.tables.set_expanded(not self.tables.expanded)

    def toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def choose_theme(self, mode: ThemeMode) -> None:
        self.theme.choose(mode)
        self.settings.put_word("theme", mode)

    def step_pane(self, by: int) -> None:
        panes = self.workspace.panes() if self.tabs.count else [self.welcome]
        step_focus([self.rail, *panes], by)

    def show_problems(self) -> None:
        tab = self.tabs.current
        if tab is not None and tab.document is not None:
            problems = ProblemList(tab.name, tab.document.opened.problems, self)
            problems.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            problems.show()

    def show_commands(self) -> None:
        if self._commands is None:
            self._commands = CommandPalette(self)
        self.actions_by_id.refresh()
        made = [
            Command(
                f"{action.menu.rpartition('/')[2]}: {action.text}",
                action.unless(self) or keys_of(action),
                not action.unless(self),
                self.actions_by_id[action.id].trigger,
            )
            for action in ACTIONS
            if action.id != "commands"
        ]
        tabs = [Command(f"Tab: {tab.name}", "", True, partial(self.tabs.choose, tab)) for tab in self.tabs.all()]
        recent = [
            Command(
                f"Open recent: {Path(path).name}",
                GONE if path in self.recent.gone else str(Path(path).parent),
                path not in self.recent.gone,
                partial(self.open_files, [path]),
            )
            for path in self.settings.recent()
        ]
        self._commands.ask([*made, *tabs, *recent])

    def show_shortcuts(self) -> None:
        if self.shortcut_help is None:
            self.shortcut_help = ShortcutHelp(self, GRAPH_KEYS)
        self.shortcut_help.ask()

    def show_about(self) -> None:
        from maistudio.gui.about import show_about

        show_about(self)

    def say(self, sentence: str) -> None:
        """Put a sentence into the status bar for a few seconds."""
        self.statusBar().showMessage(sentence, SAID_FOR_MS)

    def come_forward(self) -> None:
        """Show the window above others, as far as the desktop lets it."""
        if self.isMinimized():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

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
        self._remember()
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
        self.workspace = Workspace(palette, self.work, self._make_profiles, self._make_targets, self)
        self.tabs: Tabs = self.workspace.tabs
        self.graph_bar: GraphBar = self.workspace.graph_bar
        self.inspector: Inspector = self.workspace.inspector
        self.inspector.shapes_wanted.connect(self.ask_for_shapes)
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
        self.files.recent_changed.connect(self._show_recent)
        self.files.other_asked.connect(self.ask_for_files)
        self.files.reloaded.connect(self._say_reloaded)
        self.files.warned.connect(self._warn)
        self.graph_bar.problems_asked.connect(self.show_problems)
        self.graph_bar.target_chosen.connect(self.checks.look_at)
        self.graph_bar.targets_asked.connect(lambda: self.show_page("targets"))
        self.checks.choice_changed.connect(self._shade)
        self.checks.current_changed.connect(self._shade)
        self.checks.known_changed.connect(self._shade)
        self.checks.busy_changed.connect(self.actions_by_id.refresh)
        self.tables.folded.connect(self.actions_by_id.refresh)
        self.tables.said.connect(self.say)
        self.welcome.open_asked.connect(self.ask_for_files)
        self.welcome.file_asked.connect(self.open_file)
        self.menus.file_asked.connect(self.open_file)
        self.menus.clear_asked.connect(self._clear_recent)
        self.menus.about_to_show.connect(self.actions_by_id.refresh)
        self.pictures.done.connect(self.say)
        self.recent.looked.connect(self._mark_gone)

    def _follow_tab(self) -> None:
        tab, document = self.tabs.current, self.document
        self._middle.setCurrentWidget(self.welcome if tab is None else self.workspace)
        if tab is None:
            self.welcome.button.setFocus()
        self.setWindowTitle(f"{self.tabs.name_of(tab)} – MAI Studio" if tab is not None else "MAI Studio")
        self.checks.follow(document)
        self.workspace.set_document(document)
        self._show_parts()
        if document is not self._shown:
            if self._shown is not None:
                self._shown.subgraph_changed.disconnect(self.actions_by_id.refresh)
                self._shown.timing_changed.disconnect(self.actions_by_id.refresh)
                self._shown.hash_known.disconnect(self._read_earlier_times)
                self._shown.checked_changed.disconnect(self._show_targets)
            if document is not None:
                document.subgraph_changed.connect(self.actions_by_id.refresh)
                document.timing_changed.connect(self.actions_by_id.refresh)
                document.hash_known.connect(self._read_earlier_times)
                document.checked_changed.connect(self._show_targets)
            self._shown = document
            self._read_earlier_times()
        self._shade()
        if self.graph is not None:
            self.graph.zoom_changed.connect(self._zoomed, Qt.ConnectionType.UniqueConnection)
            self.graph_bar.show_zoom(self.graph.zoom)
        self.actions_by_id.refresh()

    def _read_earlier_times(self, _sha256: str = "") -> None:
        """Shade by what an earlier run measured; not before what runs models is loaded, see ``warm_up``."""
        if self._bench is not None and self.document is not None:
            from maistudio.gui.profile.earlier_times import read_earlier_times

            read_earlier_times(self.document, self._bench, self.work)

    def _children(self) -> Children:
        return self.bench.children

    def _make_targets(self) -> TargetsPage:
        from maistudio.gui.targets.page import TargetsPage

        made = TargetsPage(self.checks, self.work, self.theme.palette, self.workspace)
        made.gone_to.connect(self._show_in_graph)
        made.colours_asked.connect(self._show_verdicts)
        made.said.connect(self.say)
        made.open_asked.connect(self.open_file)
        return made

    def _make_profiles(self) -> ProfileStack:
        from maistudio.gui.profile.stack import ProfileStack

        made = ProfileStack(self._open_documents, self.bench, self.work, self.theme.palette, self.workspace)
        made.gone_to.connect(self._show_in_graph)
        made.heat_asked.connect(self._show_heat)
        made.said.connect(self.say)
        made.running_changed.connect(self.actions_by_id.refresh)
        return made

    def _open_documents(self) -> list[tuple[str, Document]]:
        return [(self.tabs.name_of(tab), tab.document) for tab in self.tabs.all() if tab.document is not None]

    def _show_in_graph(self, selected: Selected) -> None:
        self.show_page("graph")
        if self.graph is not None:
            self.graph.reveal(selected)

    def _show_heat(self) -> None:
        self.show_page("graph")
        if not self.heat_wanted:
            self.actions_by_id["heat"].trigger()

    def _warn(self, tab: ModelTab, sentence: str) -> None:
        """Say what became of a file where its tab, which says it above the graph, is not seen."""
        if tab is self.tabs.current and self.targets is not None:
            self.targets.warn(sentence, tab.load)
        elif not tab.isVisible():
            self.say(sentence)

    def _show_verdicts(self) -> None:
        self.show_page("graph")
        if not self.verdicts_wanted:
            self.actions_by_id["verdicts"].trigger()

    def _shade(self) -> None:
        """Colour the graphs as is wanted."""
        for tab in self.tabs.all():
            tab.show_heat(self.heat_wanted)
            tab.show_verdicts(self.checks.current if self.verdicts_wanted else "")
        self._show_targets()

    def _show_targets(self) -> None:
        """Offer the targets that the current model was checked on, or say how many of them don't run all of it."""
        checked = self.document.checked if self.document is not None else None
        reports = checked.reports if checked is not None else ()
        palette = self.theme.palette
        offered = [(each.target, each.name, sign_icon(each.verdict, palette)) for each in reports]
        self.graph_bar.show_targets(offered if self.verdicts_wanted else (), self.checks.current)
        told = "" if self.verdicts_wanted else trouble_text(reports)
        self.graph_bar.show_trouble(told, sign_icon(Verdict.FAILS_AT_START, palette))

    def _warm_up(self) -> None:
        task = self.work.start("Preparing to run models", _loaded())
        task.succeeded.connect(lambda _: self.bench.warm_up())
        task.succeeded.connect(lambda _: self._read_earlier_times())
        task.succeeded.connect(lambda _: self.checks.enable())

    def _arrange(self, arrangement: Arrangement) -> None:
        self.arrangement = arrangement
        for tab in self.tabs.all():
            tab.arrange(arrangement)
        self.settings.put_word("orientation", arrangement.orientation)
        self.settings.put_word("columns", COLUMNS[0] if arrangement.wrapped else COLUMNS[1])
        self.settings.put_word("minimap", SHOWN[0] if arrangement.minimap else SHOWN[1])
        self.settings.put_word("legend", SHOWN[0] if arrangement.legend else SHOWN[1])
        self._show_direction()

    def _show_parts(self) -> None:
        self.workspace.show_parts(self.document is not None, self.graph is not None, self.inspector_wanted)

    def _show_direction(self) -> None:
        self.actions_by_id.set_icon("turn", self.arrangement.orientation)

    def _zoomed(self, factor: float) -> None:
        if self.sender() is self.graph:
            self.graph_bar.show_zoom(factor)

    def _say_reloaded(self, tab: ModelTab) -> None:
        self.say(f"{tab.name} was written again and reloaded")

    def _show_recent(self) -> None:
        recent = self.settings.recent()
        self.menus.set_recent(recent)
        self.welcome.set_recent(recent)
        self.recent.look(recent)

    def _mark_gone(self) -> None:
        self.menus.mark_gone(self.recent.gone)
        self.welcome.mark_gone(self.recent.gone)

    def _clear_recent(self) -> None:
        self.settings.clear_recent()
        self._show_recent()

    def _apply_palette(self, palette: Palette) -> None:
        place = keyboard_place()
        self.setStyleSheet(style_sheet(palette))
        for part in (self.rail, self.workspace, self.jobs_bar, self.actions_by_id):
            part.apply_palette(palette)
        self._show_targets()
        place.give_back()

    def _restore(self) -> None:
        self.restoreGeometry(self.settings.state("geometry"))
        tables_height = self.settings.number("tables_height", TABLES_HEIGHT, *TABLES_HEIGHTS)
        self.workspace.restore(self.settings.state("across"), tables_height)
        self.tables.set_expanded(self.settings.word("tables", ("folded", "open")) == "open")

    def _remember(self) -> None:
        across, tables_height = self.workspace.state()
        self.settings.put_state("geometry", self.saveGeometry())
        self.settings.put_state("across", across)
        self.settings.put_number("tables_height", tables_height)
        self.settings.put_word("tables", "open" if self.tables.expanded else "folded")
        self.settings.put_word("inspector", "shown" if self.inspector_wanted else "hidden")
        self.settings.save()


def _loaded() -> Job[None]:
    """Import what runs models, which takes a moment."""
    yield Progress("Starting")
    import maistudio.gui.profile.earlier_times
    import maistudio.gui.targets.page  # noqa: F401


def first_size(available: QSize) -> QSize:
    """The size of a window that was never sized, so that it fits the ``available`` screen, frame and all."""
    return QSize(*FIRST_SIZE).boundedTo(available - QSize(*FRAME)).expandedTo(QSize(*SMALLEST_SIZE))
