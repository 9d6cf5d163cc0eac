"""Where the keyboard is in the window: kept across what is rebuilt, and shown."""

from __future__ import annotations

import pytest
from models import build_chain
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QSpinBox, QTableView, QVBoxLayout, QWidget

from maistudio.gui.commands import CommandPalette
from maistudio.gui.document import Selected
from maistudio.gui.keyboard import KeyboardFrame, holds_keyboard
from maistudio.gui.overlay import Overlay
from maistudio.gui.panels.search import SearchBar
from maistudio.gui.panels.value import Value

pytest_plugins = ["window_fixtures"]


@pytest.fixture
def form(qtbot) -> QWidget:
    """A window of two fields with an overlay."""
    form = QWidget()
    column = QVBoxLayout(form)
    for name in ("first", "second"):
        field = QSpinBox(form)
        field.setObjectName(name)
        column.addWidget(field)
    form.overlay = Overlay(form, 100, 50)  # type: ignore[attr-defined]
    qtbot.addWidget(form)
    form.show()
    return form


def delete(widget: QWidget) -> None:
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete)


def test_an_overlay_gives_the_keyboard_back(form) -> None:
    form.findChild(QSpinBox, "second").setFocus()
    form.overlay.open(form.overlay)
    form.overlay.dismiss()
    assert form.findChild(QSpinBox, "second").hasFocus()


def test_an_overlay_closes_when_what_had_the_keyboard_was_deleted(form) -> None:
    form.findChild(QSpinBox, "second").setFocus()
    form.overlay.open(form.overlay)
    delete(form.findChild(QSpinBox, "second"))
    form.overlay.dismiss()
    assert form.findChild(QSpinBox, "first").hasFocus()


def test_an_overlay_gives_the_keyboard_to_nothing_in_between(form) -> None:
    form.findChild(QSpinBox, "second").setFocus()
    form.overlay.open(form.overlay)
    passed = []
    QApplication.instance().focusChanged.connect(lambda _old, new: passed.append(new and new.objectName()))
    form.overlay.dismiss()
    assert passed == ["second"]


def sorted_table(window) -> QTableView:
    window.toggle_tables()
    QApplication.processEvents()
    view = window.tables.findChild(QTableView)
    view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    return view


def test_choosing_a_theme_in_the_palette_keeps_the_selection_and_the_keyboard(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab()
    sorted_table(window)
    weights = Selected("tensor", 0, 1)
    tab.document.select(weights)
    qtbot.waitUntil(lambda: any(spin.isVisible() for spin in window.inspector.findChildren(QSpinBox)))
    spin = next(spin for spin in window.inspector.findChildren(QSpinBox) if spin.isVisible())
    spin.setFocus()
    for name in ("dark", "light", "dark"):
        window.show_commands()
        line = window.findChild(CommandPalette).line
        qtbot.keyClicks(line, f"theme {name}")
        qtbot.keyClick(line, Qt.Key.Key_Return)
        QApplication.processEvents()
    assert tab.document.selected == weights
    assert holds_keyboard(window.inspector)


@pytest.mark.parametrize("close", ["close_bar", "toggle_inspector"])
def test_closing_a_pane_that_has_the_keyboard_keeps_the_selection(window, open_model_tab, qtbot, close: str) -> None:
    tab = open_model_tab(data=build_chain(12))
    sorted_table(window)
    chosen = Selected("tensor", 0, 3)
    tab.document.select(chosen)
    if close == "close_bar":
        window.find_in_model()
        window.findChild(SearchBar).close_bar()
    else:
        window.inspector.bar.setFocus()
        window.toggle_inspector()
    assert tab.document.selected == chosen
    assert tab.graph.hasFocus()


def test_f_fits_the_graph_from_the_tables(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab(data=build_chain(12))
    view = sorted_table(window)
    view.setFocus()
    tab.graph.zoom_actual()
    before = tab.graph.zoom
    qtbot.keyClick(view, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: tab.graph.zoom != before)
    assert view.hasFocus()


def test_f_in_a_text_field_is_a_letter(window, open_model_tab, qtbot) -> None:
    open_model_tab()
    window.find_in_model()
    line = window.findChild(SearchBar).line
    qtbot.keyClick(line, Qt.Key.Key_F)
    assert line.text() == "f"


def frame(window) -> KeyboardFrame:
    return window.graph.findChild(KeyboardFrame)


def test_the_graph_shows_that_it_has_the_keyboard_by_f6(window, open_model_tab, qtbot) -> None:
    open_model_tab()
    window.rail.buttons["graph"].setFocus()
    for _ in range(4):
        qtbot.keyClick(window, Qt.Key.Key_F6)
        if window.graph.hasFocus():
            break
    assert window.graph.hasFocus()
    assert frame(window).isVisible()


def test_the_graph_shows_the_keyboard_after_f(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab()
    tab.graph.setFocus()
    qtbot.keyClick(tab.graph, Qt.Key.Key_F)
    assert frame(window).isVisible()


def test_a_click_into_the_graph_needs_no_frame(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab()
    tab.mark_keyboard()
    qtbot.mouseClick(tab.graph, Qt.MouseButton.LeftButton)
    assert not frame(window).isVisible()


def test_the_keyboard_stays_in_the_inspector_when_a_link_is_followed(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab()
    tab.document.select(Selected("op", 0, 1))
    QApplication.processEvents()
    values = window.inspector.findChildren(Value)
    link = next(value for value in values if value.isVisible() and value.focusPolicy() == Qt.FocusPolicy.StrongFocus)
    link.setFocus()
    qtbot.keyClick(link, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: tab.document.selected != Selected("op", 0, 1))
    QApplication.processEvents()
    assert holds_keyboard(window.inspector)
