"""The manners of the Profile page: where Tab goes, what is seen at once, what stays true, and the run of the shades."""

from __future__ import annotations

import hashlib

import pytest
from models import build_chain, build_conv_net, build_dynamic_shape
from profile_bench import made_up_ops, stored_run, titles
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from maistudio.gui.profile.bench import Bench
from maistudio.gui.profile.page import COMPARISON, HISTORY, OPS, TIMING
from maistudio.gui.profile.words import run_text
from maistudio.jobs.progress import finish
from maistudio.library.library import open_library
from maistudio.library.place import VARIABLE
from maistudio.timing.values import Configuration, Engine, ModelIdentity

pytest_plugins = ["window_fixtures", "profile_fixtures"]

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(profile_window):
    return profile_window


# Tab


def stops(window, qtbot, first, last) -> list:
    """What has the keyboard, Tab by Tab, from ``first`` to ``last``."""
    first.setFocus()
    reached = [window.focusWidget()]
    while reached[-1] is not last and len(reached) < 40:
        qtbot.keyClick(reached[-1], Qt.Key.Key_Tab)
        reached.append(window.focusWidget())
    return reached


def test_tab_goes_from_the_top_to_the_bottom(window, page, open_model_tab, qtbot) -> None:
    first = window.tabs.current
    open_model_tab("other.tflite", build_chain(3))
    window.tabs.choose(first)
    setup = page.setup
    setup.limits.preset.setCurrentText("Free")
    QApplication.processEvents()  # Qt shows what joins a layout a moment later
    boxes = [box for box in setup.engines.boxes.values() if box.isEnabled()]
    assert stops(window, qtbot, boxes[0], setup.button) == [
        *boxes,
        setup.threads,
        *(setup.limits.preset, setup.limits.runs, setup.limits.seconds, setup.limits.cap),
        setup.with_ops,
        *setup.inputs.lines.values(),
        *setup.other_boxes,
        setup.button,
    ]


def test_tab_keeps_its_way_when_the_inputs_change(window, page, qtbot) -> None:
    tab = window.tabs.current
    with open(tab.path, "wb") as file:  # noqa: PTH123
        file.write(build_dynamic_shape())
    before = page.setup.inputs.lines
    tab.load()
    qtbot.waitUntil(lambda: page.setup.inputs.lines is not before)
    QApplication.processEvents()  # Qt shows what joins a layout a moment later
    lines = list(page.setup.inputs.lines.values())
    assert stops(window, qtbot, page.setup.with_ops, page.setup.button) == [
        page.setup.with_ops,
        *lines,
        page.setup.button,
    ]


# What is seen at once


def right_of(view, title: str) -> int:
    column = titles(view.model()).index(title)
    return view.columnViewportPosition(column) + view.columnWidth(column)


def test_the_columns_of_ops_begin_with_the_answers(page, finished) -> None:
    finished()
    assert titles(page.ops.model) == [
        *("#", "Type", "Time", "% of time", "GMAC/s", "Executor", "Kernels", "Name", "Partition")
    ]


def test_the_bars_are_drawn_in_the_column_of_shares(page, finished) -> None:
    finished()
    column = titles(page.ops.model).index("% of time")
    assert page.ops.view.itemDelegateForColumn(column) is page.ops._shares


def test_ops_up_to_the_executor_are_seen_without_scrolling(page, finished) -> None:
    finished()
    page.tabs.setCurrentIndex(OPS)
    QApplication.processEvents()
    assert right_of(page.ops.view, "Executor") <= page.ops.view.viewport().width()


def test_remarks_of_a_comparison_are_seen_without_scrolling(page, planned) -> None:
    planned()
    QApplication.processEvents()
    assert titles(page.comparison.model)[3:5] == ["Median", "Speed-up"]
    assert right_of(page.comparison.view, "95 % interval") + 60 <= page.comparison.view.viewport().width()


def test_a_narrow_heading_makes_room_for_its_arrow(page, planned) -> None:
    planned()
    before = page.comparison.view.columnWidth(2)
    page.comparison.view.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert page.comparison.view.columnWidth(2) > before


