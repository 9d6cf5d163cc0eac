"""The Profile page in the window: running, following, cancelling, and what is shown of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from models import build_chain, build_conv_net, build_dynamic_shape
from profile_bench import SAMPLES, made_up_ops, stored_run, titles
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from maistudio.gui.document import Selected
from maistudio.gui.profile.page import COMPARISON, HISTORY, OPS, TIMING
from maistudio.gui.theme import PALETTES
from maistudio.timing.values import Engine, Flag, OpProfile

pytest_plugins = ["window_fixtures", "profile_fixtures"]


@pytest.fixture
def window(profile_window):
    return profile_window


# The page in the window


def test_the_rail_leads_to_the_page(window, open_model_tab, qtbot) -> None:
    open_model_tab()
    qtbot.mouseClick(window.rail.buttons["profile"], Qt.MouseButton.LeftButton)
    assert window.profile is not None
    assert window.profile.isVisible()


def test_the_rail_leads_back_to_the_graph(window, page, qtbot) -> None:
    qtbot.mouseClick(window.rail.buttons["graph"], Qt.MouseButton.LeftButton)
    assert window.graph.isVisible()
    assert not page.isVisible()


def test_the_page_is_reached_by_keyboard(window, open_model_tab, qtbot) -> None:
    open_model_tab()
    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert window.rail.buttons["profile"].isChecked()
    assert window.profile.isVisible()


def test_without_a_model_the_window_still_says_how_to_begin(window) -> None:
    window.show_page("profile")
    assert window.welcome.isVisible()
    assert window.profile is None


def test_a_refused_file_says_so_on_this_page_too(window, open_model_tab, write_model, page, qtbot) -> None:
    path = str(write_model("broken.tflite", b"<html>"))
    window.open_files([path])
    tab = window.tabs.at(path)
    with qtbot.waitSignal(tab.refused):
        pass
    assert tab.isVisible()


def test_every_model_has_a_page_of_its_own(window, page, open_model_tab, settled) -> None:
    page.tabs.setCurrentIndex(HISTORY)
    first = window.tabs.current
    open_model_tab("other.tflite", build_chain(3))
    assert window.profile is not page
    window.tabs.choose(first)
    assert (window.profile, page.tabs.currentIndex()) == (page, HISTORY)


def test_an_empty_page_has_the_button_that_starts(page, bench, qtbot, settled) -> None:
    assert page.empty.isVisible()
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    settled()
    assert len(bench.requests) == 1


def test_f6_goes_through_the_parts_of_the_page(window, page) -> None:
    reached = set()
    for _ in range(6):
        window.actions_by_id["next-pane"].trigger()
        focused = window.focusWidget()
        reached |= {pane for pane in (page.setup, page.tabs) if pane is focused or pane.isAncestorOf(focused)}
    assert reached == {page.setup, page.tabs}


def test_every_control_has_a_name_for_screen_readers(page) -> None:
    fields = [page.setup.threads, page.setup.limits.preset, page.setup.limits.runs, page.setup.limits.cap]
    fields += [*page.setup.inputs.lines.values(), page.ops.bars, page.ops.view, page.history.view, page.comparison.view]
    assert [field for field in fields if not field.accessibleName()] == []


# What is run


def test_one_run_of_the_default_is_a_quick_one_on_xnnpack(page, bench, finished) -> None:
    finished()
    (request,) = bench.requests
    assert (request.configuration.engine, request.configuration.threads, request.limits.runs) == (Engine.XNNPACK, 1, 64)


def test_the_hash_that_is_known_is_handed_on(window, page, bench, finished) -> None:
    finished()
    assert bench.requests[0].sha256 == window.document.sha256


def test_the_shortcut_runs(window, page, bench, settled, qtbot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settled()
    assert len(bench.requests) == 1


def test_an_engine_that_cannot_run_here_is_disabled_with_its_reason(page) -> None:
    box, reason = page.setup.engines.boxes[Engine.GPU], page.setup.engines.reasons[Engine.GPU]
    assert (box.isEnabled(), reason.text()) == (False, "there is no GPU here: install a driver")


def test_an_engine_that_can_run_here_is_offered(window, open_model_tab, bench, qtbot) -> None:
    bench.no_gpu = ""
    open_model_tab()
    window.show_page("profile")
    qtbot.waitUntil(lambda: window.profile.setup.engines.boxes[Engine.GPU].isEnabled())


def test_what_to_expect_is_said_before_a_run(page, qtbot) -> None:
    qtbot.waitUntil(lambda: page.setup.expected.text() == "about 8 s an inference")


def test_a_wrong_number_of_threads_is_said_and_runs_nothing(page, bench, qtbot) -> None:
    page.setup.threads.clear()
    qtbot.keyClicks(page.setup.threads, "many")
    page.run()
    assert "“many” is no number of threads" in page.banner.text
    assert (bench.requests, page.running) == ([], False)


def test_a_wrong_number_of_threads_gets_the_keyboard(window, page) -> None:
    page.setup.threads.setText("many")
    page.run()
    assert window.focusWidget() is page.setup.threads


def test_a_free_length_is_handed_on(page, bench, finished) -> None:
    page.setup.limits.preset.setCurrentText("Free")
    page.setup.limits.runs.setValue(7)
    finished()
    assert bench.requests[0].limits.runs == 7


def test_numbers_of_a_length_are_shown_for_a_free_one_only(page) -> None:
    before = page.setup.limits.runs.isVisible()
    page.setup.limits.preset.setCurrentText("Free")
    assert (before, page.setup.limits.runs.isVisible()) == (False, True)


def test_a_cap_below_the_seconds_is_said(page) -> None:
    page.setup.limits.preset.setCurrentText("Free")
    page.setup.limits.cap.setValue(1)
    assert "raise the cap" in page.setup.limits.words.text()


def test_an_open_size_is_asked_for_in_one_sentence(window, open_model_tab, settled, bench) -> None:
    open_model_tab("open.tflite", build_dynamic_shape())
    window.show_page("profile")
    settled()
    window.profile.run()
    assert "Give " in window.profile.banner.text
    assert window.focusWidget() in window.profile.setup.inputs.lines.values()


def test_an_open_size_that_is_typed_is_run(window, open_model_tab, settled, bench, qtbot) -> None:
    open_model_tab("open.tflite", build_dynamic_shape())
    window.show_page("profile")
    settled()
    (name, line), *_ = window.profile.setup.inputs.lines.items()
    rank = len(line.text().split("×"))
    line.selectAll()
    qtbot.keyClicks(line, "x".join(["4"] * rank))
    window.profile.setup.with_ops.setChecked(False)
    window.profile.run()
    settled()
    assert bench.requests[0].configuration.shapes[name] == (4,) * rank


# While it runs


def test_the_median_so_far_is_shown_while_it_runs(page, started) -> None:
    started()
    assert page.timing.median.text() == "2.001 ms"


def test_what_is_left_is_shown_while_it_runs(page, started) -> None:
    started()
    assert (page.line.isVisible(), page.line.left.text()) == (True, "3 s left")


def test_the_button_cancels_while_it_runs(page, bench, started, qtbot) -> None:
    started()
    assert page.setup.button.text() == "Cancel"
    qtbot.mouseClick(page.setup.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(bench.closed_runs) == 1)


def test_a_cancelled_timing_keeps_what_it_measured(page, started, settled) -> None:
    started()
    page.cancel()
    settled()
    assert page.timing.title.text().startswith("Cancelled")
    assert page.reading.statistics.runs == len(SAMPLES)


def test_the_line_of_progress_goes_when_it_ends(page, started, settled) -> None:
    started()
    page.cancel()
    settled()
    assert not page.line.isVisible()


def test_a_second_run_waits_for_the_button(page, bench, started) -> None:
    started()
    page.run()
    assert len(bench.requests) == 1


def test_closing_the_tab_stops_the_timing(window, page, bench, started, qtbot) -> None:
    started()
    window.close_tab()
    qtbot.waitUntil(lambda: len(bench.closed_runs) == 1)


def test_closing_the_window_stops_the_timing_and_its_children(window, bench, page, started) -> None:
    started()
    window.close()
    assert (len(bench.closed_runs), bench.closed) == (1, True)


def test_two_models_are_never_timed_at_once(window, page, bench, started, open_model_tab, qtbot) -> None:
    started()
    open_model_tab("other.tflite", build_chain(3))
    qtbot.waitUntil(lambda: len(window.work.tasks) == 1)
    window.profile.run()
    with pytest.raises(qtbot.TimeoutError):
        qtbot.waitUntil(lambda: bench.most_at_once > 1, timeout=300)
    bench.let_go.set()
    qtbot.waitUntil(lambda: len(bench.stored) == 2)
    assert bench.most_at_once == 1


def test_the_graph_can_be_looked_at_meanwhile(window, page, started) -> None:
    started()
    window.show_page("graph")
    assert (window.graph.isVisible(), page.running) == (True, True)


# What came of it


def test_the_median_stands_with_its_interval(page, finished) -> None:
    finished()
    assert page.timing.median.text() == "2.001 ms"
    assert page.timing.interval.text() == "median of 8 runs, 95 % sure between 1.980 and 2.020 ms"


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Mean", "2.000 ms"),
        ("p90", "2.020 ms"),
        ("Fastest", "1.980 ms"),
        ("First", "1.500 ms"),
        ("Initialisation", "5.000 ms"),
        ("Throughput", "500 /s"),
        ("CPU time", "2.001 ms"),
        ("Runs", "8"),
    ],
)
def test_every_number_of_a_run_is_shown(page, finished, label: str, text: str) -> None:
    finished()
    assert page.timing.cells.values[label].text() == text


def test_a_flag_stands_with_its_word_and_its_reason(window, page, bench, settled) -> None:
    bench.stored = [stored_run(window.document, flags=(Flag("machine_busy", "others used 60 %"),))]
    page.timings.read_history()
    settled()
    assert page.timing.flags.texts() == ["Machine busy: others used 60 %"]


def test_the_log_is_folded_away(window, page, bench, settled) -> None:
    bench.stored = [stored_run(window.document, log="INFO: hello")]
    page.timings.read_history()
    settled()
    assert (page.timing.log.toPlainText(), page.timing.log.isVisible()) == ("INFO: hello", False)


def test_a_model_that_cannot_run_gives_one_sentence_and_the_page_lives_on(page, bench, finished) -> None:
    bench.refusal = "net.tflite: LiteRT knows no op MyOp: use another build"
    finished()
    assert page.banner.text == "net.tflite: LiteRT knows no op MyOp: use another build"
    bench.refusal = ""
    finished()
    assert (page.banner.text, page.timing.median.text()) == ("", "2.001 ms")


# Ops


def test_ops_are_listed_longest_first(page, finished) -> None:
    finished()
    rows = [page.ops.model.cell_text(row, 0) for row in page.ops.model.rows]
    assert rows == ["1, 2", "0", "–"]


def test_what_the_ops_explain_is_said(page, finished) -> None:
    finished()
    assert page.ops.about.text() == "3 kernels explain 98.4% of the wall time"


def test_a_bar_selects_its_op(window, page, finished, qtbot) -> None:
    finished()
    page.tabs.setCurrentIndex(OPS)
    qtbot.waitUntil(page.ops.bars.isVisible)
    qtbot.mouseClick(page.ops.bars, Qt.MouseButton.LeftButton, pos=page.ops.bars.rect().center().__class__(60, 60))
    assert window.document.selected == Selected("op", 0, 1)


def test_a_row_selects_its_op_and_marks_its_bar(window, page, finished) -> None:
    finished()
    page.tabs.setCurrentIndex(OPS)
    page.ops.view.setCurrentIndex(page.ops.model.index(1, 0))
    assert (window.document.selected, page.ops.bars.current) == (Selected("op", 0, 0), 1)


def test_arrow_keys_go_from_bar_to_bar(window, page, finished, qtbot) -> None:
    finished()
    page.tabs.setCurrentIndex(OPS)
    for _ in range(2):
        qtbot.keyClick(page.ops.bars, Qt.Key.Key_Right)
    assert window.document.selected == Selected("op", 0, 0)


def test_an_op_selected_elsewhere_is_marked(window, page, finished) -> None:
    finished()
    window.document.select(Selected("op", 0, 2))
    assert page.ops.bars.current == 0


def test_enter_on_a_bar_shows_the_op_in_the_graph(window, page, finished, qtbot) -> None:
    finished()
    page.tabs.setCurrentIndex(OPS)
    qtbot.keyClick(page.ops.bars, Qt.Key.Key_Right)
    qtbot.keyClick(page.ops.bars, Qt.Key.Key_Return)
    assert window.graph.isVisible()
    assert window.document.selected == Selected("op", 0, 1)


def test_ops_that_the_model_does_not_have_are_no_ops_of_it(window, page, bench, settled) -> None:
    strange = replace(made_up_ops().ops[0], indices=(0, 999))
    bench.stored = [replace(stored_run(window.document), ops=OpProfile((strange,), 1.0, 5))]
    page.timings.read_history()
    settled()
    assert page.ops.model.cell_text(0, 0) == "0"


def test_a_run_without_times_of_ops_says_how_to_get_them(page, finished) -> None:
    page.setup.with_ops.setChecked(False)
    finished()
    page.tabs.setCurrentIndex(OPS)
    assert "Times per op" in page.ops.view.empty.text()


# Plans


def test_the_button_says_how_many_timings_are_chosen(page) -> None:
    page.setup.engines.boxes[Engine.BUILTIN].setChecked(True)
    assert page.setup.button.text() == "Run 2 timings"


def test_a_plan_ends_with_its_comparison(page, planned) -> None:
    planned()
    assert page.tabs.currentIndex() == COMPARISON
    assert [row.speed_up for row in page.comparison.rows] == [1.0, 0.5]


def test_the_baseline_can_be_chosen(page, planned, settled, qtbot) -> None:
    planned()
    page.comparison.baseline.setCurrentIndex(1)
    page.comparison.baseline.activated.emit(1)
    qtbot.waitUntil(lambda: [row.speed_up for row in page.comparison.rows] == [2.0, 1.0])
    assert page.comparison.baseline.currentIndex() == 1


def test_a_configuration_that_fails_has_its_sentence_in_its_row(page, bench, planned) -> None:
    bench.refusal, bench.refused_engine = "it has no kernel for MyOp", Engine.BUILTIN
    planned()
    column = titles(page.comparison.model).index("Remarks")
    assert page.comparison.model.cell_text(1, column) == "it has no kernel for MyOp"


def test_other_open_models_can_be_run_too(window, page, bench, open_model_tab, settled) -> None:
    first = window.tabs.current
    open_model_tab("other.tflite", build_chain(3))
    window.tabs.choose(first)
    page.setup.other_boxes[0].setChecked(True)
    page.run()
    settled()
    assert [request.model.name for request in bench.requests] == ["net.tflite", "other.tflite"]


def test_a_plan_ends_on_a_run_of_this_model(window, page, bench, open_model_tab, settled) -> None:
    first = window.tabs.current
    open_model_tab("other.tflite", build_chain(3))
    window.tabs.choose(first)
    page.setup.other_boxes[0].setChecked(True)
    page.run()
    settled()
    assert page.reading.run.model.name == "net.tflite"


def test_ops_of_another_model_are_not_shown_as_this_ones(window, page, bench, open_model_tab, settled) -> None:
    first = window.tabs.current
    open_model_tab("other.tflite", build_chain(3))
    window.tabs.choose(first)
    page.setup.other_boxes[0].setChecked(True)
    page.run()
    settled()
    page.timings.read_run(bench.stored[1].id, asked=True)
    settled()
    assert page.timing.title.text().split(" · ")[0] == "other.tflite"
    assert page.ops.model.rows == []
    assert window.document.timing is bench.stored[0].ops


@pytest.mark.parametrize(("ending", "begins"), [("csv", "model,engine"), ("json", "["), ("md", "|")])
def test_a_comparison_is_exported_by_its_ending(page, planned, tmp_path, ending: str, begins: str) -> None:
    planned()
    path = tmp_path / f"comparison.{ending}"
    page.comparison.export_to(str(path))
    assert path.read_text("utf-8").startswith(begins)


def test_an_export_that_fails_is_said_in_a_sentence(page, planned, tmp_path) -> None:
    planned()
    page.comparison.export_to(str(tmp_path / "nowhere" / "comparison.csv"))
    (box,) = page.comparison.findChildren(QMessageBox)
    assert "can't be written" in box.text()
    box.close()


# History


def test_the_newest_run_of_the_library_is_shown_at_first(window, open_model_tab, bench, qtbot) -> None:
    tab = open_model_tab()
    bench.stored = [stored_run(tab.document, "1"), stored_run(tab.document, "2")]
    window.show_page("profile")
    qtbot.waitUntil(lambda: window.profile.reading is not None)
    assert window.profile.reading.run.id == "2"


def test_a_run_joins_the_history(page, finished) -> None:
    finished()
    assert (len(page.history.runs), page.tabs.tabText(HISTORY)) == (1, "History (1)")


def test_a_run_of_the_history_is_shown_at_a_click(page, finished, settled, qtbot) -> None:
    finished()
    finished()
    page.tabs.setCurrentIndex(HISTORY)
    page.history.view.setCurrentIndex(page.history.model.index(1, 0))
    page.history.view.clicked.emit(page.history.model.index(1, 0))
    settled()
    assert (page.reading.run.id, page.tabs.currentIndex()) == (page.history.runs[1].id, TIMING)


def test_runs_are_deleted_only_after_a_yes(page, bench, finished, settled) -> None:
    finished()
    page.tabs.setCurrentIndex(HISTORY)
    page.history.view.selectAll()
    page.history.ask_to_delete()
    (box,) = page.history.findChildren(QMessageBox)
    assert len(bench.stored) == 1
    next(each for each in box.buttons() if each.text() == "Delete").click()
    settled()
    assert (bench.stored, page.history.runs, page.reading) == ([], (), None)


def test_a_no_deletes_nothing(page, bench, finished, settled) -> None:
    finished()
    page.tabs.setCurrentIndex(HISTORY)
    page.history.view.selectAll()
    page.history.ask_to_delete()
    (box,) = page.history.findChildren(QMessageBox)
    box.reject()
    settled()
    assert len(bench.stored) == 1


def test_another_state_of_the_file_shows_nothing_of_the_one_before(window, page, bench, finished, qtbot) -> None:
    finished()
    tab = window.tabs.current
    with open(tab.path, "wb") as file:  # noqa: PTH123
        file.write(build_chain(4))
    tab.load()
    qtbot.waitUntil(lambda: window.document.opened.model.op_count == 4 and window.document.sha256 != "")
    assert (page.reading, window.document.timing, page.ops.model.rows) == (None, None, [])


def test_both_themes_reach_every_part(page, finished) -> None:
    finished()
    for palette in PALETTES.values():
        page.apply_palette(palette)
        assert page.timing.plot.samples.backgroundBrush().color().name() == palette.raised


def test_the_conv_net_of_these_tests_has_the_ops_they_speak_of() -> None:
    from models import read_bytes

    assert read_bytes(build_conv_net()).op_count >= 3
