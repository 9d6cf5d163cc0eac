"""The parts of the Profile page on their own: plots, bars, progress, and how quickly they are drawn."""

from __future__ import annotations

import time
from array import array

import numpy as np
import pytest
from profile_bench import made_up_ops, summary_of
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from timed_runs import begun_run, measured_run

from maistudio.gui.profile.history_plot import times_on_log_axis
from maistudio.gui.profile.history_table import history_table
from maistudio.gui.profile.history_view import HistoryView
from maistudio.gui.profile.op_bars import LEFT, NARROWEST, OpBars
from maistudio.gui.profile.plots import SamplesPlot
from maistudio.gui.profile.progress_line import ProgressLine
from maistudio.gui.profile.reading import live_shape, read_run
from maistudio.gui.profile.timing_view import TimingView, version_text
from maistudio.gui.profile.words import left_text, scale_of_time
from maistudio.gui.theme import LIGHT
from maistudio.jobs.plan import PlanProgress
from maistudio.jobs.profile import Live
from maistudio.tflite.kinds import OpKind
from maistudio.timing.values import Configuration, Engine, Samples, Status

MILLION = 1_000_000


def live(samples: array, **changes) -> Live:
    known = {"run": begun_run(), "wall_us": samples, "cpu_us": samples, "remaining_s": 8.0}
    return Live("timing", 0.5, **{**known, **changes})


@pytest.fixture
def timing(qtbot) -> TimingView:
    view = TimingView(LIGHT)
    qtbot.addWidget(view)
    view.resize(620, 640)
    view.show()
    return view


# Plots


@pytest.fixture
def plot(qtbot, timing) -> SamplesPlot:
    return timing.plot


def show(plot: SamplesPlot, samples: list[float]) -> None:
    values = np.asarray(samples)
    median, found = live_shape(values)
    plot.show_samples(values, found, median, None, scale_of_time(median))


def test_a_far_outlier_is_counted_above_the_plot(plot) -> None:
    show(plot, [1000.0, 1001.0, 999.0, 1002.0, 998.0] * 20 + [9000.0])
    assert plot._above.text() == "▲ 1 run above, up to 9.000 ms"


def test_a_far_outlier_does_not_press_the_others_together(plot) -> None:
    show(plot, [1000.0, 1001.0, 999.0, 1002.0, 998.0] * 20 + [9000.0])
    low, high = plot.samples.getViewBox().viewRange()[1]
    assert high - low < 0.1


def test_few_samples_are_drawn_one_by_one(plot) -> None:
    show(plot, [1000.0, 1001.0, 999.0])
    assert len(plot._dots.getData()[0]) == 3


def test_many_samples_are_drawn_as_a_band(plot) -> None:
    show(plot, list(np.random.default_rng(1).normal(1000, 5, 20_000)))
    assert (len(plot._dots.getData()[0]), len(plot._low.getData()[0]) <= 600) == (0, True)


def test_a_single_sample_has_a_plot(plot) -> None:
    show(plot, [1000.0])
    assert len(plot._dots.getData()[0]) == 1


def test_samples_that_are_all_the_same_have_a_plot(plot) -> None:
    show(plot, [1000.0] * 50)
    assert plot._above.text() == ""


def point_at(plot: SamplesPlot, run: int, us: float, divisor: float) -> None:
    """Hold the pointer over a run."""
    at = plot.samples.getViewBox().mapViewToScene(QPointF(run, us / divisor))
    plot.samples.scene().sigMouseMoved.emit(at)


def test_what_is_told_of_a_run_is_of_the_samples_shown(plot) -> None:
    show(plot, [1000.0, 1002.0, 998.0])
    point_at(plot, 2, 1000.0, 1000.0)
    before = plot._told.text()
    show(plot, [5000.0, 5002.0, 4998.0])
    assert (before, plot._told.text()) == ("run 2: 1.002 ms", "run 2: 5.002 ms")


def test_nothing_is_told_of_a_run_when_the_plot_was_out_of_sight(timing, plot) -> None:
    show(plot, [1000.0, 1002.0, 998.0])
    point_at(plot, 2, 1000.0, 1000.0)
    timing.hide()
    show(plot, [5000.0, 5002.0, 4998.0])
    timing.show()
    assert plot._told.text() == ""


