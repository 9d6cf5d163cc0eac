"""What panels are made of: where the wheel goes, what is brought into sight, how lines break and groups unfold."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from wheel import notch

from maistudio.gui.panels.fact_grid import FactGrid
from maistudio.gui.panels.facts import LEAST_HIDDEN, Fact
from maistudio.gui.panels.plots import load_plotting, scales_extent, scales_plot
from maistudio.gui.panels.scrolling import bring_into_view, leave_wheel, scroll_down
from maistudio.gui.panels.slice_chooser import At, SliceChooser
from maistudio.gui.panels.value import Value
from maistudio.gui.theme import LIGHT


@pytest.fixture
def scrolled(qtbot) -> Callable[[QWidget], QScrollArea]:
    """Puts a widget into a panel that is higher than what is seen of it, and shows the panel."""
    shown: list[QWidget] = []

    def make(widget: QWidget) -> QScrollArea:
        panel = QWidget()
        shown.append(panel)
        area = scroll_down(panel)
        content = QWidget()
        column = QVBoxLayout(content)
        tall = QLabel()
        tall.setFixedHeight(900)
        column.addWidget(widget)
        column.addWidget(tall)
        area.setWidget(content)
        QVBoxLayout(panel).addWidget(area)
        qtbot.addWidget(panel)
        panel.resize(300, 300)
        panel.show()
        area.setFocus()
        QApplication.processEvents()
        return area

    return make


def chooser() -> QComboBox:
    box = QComboBox()
    box.addItems(["first", "second", "third"])
    leave_wheel(box)
    return box


def test_the_wheel_over_a_chooser_scrolls_the_panel(scrolled) -> None:
    box = chooser()
    area = scrolled(box)
    notch(box)
    assert (box.currentIndex(), area.verticalScrollBar().value() > 0) == (0, True)


def test_the_wheel_over_a_number_scrolls_the_panel(scrolled) -> None:
    spin = QSpinBox()
    leave_wheel(spin)
    area = scrolled(spin)
    notch(spin)
    assert (spin.value(), area.verticalScrollBar().value() > 0) == (0, True)


@pytest.mark.parametrize(
    "control",
    [lambda slices: slices.rows, lambda slices: slices.columns, lambda slices: slices.spins[0]],
    ids=["rows", "columns", "index"],
)
def test_the_wheel_changes_no_slice(scrolled, control: Callable[[SliceChooser], QWidget]) -> None:
    slices = SliceChooser((3, 4, 5, 2))
    slices.go_to(At(1, 2, (1, 0, 0, 0)))
    scrolled(slices)
    notch(control(slices))
    assert slices.at() == At(1, 2, (1, 0, 0, 0))


@pytest.mark.parametrize("at", [None, QPoint(20, 40)], ids=["the points", "an axis"])
def test_the_wheel_over_a_plot_scrolls_the_panel(scrolled, at: QPoint | None) -> None:
    load_plotting()
    plot = scales_plot([0.5, 0.25], LIGHT, print)
    area = scrolled(plot)
    notch(plot.viewport(), at)  # type: ignore[attr-defined]
    assert area.verticalScrollBar().value() > 0


def test_the_wheel_turns_a_chooser_that_has_the_keyboard(scrolled) -> None:
    box = chooser()
    scrolled(box)
    box.window().activateWindow()
    box.setFocus()
    notch(box)
    assert box.currentIndex() == 1


def test_the_wheel_does_not_give_a_chooser_the_keyboard() -> None:
    assert not chooser().focusPolicy().value & (Qt.FocusPolicy.WheelFocus.value & ~Qt.FocusPolicy.StrongFocus.value)


def test_what_appears_out_of_sight_is_scrolled_to(scrolled, qtbot) -> None:
    first = QLabel("first")
    area = scrolled(first)
    below = QLabel("below", area.widget())
    area.widget().layout().addWidget(below)
    bring_into_view(below)
    qtbot.waitUntil(lambda: not below.visibleRegion().isEmpty())


def grid_of(count: int, qtbot) -> FactGrid:
    grid = FactGrid(tuple(Fact(str(number), "x") for number in range(count)), print, 10)
    qtbot.addWidget(grid)
    return grid


def test_no_fewer_lines_are_hidden_than_the_offer_is_worth(qtbot) -> None:
    assert grid_of(10 + LEAST_HIDDEN - 1, qtbot).findChild(QPushButton) is None


def test_more_lines_than_that_are_shown_on_request(qtbot) -> None:
    assert grid_of(10 + LEAST_HIDDEN, qtbot).findChild(QPushButton).text() == f"Show {LEAST_HIDDEN} more"


@pytest.fixture
def narrow(qtbot) -> Value:
    """A shape, type and size in less room than they take on one line."""
    value = Value("10×180×320×20 float32 · 43.9 MiB", wrap=True)
    qtbot.addWidget(value)
    room = value.fontMetrics().horizontalAdvance("10×180×320×20 float32 · 4")
    value.resize(room, value.heightForWidth(room))
    value.show()
    return value


def test_a_line_that_wraps_leaves_nothing_out(narrow: Value) -> None:
    assert "…" not in narrow.text()
    assert narrow.height() >= 2 * narrow.fontMetrics().height()


def test_a_line_breaks_before_a_size_and_not_inside_it(narrow: Value) -> None:
    assert narrow.text().split(" ") == ["10×180×320×20", "float32", "·\u00a043.9\u00a0MiB"]


def test_a_line_that_wraps_is_copied_as_it_is_said(narrow: Value) -> None:
    narrow.setSelection(4, len(narrow.text()) - 4)
    narrow.copy()
    assert QGuiApplication.clipboard().text() == "80×320×20 float32 · 43.9 MiB"


@pytest.mark.parametrize(
    ("scales", "ends"),
    [
        ([1.0, 2.0], (0.92, 2.08)),
        ([0.5], (0.25, 0.75)),
        ([0.5, 0.5], (0.25, 0.75)),
        ([0.0], (-0.5, 0.5)),
        ([float("nan"), 1.0, 2.0], (0.92, 2.08)),
        ([float("inf")], (-0.5, 0.5)),
    ],
    ids=["several", "one", "equal", "zero", "not a number", "infinite"],
)
def test_the_axis_of_scales_spans_the_scales(scales: list[float], ends: tuple[float, float]) -> None:
    assert scales_extent(scales) == pytest.approx(ends)


def test_nearly_equal_scales_are_no_flat_line() -> None:
    load_plotting()
    plot = scales_plot([0.1001, 0.1002], LIGHT, print)
    low, high = plot.plotItem.viewRange()[1]  # type: ignore[attr-defined]
    assert (low > 0.1, high < 0.1003) == (True, True)
