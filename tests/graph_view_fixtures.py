"""Graphs shown in a view off screen, and a gate that holds up their layout."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from graph_models import Net, opened
from graph_views import Show
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from maistudio.gui.document import Document
from maistudio.gui.graph import stage
from maistudio.gui.graph.scene import Scene, Wish, fulfil
from maistudio.gui.graph.view import GraphView
from maistudio.gui.theme import LIGHT


@pytest.fixture
def show(qtbot) -> Iterator[Show]:
    """Shows a document of these subgraphs in a view of 900×700; all views are gone when the test ends."""
    made: list[GraphView] = []

    def make(*nets: Net, wait: bool = True) -> tuple[GraphView, Document]:
        view = GraphView(LIGHT)
        made.append(view)
        view.resize(900, 700)
        document = Document(opened(*nets), view)
        view.set_document(document, wait)
        view.show()
        QApplication.processEvents()
        return view, document

    yield make
    for view in made:
        view.set_document(None)
        view.close()
        view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def gate(monkeypatch) -> Iterator[threading.Event]:
    """Layouts off the interface thread wait until the gate is set."""
    opened_gate = threading.Event()

    def wait_and_fulfil(wish: Wish) -> Scene:
        if threading.current_thread() is not threading.main_thread():
            opened_gate.wait()
        return fulfil(wish)

    monkeypatch.setattr(stage, "fulfil", wait_and_fulfil)
    yield opened_gate
    opened_gate.set()
    for thread in threading.enumerate():
        if thread.name == "graph":
            thread.join()