def test_a_long_name_in_the_choice_of_the_baseline_is_elided_and_told_whole(
    window, page, open_model_tab, settled, qtbot
) -> None:
    first = window.tabs.current
    open_model_tab("a_model_with_quite_a_long_name.tflite", build_chain(3))
    window.tabs.choose(first)
    page.setup.other_boxes[0].setChecked(True)
    page.run()
    settled()
    box = page.comparison.baseline
    box.setCurrentIndex(1)
    assert "…" in box.currentText()
    assert box.toolTip() == "2  a_model_with_quite_a_long_name.tflite, XNNPACK, 1 thread"


# What is said stays true


def test_a_warning_goes_when_the_choice_is_put_right(page, qtbot) -> None:
    page.setup.threads.clear()
    page.run()
    assert page.banner.text
    qtbot.keyClicks(page.setup.threads, "1")
    assert page.banner.text == ""


def test_a_warning_follows_what_is_typed(page, qtbot) -> None:
    page.setup.threads.clear()
    page.run()
    qtbot.keyClicks(page.setup.threads, "x")
    assert "“x” is no number of threads" in page.banner.text


def test_an_error_stays_whatever_is_typed(page, qtbot) -> None:
    page.setup.threads.clear()
    page.run()
    page.timings.refused.emit("the library is locked")
    qtbot.keyClicks(page.setup.threads, "1")
    assert page.banner.text == "the library is locked"


@pytest.mark.parametrize("field", ["threads", "shape"])
def test_enter_in_a_field_runs(page, bench, settled, qtbot, field: str) -> None:
    line = page.setup.threads if field == "threads" else next(iter(page.setup.inputs.lines.values()))
    qtbot.keyClick(line, Qt.Key.Key_Return)
    settled()
    assert len(bench.requests) == 1


def test_enter_in_a_field_cancels_nothing(page, bench, started, qtbot) -> None:
    started()
    qtbot.keyClick(page.setup.threads, Qt.Key.Key_Return)
    assert (page.running, bench.closed_runs) == (True, [])


# Several runs of the history


@pytest.fixture
def history(page, finished):
    """The history of three runs, on the screen."""
    for _ in range(3):
        finished()
    page.tabs.setCurrentIndex(HISTORY)
    QApplication.processEvents()
    return page.history


def click(history, qtbot, row: int, held=Qt.KeyboardModifier.NoModifier) -> None:
    place = history.view.visualRect(history.model.index(row, 0)).center()
    qtbot.mouseClick(history.view.viewport(), Qt.MouseButton.LeftButton, held, QPoint(place))


@pytest.mark.parametrize("held", [CTRL, SHIFT])
def test_a_click_with_a_modifier_selects_only(page, history, settled, qtbot, held) -> None:
    history.view.clearSelection()
    click(history, qtbot, 1, held)
    settled()
    assert page.tabs.currentIndex() == HISTORY


def test_shift_selects_all_between(history, qtbot) -> None:
    click(history, qtbot, 2, SHIFT)
    assert len(history.selected()) == 3


def test_a_plain_click_opens(page, history, settled, qtbot) -> None:
    click(history, qtbot, 2)
    settled()
    assert (page.reading.run.id, page.tabs.currentIndex()) == (history.runs[2].id, TIMING)


def test_enter_opens_after_a_click_with_a_modifier(page, history, settled, qtbot) -> None:
    click(history, qtbot, 2, CTRL)
    qtbot.keyClick(history.view, Qt.Key.Key_Return)
    settled()
    assert page.tabs.currentIndex() == TIMING


def test_two_runs_can_be_compared_and_one_cannot(history, qtbot) -> None:
    one = history.compare.isEnabled()
    click(history, qtbot, 2, CTRL)
    assert (one, history.compare.isEnabled()) == (False, True)


def test_runs_of_the_history_are_compared_oldest_first(page, history, settled, qtbot) -> None:
    click(history, qtbot, 2, CTRL)
    wanted = sorted(run.id for run in history.selected())
    qtbot.mouseClick(history.compare, Qt.MouseButton.LeftButton)
    settled()
    assert page.tabs.currentIndex() == COMPARISON
    assert [row.run.id for row in page.comparison.rows] == wanted


