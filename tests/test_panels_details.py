"""The details panel: follows the selection, leads on by links, reads weights off the interface thread."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from models import build_conv_net, build_odd_names, build_quantized, build_sparse, build_strings
from panels import opened_bytes, opened_document
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QPushButton
from wheel import notch

from maistudio.errors import ModelFileError
from maistudio.gui.document import Document, Selected
from maistudio.gui.models.tips import tip_text
from maistudio.gui.panels.details import NOTHING_SELECTED, DetailsPanel
from maistudio.gui.panels.fact_grid import FactGrid
from maistudio.gui.panels.facts import Fact
from maistudio.gui.panels.scales_view import ScalesView
from maistudio.gui.panels.section import Section
from maistudio.gui.panels.slice_chooser import first_slice
from maistudio.gui.panels.value import Value
from maistudio.gui.panels.weights_view import LookView, WeightsView
from maistudio.gui.theme import DARK, LIGHT
from maistudio.jobs.open import open_model
from maistudio.jobs.progress import finish


@pytest.fixture
def panel(qtbot):
    made = DetailsPanel(LIGHT)
    qtbot.addWidget(made)
    made.resize(340, 700)
    made.show()
    return made


def link(panel: DetailsPanel, text: str) -> Value:
    """The link on show that reads ``text``, whole."""
    return next(value for value in panel.findChildren(Value) if value.full == text and value.isVisible())


def section(panel: DetailsPanel, title: str) -> Section:
    return next(section for section in panel.findChildren(Section) if section.title == title)


def read_weights(panel: DetailsPanel, qtbot) -> LookView:
    """The values of the selected tensor, once they are there."""
    qtbot.waitUntil(lambda: panel.findChild(LookView) is not None, timeout=10_000)
    found = panel.findChild(LookView)
    assert found is not None
    return found


def weights_view(panel: DetailsPanel, data: bytes, tensor: int, qtbot) -> WeightsView:
    """The values of a tensor of the model in ``data``, read."""
    document = opened_document(data)
    panel.set_document(document)
    document.select(Selected("tensor", 0, tensor))
    read_weights(panel, qtbot)
    view = panel.findChild(WeightsView)
    assert view is not None
    return view


def test_without_a_selection_the_panel_says_what_it_is_for(panel: DetailsPanel) -> None:
    assert not panel.heading.isVisible()


def test_the_selected_op_is_named(panel: DetailsPanel) -> None:
    document = opened_document(build_conv_net())
    panel.set_document(document)
    document.select(Selected("op", 0, 1))
    assert panel.heading.title.full == "MAX_POOL_2D"


def test_a_click_on_an_input_selects_that_tensor(panel: DetailsPanel, qtbot) -> None:
    document = opened_document(build_conv_net())
    panel.set_document(document)
    document.select(Selected("op", 0, 0))
    with qtbot.waitSignal(document.selection_changed):
        qtbot.mouseClick(link(panel, "stem/conv/weights"), Qt.MouseButton.LeftButton)
    assert document.selected == Selected("tensor", 0, 1)


def test_enter_follows_a_link(panel: DetailsPanel, qtbot) -> None:
    document = opened_document(build_conv_net())
    panel.set_document(document)
    document.select(Selected("op", 0, 1))
    with qtbot.waitSignal(document.selection_changed):
        qtbot.keyClick(link(panel, "from CONV_2D #0"), Qt.Key.Key_Return)
    assert document.selected == Selected("op", 0, 0)


def test_a_folded_section_stays_folded_for_the_next_selection(panel: DetailsPanel) -> None:
    document = opened_document(build_conv_net())
    panel.set_document(document)
    document.select(Selected("op", 0, 0))
    section(panel, "Options").header.click()
    document.select(Selected("op", 0, 1))
    assert section(panel, "Options").body is None


def test_out_of_sight_nothing_is_built(qtbot) -> None:
    panel = DetailsPanel(LIGHT)
    qtbot.addWidget(panel)
    document = opened_document(build_conv_net())
    panel.set_document(document)
    document.select(Selected("op", 0, 0))
    assert panel.findChildren(Section) == []


def test_the_panel_catches_up_when_it_is_shown(qtbot) -> None:
    panel = DetailsPanel(LIGHT)
    qtbot.addWidget(panel)
    document = opened_document(build_conv_net())
    panel.set_document(document)
    document.select(Selected("op", 0, 0))
    panel.show()
    assert panel.heading.title.full == "CONV_2D"


def test_a_reloaded_model_is_shown_anew(panel: DetailsPanel) -> None:
    document = opened_document(build_conv_net())
    panel.set_document(document)
    document.select(Selected("tensor", 0, 1))
    document.replace(opened_bytes(build_quantized()))
    assert panel.heading.title.full == "weights"


def test_another_document_replaces_the_first(panel: DetailsPanel) -> None:
    first, second = opened_document(build_conv_net()), opened_document(build_quantized())
    panel.set_document(first)
    panel.set_document(second)
    first.select(Selected("op", 0, 1))
    assert not panel.heading.isVisible()


def test_weights_are_shown_with_their_statistics(panel: DetailsPanel, qtbot) -> None:
    document = opened_document(build_quantized())
    panel.set_document(document)
    document.select(Selected("tensor", 0, 1))
    look = read_weights(panel, qtbot)
    assert "108" in [value.full for value in look.findChildren(Value)]


def test_quantized_weights_are_shown_as_reals_first(panel: DetailsPanel, qtbot) -> None:
    document = opened_document(build_quantized())
    panel.set_document(document)
    document.select(Selected("tensor", 0, 1))
    look = read_weights(panel, qtbot)
    assert look.table.model().index(0, 0).data() == "−63.5"


def test_stored_values_can_be_chosen(panel: DetailsPanel, qtbot) -> None:
    document = opened_document(build_quantized())
    panel.set_document(document)
    document.select(Selected("tensor", 0, 1))
    read_weights(panel, qtbot)
    view = panel.findChild(WeightsView)
    view.form.setCurrentText("stored values")
    assert view.look.table.model().index(0, 0).data() == "−127"


def test_the_wheel_does_not_change_the_form_of_the_values(panel: DetailsPanel, qtbot) -> None:
    view = weights_view(panel, build_quantized(), 1, qtbot)
    notch(view.form)
    assert view.form.currentText() == "real values"


def test_scales_per_channel_are_plotted(panel: DetailsPanel, qtbot) -> None:
    document = opened_document(build_quantized())
    panel.set_document(document)
    document.select(Selected("tensor", 0, 1))
    scales = panel.findChild(ScalesView)
    qtbot.waitUntil(lambda: scales.plot is not None, timeout=10_000)
    assert scales.plot.plotItem.listDataItems()[0].yData.tolist() == [0.5, 0.25, 0.125, 0.0625]


def test_plots_follow_the_theme(panel: DetailsPanel, qtbot) -> None:
    document = opened_document(build_quantized())
    panel.set_document(document)
    document.select(Selected("tensor", 0, 1))
    scales = panel.findChild(ScalesView)
    qtbot.waitUntil(lambda: scales.plot is not None, timeout=10_000)
    panel.apply_palette(DARK)
    assert scales.plot.backgroundBrush().color().name() == DARK.raised


def test_the_values_are_saved_as_they_are_shown(panel: DetailsPanel, qtbot, tmp_path: Path) -> None:
    view = weights_view(panel, build_quantized(), 1, qtbot)
    view.save(str(tmp_path / "real.npy"))
    view.form.setCurrentText("stored values")
    view.save(str(tmp_path / "stored.npy"))
    qtbot.waitUntil(lambda: (tmp_path / "real.npy").exists() and (tmp_path / "stored.npy").exists())
    real, stored = np.load(tmp_path / "real.npy"), np.load(tmp_path / "stored.npy")
    assert (real.dtype, real.flat[0], stored.dtype, stored.flat[0]) == (np.float32, -63.5, np.int8, -127)


def test_where_the_values_were_saved_is_said_in_sight(panel: DetailsPanel, qtbot, tmp_path: Path) -> None:
    view = weights_view(panel, build_quantized(), 1, qtbot)
    view.save(str(tmp_path / "w.npy"))
    qtbot.waitUntil(lambda: not view.said.visibleRegion().isEmpty())
    assert view.said.full == f"Saved as {tmp_path / 'w.npy'}"


def test_values_that_can_not_be_saved_say_why(panel: DetailsPanel, qtbot, tmp_path: Path) -> None:
    view = weights_view(panel, build_quantized(), 1, qtbot)
    view.save(str(tmp_path / "missing" / "w.npy"))
    qtbot.waitUntil(lambda: view.said.full.endswith("choose another place"))


def test_the_name_offered_for_the_values_tells_model_tensor_and_form(panel: DetailsPanel, qtbot) -> None:
    view = weights_view(panel, build_quantized(), 1, qtbot)
    view.ask_save()
    dialog = view.findChild(QFileDialog)
    assert [Path(file).name for file in dialog.selectedFiles()] == ["model-weights-real.npy"]
    dialog.close()


def test_strings_are_not_offered_for_saving(panel: DetailsPanel, qtbot) -> None:
    data = build_strings()
    constant = next(tensor for tensor in opened_bytes(data).model.subgraphs[0].tensors if tensor.constant)
    assert not weights_view(panel, data, constant.index, qtbot).save_button.isVisible()


def test_numbers_are_offered_for_saving(panel: DetailsPanel, qtbot) -> None:
    assert weights_view(panel, build_quantized(), 1, qtbot).save_button.isVisible()


def test_the_shape_and_type_of_an_input_are_never_elided(panel: DetailsPanel) -> None:
    panel.resize(240, 700)
    document = opened_document(build_conv_net())
    panel.set_document(document)
    document.select(Selected("op", 0, 0))
    held = next(value for value in panel.findChildren(Value) if value.full == "1×8×8×3 float32 · 768 B")
    assert "…" not in held.text()


def test_the_sentence_for_no_selection_keeps_clear_of_the_edge(panel: DetailsPanel) -> None:
    sentence = next(value for value in panel.findChildren(Value) if value.full == NOTHING_SELECTED)
    assert sentence.mapTo(panel, QPoint(0, 0)).x() >= 8


def test_a_reading_that_is_no_longer_wanted_is_dropped(panel: DetailsPanel, qtbot) -> None:
    document = opened_document(build_quantized())
    panel.set_document(document)
    document.select(Selected("tensor", 0, 1))
    task = panel.findChild(WeightsView).task
    document.select(Selected("op", 0, 0))
    assert task.over


def test_strings_are_shown_as_text(panel: DetailsPanel, qtbot) -> None:
    document = opened_document(build_strings())
    constant = next(tensor for tensor in document.opened.model.subgraphs[0].tensors if tensor.constant)
    panel.set_document(document)
    document.select(Selected("tensor", 0, constant.index))
    assert isinstance(read_weights(panel, qtbot).table.model().index(0, 0).data(), str)


def test_sparse_values_are_shown_densely(panel: DetailsPanel, qtbot) -> None:
    document = opened_document(build_sparse())
    sparse = next(tensor for tensor in document.opened.model.subgraphs[0].tensors if tensor.sparsity)
    panel.set_document(document)
    document.select(Selected("tensor", 0, sparse.index))
    assert read_weights(panel, qtbot).table.model().rowCount() == sparse.shape[0]


def test_weights_that_do_not_fit_their_shape_are_refused_in_a_sentence(panel: DetailsPanel, qtbot) -> None:
    opened = opened_bytes(build_quantized())
    place = opened.model.subgraphs[0].tensors[1].buffer
    buffers = list(opened.model.buffers)
    buffers[place] = replace(buffers[place], size=7)
    document = Document(replace(opened, model=replace(opened.model, buffers=tuple(buffers))))
    panel.set_document(document)
    document.select(Selected("tensor", 0, 1))
    view = panel.findChild(WeightsView)
    qtbot.waitUntil(lambda: view.task.over, timeout=10_000)
    assert "export the model again" in view.note.text()


def test_a_long_name_is_elided_and_copied_whole(panel: DetailsPanel) -> None:
    document = opened_document(build_odd_names())
    names = [tensor.name for tensor in document.opened.model.subgraphs[0].tensors]
    longest = names.index(max(names, key=len))
    panel.set_document(document)
    document.select(Selected("tensor", 0, longest))
    panel.heading.title.copy()
    assert (len(panel.heading.title.text()) < 80, len(QGuiApplication.clipboard().text())) == (
        True,
        len(names[longest]),
    )


def test_an_elided_name_shows_whole_in_its_tooltip(qtbot) -> None:
    value = Value("a-name-that-does-not-fit/" * 8)
    qtbot.addWidget(value)
    value.resize(80, 20)
    value.show()
    QApplication.sendEvent(value, QEnterEvent(QPointF(), QPointF(), QPointF()))
    assert value.toolTip().replace("<br>", "") == value.full


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_values_menu_copies_it(qtbot) -> None:
    value = Value("12.5")
    qtbot.addWidget(value)
    value.show()
    place = value.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, value.mapToGlobal(place))
    QApplication.sendEvent(value, event)
    menu = value.findChild(QMenu)
    menu.actions()[0].trigger()
    menu.close()
    assert QGuiApplication.clipboard().text() == "12.5"


def test_weights_open_at_their_two_largest_dimensions() -> None:
    at = first_slice((32, 1, 1, 192))
    assert (at.rows, at.columns) == (0, 3)


def test_a_slice_of_weights_can_be_chosen(panel: DetailsPanel, qtbot) -> None:
    document = opened_document(build_quantized())
    panel.set_document(document)
    document.select(Selected("tensor", 0, 1))
    look = read_weights(panel, qtbot)
    before = look.table.model().index(0, 0).data()
    look.chooser.spins[2].setValue(1)
    assert look.table.model().index(0, 0).data() != before


def test_choosing_the_rows_dimension_for_the_columns_swaps_them(panel: DetailsPanel, qtbot) -> None:
    document = opened_document(build_quantized())
    panel.set_document(document)
    document.select(Selected("tensor", 0, 1))
    look = read_weights(panel, qtbot)
    rows, columns = look.table.model().rowCount(), look.table.model().columnCount()
    look.chooser.columns.activated.emit(look.chooser.at().rows)
    assert (look.table.model().rowCount(), look.table.model().columnCount()) == (columns, rows)


def test_selected_values_are_copied_as_tab_separated_text(panel: DetailsPanel, qtbot) -> None:
    document = opened_document(build_quantized())
    panel.set_document(document)
    document.select(Selected("tensor", 0, 2))
    table = read_weights(panel, qtbot).table
    table.selectAll()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert len(QGuiApplication.clipboard().text().splitlines()) == 4


def test_a_long_group_is_opened_on_request(panel: DetailsPanel, qtbot) -> None:
    facts = tuple(Fact(str(number), "x") for number in range(30))
    grid = FactGrid(facts, print, 10)
    qtbot.addWidget(grid)
    grid.findChild(QPushButton).click()
    assert len(grid.findChildren(Value)) == 30


def test_a_tooltip_shows_markup_as_it_is() -> None:
    assert tip_text("<b>x</b>") == "&lt;b&gt;x&lt;/b&gt;"


def test_the_tooltip_of_a_very_long_name_is_cut() -> None:
    assert len(tip_text("x" * 100_000)) < 5_000


def test_the_details_are_copied_as_text(panel: DetailsPanel) -> None:
    document = opened_document(build_conv_net())
    panel.set_document(document)
    document.select(Selected("op", 0, 0))
    panel.heading.copy.click()
    assert "  fused_activation_function: RELU\n" in QGuiApplication.clipboard().text()


@pytest.mark.slow
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
def test_every_kind_of_model_can_be_looked_through(panel: DetailsPanel, models_folder: Path, palette) -> None:
    panel.apply_palette(palette)
    seen = [look_through(panel, path) for path in sorted((models_folder / "hard").glob("*.tflite"))]
    assert sum(seen) > 500


def look_through(panel: DetailsPanel, path: Path) -> int:
    """Select the first ops and tensors of every subgraph; how many there were."""
    try:
        document = Document(finish(open_model(path)))
    except ModelFileError:
        return 0
    panel.set_document(document)
    chosen = [
        each
        for graph in document.opened.model.subgraphs
        for each in (
            *(Selected("op", graph.index, op.index) for op in graph.ops[:6]),
            *(Selected("tensor", graph.index, tensor.index) for tensor in graph.tensors[:12]),
        )
    ]
    for selected in chosen:
        document.select(selected)
    return len(chosen)
