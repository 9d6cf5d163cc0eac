"""The tables: sorted and filtered views whose selection is the document's."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from models import build_conv_net, build_multi_signature, build_no_subgraph, build_odd_names, build_quantized
from panels import opened_bytes, opened_document
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from maistudio.gui.document import Document, Selected
from maistudio.gui.models.rows import Scale, scale_of, scaled_text
from maistudio.gui.panels.table_panel import ROWS_AT_ONCE, TablePanel
from maistudio.gui.panels.table_view import arrowed
from maistudio.gui.panels.tables import OpsTable, TensorsTable
from maistudio.gui.theme import DARK, LIGHT
from maistudio.jobs.tables import Column, tsv
from maistudio.tflite.draft import ModelDraft


@pytest.fixture
def document() -> Document:
    return opened_document(build_conv_net())


@pytest.fixture
def ops(qtbot, document: Document) -> OpsTable:
    return shown(OpsTable(LIGHT), document, qtbot)


@pytest.fixture
def tensors(qtbot, document: Document) -> TensorsTable:
    return shown(TensorsTable(LIGHT), document, qtbot)


def shown(table, document: Document, qtbot):
    qtbot.addWidget(table)
    table.resize(1000, 300)
    table.set_document(document)
    table.show()
    return table


def cells(table: TablePanel, title: str) -> list[str]:
    model = table.model
    column = [model.headerData(place, Qt.Orientation.Horizontal).split(" (")[0] for place in range(model.columnCount())]
    return [model.index(row, column.index(title)).data() for row in range(model.rowCount())]


def click_heading(table: TablePanel, title: str, qtbot) -> None:
    header = table.view.horizontalHeader()
    titles = [column.title for column in table.model.table.columns]
    place = header.sectionViewportPosition(titles.index(title)) + 8
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place, 8))


def test_all_ops_are_shown_at_first(ops: OpsTable) -> None:
    assert ops.count.text() == "6 ops"


def test_a_click_on_a_heading_sorts_by_it(ops: OpsTable, qtbot) -> None:
    click_heading(ops, "Type", qtbot)
    assert cells(ops, "Type") == sorted(cells(ops, "Type"))


def test_the_first_click_on_a_cost_puts_the_largest_first(ops: OpsTable, qtbot) -> None:
    click_heading(ops, "Parameters", qtbot)
    assert cells(ops, "Parameters")[0] == "650"


def test_a_second_click_on_a_cost_puts_the_smallest_first(ops: OpsTable, qtbot) -> None:
    click_heading(ops, "Parameters", qtbot)
    click_heading(ops, "Parameters", qtbot)
    assert cells(ops, "Parameters")[-1] == "650"


def test_the_first_click_on_the_numbers_of_ops_keeps_the_order_of_the_file(ops: OpsTable, qtbot) -> None:
    click_heading(ops, "#", qtbot)
    assert cells(ops, "#")[0] == "0"


def test_the_filter_keeps_what_matches_every_word(ops: OpsTable) -> None:
    ops.set_filter("conv stem")
    assert cells(ops, "#") == ["0"]


def test_the_filter_says_how_many_are_left(ops: OpsTable) -> None:
    ops.set_filter("conv")
    assert ops.count.text() == "2 of 6 ops"


def test_typing_filters_after_a_moment(ops: OpsTable, qtbot) -> None:
    qtbot.keyClicks(ops.filter, "softmax")
    qtbot.waitUntil(lambda: ops.model.rowCount() == 1)


def test_the_selected_op_is_marked_in_the_table(ops: OpsTable, document: Document) -> None:
    document.select(Selected("op", 0, 4))
    assert [index.row() for index in ops.view.selectionModel().selectedRows()] == [4]


def test_a_chosen_row_selects_its_op(ops: OpsTable, document: Document) -> None:
    ops.model.sort(1, Qt.SortOrder.DescendingOrder)
    ops.view.setCurrentIndex(ops.model.index(0, 0))
    assert document.selected == Selected("op", 0, 5)


def test_the_mark_moves_along_when_the_order_changes(ops: OpsTable, document: Document) -> None:
    document.select(Selected("op", 0, 5))
    ops.set_filter("s")
    marked = [ops.model.rows[index.row()] for index in ops.view.selectionModel().selectedRows()]
    assert marked == [5]


def test_a_selected_tensor_leaves_the_ops_unmarked(ops: OpsTable, document: Document) -> None:
    document.select(Selected("op", 0, 1))
    document.select(Selected("tensor", 0, 1))
    assert not ops.view.selectionModel().hasSelection()


def test_marking_a_row_that_is_filtered_out_marks_none(ops: OpsTable, document: Document) -> None:
    ops.set_filter("softmax")
    document.select(Selected("op", 0, 0))
    assert not ops.view.selectionModel().hasSelection()


def test_several_rows_are_copied_with_a_heading(ops: OpsTable, qtbot) -> None:
    ops.view.selectAll()
    qtbot.keyClick(ops.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert len(QGuiApplication.clipboard().text().splitlines()) == 7


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_menu_copies_the_cell_under_the_mouse(ops: OpsTable, qtbot) -> None:
    ops.view.customContextMenuRequested.emit(ops.view.visualRect(ops.model.index(1, 1)).center())
    menu = ops.findChild(QMenu)
    next(action for action in menu.actions() if action.text() == "Copy cell").trigger()
    menu.close()
    assert QGuiApplication.clipboard().text() == "MAX_POOL_2D"


def export(table: TablePanel, qtbot, path: Path) -> None:
    with qtbot.waitSignal(table.said):
        table.export_csv(str(path))


def test_the_export_holds_the_rows_shown_in_their_order(ops: OpsTable, qtbot, tmp_path: Path) -> None:
    ops.set_filter("conv")
    ops.model.sort(0, Qt.SortOrder.DescendingOrder)
    export(ops, qtbot, tmp_path / "ops.csv")
    lines = (tmp_path / "ops.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["#", "2", "0"]


def test_a_table_exports_without_having_been_shown(qtbot, document: Document, tmp_path: Path) -> None:
    table = TensorsTable(LIGHT)
    qtbot.addWidget(table)
    table.set_document(document)
    export(table, qtbot, tmp_path / "tensors.csv")
    assert len((tmp_path / "tensors.csv").read_text(encoding="utf-8").splitlines()) == 15


def test_the_export_button_asks_for_a_file(ops: OpsTable, qtbot, tmp_path: Path) -> None:
    ops.ask_export()
    dialog = ops.findChild(QFileDialog)
    with qtbot.waitSignal(ops.said) as said:
        dialog.fileSelected.emit(str(tmp_path / "asked.csv"))
    dialog.close()
    assert said.args == [f"Table saved as {tmp_path / 'asked.csv'}, 6 of 6 rows"]
    assert (tmp_path / "asked.csv").exists()


def test_an_export_that_fails_is_told(ops: OpsTable, qtbot, tmp_path: Path) -> None:
    ops.ask_export()
    dialog = ops.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "none" / "asked.csv"))
    dialog.close()
    qtbot.waitUntil(lambda: ops.findChild(QMessageBox) is not None)
    box = ops.findChild(QMessageBox)
    assert "can't be written" in box.text()
    box.close()


def test_another_subgraph_is_shown_when_it_is_chosen(qtbot) -> None:
    document = opened_document(build_multi_signature())
    table = shown(OpsTable(LIGHT), document, qtbot)
    before = cells(table, "Type")
    document.show_subgraph(1)
    assert cells(table, "Type") != before


def test_a_reloaded_model_keeps_the_filter(ops: OpsTable, document: Document) -> None:
    ops.set_filter("conv")
    document.replace(opened_bytes(build_quantized()))
    assert ops.count.text() == "1 op"


def test_a_model_without_a_subgraph_has_empty_tables(qtbot) -> None:
    table = shown(OpsTable(LIGHT), opened_document(build_no_subgraph()), qtbot)
    assert table.count.text() == "0 ops"


def test_nothing_is_computed_before_the_table_is_visible(qtbot, document: Document) -> None:
    table = OpsTable(LIGHT)
    qtbot.addWidget(table)
    table.set_document(document)
    assert table.model.table is None


def test_numbers_stand_at_the_right(tensors: TensorsTable) -> None:
    alignment = tensors.model.index(0, 4).data(Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight.value


def test_the_unit_of_a_size_stands_in_the_heading(tensors: TensorsTable) -> None:
    assert tensors.model.headerData(4, Qt.Orientation.Horizontal) == "Size (bytes)"


def test_the_kinds_of_ops_keep_their_colours_in_another_theme(ops: OpsTable) -> None:
    before = ops.model.index(0, 1).data(Qt.ItemDataRole.DecorationRole).toImage().pixelColor(5, 5)
    ops.apply_palette(DARK)
    assert ops.model.index(0, 1).data(Qt.ItemDataRole.DecorationRole).toImage().pixelColor(5, 5) != before


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        (0, Scale(1024, 1, "KiB"), "0"), (3, Scale(1024, 1, "KiB"), "<0.1"), (1536, Scale(1024, 1, "KiB"), "1.5"),
        (1234567, Scale(1, 0, ""), "1,234,567"),
    ],
)  # fmt: skip
def test_a_number_is_written_on_its_columns_scale(value: int, scale: Scale, text: str) -> None:
    assert scaled_text(value, scale) == text


def scale_of_bytes(values: list[int]) -> Scale:
    return scale_of(Column("Size", values.__getitem__, str, "bytes"), values)


def test_sizes_of_like_magnitude_have_a_unit_that_keeps_them_short() -> None:
    assert scale_of_bytes([200 * 2**20, 20 * 2**20]) == Scale(2**20, 1, "MiB")


def test_a_finer_unit_is_taken_where_many_sizes_would_vanish() -> None:
    assert scale_of_bytes([200 * 2**20, 2400, 2400]) == Scale(1024, 1, "KiB")


def test_one_small_size_among_many_keeps_the_unit() -> None:
    assert scale_of_bytes([*[200 * 2**20] * 20, 2400]) == Scale(2**20, 1, "MiB")


def test_a_finer_unit_never_makes_the_largest_size_endless() -> None:
    assert scale_of_bytes([20 * 2**30, 16, 16]) == Scale(2**20, 1, "MiB")


def test_a_filter_that_nothing_matches_says_so(ops: OpsTable) -> None:
    ops.set_filter("nothing like it")
    assert (ops.view.empty.isVisible(), ops.view.empty.text()) == (True, "No op matches “nothing like it”")


def test_the_words_for_no_match_go_when_something_matches(ops: OpsTable) -> None:
    ops.set_filter("nothing like it")
    ops.set_filter("conv")
    assert not ops.view.empty.isVisible()


def test_the_numbers_of_ops_take_little_room(ops: OpsTable) -> None:
    assert ops.view.columnWidth(0) < 50


def test_columns_fit_their_words_again_after_another_document(ops: OpsTable, document: Document) -> None:
    before = [ops.view.columnWidth(column) for column in range(5)]
    ops.set_document(None)
    ops.set_document(document)
    assert [ops.view.columnWidth(column) for column in range(5)] == before


def test_a_width_set_by_hand_stays_for_another_document(ops: OpsTable) -> None:
    ops.view.horizontalHeader().resizeSection(1, 77)
    ops.set_document(None)
    ops.set_document(opened_document(build_quantized()))
    assert ops.view.columnWidth(1) == 77


@pytest.mark.parametrize("title", ["Type", "Inputs", "Outputs"])
def test_types_and_shapes_are_read_whole(ops: OpsTable, title: str) -> None:
    column = [entry.title for entry in ops.model.table.columns].index(title)
    widest = max(ops.view.fontMetrics().horizontalAdvance(text) for text in cells(ops, title))
    assert ops.view.columnWidth(column) > widest + (16 if title == "Type" else 0)


def test_every_heading_has_room_for_its_arrow(ops: OpsTable) -> None:
    header = ops.view.horizontalHeader()
    wanted = [
        header.fontMetrics().horizontalAdvance(
            arrowed(str(ops.model.headerData(place, header.orientation())), True, True)
        )
        for place in range(header.count())
    ]
    assert all(header.sectionSize(place) >= width for place, width in enumerate(wanted))


def test_names_take_the_room_that_is_left(qtbot) -> None:
    table = shown(TensorsTable(LIGHT), opened_document(build_odd_names()), qtbot)
    before = table.view.columnWidth(1)
    table.resize(1600, 300)
    assert table.view.columnWidth(1) > before


@pytest.mark.parametrize(("at_right", "text"), [(True, "↓ MACs"), (False, "MACs ↓")])
def test_the_arrow_of_the_order_stands_beside_the_words(at_right: bool, text: str) -> None:
    assert arrowed("MACs", rising=False, at_right=at_right) == text


def test_a_rare_long_list_of_shapes_does_not_widen_its_column(qtbot) -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    tensors = [graph.tensor(f"t{place}", "FLOAT32", (1, 1000, 1000, 1000)) for place in range(30)]
    for before, after in pairwise(tensors):
        graph.op("ABS", [before], [after])
    graph.op("CONCATENATION", tensors[:6], [tensors[-1]])
    table = shown(OpsTable(LIGHT), opened_document(draft.to_bytes()), qtbot)
    assert table.view.columnWidth(3) < 230


def test_many_rows_are_copied_whole(qtbot) -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    for place in range(ROWS_AT_ONCE + 1):
        graph.tensor(f"t{place}", "FLOAT32", (1,))
    table = shown(TensorsTable(LIGHT), opened_document(draft.to_bytes()), qtbot)
    table.view.selectAll()
    QGuiApplication.clipboard().clear()
    table.copy_rows()
    qtbot.waitUntil(lambda: bool(QGuiApplication.clipboard().text()))
    assert QGuiApplication.clipboard().text() == tsv(table.model.table, table.model.rows)


def test_a_copy_of_many_rows_yields_to_a_later_one(qtbot) -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    for place in range(ROWS_AT_ONCE + 1):
        graph.tensor(f"t{place}", "FLOAT32", (1,))
    table = shown(TensorsTable(LIGHT), opened_document(draft.to_bytes()), qtbot)
    table.copy_all()
    table.view.selectRow(0)
    table.copy_rows()
    qtbot.wait(300)
    assert len(QGuiApplication.clipboard().text().splitlines()) == 2


def test_headings_do_not_look_through_the_selection(ops: OpsTable) -> None:
    ops.view.selectAll()
    assert not ops.view.horizontalHeader().selectionModel().hasSelection()


def test_the_down_key_leads_from_the_filter_to_the_rows(ops: OpsTable, document: Document, qtbot) -> None:
    ops.filter.setFocus()
    qtbot.keyClick(ops.filter, Qt.Key.Key_Down)
    assert (ops.view.hasFocus(), document.selected) == (True, Selected("op", 0, 0))


def test_names_are_shown_without_what_they_have_in_common(qtbot) -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    for place in range(5):
        graph.tensor(f"net/part/conv{place}/add;net/part/other", "FLOAT32", (1,))
    table = shown(TensorsTable(LIGHT), opened_document(draft.to_bytes()), qtbot)
    assert (cells(table, "Name")[1], table.model.table.columns[1].text(1)) == (
        "…/conv1/add",
        "net/part/conv1/add;net/part/other",
    )
