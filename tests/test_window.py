"""The whole window, off screen."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from models import build_chain, build_conv_net, build_index_out_of_range, build_no_ops, build_while
from PySide6.QtCore import QEvent, QPoint, QPointF, QSizeF, Qt, QUrl
from PySide6.QtGui import QFileOpenEvent, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from maistudio.gui.document import Selected
from maistudio.gui.panels.search import SearchBar
from maistudio.gui.panels.tables import OpsTable
from maistudio.gui.running import asked_file
from maistudio.gui.settings import Settings
from maistudio.gui.style import Theme
from maistudio.gui.window import MainWindow
from maistudio.jobs.progress import Progress

pytest_plugins = ["window_fixtures"]

NOT_A_MODEL = b"<!DOCTYPE html><html><body>Sign in</body></html>"


def tab_names(window: MainWindow) -> list[str]:
    return [tab.name for tab in window.tabs.all()]


def texts(widget, kind=QPushButton) -> list[str]:
    return [child.text() for child in widget.findChildren(kind) if child.isVisible()]


# Opening


def test_an_empty_window_offers_to_open_a_model(window) -> None:
    assert window.welcome.isVisible()
    assert window.welcome.button.hasFocus()


def test_a_model_opens_in_a_tab_named_by_its_file(window, open_model_tab) -> None:
    open_model_tab("net.tflite")
    assert tab_names(window) == ["net.tflite"]
    assert window.windowTitle().startswith("net.tflite")


def test_a_model_is_drawn(window, open_model_tab) -> None:
    tab = open_model_tab()
    assert tab.graph is not None
    assert tab.graph.isVisible()


def test_its_hash_follows(window, open_model_tab) -> None:
    assert len(open_model_tab().document.sha256) == 64


def test_several_files_open_in_tabs_of_their_own(window, write_model, qtbot) -> None:
    window.open_files([str(write_model("one.tflite")), str(write_model("two.tflite"))])
    qtbot.waitUntil(lambda: all(tab.document for tab in window.tabs.all()))
    assert tab_names(window) == ["one.tflite", "two.tflite"]


def test_a_file_that_is_open_already_is_shown_instead(window, open_model_tab) -> None:
    first = open_model_tab("one.tflite")
    open_model_tab("two.tflite")
    window.open_files([first.path])
    assert window.tabs.count == 2
    assert window.tabs.current is first


def test_a_relative_path_means_the_same_file(window, open_model_tab, monkeypatch) -> None:
    tab = open_model_tab()
    monkeypatch.chdir(Path(tab.path).parent)
    window.open_files([f"./{tab.name}"])
    assert window.tabs.count == 1


def test_a_file_that_cannot_be_read_gets_one_sentence_and_a_way_on(window, write_model, qtbot) -> None:
    path = write_model("page.tflite", NOT_A_MODEL)
    window.open_files([str(path)])
    qtbot.waitUntil(lambda: "Open another file" in texts(window))
    assert window.document is None


def test_a_refused_file_can_be_tried_again(window, write_model, qtbot) -> None:
    path = write_model("page.tflite", NOT_A_MODEL)
    window.open_files([str(path)])
    qtbot.waitUntil(lambda: "Try again" in texts(window))
    path.write_bytes(build_conv_net())
    next(each for each in window.findChildren(QPushButton) if each.text() == "Try again").click()
    qtbot.waitUntil(lambda: window.document is not None)


def test_a_refused_file_is_tried_again_when_it_was_written(window, write_model, qtbot) -> None:
    path = write_model("download.tflite", build_conv_net()[:100])
    window.open_files([str(path)])
    qtbot.waitUntil(lambda: "Try again" in texts(window))
    path.write_bytes(build_conv_net())
    qtbot.waitUntil(lambda: window.document is not None)


def test_an_unexpected_error_leaves_the_window_alive(window, write_model, qtbot, monkeypatch) -> None:
    def broken(path, shapes):
        yield Progress("Reading")
        raise ZeroDivisionError

    monkeypatch.setattr("maistudio.gui.model_tab.open_model", broken)
    caught = []
    monkeypatch.setattr("sys.excepthook", lambda *error: caught.append(error[0]))
    window.open_files([str(write_model())])
    qtbot.waitUntil(lambda: "Open another file" in texts(window))
    assert caught == [ZeroDivisionError]


def slow(path, shapes):
    while True:
        yield Progress("Reading", 0.25)
        time.sleep(0.005)


def test_running_jobs_stand_in_the_status_bar(window, write_model, qtbot, monkeypatch) -> None:
    monkeypatch.setattr("maistudio.gui.model_tab.open_model", slow)
    window.open_files([str(write_model())])
    qtbot.waitUntil(window.jobs_bar.isVisible)
    window.close_tab()
    assert not window.jobs_bar.isVisible()


def test_closing_the_window_leaves_no_thread(window, write_model, qtbot, monkeypatch) -> None:
    monkeypatch.setattr("maistudio.gui.model_tab.open_model", slow)
    window.open_files([str(write_model("one.tflite")), str(write_model("two.tflite"))])
    qtbot.waitUntil(window.jobs_bar.isVisible)
    window.close()
    assert [thread for thread in threading.enumerate() if thread.name.startswith("job ")] == []


# Tabs


def test_a_closed_tab_is_gone(window, open_model_tab) -> None:
    open_model_tab()
    window.actions_by_id["close"].trigger()
    assert window.tabs.count == 0
    assert window.welcome.isVisible()


def test_a_closed_tab_can_be_reopened(window, open_model_tab, qtbot) -> None:
    open_model_tab()
    window.close_tab()
    window.actions_by_id["reopen"].trigger()
    qtbot.waitUntil(lambda: window.document is not None)
    assert tab_names(window) == ["net.tflite"]


def test_tabs_are_stepped_through_around_the_end(window, open_model_tab) -> None:
    first = open_model_tab("one.tflite")
    open_model_tab("two.tflite")
    window.actions_by_id["next-tab"].trigger()
    assert window.tabs.current is first


def test_a_moved_tab_keeps_its_model(window, open_model_tab) -> None:
    first = open_model_tab("one.tflite")
    open_model_tab("two.tflite")
    window.tabs.bar.moveTab(0, 1)
    window.tabs.bar.setCurrentIndex(1)
    assert window.tabs.pages.currentWidget() is first


def test_closing_one_of_many_tabs_closes_that_one(window, open_model_tab, qtbot) -> None:
    for name in ("one.tflite", "two.tflite", "three.tflite"):
        open_model_tab(name)
    qtbot.mouseClick(window.tabs.bar, Qt.MouseButton.MiddleButton, pos=window.tabs.bar.tabRect(1).center())
    assert tab_names(window) == ["one.tflite", "three.tflite"]


# Files that change


def test_a_file_exported_again_is_reloaded(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab()
    Path(tab.path).write_bytes(build_chain(7))
    qtbot.waitUntil(lambda: tab.document.opened.model.op_count == 7)


def test_a_reload_keeps_the_selection(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab()
    tab.document.select(Selected("op", 0, 2))
    with qtbot.waitSignal(tab.document.model_changed):
        window.reload()
    qtbot.waitUntil(lambda: tab.document.selected is not None)
    assert tab.document.selected == Selected("op", 0, 2)


def test_a_file_that_cannot_be_read_again_leaves_the_old_state(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab()
    before = tab.document.opened
    Path(tab.path).write_bytes(NOT_A_MODEL)
    qtbot.waitUntil(lambda: "can't be read now" in tab.banner.text)
    assert tab.document.opened is before


def test_the_banner_goes_when_the_file_can_be_read_again(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab()
    Path(tab.path).write_bytes(NOT_A_MODEL)
    qtbot.waitUntil(lambda: tab.banner.text != "")
    Path(tab.path).write_bytes(build_chain(3))
    qtbot.waitUntil(lambda: tab.banner.text == "")


def test_a_deleted_file_is_told_in_a_banner(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab()
    Path(tab.path).unlink()
    qtbot.waitUntil(lambda: "moved or deleted" in tab.banner.text)


def test_a_model_that_loses_its_ops_shows_its_summary(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab()
    Path(tab.path).write_bytes(build_no_ops())
    qtbot.waitUntil(lambda: tab.graph is None)


# What stands around the graph


def test_a_model_without_ops_shows_its_summary(window, open_model_tab) -> None:
    tab = open_model_tab("empty.tflite", build_no_ops())
    assert tab.graph is None
    assert not window.inspector.isVisible()


def test_nothing_selected_shows_the_summary_and_a_selection_its_details(window, open_model_tab) -> None:
    tab = open_model_tab()
    shown = [window.inspector.bar.tabText(window.inspector.bar.currentIndex())]
    tab.document.select(Selected("op", 0, 0))
    shown.append(window.inspector.bar.tabText(window.inspector.bar.currentIndex()))
    tab.document.select(None)
    shown.append(window.inspector.bar.tabText(window.inspector.bar.currentIndex()))
    assert shown == ["Summary", "Details", "Summary"]


def test_one_subgraph_needs_no_choice(window, open_model_tab) -> None:
    open_model_tab()
    assert not window.graph_bar.choice.isVisible()


def test_several_subgraphs_can_be_chosen(window, open_model_tab) -> None:
    tab = open_model_tab("loop.tflite", build_while())
    window.graph_bar.choice.activated.emit(2)
    assert tab.document.subgraph == 2


def test_the_way_back_leads_to_the_op_that_calls(window, open_model_tab) -> None:
    tab = open_model_tab("loop.tflite", build_while())
    tab.document.show_subgraph(2)
    window.actions_by_id["caller"].trigger()
    assert tab.document.selected == Selected("op", 0, 0)


def test_a_file_with_problems_says_how_many(window, open_model_tab) -> None:
    tab = open_model_tab("faulty.tflite", build_index_out_of_range())
    count = len(tab.document.opened.model.problems)
    assert window.graph_bar.problems.isVisible()
    assert window.graph_bar.problems.text().strip().startswith(f"{count} problem")


def test_a_sound_file_says_nothing_of_problems(window, open_model_tab) -> None:
    open_model_tab()
    assert not window.graph_bar.problems.isVisible()


def test_tables_are_folded_until_asked_for(window, open_model_tab) -> None:
    open_model_tab()
    folded = window.tables.height()
    window.actions_by_id["tables"].trigger()
    assert window.tables.height() > 3 * folded


def heights(window) -> tuple[int, int]:
    """The heights of the graph with its bar, and of what is below."""
    QApplication.processEvents()
    return tuple(window.workspace._down.sizes())


def test_the_graph_takes_the_room_of_closed_tables_at_once(window, open_model_tab) -> None:
    open_model_tab()
    before = heights(window)
    window.toggle_tables()
    window.toggle_tables()
    assert heights(window) == before


def test_closed_tables_take_no_room_in_a_new_tab(window, open_model_tab) -> None:
    open_model_tab("one.tflite")
    before = heights(window)
    window.toggle_tables()
    window.toggle_tables()
    open_model_tab("two.tflite")
    assert heights(window) == before


def test_switching_tabs_switches_every_part(window, open_model_tab) -> None:
    open_model_tab("one.tflite", build_chain(5))
    window.toggle_tables()
    open_model_tab("two.tflite", build_chain(9))
    assert "9" in window.tables.bar.tabText(0)


def test_a_row_chosen_by_enter_is_shown_in_the_graph(window, open_model_tab, qtbot) -> None:
    open_model_tab()
    window.tables.set_expanded(True)
    table = window.tables.findChild(OpsTable)
    window.graph.push(5000, 5000)
    table.view.setCurrentIndex(table.model.index(2, 0))
    qtbot.keyClick(table.view, Qt.Key.Key_Return)
    shown = window.graph.camera.visible(QSizeF(window.graph.size()))
    assert shown.contains(window.graph.scene.rects[window.graph.scene.diagram.box_of_op[2]])


def test_a_result_of_the_search_is_shown_large_enough_to_read(window, open_model_tab, qtbot) -> None:
    open_model_tab()
    for _ in range(10):
        window.graph.zoom_out()
    window.actions_by_id["find"].trigger()
    bar = window.findChild(SearchBar)
    bar.line.setText("#2")
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.graph.zoom >= 0.8)


def test_search_opens_above_the_graph(window, open_model_tab) -> None:
    open_model_tab()
    window.actions_by_id["find"].trigger()
    assert window.focusWidget().accessibleName() == "Find ops and tensors"


def test_drawing_long_graphs_as_strips_is_remembered(make_window, write_model, qtbot) -> None:
    first = make_window()
    first.actions_by_id["wrap"].setEnabled(True)
    first.actions_by_id["wrap"].trigger()
    path = str(write_model())
    second = make_window()
    second.open_files([path])
    qtbot.waitUntil(lambda: second.graph is not None and second.graph.scene is not None)
    assert (second.arrangement.wrapped, second.graph.scene.choice.wrapped) == (False, False)


def test_a_tab_out_of_sight_is_turned_when_it_is_shown(window, open_model_tab) -> None:
    hidden, shown = open_model_tab("hidden.tflite"), open_model_tab("shown.tflite")
    window.actions_by_id["turn"].trigger()
    before = [tab.graph.scene.flat for tab in (hidden, shown)]
    window.tabs.choose(hidden)
    assert (before, hidden.graph.scene.flat) == ([False, True], True)


def test_turning_the_graph_is_remembered(window, open_model_tab, settings) -> None:
    open_model_tab()
    window.actions_by_id["turn"].trigger()
    assert settings.word("orientation", ("vertical", "horizontal")) == "horizontal"


# Pictures


def test_an_export_that_fails_says_so_in_the_tab(window, open_model_tab, qtbot, tmp_path) -> None:
    tab = open_model_tab()
    window.pictures.export(tab, tab.graph.scene, tmp_path / "missing" / "graph.svg")
    qtbot.waitUntil(lambda: "can't be written" in tab.banner.text)


def test_the_export_dialog_suggests_a_name_beside_the_model(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab()
    window.actions_by_id["export"].trigger()
    (dialog,) = window.findChildren(QFileDialog)
    suggested = dialog.selectedFiles()
    dialog.reject()
    assert suggested == [str(Path(tab.path).with_suffix(".svg"))]


def test_the_export_dialog_changes_the_ending_with_the_format(window, open_model_tab, qtbot) -> None:
    open_model_tab()
    window.actions_by_id["export"].trigger()
    (dialog,) = window.findChildren(QFileDialog)
    dialog.filterSelected.emit(dialog.nameFilters()[1])
    ending = Path(dialog.selectedFiles()[0]).suffix
    dialog.reject()
    assert ending == ".pdf"


# Keyboard


def panes_reached(window, qtbot, by: str) -> set[str]:
    reached = set()
    names = {"rail": window.rail, "tabs": window.tabs.bar, "graph": window.tabs.pages, "bar": window.graph_bar,
             "tables": window.tables, "inspector": window.inspector}  # fmt: skip
    for _ in range(8):
        window.actions_by_id[by].trigger()
        focused = window.focusWidget()
        reached |= {name for name, pane in names.items() if pane is focused or pane.isAncestorOf(focused)}
    return reached


@pytest.mark.parametrize("by", ["next-pane", "previous-pane"])
def test_f6_goes_through_every_pane(window, open_model_tab, qtbot, by: str) -> None:
    open_model_tab()
    window.toggle_tables()
    assert panes_reached(window, qtbot, by) == {"rail", "tabs", "graph", "bar", "tables", "inspector"}


def test_the_graph_has_the_keyboard_when_a_model_was_opened(window, open_model_tab) -> None:
    tab = open_model_tab()
    assert tab.isAncestorOf(window.focusWidget())


def test_the_command_palette_runs_a_command_by_keyboard(window, open_model_tab, qtbot) -> None:
    open_model_tab()
    window.actions_by_id["commands"].trigger()
    qtbot.keyClicks(window.focusWidget(), "close tab")
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert window.tabs.count == 0


def test_help_opens_and_closes_by_keyboard(window, qtbot) -> None:
    window.actions_by_id["shortcuts"].trigger()
    overlay = window.shortcut_help
    opened = overlay.isVisible()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert (opened, overlay.isVisible()) == (True, False)


def test_the_question_mark_asks_for_help(window, qtbot) -> None:
    assert QKeySequence("?") in window.actions_by_id["shortcuts"].shortcuts()


# What is remembered


def test_opened_files_are_recent(window, open_model_tab, settings) -> None:
    tab = open_model_tab()
    assert settings.recent() == [tab.path]


def test_recent_files_stand_in_the_menu(window, open_model_tab) -> None:
    tab = open_model_tab()
    assert window.menus.recent.actions()[0].data() == tab.path


def test_a_file_opened_again_is_the_latest(window, open_model_tab, settings) -> None:
    first, second = open_model_tab("first.tflite"), open_model_tab("second.tflite")
    window.open_files([first.path])
    assert settings.recent() == [first.path, second.path]


def test_the_title_tells_files_of_one_name_apart(window, open_model_tab, tmp_path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        open_model_tab(f"{folder}/net.tflite")
    assert window.windowTitle() == "b/net.tflite – MAI Studio"


def test_the_minimap_can_be_hidden(window, open_model_tab) -> None:
    open_model_tab(data=build_chain(60))
    graph = window.graph
    graph.resize(900, 700)
    graph.zoom_in()
    corner = QPointF(graph.width() - 30, graph.height() - 30)
    before = graph.drag_map(corner)
    window.actions_by_id["minimap"].trigger()
    assert (before, graph.drag_map(corner)) == (True, False)


def test_refused_files_are_not_remembered(window, write_model, qtbot, settings) -> None:
    window.open_files([str(write_model("page.tflite", NOT_A_MODEL))])
    qtbot.waitUntil(lambda: "Open another file" in texts(window))
    assert settings.recent() == []


def test_the_window_comes_back_as_it_was_left(window, open_model_tab, qtbot, settings) -> None:
    open_model_tab()
    window.toggle_tables()
    window.toggle_inspector()
    window.resize(700, 600)
    window.close()
    again = MainWindow(window.theme, settings)
    qtbot.addWidget(again)
    assert (again.tables.expanded, again.inspector_wanted) == (True, False)
    assert (again.width(), again.height()) == (700, 600)


@pytest.mark.parametrize("height", [150, 320])
def test_the_tables_come_back_as_high_as_they_were(make_window, write_model, settings, qtbot, height: int) -> None:
    settings.put_word("tables", "open")
    settings.put_number("tables_height", height)
    window = make_window()
    window.open_files([str(write_model())])
    qtbot.waitUntil(lambda: abs(window.tables.height() - height) <= 2)


def test_tables_folded_and_unfolded_are_as_high_as_before(window, open_model_tab) -> None:
    open_model_tab()
    window.toggle_tables()
    window.workspace.set_tables_height(333)
    window.toggle_tables()
    QApplication.processEvents()
    window.toggle_tables()
    QApplication.processEvents()
    assert abs(window.tables.height() - 333) <= 2


def test_corrupt_settings_do_not_stop_the_window(qapp, qtbot, tmp_path) -> None:
    path = tmp_path / "window.ini"
    path.write_text(
        "[General]\ngeometry=bm90IGEgZ2VvbWV0cnk=\nacross=AAAA\ntables_height=tall\ntables=7\nrecent=@Invalid()\n"
    )
    window = MainWindow(Theme(qapp, "light"), Settings(path))
    qtbot.addWidget(window)
    window.show()
    assert window.welcome.isVisible()


def test_the_chosen_theme_reaches_the_window_and_is_remembered(window, settings) -> None:
    window.actions_by_id["theme-dark"].trigger()
    assert window.theme.palette.name == "dark"
    assert settings.word("theme", ("system", "light", "dark")) == "dark"


def test_changing_the_theme_changes_an_open_model(window, open_model_tab) -> None:
    open_model_tab()
    before = window.grab().toImage().pixelColor(QPoint(600, 400))
    window.choose_theme("dark")
    assert window.grab().toImage().pixelColor(QPoint(600, 400)).lightness() < before.lightness()


# From outside


def test_a_file_the_desktop_sends_is_asked_for() -> None:
    event = QFileOpenEvent(QUrl.fromLocalFile("/models/net.tflite"))
    assert asked_file(event) == "/models/net.tflite"


def test_no_other_event_asks_for_a_file() -> None:
    assert asked_file(QEvent(QEvent.Type.ApplicationActivate)) == ""


def test_the_path_can_be_copied(window, open_model_tab) -> None:
    tab = open_model_tab()
    window.actions_by_id["copy-path"].trigger()
    assert QGuiApplication.clipboard().text() == tab.path
