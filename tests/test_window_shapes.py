"""Input shapes set in the window, for files that leave dimensions open."""

from __future__ import annotations

from pathlib import Path

import pytest
from models import build_conv_net, build_dynamic_shape
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSpinBox

from maistudio.gui.document import Selected
from maistudio.gui.input_shapes import InputShapes, open_inputs

pytest_plugins = ["window_fixtures"]


def ask(window) -> InputShapes:
    window.actions_by_id["input-shapes"].trigger()
    return next(dialog for dialog in window.findChildren(InputShapes) if dialog.isVisible())


@pytest.fixture
def tab(open_model_tab):
    return open_model_tab(data=build_dynamic_shape())


@pytest.fixture
def name(tab) -> str:
    return open_inputs(tab.document.opened.model)[0].label


def apply(window, tab, size: int, qtbot) -> None:
    dialog = ask(window)
    for spins in dialog.spins.values():
        for spin in spins.values():
            spin.setValue(size)
    with qtbot.waitSignal(tab.reshaped):
        dialog.apply.click()


def test_without_an_unknown_dimension_the_action_says_why_not(window, open_model_tab) -> None:
    open_model_tab(data=build_conv_net())
    action = window.actions_by_id["input-shapes"]
    assert not action.isEnabled()
    assert "no input of this model has an unknown dimension" in action.toolTip()


def test_only_unknown_dimensions_can_be_set(window, tab, name) -> None:
    shape = open_inputs(tab.document.opened.model)[0].open_shape
    dialog = ask(window)
    assert len(dialog.findChildren(QSpinBox)) == shape.count(-1)
    assert set(dialog.spins[name]) == {axis for axis, size in enumerate(shape) if size == -1}


def test_the_first_size_typed_replaces_what_stands_there(window, tab, name, qtbot) -> None:
    first = next(iter(ask(window).spins[name].values()))
    qtbot.keyClicks(first, "360")
    assert first.value() == 360


@pytest.mark.parametrize("between", ["x", ","])
def test_sizes_are_typed_one_after_the_other(window, tab, name, qtbot, between: str) -> None:
    first, second = list(ask(window).spins[name].values())[:2]
    qtbot.keyClicks(first, f"36{between}")
    qtbot.waitUntil(second.hasFocus)
    qtbot.keyClicks(second, "64")
    assert (first.value(), second.value()) == (36, 64)


@pytest.mark.parametrize("written", ["{}x{}x{}x{}", "[{}, {}, {}, {}]", "{}×{}×{}×{}"])
def test_a_whole_shape_can_be_pasted(window, tab, name, qtbot, written: str) -> None:
    dialog = ask(window)
    QGuiApplication.clipboard().setText(written.format(1, 36, 64, 3))
    qtbot.keyClick(next(iter(dialog.spins[name].values())), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert dialog.shapes()[name] == (1, 36, 64, 3)


def test_applied_shapes_reach_the_model(window, tab, name, qtbot) -> None:
    apply(window, tab, 6, qtbot)
    assert 6 in tab.document.opened.given[name]


def test_applying_closes_the_dialog(window, tab, qtbot) -> None:
    apply(window, tab, 6, qtbot)
    assert not [dialog for dialog in window.findChildren(InputShapes) if dialog.isVisible()]


def test_applying_keeps_the_selection(window, tab, qtbot) -> None:
    tab.document.select(Selected("op", 0, 0))
    apply(window, tab, 6, qtbot)
    assert tab.document.selected == Selected("op", 0, 0)


def test_the_hash_is_known_after_applying(window, tab, qtbot) -> None:
    apply(window, tab, 6, qtbot)
    qtbot.waitUntil(lambda: len(tab.document.sha256) == 64)


def test_the_shapes_stay_for_a_reload(window, tab, name, qtbot) -> None:
    apply(window, tab, 6, qtbot)
    with qtbot.waitSignal(tab.loaded):
        window.reload()
    assert 6 in tab.document.opened.given[name]


def test_the_dialog_shows_the_shapes_set_before(window, tab, name, qtbot) -> None:
    apply(window, tab, 6, qtbot)
    assert {spin.value() for spin in ask(window).spins[name].values()} == {6}


def test_the_files_own_shapes_can_be_had_back(window, tab, qtbot) -> None:
    apply(window, tab, 6, qtbot)
    with qtbot.waitSignal(tab.reshaped):
        ask(window).own.click()
    assert dict(tab.document.opened.given) == {}


def test_a_refused_shape_is_told_in_the_dialog_that_stays(window, tab, name, qtbot) -> None:
    dialog = ask(window)
    with qtbot.waitSignal(tab.reshape_refused):
        tab.load_at({name: (1, 2, 3, 4, 5, 6, 7)})
    assert dialog.isVisible()
    assert "can't be" in dialog.sentence.text()


def test_shapes_that_no_longer_fit_the_file_give_way_and_say_so(window, tab, qtbot) -> None:
    apply(window, tab, 6, qtbot)
    Path(tab.path).write_bytes(build_conv_net())
    with qtbot.waitSignal(tab.loaded):
        window.reload()
    assert dict(tab.document.opened.given) == {}
    assert tab.banner.isVisible()
