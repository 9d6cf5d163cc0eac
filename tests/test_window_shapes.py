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
from maistudio.tflite.draft import ModelDraft

pytest_plugins = ["window_fixtures"]


def ask(window) -> InputShapes:
    window.actions_by_id["input-shapes"].trigger()
    return next(dialog for dialog in window.findChildren(InputShapes) if dialog.isVisible())


def build_two_entries() -> bytes:
    """Signatures "small" and "large" on subgraphs whose inputs of other names leave dimensions open."""
    model = ModelDraft()
    for index, (key, signature) in enumerate((("small", [-1, 4]), ("large", [-1, -1, 4]))):
        graph = model.subgraph(key)
        source = graph.input(f"{key} image", "FLOAT32", [abs(size) for size in signature], shape_signature=signature)
        out = graph.tensor("out", "FLOAT32", [abs(size) for size in signature], shape_signature=signature)
        graph.op("RELU", [source], [out])
        graph.output(out)
        model.signature(key, {"x": source}, {"y": out}, index)
    return model.to_bytes()


@pytest.fixture
def tab(open_model_tab):
    return open_model_tab(data=build_dynamic_shape())


@pytest.fixture
def name(tab) -> str:
    return open_inputs(tab.document.opened.model)[0].label


SIZES = (36, 64)
"""For the open height and width, so that neither passes for the other."""
SHAPE = (1, *SIZES, 3)


def set_sizes(dialog: InputShapes) -> None:
    for spins in dialog.spins.values():
        for spin, size in zip(spins.values(), SIZES, strict=True):
            spin.setValue(size)


