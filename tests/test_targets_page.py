"""The Targets page in the window: what is checked, what is shown of it, and where it leads."""

from __future__ import annotations

from pathlib import Path

import pytest
from models import build_chain, build_conv_net, build_dynamic_shape
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox
from targets_bench import advice

from maistudio.gui.document import Selected
from maistudio.gui.targets.matrix_model import FIRST
from maistudio.gui.targets.page import FINDINGS, NO_OPS, OPS, SENTENCE
from maistudio.gui.theme import PALETTES
from maistudio.targets.values import Verdict

pytest_plugins = ["window_fixtures", "targets_fixtures"]

SIX = ("tflite-gpu-2021", "tflite-gpu-opencl", "tflite-gpu-opengl", "litert-gpu", "nnapi-30", "xnnpack")


@pytest.fixture
def window(targets_window):
    return targets_window


# The page in the window


def test_the_rail_leads_to_the_page(window, open_model_tab, qtbot) -> None:
    open_model_tab()
    qtbot.mouseClick(window.rail.buttons["targets"], Qt.MouseButton.LeftButton)
    assert window.targets.isVisible()


def test_the_page_is_reached_by_keyboard(window, open_model_tab, qtbot) -> None:
    open_model_tab()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.targets.isVisible()


def test_without_a_model_the_window_still_says_how_to_begin(window) -> None:
    window.show_page("targets")
    assert (window.welcome.isVisible(), window.targets) == (True, None)


def test_f6_goes_through_the_parts_of_the_page(window, sheet) -> None:
    reached = set()
    for _ in range(8):
        window.actions_by_id["next-pane"].trigger()
        focused = window.focusWidget()
        reached |= {pane for pane in sheet.panes() if pane is focused or pane.isAncestorOf(focused)}
    assert reached == set(sheet.panes())


def test_every_control_has_a_name_for_screen_readers(sheet) -> None:
    fields = [
        sheet.chooser.search,
        sheet.chooser.tree,
        sheet.summary.view,
        sheet.tabs,
        sheet.ops.filter,
        sheet.ops.view,
    ]
    fields += [
        sheet.ops.detail.words,
        sheet.findings.view,
        sheet.findings.back,
        sheet.findings.on,
        sheet.line.bar,
    ]
    assert [field for field in fields if not field.accessibleName()] == []


def test_both_themes_reach_every_part(window, sheet) -> None:
    for palette in PALETTES.values():
        sheet.apply_palette(palette)
        assert not sheet.grab().isNull()


def test_a_model_without_ops_has_nothing_to_check(window, open_model_tab, idle) -> None:
    open_model_tab("none.tflite", build_chain(0))
    window.show_page("targets")
    idle()
    assert (window.targets.empty.isVisible(), window.targets.empty.sentence.text()) == (True, NO_OPS)


def test_a_model_without_ops_has_nothing_to_prove(window, open_model_tab, idle) -> None:
    open_model_tab("none.tflite", build_chain(0))
    window.show_page("targets")
    idle()
    assert not window.targets.chooser.button.isEnabled()
    window.prove()
    assert not window.checks.proving


def test_a_model_with_ops_can_be_proved_after_one_without(window, open_model_tab, idle) -> None:
    open_model_tab("none.tflite", build_chain(0))
    window.show_page("targets")
    open_model_tab("some.tflite", build_chain(2))
    idle()
    assert window.targets.chooser.button.isEnabled()


# What is checked


def test_nothing_is_read_before_the_page_is_shown(window, open_model_tab, desk, qtbot) -> None:
    open_model_tab()
    qtbot.waitUntil(lambda: window.work.tasks == [])
    assert (window.checks.known, desk.checks) == (None, [])


def test_a_model_is_checked_by_itself_on_this_page(sheet, desk) -> None:
    assert desk.checks == [SIX]


def test_a_warm_window_checks_a_model_when_it_is_opened(window, open_model_tab, qtbot) -> None:
    window.checks.enable()
    tab = open_model_tab()
    qtbot.waitUntil(lambda: tab.document.checked is not None)


def test_checks_run_off_the_interface_thread(sheet, desk) -> None:
    assert all(name.startswith("job") for name in desk.threads)


def test_another_state_of_the_file_is_checked_anew(window, sheet, desk, idle, qtbot) -> None:
    tab = window.tabs.current
    Path(tab.path).write_bytes(build_chain(4))
    tab.load()
    qtbot.waitUntil(lambda: window.document.opened.model.op_count == 4)
    idle()
    assert [len(report.ops) for report in window.document.checked.reports] == [4] * 6


