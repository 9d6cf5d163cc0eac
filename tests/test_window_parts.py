"""Small parts of the window, each by itself."""

from __future__ import annotations

import gc
import sys
import threading

import pytest
from models import build_while, read_bytes
from panels import opened_bytes
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget

from maistudio.errors import UsageError
from maistudio.gui.banner import Banner
from maistudio.gui.callers import Caller, callers, subgraph_title, trail
from maistudio.gui.crash import CrashReports
from maistudio.gui.garbage import Garbage
from maistudio.gui.icons import STROKES, icon
from maistudio.gui.input_shapes import InputShapes
from maistudio.gui.pages import PAGES, page_named
from maistudio.gui.problems import ProblemList
from maistudio.gui.rail import Rail
from maistudio.gui.tabs import titles
from maistudio.gui.theme import LIGHT
from maistudio.gui.welcome import Welcome
from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.model import Problem

pytest_plugins = ["window_fixtures"]


def test_tabs_are_named_by_their_files() -> None:
    assert titles(["/a/one.tflite", "/b/two.tflite"]) == ["one", "two"]


def test_files_of_one_name_are_told_apart_by_their_folders() -> None:
    assert titles(["/a/x/model.tflite", "/b/x/model.tflite", "/c/one.tflite"]) == [
        "a/x/model",
        "b/x/model",
        "one",
    ]


def test_the_graph_page_is_there() -> None:
    assert page_named("graph").missing == ""


@pytest.mark.parametrize("page", [page.name for page in PAGES if page.missing])
def test_a_page_that_is_not_built_is_refused_in_a_sentence(page: str) -> None:
    with pytest.raises(UsageError, match=f"--page {page}: .* not built yet; use graph"):
        page_named(page)


def test_a_page_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="no such page"):
        page_named("garden")


def test_the_rail_says_why_a_page_cannot_be_chosen(qtbot) -> None:
    rail = Rail(LIGHT)
    qtbot.addWidget(rail)
    assert all("not built yet" in rail.buttons[page.name].toolTip() for page in PAGES if page.missing)


def test_the_rail_disables_pages_that_are_not_built(qtbot) -> None:
    rail = Rail(LIGHT)
    qtbot.addWidget(rail)
    able = [name for name, button in rail.buttons.items() if button.isEnabled()]
    assert able == ["graph", "targets", "profile", "zoo"]


@pytest.mark.parametrize("name", STROKES)
def test_every_icon_leaves_a_mark(qapp, name: str) -> None:
    picture = icon(name, "#000000", "#888888").pixmap(QSize(20, 20)).toImage()
    assert any(picture.pixelColor(x, y).alpha() for x in range(20) for y in range(20))


def test_an_icon_is_sharp_on_a_dense_screen(qapp) -> None:
    assert icon("graph", "#000000", "#888888").pixmap(QSize(20, 20), 2.0).width() == 40


def test_the_empty_page_lists_recent_files(qtbot) -> None:
    welcome = Welcome()
    qtbot.addWidget(welcome)
    welcome.set_recent(["/models/one.tflite"])
    (recent,) = welcome.findChildren(QPushButton, "recent")
    with qtbot.waitSignal(welcome.file_asked) as got:
        recent.click()
    assert got.args == ["/models/one.tflite"]


def test_a_banner_runs_what_its_button_says(qtbot) -> None:
    banner = Banner(LIGHT)
    qtbot.addWidget(banner)
    ran = []
    banner.say("warning", "The file is gone.", "Try again", lambda: ran.append(True))
    (button,) = banner.findChildren(QPushButton)
    button.click()
    assert ran == [True]


def test_a_dismissed_banner_says_nothing(qtbot) -> None:
    banner = Banner(LIGHT)
    qtbot.addWidget(banner)
    banner.say("warning", "The file is gone.")
    banner.hide()
    assert banner.text == ""


def test_a_sentence_with_markup_is_shown_as_it_is(qtbot) -> None:
    banner = Banner(LIGHT)
    qtbot.addWidget(banner)
    banner.say("error", "<b>bold</b> & more")
    assert banner.text == "<b>bold</b> & more"


def test_problems_can_be_copied_as_a_table(qtbot) -> None:
    listed = ProblemList("a.tflite", (Problem("op 3", "input 7 is out of range"), Problem("tensor 1", "no type")))
    qtbot.addWidget(listed)
    listed.copy()
    assert QGuiApplication.clipboard().text() == "op 3\tinput 7 is out of range\ntensor 1\tno type"


def test_the_ops_that_call_subgraphs_are_known() -> None:
    model = read_bytes(build_while())
    assert callers(model) == {1: Caller(0, 0), 2: Caller(0, 0)}


def test_a_subgraph_without_a_name_goes_by_its_number() -> None:
    draft = ModelDraft()
    draft.subgraph("")
    assert subgraph_title(read_bytes(draft.to_bytes()), 0) == "subgraph 0"