def test_a_million_samples_are_redrawn_in_less_than_50_ms(timing) -> None:
    samples = array("d", np.random.default_rng(1).normal(1000, 10, MILLION))
    timing.show_live(live(samples))  # takes them over once
    spent = []
    for _ in range(5):
        samples.extend([1000.0] * 100)
        start = time.perf_counter()
        timing.show_live(live(samples))
        timing.plot.samples.grab()
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.05


# A timing


def test_another_run_begins_with_an_empty_plot(timing) -> None:
    timing.show_live(live(array("d", [1000.0, 1001.0])))
    timing.show_live(live(array("d"), run=begun_run("another")))
    assert (timing.median.text(), len(timing.plot._dots.getData()[0])) == ("–", 0)


def test_what_came_since_is_added(timing) -> None:
    samples = array("d", [1000.0])
    timing.show_live(live(samples))
    samples.append(3000.0)
    timing.show_live(live(samples))
    assert (timing.median.text(), timing.interval.text()) == ("2.000 ms", "median of 2 runs so far")


def test_a_failed_run_without_samples_says_that_nothing_was_measured(timing) -> None:
    timing.show_reading(read_run(begun_run(status=Status.FAILED)))
    assert (timing.median.text(), timing.interval.text()) == ("–", "nothing was measured")
    assert timing.title.text().startswith("Failed")


def test_few_runs_claim_no_95_percent(timing) -> None:
    timing.show_reading(read_run(measured_run(samples=Samples((1000.0, 2000.0, 3000.0), (1.0, 1.0, 1.0)))))
    assert timing.interval.text() == "median of 3 runs, all between 1.000 and 3.000 ms"


def test_the_context_of_a_run_stands_under_it(timing) -> None:
    timing.show_reading(read_run(measured_run()))
    assert timing.context.text() == "LiteRT 2.3.0 · workstation · A CPU · 8 cores · 16.0 GiB · Linux 6.1"


def test_the_shapes_asked_for_stand_in_the_title(timing) -> None:
    timing.show_reading(read_run(measured_run()))
    assert "input 1×360×640×3" in timing.title.text()


def test_notes_are_shown(timing) -> None:
    timing.show_reading(read_run(measured_run()))
    assert timing.notes.text() == "the input takes no zeros\na second remark"


@pytest.mark.parametrize(("version", "text"), [("LiteRT 2.3.0", "LiteRT 2.3.0"), ("2.3.0", "LiteRT 2.3.0"), (None, "")])
def test_the_runtime_is_named_once(version: str | None, text: str) -> None:
    assert version_text(version) == text


def test_wrapped_text_is_as_high_as_its_lines(timing, qtbot) -> None:
    timing.show_reading(read_run(measured_run(notes=("a word " * 60,))))
    line = timing.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: timing.notes.height() >= 3 * line)
    timing.resize(2400, 640)
    qtbot.waitUntil(lambda: timing.notes.height() < 3 * line)


# Bars


@pytest.fixture
def bars(qtbot) -> OpBars:
    made = OpBars(LIGHT)
    qtbot.addWidget(made)
    made.resize(400, made.height())
    made.show()
    return made


def fill(bars: OpBars, count: int) -> None:
    shares = [2.0 ** -(place + 1) for place in range(count)]
    bars.show_bars(shares, [OpKind.CONVOLUTION] * count, [f"op {place}" for place in range(count)])


def test_a_click_chooses_the_bar_under_it(bars, qtbot) -> None:
    fill(bars, 3)
    with qtbot.waitSignal(bars.chosen) as got:
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.rect().topLeft().__class__(LEFT + 30, 20))
    assert got.args == [1]


def test_a_click_beside_the_bars_chooses_nothing(bars, qtbot) -> None:
    fill(bars, 3)
    with qtbot.assertNotEmitted(bars.chosen):
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.rect().topLeft().__class__(390, 20))


def test_more_bars_than_room_leave_out_the_shortest(bars) -> None:
    fill(bars, 1000)
    assert bars.shown() == int((400 - LEFT - 16) / NARROWEST)
    assert bars.rest_text() == f"and {1000 - bars.shown():,} shorter ones: 0.0 %"