def test_what_was_known_of_the_state_before_vanishes_at_once(window, sheet, desk, qtbot) -> None:
    desk.let_go.clear()
    tab = window.tabs.current
    Path(tab.path).write_bytes(build_chain(4))
    tab.load()
    qtbot.waitUntil(lambda: window.document.opened.model.op_count == 4)
    assert (window.document.checked, sheet.summary.reports, sheet.ops.model.rows) == (None, (), [])


def test_other_input_shapes_are_checked_anew(window, open_model_tab, desk, idle, qtbot) -> None:
    tab = open_model_tab("open.tflite", build_dynamic_shape())
    window.show_page("targets")
    idle()
    name = window.document.opened.model.main.tensors[window.document.opened.model.main.inputs[0]]
    with qtbot.waitSignal(tab.reshaped):
        tab.load_at({name.label: tuple(4 if size < 1 else size for size in name.open_shape)})
    idle()
    assert len(desk.checks) == 2


def test_a_check_of_a_model_that_is_left_gives_nothing_to_the_next(window, sheet, desk, open_model_tab, idle) -> None:
    first = window.tabs.current
    desk.let_go.clear()
    window.checks.choose(["xnnpack"])
    second = open_model_tab("other.tflite", build_chain(3))
    desk.let_go.set()
    idle()
    assert first.document.checked.asked == SIX
    assert [len(report.ops) for report in second.document.checked.reports] == [3]


def test_a_model_that_is_come_back_to_is_checked_on_the_choice_of_now(window, sheet, open_model_tab, idle) -> None:
    first = window.tabs.current
    open_model_tab("other.tflite", build_chain(3))
    window.checks.choose(["xnnpack"])
    idle()
    window.tabs.choose(first)
    idle()
    assert first.document.checked.asked == ("xnnpack",)


def test_what_fails_is_said_in_one_sentence(window, sheet, desk, idle) -> None:
    desk.refusal = "nnapi-30.toml, line 3: there is no op ADDD: name one of the schema"
    window.checks.choose(["xnnpack"])
    idle()
    assert sheet.banner.text == desk.refusal


def test_a_faulty_file_of_a_target_is_said_and_the_others_are_offered(window, open_model_tab, desk, idle) -> None:
    desk.faults = ("mine.toml, line 2: 'nam' is not known: use name",)
    open_model_tab()
    window.show_page("targets")
    idle()
    assert window.targets.banner.text == desk.faults[0]
    assert len(window.document.checked.reports) == 6


def test_closing_the_window_stops_the_check(window, sheet, desk, qtbot) -> None:
    desk.let_go.clear()
    window.checks.choose(["xnnpack"])
    qtbot.waitUntil(lambda: len(desk.checks) == 2)
    window.close()
    qtbot.waitUntil(lambda: desk.stopped == ["check"])


# What is shown


def test_every_target_has_a_row_with_its_word_numbers_and_provenance(sheet) -> None:
    card = sheet.summary.model.cards[0]
    assert (card.word, card.title) == ("Runs in part", "TFLite GPU delegate, 2021")
    assert card.note == "5 of 6 ops · 83.3% of MACs · 2.0 KiB cross"
    assert (card.sentence, card.source) == ("5 of 6 ops on the GPU", "from the source of engine @ abc")


def test_why_a_proof_could_not_be_had_is_said_in_the_row(window, sheet, desk, idle) -> None:
    desk.failures = {"litert-gpu": "there is no GPU here"}
    window.prove()
    idle()
    assert sheet.summary.model.cards[3].sentence == "6 of 6 ops on the GPU. Not proved: there is no GPU here"


def test_the_matrix_has_a_row_for_every_op_and_a_column_for_every_target(sheet) -> None:
    assert (sheet.ops.model.rowCount(), sheet.ops.model.columnCount()) == (6, FIRST + 6 + 1)


def test_a_cell_tells_the_verdict_the_reason_its_source_and_who_says_so(sheet) -> None:
    sheet.ops.view.go_to(0, FIRST)
    assert sheet.ops.detail.words.text().splitlines() == [
        "CONV_2D #0 on TFLite GPU delegate, 2021",
        "Refused: too wide",
        "Source: builder.cc:12",
        "from the source of engine @ abc",
    ]