def paste(dialog: InputShapes, name: str, text: str, qtbot) -> None:
    """Paste into the first size of an input."""
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(next(iter(dialog.spins[name].values())), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def apply(window, tab, qtbot) -> None:
    dialog = ask(window)
    set_sizes(dialog)
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


def test_every_input_that_is_run_from_outside_can_be_set(window, open_model_tab) -> None:
    open_model_tab(data=build_two_entries())
    assert {name: list(spins) for name, spins in ask(window).spins.items()} == {
        "small image": [0],
        "large image": [0, 1],
    }


def test_the_shapes_of_every_signature_reach_the_model(window, open_model_tab, qtbot) -> None:
    tab = open_model_tab(data=build_two_entries())
    dialog = ask(window)
    for place, spin in enumerate(spin for spins in dialog.spins.values() for spin in spins.values()):
        spin.setValue(10 + place)
    with qtbot.waitSignal(tab.reshaped):
        dialog.apply.click()
    assert dict(tab.document.opened.given) == {"small image": (10, 4), "large image": (11, 12, 4)}


@pytest.mark.parametrize(("wanted", "taken"), [(-1, 1), (0, 1), (2**31 - 1, 2**31 - 1)])
def test_a_size_is_positive_and_fits_an_int32(window, tab, name, wanted: int, taken: int) -> None:
    spin = next(iter(ask(window).spins[name].values()))
    spin.setValue(wanted)
    assert spin.value() == taken


def test_a_pasted_size_beyond_an_int32_becomes_the_largest(window, tab, name, qtbot) -> None:
    dialog = ask(window)
    paste(dialog, name, f"1x{2**31}x64x3", qtbot)
    assert dialog.shapes()[name] == (1, 2**31 - 1, 64, 3)


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
    paste(dialog, name, written.format(*SHAPE), qtbot)
    assert dialog.shapes()[name] == SHAPE


def test_applied_shapes_reach_the_model(window, tab, name, qtbot) -> None:
    apply(window, tab, qtbot)
    assert dict(tab.document.opened.given) == {name: SHAPE}


def test_the_model_is_worked_out_at_the_shapes_applied(window, tab, qtbot) -> None:
    apply(window, tab, qtbot)
    (out,) = tab.document.opened.model.subgraphs[0].outputs
    assert tab.document.opened.shapes.tensors[0][out] == (1, *SIZES, 4)


def test_applying_closes_the_dialog(window, tab, qtbot) -> None:
    apply(window, tab, qtbot)
    assert not [dialog for dialog in window.findChildren(InputShapes) if dialog.isVisible()]


def test_applying_keeps_the_selection(window, tab, qtbot) -> None:
    tab.document.select(Selected("op", 0, 0))
    apply(window, tab, qtbot)
    assert tab.document.selected == Selected("op", 0, 0)


def test_the_hash_is_known_after_applying(window, tab, qtbot) -> None:
    apply(window, tab, qtbot)
    qtbot.waitUntil(lambda: len(tab.document.sha256) == 64)


def test_the_shapes_stay_for_a_reload(window, tab, name, qtbot) -> None:
    apply(window, tab, qtbot)
    with qtbot.waitSignal(tab.loaded):
        window.reload()
    assert dict(tab.document.opened.given) == {name: SHAPE}


def test_the_dialog_shows_the_shapes_set_before(window, tab, name, qtbot) -> None:
    apply(window, tab, qtbot)
    assert tuple(spin.value() for spin in ask(window).spins[name].values()) == SIZES


def test_the_files_own_shapes_can_be_had_back(window, tab, qtbot) -> None:
    apply(window, tab, qtbot)
    with qtbot.waitSignal(tab.reshaped):
        ask(window).own.click()
    assert dict(tab.document.opened.given) == {}


def test_a_refused_shape_is_told_in_the_dialog_that_stays(window, tab, name, qtbot) -> None:
    dialog = ask(window)
    with qtbot.waitSignal(tab.reshape_refused):
        tab.load_at({name: (1, 2, 3, 4, 5, 6, 7)})
    assert dialog.isVisible()
    assert "can't be" in dialog.sentence.text()


def test_a_refused_shape_can_be_mended(window, tab, name, qtbot) -> None:
    dialog = ask(window)
    with qtbot.waitSignal(tab.reshape_refused):
        tab.load_at({name: (1, 2, 3, 4, 5, 6, 7)})
    set_sizes(dialog)
    with qtbot.waitSignal(tab.reshaped):
        dialog.apply.click()
    assert dict(tab.document.opened.given) == {name: SHAPE}


def test_shapes_asked_for_while_the_file_is_written_again_are_to_be_applied_once_more(window, tab) -> None:
    dialog = ask(window)
    set_sizes(dialog)
    dialog.apply.click()
    window.reload()  # what a written file leads to, before the answer can come in
    assert "written again" in dialog.sentence.text()
    assert dialog.apply.isEnabled()


def test_shapes_asked_for_before_the_file_was_written_again_are_dropped(window, tab, qtbot) -> None:
    reshaped: list[bool] = []
    tab.reshaped.connect(lambda: reshaped.append(True))
    dialog = ask(window)
    set_sizes(dialog)
    dialog.apply.click()
    window.reload()
    qtbot.waitUntil(lambda: window.work.tasks == [])
    assert reshaped == []
    assert dict(tab.document.opened.given) == {}


def test_shapes_that_no_longer_fit_the_file_give_way_and_say_so(window, tab, qtbot) -> None:
    apply(window, tab, qtbot)
    Path(tab.path).write_bytes(build_conv_net())
    with qtbot.waitSignal(tab.loaded):
        window.reload()
    assert dict(tab.document.opened.given) == {}
    assert tab.banner.isVisible()


def test_the_open_sizes_alone_can_be_pasted(window, tab, name, qtbot) -> None:
    dialog = ask(window)
    paste(dialog, name, "36x64", qtbot)
    assert dialog.shapes()[name] == (1, 36, 64, 3)


@pytest.mark.parametrize("text", ["1x36x64x4", "36x64x3", "0x64", "axb"])
def test_a_pasted_shape_that_does_not_fit_is_refused_in_a_sentence(window, tab, name, qtbot, text: str) -> None:
    dialog = ask(window)
    paste(dialog, name, text, qtbot)
    said = f"The shape of image is 1×?×?×3: {text} does not fit"
    assert (dialog.sentence.text(), dialog.shapes()[name]) == (said, (1, 1, 1, 3))


def test_typing_beyond_the_open_sizes_says_which_are_typed(window, tab, name, qtbot) -> None:
    dialog = ask(window)
    qtbot.keyClicks(list(dialog.spins[name].values())[-1], "x")
    assert dialog.sentence.text() == "The shape of image is 1×?×?×3: type only the sizes at ?"
