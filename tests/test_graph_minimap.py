"""The small picture of the whole graph in the corner of the view: where it leads, when it is there, what it shows."""

from __future__ import annotations

import pytest
from drawings import colours
from graph_models import block_net
from graph_views import Show, drag, drawn, in_the_middle
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtTest import QTest

from maistudio.gui.graph.layout import Arrangement
from maistudio.gui.graph.minimap import Minimap
from maistudio.gui.graph.view import GraphView
from maistudio.gui.theme import DARK, LIGHT

pytest_plugins = ["graph_view_fixtures"]


@pytest.fixture
def view(show: Show) -> GraphView:
    """A view of a part of a long graph."""
    made, _ = show(block_net(40))
    made.zoom_actual()
    return made


def map_of(view: GraphView) -> QRectF:
    return Minimap().rect(drawn(view), QSizeF(view.size()))


def in_map(view: GraphView, across: float, down: float) -> QPoint:
    """The widget pixel at these fractions of the map."""
    rect = map_of(view)
    return QPointF(rect.x() + across * rect.width(), rect.y() + down * rect.height()).toPoint()


def in_scene(view: GraphView, across: float, down: float) -> QPointF:
    bounds = drawn(view).bounds
    return QPointF(bounds.x() + across * bounds.width(), bounds.y() + down * bounds.height())


def is_at(view: GraphView, place: QPointF) -> bool:
    """Whether the middle of the view is over a scene point, as exactly as a pixel of the map can tell."""
    pixel = drawn(view).bounds.width() / map_of(view).width() + drawn(view).bounds.height() / map_of(view).height()
    return (in_the_middle(view) - place).manhattanLength() <= pixel


@pytest.mark.parametrize(("across", "down"), [(0.25, 0.25), (0.5, 0.5), (0.75, 0.25)])
def test_a_press_in_the_map_shows_the_place_pressed(view: GraphView, across: float, down: float) -> None:
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=in_map(view, across, down))
    assert is_at(view, in_scene(view, across, down))


def test_dragging_in_the_map_shows_the_place_dragged_to(view: GraphView) -> None:
    drag(view, in_map(view, 0.25, 0.25), in_map(view, 0.75, 0.75))
    assert is_at(view, in_scene(view, 0.75, 0.75))


def test_dragging_out_of_the_map_stays_at_the_last_place_in_it(view: GraphView) -> None:
    drag(view, in_map(view, 0.5, 0.5), QPoint(20, 20))
    assert is_at(view, in_scene(view, 0.5, 0.5))


def test_the_map_keeps_the_zoom(view: GraphView) -> None:
    drag(view, in_map(view, 0.25, 0.25), in_map(view, 0.75, 0.75))
    assert view.zoom == pytest.approx(1.0)


def test_a_click_in_the_map_selects_nothing(view: GraphView) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=in_map(view, 0.5, 0.5))
    assert view.document is not None
    assert view.document.selected is None


def test_the_middle_button_moves_the_graph_over_the_map_too(view: GraphView) -> None:
    before = view.camera
    drag(view, in_map(view, 0.5, 0.5), in_map(view, 0.5, 0.5) - QPoint(40, 30), Qt.MouseButton.MiddleButton)
    assert view.camera == before.moved(-40, -30)


def map_colours(view: GraphView) -> set[str]:
    return colours(view.grab().toImage(), map_of(view))


def test_the_map_shows_the_graph(view: GraphView) -> None:
    view.push(-100_000, 0)
    assert {fill for _, fill in LIGHT.kinds.values()} & map_colours(view)


def test_the_map_follows_the_theme(view: GraphView) -> None:
    view.push(-100_000, 0)
    view.apply_palette(DARK)
    assert {fill for _, fill in DARK.kinds.values()} & map_colours(view)


def test_the_map_marks_the_part_in_sight(view: GraphView) -> None:
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=in_map(view, 0.5, 0.5))
    seen = map_colours(view)
    view.push(-100_000, 0)
    assert LIGHT.accent in seen - map_colours(view)


def is_led_by_the_map(view: GraphView) -> bool:
    """Whether a press where the map would be goes anywhere."""
    before = view.camera
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=in_map(view, 0.1, 0.9))
    return view.camera != before


def test_there_is_a_map_when_not_all_is_in_sight(view: GraphView) -> None:
    view.push(-100_000, 0)
    assert is_led_by_the_map(view)


def test_there_is_no_map_while_all_is_in_sight(view: GraphView) -> None:
    view.fit()
    assert not is_led_by_the_map(view)


def test_a_map_that_is_not_wanted_is_neither_drawn_nor_led_by(view: GraphView) -> None:
    view.push(-100_000, 0)
    view.arrange(Arrangement(minimap=False))
    assert map_colours(view) == {LIGHT.canvas}
    assert not is_led_by_the_map(view)


def test_a_view_too_small_for_a_map_has_none(view: GraphView) -> None:
    view.resize(400, 300)
    assert map_of(view).isEmpty()