def test_the_tooltip_of_a_cell_says_the_same(sheet) -> None:
    tip = sheet.ops.model.data(sheet.ops.model.index(0, FIRST), Qt.ItemDataRole.ToolTipRole)
    assert "Refused: too wide" in tip


def test_going_to_a_cell_selects_its_op(window, sheet) -> None:
    sheet.ops.view.setCurrentIndex(sheet.ops.model.index(2, FIRST + 1))
    assert window.document.selected == Selected("op", 0, 2)


def test_going_to_a_cell_looks_at_its_target(window, sheet) -> None:
    sheet.ops.view.setCurrentIndex(sheet.ops.model.index(2, FIRST + 1))
    assert window.checks.current == "tflite-gpu-opencl"


def test_going_to_a_row_of_the_summary_marks_the_column(window, sheet) -> None:
    sheet.summary.view.setCurrentIndex(sheet.summary.model.index(3))
    assert sheet.ops.view.heading.current == FIRST + 3


def test_an_op_selected_elsewhere_is_gone_to(window, sheet) -> None:
    window.document.select(Selected("op", 0, 3))
    assert sheet.ops.view.currentIndex().row() == 3


def test_arrow_keys_go_from_cell_to_cell(window, sheet, qtbot) -> None:
    sheet.ops.view.setFocus()
    sheet.ops.view.go_to(0, FIRST)
    qtbot.keyClick(sheet.ops.view, Qt.Key.Key_Right)
    qtbot.keyClick(sheet.ops.view, Qt.Key.Key_Down)
    index = sheet.ops.view.currentIndex()
    assert (index.row(), index.column()) == (1, FIRST + 1)


def test_enter_shows_the_op_in_the_graph_coloured_for_the_target(window, sheet, qtbot) -> None:
    sheet.ops.view.setFocus()
    sheet.ops.view.go_to(1, FIRST)
    qtbot.keyClick(sheet.ops.view, Qt.Key.Key_Return)
    assert (window.graph.isVisible(), window.verdicts_wanted) == (True, True)
    assert window.document.selected == Selected("op", 0, 1)


def test_enter_on_a_row_of_the_summary_colours_the_graph_for_it(window, sheet, qtbot) -> None:
    sheet.summary.view.setFocus()
    sheet.summary.view.setCurrentIndex(sheet.summary.model.index(2))
    qtbot.keyClick(sheet.summary.view, Qt.Key.Key_Return)
    assert (window.graph.isVisible(), window.checks.current) == (True, "tflite-gpu-opengl")


