"""The tables: sorted and filtered views whose selection is the document's."""

from __future__ import annotations

from pathlib import Path

import pytest
from models import build_conv_net, build_multi_signature, build_no_subgraph, build_quantized
from panels import opened_bytes, opened_document
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from maistudio.gui.document import Document, Selected
from maistudio.gui.models.rows import Scale, scaled_text
from maistudio.gui.panels.table_panel import TablePanel
from maistudio.gui.panels.tables import OpsTable, TensorsTable
from maistudio.gui.theme import DARK, LIGHT


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


def test_all_ops_are_shown_at_first(ops: OpsTable) -> None:
    assert ops.count.text() == "6 ops"


def test_a_click_on_a_heading_sorts_by_it(ops: OpsTable, qtbot) -> None:
    header = ops.view.horizontalHeader()
    place = header.sectionViewportPosition(1) + 20
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=header.rect().center().__class__(place, 8))
    assert cells(ops, "Type") == sorted(cells(ops, "Type"))


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


def test_the_export_holds_the_rows_shown_in_their_order(ops: OpsTable, tmp_path: Path) -> None:
    ops.set_filter("conv")
    ops.model.sort(0, Qt.SortOrder.DescendingOrder)
    ops.export_csv(tmp_path / "ops.csv")
    lines = (tmp_path / "ops.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["#", "2", "0"]


def test_a_table_exports_without_having_been_shown(qtbot, document: Document, tmp_path: Path) -> None:
    table = TensorsTable(LIGHT)
    qtbot.addWidget(table)
    table.set_document(document)
    table.export_csv(tmp_path / "tensors.csv")
    assert len((tmp_path / "tensors.csv").read_text(encoding="utf-8").splitlines()) == 15


def test_the_export_button_asks_for_a_file(ops: OpsTable, qtbot, tmp_path: Path) -> None:
    ops.ask_export()
    dialog = ops.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "asked.csv"))
    dialog.close()
    assert (tmp_path / "asked.csv").exists()


def test_an_export_that_fails_is_told(ops: OpsTable, qtbot, tmp_path: Path) -> None:
    ops.ask_export()
    dialog = ops.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "none" / "asked.csv"))
    dialog.close()
    box = ops.findChild(QMessageBox)
    assert "could not be written" in box.text()
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