def test_runs_of_one_configuration_are_told_apart_by_their_dates(page, history, settled, qtbot) -> None:
    click(history, qtbot, 2, CTRL)
    history.compare.click()
    settled()
    assert "When" in titles(page.comparison.model)


def test_nothing_is_compared_while_a_timing_goes_on(history, started) -> None:
    history.view.selectAll()
    started()
    history.view.selectAll()
    assert not history.compare.isEnabled()


# Shades


def stored_for(content: bytes, run_id: str, **changes):
    model = ModelIdentity("net.tflite", "net.tflite", hashlib.sha256(content).hexdigest(), len(content))
    return stored_run(None, run_id, model=model, **changes)


def test_shades_are_offered_on_opening_where_a_stored_run_timed_its_ops(window, open_model_tab, bench, qtbot) -> None:
    old, new = made_up_ops(), made_up_ops()
    bench.stored = [
        stored_for(build_conv_net(), "1", ops=old),
        stored_for(build_conv_net(), "2", ops=new, configuration=Configuration(Engine.XNNPACK, 1)),
        stored_for(build_conv_net(), "3", ops=None),
    ]
    open_model_tab()
    qtbot.waitUntil(window.actions_by_id["heat"].isEnabled)
    assert window.document.timing is new
    assert window.document.timed_by == run_text(bench.stored[1])


def test_earlier_times_are_looked_for_once_the_window_is_warm(window, open_model_tab, bench, qtbot) -> None:
    window._bench = None  # as while nothing that runs models is loaded
    bench.stored = [stored_for(build_conv_net(), "1")]
    open_model_tab()
    before = window.document.timing
    window._bench = bench
    window.warm_up()
    qtbot.waitUntil(lambda: window.document.timing is not None)
    assert before is None


def test_shades_are_not_offered_without_a_stored_run(window, open_model_tab, qtbot) -> None:
    open_model_tab()
    qtbot.waitUntil(lambda: window.work.tasks == [])
    assert not window.actions_by_id["heat"].isEnabled()


def test_looking_at_a_run_without_times_of_ops_keeps_the_shades(window, page, finished) -> None:
    finished()
    page.setup.with_ops.setChecked(False)
    finished()
    assert window.document.timing is not None


def test_shades_of_a_deleted_run_give_way_to_those_of_an_earlier_one(window, page, bench, finished, qtbot) -> None:
    finished()
    finished()
    page.timings.delete([bench.stored[1].id])
    qtbot.waitUntil(lambda: len(bench.stored) == 1 and window.document.timing is bench.stored[0].ops)


def test_the_words_of_a_run_name_its_configuration_and_date() -> None:
    run = stored_for(b"", "1", configuration=Configuration(Engine.XNNPACK, 1))
    assert run_text(run).startswith("XNNPACK, 1 thread · 2023-11-1")


# What is read of the library


@pytest.fixture
def library(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "library"))
    return tmp_path / "library"


@pytest.fixture
def reader():
    made = Bench()
    yield made
    made.close()


def test_looking_for_earlier_times_makes_no_library(library, reader) -> None:
    assert finish(reader.times("0" * 64)) is None
    assert not library.exists()


def test_the_newest_run_with_times_of_ops_is_found(library, reader) -> None:
    with open_library() as opened:
        for number, ops in enumerate((made_up_ops(), made_up_ops(), None)):
            run = stored_for(b"", str(number), ops=ops, started=1_700_000_000.0 + number)
            opened.begin(run)
            opened.append_samples(run.id, run.samples.wall_us, run.samples.cpu_us)
            opened.end(run)
    found = finish(reader.times(hashlib.sha256(b"").hexdigest()))
    assert (found.id, found.ops) == ("1", made_up_ops())


def test_stored_runs_are_read_in_the_order_asked_for(library, reader) -> None:
    with open_library() as opened:
        for name in "ab":
            opened.begin(stored_for(b"", name))
    assert [outcome.run.id for outcome in finish(reader.outcomes(["b", "a"]))] == ["b", "a"]