def test_selected_cells_are_copied_with_their_heading(sheet, qtbot) -> None:
    sheet.ops.view.setFocus()
    sheet.ops.view.clearSelection()
    for column in (1, FIRST):
        sheet.ops.view.selectionModel().select(
            sheet.ops.model.index(0, column), sheet.ops.view.selectionModel().SelectionFlag.Select
        )
    qtbot.keyClick(sheet.ops.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Type\ttflite-gpu-2021\nCONV_2D\trefused\n"


def test_the_rows_shown_are_exported(sheet, tmp_path, qtbot) -> None:
    sheet.ops.set_filter("conv_2d")
    sheet.ops.export_csv(str(tmp_path / "ops.csv"))
    qtbot.waitUntil((tmp_path / "ops.csv").is_file)
    lines = (tmp_path / "ops.csv").read_text("utf-8").splitlines()
    assert lines[0].startswith(
        "#,Type,tflite-gpu-2021,tflite-gpu-2021 reason,tflite-gpu-2021 source,tflite-gpu-opencl,"
    )
    assert lines[1].startswith("0,CONV_2D,refused,too wide,builder.cc:12,runs,,builder.cc:12,")


def test_an_export_that_fails_is_said(window, sheet, tmp_path, qtbot) -> None:
    with qtbot.waitSignal(sheet.said) as said:
        sheet.ops.export_csv(str(tmp_path / "nowhere" / "ops.csv"))
    assert "can't be written" in said.args[0]


def test_a_filter_that_nothing_matches_says_so(sheet) -> None:
    sheet.ops.set_filter("nosuchop")
    assert sheet.ops.view.empty.text() == "No op matches “nosuchop”."


def test_where_every_op_runs_everywhere_that_is_said(sheet, window, idle) -> None:
    window.checks.choose(["xnnpack"])
    idle()
    sheet.ops.only_trouble.setChecked(True)
    assert sheet.ops.view.empty.text() == "Every op runs on every target chosen."


def test_a_large_model_is_shown_by_type_at_first(window, open_model_tab, idle) -> None:
    open_model_tab("long.tflite", build_chain(300))
    window.show_page("targets")
    idle()
    assert (window.targets.ops.by_type.isChecked(), window.targets.ops.model.rowCount()) == (True, 1)


def test_the_filter_comes_before_the_matrix_for_the_tab_key(window, sheet, qtbot) -> None:
    sheet.ops.filter.setFocus()
    reached = []
    for _ in range(4):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.append(window.focusWidget())
    assert reached == [
        sheet.ops.only_trouble,
        sheet.ops.by_type,
        sheet.ops.export,
        sheet.ops.view,
    ]


def test_number_and_type_stay_in_sight_where_the_matrix_is_scrolled_sideways(window, sheet, idle) -> None:
    sheet.ops.view.setFixedWidth(300)
    QApplication.processEvents()
    bar = sheet.ops.view.horizontalScrollBar()
    at_home = sheet.ops.view.frozen.isVisible()
    bar.setValue(bar.maximum())
    frozen = sheet.ops.view.frozen
    assert (at_home, frozen.isVisible(), frozen.isColumnHidden(1), frozen.isColumnHidden(FIRST)) == (
        False, True, False, True,
    )  # fmt: skip


def test_a_cell_gone_to_comes_out_from_under_what_stays(window, sheet) -> None:
    view = sheet.ops.view
    view.setFixedWidth(260)
    QApplication.processEvents()
    view.horizontalScrollBar().setValue(view.horizontalScrollBar().maximum())
    view.go_to(0, FIRST)
    assert view.visualRect(view.currentIndex()).left() >= view.frozen.wide()


def test_another_model_is_shown_from_its_beginning(window, sheet, open_model_tab, idle) -> None:
    first = window.tabs.current
    open_model_tab("other.tflite")
    idle()
    sheet.ops.view.setFixedWidth(260)
    QApplication.processEvents()
    sheet.ops.view.horizontalScrollBar().setValue(50)
    window.tabs.choose(first)
    assert sheet.ops.view.horizontalScrollBar().value() == 0


def test_six_targets_fit_above_the_matrix(sheet) -> None:
    view = sheet.summary.view
    assert view.visualRect(sheet.summary.model.index(5)).bottom() < view.viewport().height()


@pytest.mark.parametrize("theme", PALETTES)
def test_the_targets_lie_on_the_colour_of_the_theme_that_is_chosen(window, sheet, theme) -> None:
    window.choose_theme("light" if theme == "dark" else "dark")
    window.choose_theme(theme)
    QApplication.processEvents()
    shown = sheet.chooser.tree.viewport().grab().toImage()
    assert shown.pixelColor(shown.width() - 3, shown.height() - 3).name() == PALETTES[theme].window


def test_a_job_that_does_what_its_title_says_is_told_once(window, sheet, desk, qtbot) -> None:
    desk.let_go.clear()
    window.work.start("Working", desk.check(window.document.opened, (), {}))
    window.work.start("Checking", desk.check(window.document.opened, (), {}))
    task = window.work.tasks[0]
    qtbot.waitUntil(lambda: task.progress.stage == "working")
    task.title = "working"
    window.jobs_bar._show_first()
    assert window.jobs_bar._text.text() == "working (1 more)"


def test_a_file_that_is_gone_is_said_on_this_page_too(window, sheet) -> None:
    window.tabs.current.say_gone()
    assert "was moved or deleted" in sheet.banner.text


def test_the_palette_silences_and_exports(window, findings, desk, idle) -> None:
    findings.view.setCurrentIndex(findings.model.index(0))
    window.show_commands()
    possible = {command.text: command for command in window._commands._commands if command.possible}
    assert "Run: Export matrix…" in possible
    assert "Run: Rewrite…" not in possible
    possible["Run: Silence finding"].run()
    idle()
    assert desk.silenced == {"float-interface"}


# Findings


@pytest.fixture
def findings(sheet, desk, window, idle):
    """The findings of a model with a refusal and two pieces of advice, one of which can be mended."""
    desk.findings = (
        advice("refused-CONV_2D", "split-to-slices", target="tflite-gpu-2021"),
        advice("float-interface", places=[(0, 1), (0, 2), (0, 3)]),
    )
    window.checks.choose(["tflite-gpu-2021", "xnnpack"])
    idle()
    sheet.tabs.setCurrentIndex(FINDINGS)
    QApplication.processEvents()
    return sheet.findings


def test_advice_for_all_comes_first_and_refusals_stand_under_their_target(findings) -> None:
    assert [(card.heading, card.title) for card in findings.model.cards] == [
        ("Advice for every target", "float-interface is there"),
        ("TFLite GPU delegate, 2021", "CONV_2D: refused on TFLite GPU delegate, 2021"),
    ]


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        (0, ["float-interface", "refused-CONV_2D"]),
        (1, ["float-interface"]),
        (2, ["refused-CONV_2D"]),
        (3, []),
    ],
)
def test_findings_of_one_target_or_of_none_are_shown_alone(findings, chosen: int, shown: list[str]) -> None:
    findings.about.setCurrentIndex(chosen)
    assert [item.id for item in findings.items] == shown


