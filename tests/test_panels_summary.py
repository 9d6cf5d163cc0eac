"""The summary panel, and the files packed behind a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from described import build_with_metadata
from models import (
    build_conv_net,
    build_cyclic,
    build_dynamic_shape,
    build_multi_signature,
    build_no_subgraph,
    build_quantized,
)
from panels import opened_bytes, opened_document
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit
from wheel import notch

from maistudio.errors import ArchiveError, ModelFileError
from maistudio.gui.document import Document, Selected
from maistudio.gui.panels.fact_grid import CHARACTERS_ADDED, FactGrid
from maistudio.gui.panels.facts import Fact
from maistudio.gui.panels.packed_files import LONGEST_LINE, PackedFiles
from maistudio.gui.panels.section import Section
from maistudio.gui.panels.summary import SummaryPanel
from maistudio.gui.panels.summary_facts import SIGNATURES_APART, last_groups
from maistudio.gui.panels.type_bars import ROWS_SHOWN, SWATCH, next_of
from maistudio.gui.panels.value import Value
from maistudio.gui.style import style_sheet
from maistudio.gui.theme import DARK, LIGHT
from maistudio.jobs.open import open_model
from maistudio.jobs.progress import finish
from maistudio.jobs.tables import TypeShare
from maistudio.jobs.unpack import save_unpacked, text_of
from maistudio.tflite.archive import append_files
from maistudio.tflite.draft import ModelDraft


@pytest.fixture
def panel(qtbot) -> SummaryPanel:
    made = SummaryPanel(LIGHT)
    qtbot.addWidget(made)
    made.resize(340, 900)
    made.show()
    return made


def show(panel: SummaryPanel, document: Document | None) -> None:
    """Put a document on show with all its sections made."""
    panel.set_document(document)
    panel.complete()


def values(panel: SummaryPanel) -> list[str]:
    return [value.full for value in panel.findChildren(Value)]


def sections(panel: SummaryPanel) -> list[str]:
    return [section.title for section in panel.findChildren(Section)]


def packed_model() -> bytes:
    return append_files(build_conv_net(), {"labels.txt": b"cat\ndog\n", "raw.bin": b"\x00\xff"})


def test_parameters_are_on_show(panel: SummaryPanel) -> None:
    show(panel, opened_document(build_conv_net()))
    assert "802" in values(panel)


def test_the_hash_appears_when_it_is_known(panel: SummaryPanel) -> None:
    document = opened_document(build_conv_net())
    show(panel, document)
    document.set_hash("ab" * 32)
    assert "ab" * 32 in values(panel)


def test_a_hash_known_before_is_shown_at_once(panel: SummaryPanel) -> None:
    document = opened_document(build_conv_net())
    document.set_hash("cd" * 32)
    show(panel, document)
    assert "cd" * 32 in values(panel)


def test_a_reloaded_model_is_summed_up_anew(panel: SummaryPanel) -> None:
    document = opened_document(build_conv_net())
    show(panel, document)
    document.replace(opened_bytes(build_quantized()))
    assert "802" not in values(panel)


def test_a_click_on_an_input_selects_it(panel: SummaryPanel, qtbot) -> None:
    document = opened_document(build_conv_net())
    show(panel, document)
    link = next(value for value in panel.findChildren(Value) if value.full == "image")
    with qtbot.waitSignal(document.selection_changed):
        qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert document.selected == Selected("tensor", 0, 0)


def test_a_click_on_a_subgraph_shows_it(panel: SummaryPanel, qtbot) -> None:
    document = opened_document(build_multi_signature())
    show(panel, document)
    name = document.opened.model.subgraphs[1].name
    link = next(value for value in panel.findChildren(Value) if value.full.startswith(f"{name} · "))
    with qtbot.waitSignal(document.subgraph_changed):
        qtbot.mouseClick(link, Qt.MouseButton.LeftButton)


def test_a_click_on_an_op_type_selects_its_first_op(panel: SummaryPanel, qtbot) -> None:
    document = opened_document(build_conv_net())
    show(panel, document)
    bars = panel.type_bars()
    row = [share.type for share in bars.types.types].index("SOFTMAX")
    with qtbot.waitSignal(panel.type_chosen) as told:
        qtbot.mouseClick(
            bars.viewport(), Qt.MouseButton.LeftButton, pos=bars.visualRect(bars.types.index(row, 0)).center()
        )
    assert (document.selected, told.args) == (Selected("op", 0, 5), ["SOFTMAX"])


def test_the_ops_by_type_are_all_seen_at_once(panel: SummaryPanel) -> None:
    panel.setStyleSheet(style_sheet(LIGHT))
    show(panel, opened_document(build_conv_net()))
    assert panel.type_bars().verticalScrollBar().maximum() == 0


def test_the_wheel_over_the_ops_by_type_scrolls_the_panel(panel: SummaryPanel) -> None:
    draft = ModelDraft()
    graph = draft.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4))
    for number in range(ROWS_SHOWN + 8):
        graph.custom_op(f"Custom{number}", [source], [graph.tensor("", "FLOAT32", (1, 4))], b"")
    show(panel, opened_document(draft.to_bytes()))
    notch(panel.type_bars().viewport())
    assert panel.type_bars().verticalScrollBar().value() == 0


def test_the_longest_usual_op_type_is_read_whole(panel: SummaryPanel) -> None:
    show(panel, opened_document(build_conv_net()))
    bars = panel.type_bars()
    words = bars.fontMetrics().horizontalAdvance("DEPTHWISE_CONV_2D")
    assert bars.columnWidth(0) >= words + SWATCH + 16


@pytest.mark.parametrize(
    ("selected", "following"), [(None, 2), (2, 5), (5, 2), (3, 2)], ids=["none", "first", "last", "another type"]
)
def test_choosing_a_type_again_leads_to_its_next_op(selected: int | None, following: int) -> None:
    share = TypeShare("ADD", False, ((0, 2), (0, 5)), None)
    here = None if selected is None else Selected("op", 0, selected)
    assert next_of(share, here) == Selected("op", 0, following)


def test_a_click_on_an_open_shape_asks_for_shapes(qtbot) -> None:
    asked: list[bool] = []
    panel = SummaryPanel(LIGHT, ask_for_shapes=lambda: asked.append(True))
    qtbot.addWidget(panel)
    panel.resize(340, 900)
    panel.show()
    document = opened_document(build_dynamic_shape())
    show(panel, document)
    shape = next(iter(document.opened.costs.macs_at_shape.values()))
    words = "×".join(map(str, shape))
    link = next(value for value in panel.findChildren(Value) if value.full.startswith(f"{words} "))
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: asked == [True])


def test_problems_stand_first(panel: SummaryPanel) -> None:
    show(panel, opened_document(build_cyclic()))
    assert sections(panel)[0].startswith("Problems (")


def test_a_model_without_a_subgraph_is_summed_up(panel: SummaryPanel) -> None:
    show(panel, opened_document(build_no_subgraph()))
    assert "Ops by type" not in sections(panel)


def test_the_summary_is_copied_as_text(panel: SummaryPanel) -> None:
    show(panel, opened_document(build_conv_net()))
    panel.heading.copy.click()
    text = QGuiApplication.clipboard().text()
    assert ("Parameters: 802" in text, "CONV_2D: 1" in text) == (True, True)


def test_the_summary_takes_another_theme(panel: SummaryPanel) -> None:
    show(panel, opened_document(build_conv_net()))
    before = panel.type_bars().grab().toImage()
    panel.apply_palette(DARK)
    assert panel.type_bars().grab().toImage() != before


def test_without_a_document_the_panel_is_empty(panel: SummaryPanel) -> None:
    show(panel, opened_document(build_conv_net()))
    show(panel, None)
    assert (sections(panel), panel.text()) == ([], "")


def test_packed_files_are_listed(panel: SummaryPanel) -> None:
    show(panel, opened_document(packed_model()))
    assert {"labels.txt", "raw.bin"} <= set(values(panel))


def test_a_packed_text_is_shown(panel: SummaryPanel, qtbot) -> None:
    show(panel, opened_document(packed_model()))
    files = panel.findChild(PackedFiles)
    files.view("labels.txt")
    qtbot.waitUntil(lambda: files.findChild(QPlainTextEdit) is not None)
    page = files.findChild(QPlainTextEdit)
    assert page.toPlainText() == "cat\ndog\n"
    page.window().close()


def test_a_packed_file_that_is_no_text_is_refused_in_a_sentence(panel: SummaryPanel, qtbot) -> None:
    show(panel, opened_document(packed_model()))
    files = panel.findChild(PackedFiles)
    files.view("raw.bin")
    qtbot.waitUntil(lambda: "is not text" in files.said.text())


def test_a_packed_file_is_saved(panel: SummaryPanel, qtbot, tmp_path: Path) -> None:
    show(panel, opened_document(packed_model()))
    files = panel.findChild(PackedFiles)
    files.save("raw.bin", str(tmp_path / "raw.bin"))
    qtbot.waitUntil(lambda: files.said.text().startswith("Saved"))
    assert (tmp_path / "raw.bin").read_bytes() == b"\x00\xff"


def test_what_became_of_a_file_is_brought_into_view(panel: SummaryPanel, qtbot, tmp_path: Path) -> None:
    panel.resize(340, 300)
    show(panel, opened_document(packed_model()))
    files = panel.findChild(PackedFiles)
    files.save("raw.bin", str(tmp_path / "raw.bin"))
    qtbot.waitUntil(lambda: not files.said.visibleRegion().isEmpty())


def shown_text(content: str, panel: SummaryPanel, qtbot) -> QPlainTextEdit:
    """The window on a packed text of this content."""
    show(panel, opened_document(append_files(build_conv_net(), {"labels.txt": content.encode()})))
    files = panel.findChild(PackedFiles)
    files.view("labels.txt")
    qtbot.waitUntil(lambda: files.findChild(QPlainTextEdit) is not None)
    page = files.findChild(QPlainTextEdit)
    assert page is not None
    return page


def test_long_lines_of_a_packed_text_wrap(panel: SummaryPanel, qtbot) -> None:
    page = shown_text("word " * 200, panel, qtbot)
    assert page.horizontalScrollBar().maximum() == 0
    page.window().close()


def test_a_line_longer_than_qt_can_wrap_is_broken(panel: SummaryPanel, qtbot) -> None:
    page = shown_text("x" * (2 * LONGEST_LINE), panel, qtbot)
    assert page.toPlainText().split("\n") == ["x" * LONGEST_LINE] * 2
    page.window().close()


def test_unpacking_gives_the_text() -> None:
    assert finish(text_of(opened_bytes(packed_model()).model, "labels.txt")).text == "cat\ndog\n"


def test_unpacking_what_is_not_there_is_refused() -> None:
    with pytest.raises(ArchiveError):
        finish(text_of(opened_bytes(packed_model()).model, "none.txt"))


def test_saving_gives_the_path(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    assert finish(save_unpacked(opened_bytes(packed_model()).model, "labels.txt", path)) == path


def test_metadata_is_on_show(panel: SummaryPanel) -> None:
    show(panel, opened_document(build_with_metadata()))
    assert "Metadata" in sections(panel)


def test_nothing_is_built_before_the_panel_is_visible(qtbot) -> None:
    hidden = SummaryPanel(LIGHT)
    qtbot.addWidget(hidden)
    hidden.set_document(opened_document(build_conv_net()))
    assert sections(hidden) == []


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["challenge", "hard", "large"])
def test_every_real_model_has_a_summary(panel: SummaryPanel, models_folder: Path, folder: str) -> None:
    wrong = []
    for path in sorted((models_folder / folder).glob("*.tflite")):
        try:
            document = Document(finish(open_model(path)))
        except ModelFileError:
            continue
        show(panel, document)
        if panel.heading.title.full != path.name:
            wrong.append(path.name)
    assert wrong == []


def many_signatures() -> bytes:
    draft = ModelDraft()
    graph = draft.subgraph()
    source = graph.input("x", "FLOAT32", (1,))
    for place in range(SIGNATURES_APART + 5):
        draft.signature(f"key{place}", {"x": source}, {"y": source}, 0)
    return draft.to_bytes()


def test_signatures_after_the_first_few_share_one_title() -> None:
    found = [group.title for group in last_groups(opened_bytes(many_signatures())) if "ignature" in group.title]
    assert len(found) == SIGNATURES_APART + 1
    assert found[-1] == "More signatures (5)"


def test_all_signatures_are_copied(panel: SummaryPanel) -> None:
    show(panel, opened_document(many_signatures()))
    assert all(f"key{place}\n" in panel.text() for place in range(SIGNATURES_APART + 5))


def test_sections_left_for_later_all_come(panel: SummaryPanel, qtbot) -> None:
    panel.set_document(opened_document(many_signatures()))
    qtbot.waitUntil(lambda: "More signatures (5)" in sections(panel))


def test_long_texts_are_laid_out_a_few_at_a_time(qtbot) -> None:
    facts = tuple(Fact(f"text {place}", "word " * CHARACTERS_ADDED, wrap=True) for place in range(10))
    grid = FactGrid(facts, lambda _target: None, 60)
    qtbot.addWidget(grid)
    assert len(grid.findChildren(Value)) == 2