def test_arrow_keys_stop_at_the_ends(bars, qtbot) -> None:
    fill(bars, 2)
    for _ in range(4):
        qtbot.keyClick(bars, Qt.Key.Key_Right)
    assert bars.current == 1


def test_the_chosen_bar_is_told_to_screen_readers(bars, qtbot) -> None:
    fill(bars, 3)
    qtbot.keyClick(bars, Qt.Key.Key_End)
    assert bars.accessibleDescription() == "op 2"


def test_no_bars_draw_nothing_and_take_keys_calmly(bars, qtbot) -> None:
    qtbot.keyClick(bars, Qt.Key.Key_Right)
    bars.grab()
    assert bars.current == -1


# Progress


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (0.0, "0 s left"), (8.4, "8 s left"), (99.0, "99 s left"), (150.0, "2 min left")]
)
def test_what_is_left_is_told_in_seconds_then_in_minutes(seconds: float | None, text: str) -> None:
    assert left_text(seconds) == text


def test_a_plan_tells_which_run_it_is_at(qtbot) -> None:
    line = ProgressLine()
    qtbot.addWidget(line)
    at = live(array("d"), run=begun_run(configuration=Configuration(Engine.BUILTIN, 2)))
    line.follow(PlanProgress("net.tflite, builtin, 2 threads: warming up", 0.3, place=2, of=4, outcomes=(), live=at))
    assert line.stage.text() == "2 of 4 · Built-in kernels, 2 threads: warming up"


# History


@pytest.fixture
def history(qtbot) -> HistoryView:
    view = HistoryView(LIGHT)
    qtbot.addWidget(view)
    view.resize(620, 640)
    view.show()
    return view


def summaries(count: int) -> list:
    runs = [
        measured_run(
            str(place),
            started=1_700_000_000.0 + 86_400 * place,
            configuration=Configuration(Engine.XNNPACK if place % 2 else Engine.BUILTIN, 1 + place % 3),
            samples=Samples((1000.0 + place, 1100.0 + place), (1.0, 1.0)),
        )
        for place in range(count)
    ]
    return [summary_of(run) for run in reversed(runs)]


def test_a_history_has_a_row_for_each_run_newest_first(history) -> None:
    history.show_runs(summaries(5))
    assert [history.runs[row].id for row in history.model.rows] == ["4", "3", "2", "1", "0"]


def test_a_history_names_every_configuration_once(history) -> None:
    history.show_runs(summaries(6))
    assert history.plot.legend.text().count("XNNPACK") == 3


def test_a_history_of_nothing_says_so(history) -> None:
    assert history.view.empty.text() == "No run of this model is stored yet."


def test_a_point_of_the_chart_is_the_row_of_the_list(history) -> None:
    history.show_runs(summaries(4))
    history.set_current("1")
    assert [run.id for run in history.selected()] == ["1"]


def test_runs_far_apart_are_drawn_on_a_logarithmic_axis(history) -> None:
    quick = measured_run("1", samples=Samples((10.0,) * 3, (1.0,) * 3))
    slow = measured_run("2", samples=Samples((10_000.0,) * 3, (1.0,) * 3))
    history.show_runs([summary_of(slow), summary_of(quick)])
    assert history.plot.plot.getAxis("left").logMode


def test_a_run_that_measured_nothing_stands_in_the_list_alone(history) -> None:
    history.show_runs([summary_of(begun_run(status=Status.FAILED, error="it has no kernel"))])
    assert history_table(history.runs).columns[-1].text(0) == "failed, it has no kernel"
    assert len(history.plot._runs) == 0


def test_five_hundred_runs_are_drawn_in_a_moment(history) -> None:
    start = time.perf_counter()
    history.show_runs(summaries(500))
    QApplication.processEvents()
    assert time.perf_counter() - start < 1


def test_the_made_up_ops_add_up() -> None:
    assert sum(each.share for each in made_up_ops().ops) == pytest.approx(1)


def test_a_log_axis_names_few_times_in_plain_numbers() -> None:
    assert [name for _, name in times_on_log_axis(0.8, 1.9)] == ["1", "2", "5", "10", "20", "50", "100", "200", "500"]
    assert [name for _, name in times_on_log_axis(-1.0, 3.0)] == ["0.1", "1", "10", "100", "1000"]