def test_a_target_without_findings_says_so(findings) -> None:
    findings.about.setCurrentIndex(3)
    assert findings.empty.text() == "There is no finding of this kind."


def test_enter_on_a_finding_of_another_target_colours_the_graph_for_that(window, findings, qtbot) -> None:
    window.checks.look_at("xnnpack")
    findings.view.setFocus()
    findings.view.setCurrentIndex(findings.model.index(1))
    qtbot.keyClick(findings.view, Qt.Key.Key_Return)
    assert window.graph._scene_painter.verdicts.report.target == "tflite-gpu-2021"


def test_enter_on_advice_for_all_keeps_the_target(window, findings, qtbot) -> None:
    window.checks.look_at("xnnpack")
    findings.view.setFocus()
    findings.view.setCurrentIndex(findings.model.index(0))
    qtbot.keyClick(findings.view, Qt.Key.Key_Return)
    assert window.graph._scene_painter.verdicts.report.target == "xnnpack"


def test_the_tab_says_how_many_there_are(sheet, findings) -> None:
    assert sheet.tabs.tabText(FINDINGS) == "Findings (2)"


def test_going_to_a_finding_selects_its_op(window, findings) -> None:
    findings.view.setCurrentIndex(findings.model.index(0))
    assert window.document.selected == Selected("op", 0, 1)


def test_right_goes_to_the_next_op_of_a_finding(window, findings, qtbot) -> None:
    findings.view.setFocus()
    findings.view.setCurrentIndex(findings.model.index(0))
    qtbot.keyClick(findings.view, Qt.Key.Key_Right)
    assert window.document.selected == Selected("op", 0, 2)
    assert findings.place.text() == "op 2, 2 of 3"


def test_left_of_the_first_op_is_the_last(window, findings, qtbot) -> None:
    findings.view.setFocus()
    findings.view.setCurrentIndex(findings.model.index(0))
    qtbot.keyClick(findings.view, Qt.Key.Key_Left)
    assert window.document.selected == Selected("op", 0, 3)


def test_right_of_the_last_op_is_the_first(window, findings, qtbot) -> None:
    findings.view.setFocus()
    findings.view.setCurrentIndex(findings.model.index(0))
    for _ in range(3):
        qtbot.keyClick(findings.view, Qt.Key.Key_Right)
    assert window.document.selected == Selected("op", 0, 1)


def test_enter_on_a_finding_shows_its_op_in_the_graph(window, findings, qtbot) -> None:
    findings.view.setFocus()
    findings.view.setCurrentIndex(findings.model.index(0))
    qtbot.keyClick(findings.view, Qt.Key.Key_Return)
    assert window.graph.isVisible()