def test_a_way_back_leads_to_the_outermost_caller() -> None:
    assert trail({1: Caller(0, 4), 2: Caller(1, 7)}, 2) == [0, 1, 2]


def test_calls_in_a_circle_end_the_way_back() -> None:
    assert trail({0: Caller(1, 0), 1: Caller(0, 0)}, 1) == [0, 1]


def test_an_uncalled_subgraph_stands_alone() -> None:
    assert trail({}, 3) == [3]


def test_a_long_way_of_calls_shows_its_ends(window, open_model_tab) -> None:
    draft = ModelDraft()
    for place in range(12):
        graph = draft.subgraph(f"g{place}")
        source = graph.input("x", "FLOAT32", (1,))
        out = graph.tensor("y", "FLOAT32", (1,))
        if place < 11:
            graph.op("WHILE", [source], [out], {"cond_subgraph_index": place + 1, "body_subgraph_index": place + 1})
        else:
            graph.op("NEG", [source], [out])
        graph.output(out)
    tab = open_model_tab(data=draft.to_bytes())
    tab.document.show_subgraph(11)
    crumbs = [label.text() for label in window.graph_bar.findChildren(QLabel) if "more" in label.text()]
    ways = [button.text() for button in window.graph_bar.findChildren(QToolButton) if button.text().startswith("g")]
    assert (crumbs, ways) == (["… 8 more ›"], ["g0", "g9", "g10"])


@pytest.fixture
def reports(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    made = CrashReports(window)
    yield made
    made.stop()


def crash(message: str) -> None:
    try:
        raise ZeroDivisionError(message)
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def test_an_unexpected_error_is_shown_with_its_trace(reports, qtbot, capsys) -> None:
    crash("unforeseen")
    qtbot.waitUntil(lambda: reports.dialog is not None)
    assert "ZeroDivisionError: unforeseen" in reports.dialog.trace.toPlainText()


def test_an_unexpected_error_is_printed_too(reports, qtbot, capsys) -> None:
    crash("unforeseen")
    qtbot.waitUntil(lambda: reports.dialog is not None)
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_more_errors_join_the_same_report(reports, qtbot, capsys) -> None:
    crash("first")
    crash("second")
    qtbot.waitUntil(lambda: reports.dialog is not None and "second" in reports.dialog.trace.toPlainText())
    assert "first" in reports.dialog.trace.toPlainText()


def test_the_report_can_be_copied(reports, qtbot, capsys) -> None:
    crash("unforeseen")
    qtbot.waitUntil(lambda: reports.dialog is not None)
    reports.dialog.copy()
    assert "ZeroDivisionError: unforeseen" in QGuiApplication.clipboard().text()


def test_an_error_in_a_thread_is_shown_too(reports, qtbot, capsys) -> None:
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: reports.dialog is not None)
    assert "ZeroDivisionError" in reports.dialog.trace.toPlainText()


def test_ending_the_reports_puts_the_hooks_back(qtbot) -> None:
    before = (sys.excepthook, threading.excepthook)
    window = QWidget()
    qtbot.addWidget(window)
    CrashReports(window).stop()
    assert (sys.excepthook, threading.excepthook) == before


class Ring:
    """An object that only the cyclic collector can free."""

    def __init__(self, seen: list[threading.Thread]) -> None:
        self.me = self
        self.seen = seen

    def __del__(self) -> None:
        self.seen.append(threading.current_thread())


def test_cyclic_garbage_is_never_collected_on_a_worker_thread(qapp) -> None:
    seen: list[threading.Thread] = []
    garbage = Garbage()

    def litter() -> None:
        for _ in range(3000):
            Ring(seen)

    thread = threading.Thread(target=litter)
    thread.start()
    thread.join()
    collected_by_worker = list(seen)
    garbage.collect()
    garbage.stop()
    gc.collect()
    assert collected_by_worker == []


def test_cyclic_garbage_is_collected_on_the_interface_thread(qapp) -> None:
    seen: list[threading.Thread] = []
    garbage = Garbage()
    for _ in range(3000):
        Ring(seen)
    garbage.collect()
    freed = len(seen)
    garbage.stop()
    assert freed > 0


def test_pythons_own_collection_returns_when_the_window_ends(qapp) -> None:
    Garbage().stop()
    assert gc.isenabled()


def test_many_input_shapes_scroll(qtbot) -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    for place in range(150):
        graph.input(f"in{place}", "FLOAT32", (1, 1), shape_signature=(1, -1))
    dialog = InputShapes("many", opened_bytes(draft.to_bytes()))
    qtbot.addWidget(dialog)
    dialog.show()
    assert (dialog.height() < 600, len(dialog.spins)) == (True, 100)
