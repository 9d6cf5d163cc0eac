"""Large graphs are laid out off the interface thread: the newest wish only, and nothing after the view is gone."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import pytest
from graph_models import Net, chain_net, opened
from graph_views import Show, centre, drawn, keys
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from shiboken6 import isValid

from maistudio.gui.document import Document, Selected
from maistudio.gui.graph import stage
from maistudio.gui.graph.layout import Arrangement
from maistudio.gui.graph.making import SceneMaker
from maistudio.gui.graph.scene import Scene, Wish, fulfil
from maistudio.gui.graph.stage import Stage
from maistudio.gui.graph.view import GraphView
from maistudio.gui.theme import LIGHT

pytest_plugins = ["graph_view_fixtures"]

LARGE = 600


def many_inputs() -> Net:
    net = Net()
    net.output(net.op("ADD_N", [net.input() for _ in range(1200)]))
    return net


@pytest.fixture
def layout_threads(monkeypatch) -> list[threading.Thread]:
    """The thread of each layout that was made."""
    threads: list[threading.Thread] = []

    def note_and_fulfil(wish: Wish) -> Scene:
        threads.append(threading.current_thread())
        return fulfil(wish)

    monkeypatch.setattr(stage, "fulfil", note_and_fulfil)
    return threads


@pytest.mark.parametrize("build", [lambda: chain_net(LARGE), many_inputs], ids=["ops", "inputs"])
def test_a_large_graph_is_laid_out_off_the_interface_thread(
    show: Show, qtbot, layout_threads: list[threading.Thread], build: Callable[[], Net]
) -> None:
    view, _ = show(build(), wait=False)
    qtbot.waitUntil(lambda: view.scene is not None, timeout=60_000)
    assert threading.main_thread() not in layout_threads


def test_a_small_graph_is_laid_out_at_once(qtbot) -> None:
    view = GraphView(LIGHT)
    qtbot.addWidget(view)
    view.set_document(Document(opened(chain_net(3)), view))
    assert view.scene is not None


def test_a_view_says_that_its_graph_is_laid_out(show: Show, gate: threading.Event, qtbot) -> None:
    view, _ = show(chain_net(LARGE), wait=False)
    before = view.laying_out
    gate.set()
    qtbot.waitUntil(lambda: view.scene is not None, timeout=60_000)
    assert (before, view.laying_out) == (True, False)


def test_of_many_wishes_only_the_newest_is_drawn(show: Show, gate: threading.Event, qtbot) -> None:
    view, _ = show(chain_net(LARGE), wait=False)
    flat: list[bool] = []
    view.findChild(Stage).changed.connect(lambda _keep: flat.append(drawn(view).flat))
    for orientation in ("horizontal", "vertical", "horizontal"):
        view.arrange(Arrangement(orientation))
    gate.set()
    qtbot.waitUntil(lambda: not view.laying_out, timeout=60_000)
    assert flat == [True]


def test_a_graph_left_while_it_was_laid_out_is_not_drawn(show: Show, gate: threading.Event, qtbot) -> None:
    view, document = show(chain_net(LARGE), chain_net(2), wait=False)
    document.show_subgraph(1)
    gate.set()
    qtbot.waitUntil(lambda: not view.laying_out, timeout=60_000)
    assert keys(view) == ["input:0", "op:0", "op:1", "output:2"]


def test_a_click_chooses_nothing_in_the_graph_of_a_state_before(show: Show, gate: threading.Event) -> None:
    view, document = show(chain_net(LARGE))
    view.zoom_actual()
    document.replace(opened(chain_net(LARGE + 10)))
    key = min(keys(view), key=lambda key: (centre(view, key) - view.rect().center()).manhattanLength())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=centre(view, key))
    assert document.selected is None


def test_what_is_selected_meanwhile_is_lit_in_the_new_graph_only(show: Show, gate: threading.Event, qtbot) -> None:
    view, document = show(chain_net(LARGE))
    document.replace(opened(chain_net(LARGE + 10)))
    document.select(Selected("op", 0, LARGE + 5))
    before = view.highlight
    gate.set()
    qtbot.waitUntil(lambda: view.highlight is not None, timeout=60_000)
    assert before is None
    assert keys(view)[view.highlight.box] == f"op:{LARGE + 5}"


def test_a_view_may_go_while_its_graph_is_laid_out(qtbot, gate: threading.Event) -> None:
    view = GraphView(LIGHT)
    view.set_document(Document(opened(chain_net(LARGE))))
    (working,) = (thread for thread in threading.enumerate() if thread.name == "graph")
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gate.set()
    working.join(60)
    QCoreApplication.processEvents()
    assert (isValid(view), working.is_alive()) == (False, False)


@pytest.fixture
def maker(qapp):
    made = SceneMaker()
    yield made
    made.wait(60)
    made.deleteLater()


@pytest.fixture
def told(maker) -> list[object]:
    """What comes along with each scene that is delivered."""
    along: list[object] = []
    maker.made.connect(lambda _scene, name: along.append(name))
    return along


def test_wishes_that_were_outdone_before_they_began_are_never_made(maker, told: list[object], qtbot) -> None:
    begin, made = threading.Event(), []

    def first() -> None:
        begin.wait()
        made.append("first")

    maker.make(first, "first")
    for name in ("second", "third"):
        maker.make(lambda name=name: made.append(name), name)
    begin.set()
    qtbot.waitUntil(lambda: not maker.busy)
    assert made == ["first", "third"]


def test_a_scene_that_was_outdone_while_it_was_made_is_not_delivered(maker, told: list[object], qtbot) -> None:
    begin = threading.Event()
    maker.make(begin.wait, "first")
    maker.make(lambda: None, "second")
    begin.set()
    qtbot.waitUntil(lambda: not maker.busy)
    assert told == ["second"]


def test_a_scene_that_is_not_wanted_any_more_is_not_delivered(maker, told: list[object], qtbot) -> None:
    begin = threading.Event()
    maker.make(begin.wait, "first")
    maker.drop()
    begin.set()
    qtbot.waitUntil(lambda: not maker.busy)
    assert told == []


def test_a_layout_that_fails_reaches_the_excepthook(maker, qtbot, monkeypatch) -> None:
    caught: list[type] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, _error, _trace: caught.append(kind))
    maker.make(lambda: 1 // 0, "first")
    qtbot.waitUntil(lambda: not maker.busy)
    assert caught == [ZeroDivisionError]