def test_a_finding_is_copied_as_text(findings, qtbot) -> None:
    findings.view.setFocus()
    findings.view.setCurrentIndex(findings.model.index(0))
    qtbot.keyClick(findings.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "float-interface is there" in QGuiApplication.clipboard().text()


def test_a_silenced_finding_goes(sheet, findings, desk, idle, qtbot) -> None:
    findings.view.setCurrentIndex(findings.model.index(0))
    qtbot.mouseClick(findings.silence, Qt.MouseButton.LeftButton)
    idle()
    assert (desk.silenced, len(findings.items), sheet.tabs.tabText(FINDINGS)) == (
        {"float-interface"},
        1,
        "Findings (1)",
    )


def test_silenced_findings_are_shown_on_request_and_told_again(findings, desk, idle, qtbot) -> None:
    desk.silenced.add("float-interface")
    findings.silence_asked.emit("other", True)
    idle()
    findings.show_silenced.setChecked(True)
    findings.view.setCurrentIndex(findings.model.index(1))
    assert findings.silence.text() == "Unsilence"
    qtbot.mouseClick(findings.silence, Qt.MouseButton.LeftButton)
    idle()
    assert desk.silenced == {"other"}


def test_only_a_finding_with_a_rewrite_offers_one(findings) -> None:
    offered = []
    for row in range(2):
        findings.view.setCurrentIndex(findings.model.index(row))
        offered.append(findings.rewrite.isEnabled())
    assert offered == [False, True]


def test_a_model_that_nothing_is_said_of_says_so(window, sheet, desk, idle) -> None:
    window.checks.choose(["xnnpack"])
    idle()
    sheet.tabs.setCurrentIndex(FINDINGS)
    assert sheet.findings.empty.text().startswith("Nothing stands in the way")


# Proving


def test_the_button_proves_what_is_chosen(sheet, desk, idle, qtbot) -> None:
    qtbot.mouseClick(sheet.chooser.button, Qt.MouseButton.LeftButton)
    idle()
    assert desk.proved == [SIX]


def test_the_shortcut_proves(window, sheet, desk, idle, qtbot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    idle()
    assert desk.proved == [SIX]


def test_a_proof_overrides_the_rule_and_both_are_shown(window, sheet, desk, idle) -> None:
    desk.proofs = {"xnnpack": {"SOFTMAX": (Verdict.LEFT_ON_CPU, "not taken")}}
    window.prove()
    idle()
    column = sheet.ops.model.column_of("xnnpack")
    sheet.ops.view.go_to(5, column)
    told = sheet.ops.detail.words.text()
    assert sheet.ops.model.report_at(5, column).verdict is Verdict.LEFT_ON_CPU
    assert "The rule says: runs" in told
    assert "The real compile says: left on the CPU, not taken" in told


def test_a_proved_cell_is_marked(window, sheet, desk, idle) -> None:
    desk.proofs = {"xnnpack": {}}
    window.prove()
    idle()
    column = sheet.ops.model.column_of("xnnpack")
    assert [sheet.ops.model.sign_at(0, each)[1] for each in (FIRST, column)] == [False, True]


def test_the_progress_of_a_proof_is_shown(window, sheet, desk, qtbot) -> None:
    desk.let_proofs_go.clear()
    window.prove()
    qtbot.waitUntil(lambda: sheet.line.stage.text() == "Working")
    assert (sheet.line.isVisible(), sheet.chooser.button.text()) == (True, "Cancel")


def test_a_proof_can_be_cancelled(window, sheet, desk, qtbot) -> None:
    desk.let_proofs_go.clear()
    window.prove()
    qtbot.waitUntil(lambda: sheet.line.stage.text() == "Working")
    qtbot.mouseClick(sheet.chooser.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.stopped == ["prove"])
    assert not sheet.line.isVisible()


def test_what_was_proved_stays_when_the_choice_changes(window, sheet, desk, idle) -> None:
    desk.proofs = {"xnnpack": {}}
    window.prove()
    idle()
    window.checks.choose(["xnnpack", "samsung-enn"])
    idle()
    assert [report.proved_by for report in window.document.checked.reports] == ["a compiler", ""]


def test_a_proof_that_comes_after_the_choice_changed_counts_for_what_is_still_chosen(
    window, sheet, desk, idle, qtbot
) -> None:
    desk.proofs = {"xnnpack": {}}
    desk.let_proofs_go.clear()
    window.prove()
    window.checks.choose(["xnnpack", "samsung-enn"])
    desk.let_proofs_go.set()
    idle()
    assert [report.proved_by for report in window.document.checked.reports] == ["a compiler", ""]


def test_a_proof_goes_on_while_another_tab_is_shown(window, sheet, desk, open_model_tab, idle, qtbot) -> None:
    first = window.tabs.current
    desk.proofs = {"xnnpack": {}}
    desk.let_proofs_go.clear()
    window.prove()
    open_model_tab("other.tflite", build_chain(3))
    desk.let_proofs_go.set()
    qtbot.waitUntil(lambda: bool(first.document.proved))
    window.tabs.choose(first)
    idle()
    assert (desk.stopped, first.document.checked.report_of("xnnpack").proved_by) == ([], "a compiler")


def test_a_proof_of_another_tab_is_not_shown_here(window, sheet, desk, open_model_tab, qtbot) -> None:
    desk.let_proofs_go.clear()
    window.prove()
    open_model_tab("other.tflite", build_chain(3))
    qtbot.wait(50)
    assert (sheet.line.isVisible(), sheet.chooser.button.text()) == (False, "Prove")


def test_a_proof_that_goes_on_is_followed_again(window, sheet, desk, open_model_tab, qtbot) -> None:
    first = window.tabs.current
    desk.let_proofs_go.clear()
    window.prove()
    open_model_tab("other.tflite", build_chain(3))
    window.tabs.choose(first)
    assert (sheet.line.isVisible(), sheet.chooser.button.text()) == (True, "Cancel")


def test_closing_a_tab_stops_its_proof(window, sheet, desk, qtbot) -> None:
    desk.let_proofs_go.clear()
    window.prove()
    qtbot.waitUntil(lambda: sheet.line.stage.text() == "Working")
    window.close_tab()
    qtbot.waitUntil(lambda: desk.stopped == ["prove"])


def test_after_a_proof_it_is_said_how_many_could_be_had(window, sheet, desk, idle) -> None:
    desk.proofs, desk.failures = {"xnnpack": {}}, {"litert-gpu": "there is no GPU here"}
    window.prove()
    idle()
    assert sheet.chooser.about.text() == "1 of 6 targets proved; for 1 no proof could be had"


def test_before_a_proof_it_is_said_what_could_be_asked(sheet) -> None:
    assert sheet.chooser.about.text() == "2 of 6 targets can be proved where their compiler is installed"


def test_what_was_proved_of_the_state_before_is_forgotten(window, sheet, desk, idle, qtbot) -> None:
    desk.proofs = {"xnnpack": {}}
    window.prove()
    idle()
    tab = window.tabs.current
    Path(tab.path).write_bytes(build_chain(4))
    tab.load()
    qtbot.waitUntil(lambda: window.document.opened.model.op_count == 4)
    idle()
    assert {report.proved_by for report in window.document.checked.reports} == {""}


def test_without_a_real_compiler_the_button_says_so(window, sheet, idle) -> None:
    window.checks.choose(["samsung-enn"])
    idle()
    assert (sheet.chooser.button.isEnabled(), "None of the chosen" in sheet.chooser.about.text()) == (
        False,
        True,
    )


# Rewriting


@pytest.fixture
def mended(findings, sheet, tmp_path, idle, qtbot):
    """Rewrites what can be."""

    def rewrite(path: Path) -> None:
        findings.view.setCurrentIndex(findings.model.index(1))
        qtbot.mouseClick(findings.rewrite, Qt.MouseButton.LeftButton)
        explain(sheet, qtbot).defaultButton().click()
        dialog = sheet.findChild(type_of_dialog())
        dialog.fileSelected.emit(str(path))
        dialog.reject()
        qtbot.waitUntil(lambda: not sheet.rewriting.running)

    return rewrite


def explain(sheet, qtbot) -> QMessageBox:
    """The box that says what will be changed."""
    qtbot.waitUntil(lambda: sheet.findChild(QMessageBox) is not None)
    return sheet.findChild(QMessageBox)


def type_of_dialog() -> type:
    from PySide6.QtWidgets import QFileDialog

    return QFileDialog


def test_what_will_be_changed_where_is_said_first(sheet, findings, qtbot) -> None:
    findings.view.setCurrentIndex(findings.model.index(1))
    qtbot.mouseClick(findings.rewrite, Qt.MouseButton.LeftButton)
    box = explain(sheet, qtbot)
    assert box.text() == "Take it apart"
    assert "It can change 2 places of this model; the finding is about op 0." in box.informativeText()
    box.reject()


def test_the_keyboard_is_in_the_list_after_a_rewrite(window, mended, findings, tmp_path) -> None:
    mended(tmp_path / "new.tflite")
    assert window.focusWidget() is findings.view


def test_a_rewrite_is_asked_for_by_its_name_and_place(window, mended, desk, tmp_path) -> None:
    mended(tmp_path / "new.tflite")
    assert desk.rewrites == [("tflite-gpu-2021", "split-to-slices", tmp_path / "new.tflite", False)]


def test_what_a_rewrite_did_is_told_with_an_offer_to_open_it(sheet, mended, tmp_path, window, qtbot) -> None:
    mended(tmp_path / "new.tflite")
    assert "new.tflite was written: SPLIT became 2 SLICE" in sheet.banner.text
    assert "both compute exactly the same" in sheet.banner.text
    with qtbot.waitSignal(sheet.open_asked) as asked:
        sheet.banner._button.click()
    assert asked.args == [str(tmp_path / "new.tflite")]


def test_a_rewrite_that_differs_is_saved_only_anyway(sheet, mended, desk, tmp_path, qtbot) -> None:
    desk.difference = 0.5
    mended(tmp_path / "new.tflite")
    assert "new.tflite was not written: its output differs by a lot" in sheet.banner.text
    sheet.banner._button.click()
    qtbot.waitUntil(lambda: not sheet.rewriting.running)
    assert [force for *_, force in desk.rewrites] == [False, True]
    assert "differ by 0.5 of their range" in sheet.banner.text


def test_a_rewrite_can_be_cancelled(sheet, findings, desk, tmp_path, qtbot) -> None:
    from maistudio.gui.targets.rewriting import Wish

    desk.let_go.clear()
    sheet.rewriting.rewrite(Wish(sheet._document.opened, "xnnpack", "x"), tmp_path / "new.tflite")
    qtbot.waitUntil(lambda: sheet.line.stage.text() == "Working")
    qtbot.mouseClick(sheet.line.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "rewrite" in desk.stopped)
    assert not sheet.line.isVisible()


# What the rest of the window says


def test_the_bar_of_the_graph_says_how_many_targets_fall_short_and_leads_there(window, sheet, qtbot) -> None:
    window.show_page("graph")
    assert window.graph_bar.trouble.text() == " 1 of 6 targets doesn't run all of it"
    qtbot.mouseClick(window.graph_bar.trouble, Qt.MouseButton.LeftButton)
    assert window.targets.isVisible()


def test_where_no_target_falls_short_the_bar_says_nothing(window, sheet, idle) -> None:
    window.checks.choose(["xnnpack"])
    idle()
    window.show_page("graph")
    assert not window.graph_bar.trouble.isVisible()


def test_the_details_of_an_op_say_what_becomes_of_it_on_each_target(window, sheet) -> None:
    window.document.select(Selected("op", 0, 0))
    told = window.inspector._details_panel().text()
    assert "tflite-gpu-2021: Refused: too wide" in told
    assert "xnnpack: Runs" in told


def test_details_that_are_shown_hear_of_a_check_that_ends(window, open_model_tab, desk, idle, qtbot) -> None:
    desk.let_go.clear()
    open_model_tab()
    window.show_page("targets")
    window.document.select(Selected("op", 0, 0))
    panel = window.inspector._details_panel()
    before = panel.text()
    desk.let_go.set()
    idle()
    assert ("Refused" in before, "Refused: too wide" in panel.text()) == (False, True)


def test_the_tabs_lead_to_ops_and_findings(sheet, qtbot) -> None:
    sheet.tabs.setCurrentIndex(FINDINGS)
    shown = sheet.findings.isVisible()
    sheet.tabs.setCurrentIndex(OPS)
    assert (shown, sheet.ops.isVisible()) == (True, True)


def test_an_empty_choice_says_what_the_page_is_for_and_offers_the_usual(window, sheet, desk, idle, qtbot) -> None:
    window.checks.choose([])
    idle()
    assert sheet.empty.sentence.text() == SENTENCE
    qtbot.mouseClick(sheet.empty.button, Qt.MouseButton.LeftButton)
    idle()
    assert window.document.checked.asked == SIX


def test_a_click_on_a_cell_selects_and_shows_no_other_page(window, sheet, qtbot) -> None:
    rect = sheet.ops.view.visualRect(sheet.ops.model.index(1, FIRST))
    qtbot.mouseClick(sheet.ops.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(rect.center()))
    assert (window.document.selected, sheet.isVisible()) == (Selected("op", 0, 1), True)


def test_the_conv_net_of_these_tests_has_the_ops_they_speak_of() -> None:
    from models import read_bytes

    types = [op.type for op in read_bytes(build_conv_net()).main.ops]
    assert types == ["CONV_2D", "MAX_POOL_2D", "DEPTHWISE_CONV_2D", "RESHAPE", "FULLY_CONNECTED", "SOFTMAX"]
