"""The graph widget: what is shown first, moving about, choosing, groups, reloading, and layouts off the thread."""

from __future__ import annotations

import pytest
from graph_models import Net, block_net, chain_net, opened
from graph_views import Show, centre, drag, drawn, keys
from PySide6.QtCore import QPoint, QPointF, QSizeF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from maistudio.gui.document import Document, Selected
from maistudio.gui.graph.highlight import Highlight
from maistudio.gui.graph.layout import Arrangement
from maistudio.gui.graph.pick import box_tip
from maistudio.gui.graph.view import GRAPH_KEYS, GraphView
from maistudio.gui.theme import DARK, LIGHT
from maistudio.tflite.model import Op

pytest_plugins = ["graph_view_fixtures"]


def light_of(view: GraphView) -> Highlight:
    assert view.highlight is not None
    return view.highlight


def at(view: GraphView, point: QPointF) -> QPoint:
    """The widget pixel over a scene point."""
    return view.camera.to_widget(point).toPoint()


def number(view: GraphView, key: str) -> int:
    return keys(view).index(key)


def lit(view: GraphView) -> str:
    """The key of the lit box, "" for none."""
    if view.highlight is None or view.highlight.box < 0:
        return ""
    return keys(view)[view.highlight.box]


def press(view: GraphView, key: Qt.Key) -> None:
    QTest.keyClick(view, key)


def wheel(view: GraphView, where: QPoint, turned: int) -> None:
    """Turn the mouse wheel over a point."""
    position = QPointF(where)
    event = QWheelEvent(
        position,
        QPointF(view.mapToGlobal(where)),
        QPoint(0, 0),
        QPoint(0, turned),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def forked() -> Net:
    """input, op 0, then ops 1 and 2 side by side, then op 3, which adds them."""
    net = Net()
    first = net.op("RELU", [net.input()])
    left, right = net.op("ABS", [first]), net.op("NEG", [first])
    net.output(net.op("ADD", [left, right]))
    return net


def test_a_small_graph_is_shown_whole_and_not_enlarged(show: Show) -> None:
    view, _ = show(chain_net(2))
    assert view.zoom == 1.0
    assert view.camera.visible(view.size().toSizeF()).contains(drawn(view).bounds)


def test_a_large_graph_that_fits_badly_is_entered_at_its_input(show: Show) -> None:
    view, _ = show(block_net(40))
    assert view.zoom >= 0.5
    assert view.rect().contains(centre(view, "input:0"))


def test_a_very_large_graph_is_shown_whole(show: Show) -> None:
    view, _ = show(chain_net(1200))
    assert view.camera.visible(view.size().toSizeF()).contains(drawn(view).bounds)


def test_fit_shows_everything_after_moving(show: Show) -> None:
    view, _ = show(block_net(40))
    view.push(500, 300)
    view.fit()
    assert view.camera.visible(view.size().toSizeF()).contains(drawn(view).bounds)


def test_fitting_a_small_graph_enlarges_it_where_there_is_room(show: Show) -> None:
    view, _ = show(chain_net(1))
    view.resize(2000, 2000)
    view.fit()
    assert view.zoom == 1.5


def test_a_fitted_graph_stays_fitted_when_the_widget_grows(show: Show) -> None:
    view, _ = show(block_net(40))
    view.fit()
    view.resize(1200, 900)
    assert view.camera.visible(view.size().toSizeF()).contains(drawn(view).bounds)


def test_a_graph_moved_by_hand_stays_when_the_widget_grows(show: Show) -> None:
    view, _ = show(chain_net(3))
    view.push(-40, 25)
    before = view.camera
    view.resize(1000, 800)
    assert view.camera == before


def test_the_wheel_zooms_at_the_pointer(show: Show) -> None:
    view, _ = show(block_net(10))
    where = QPoint(600, 200)
    place = view.camera.to_scene(QPointF(where))
    wheel(view, where, 240)
    assert view.zoom > 1.0
    assert (view.camera.to_widget(place) - QPointF(where)).manhattanLength() < 0.01


def test_zooming_tells_the_new_zoom(show: Show, qtbot) -> None:
    view, _ = show(chain_net(3))
    with qtbot.waitSignal(view.zoom_changed) as told:
        view.zoom_in()
    assert told.args == [view.zoom]


def test_zooming_stops_at_sensible_ends(show: Show) -> None:
    view, _ = show(chain_net(3))
    for _ in range(100):
        view.zoom_in()
    assert view.zoom == 4.0


def test_actual_size_is_a_zoom_of_1(show: Show) -> None:
    view, _ = show(chain_net(1200))
    view.zoom_actual()
    assert view.zoom == pytest.approx(1.0)


@pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton])
def test_dragging_moves_the_graph(show: Show, button: Qt.MouseButton) -> None:
    view, _ = show(chain_net(3))
    before = centre(view, "op:1")
    drag(view, QPoint(20, 20), QPoint(80, 50), button)
    assert centre(view, "op:1") - before == QPoint(60, 30)


def test_a_drag_selects_nothing(show: Show) -> None:
    view, document = show(chain_net(3))
    start = centre(view, "op:1")
    drag(view, start, start + QPoint(50, 0))
    assert document.selected is None


def test_a_click_on_a_box_selects_its_op(show: Show) -> None:
    view, document = show(chain_net(3))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=centre(view, "op:1"))
    assert document.selected == Selected("op", 0, 1)
    assert lit(view) == "op:1"


def test_a_click_on_an_input_selects_its_tensor(show: Show) -> None:
    view, document = show(chain_net(3))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=centre(view, "input:0"))
    assert document.selected == Selected("tensor", 0, 0)


def test_a_click_on_a_wire_selects_its_tensor(show: Show) -> None:
    view, document = show(chain_net(3))
    (x, top), (_, bottom) = drawn(view).layout.routes[1][0]
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, QPointF(x + 2, (top + bottom) / 2)))
    assert document.selected == Selected("tensor", 0, drawn(view).diagram.wires[1].tensor)


def test_a_click_on_a_shape_selects_its_tensor(show: Show) -> None:
    view, document = show(chain_net(3))
    label = drawn(view).layout.labels[1]
    assert label is not None
    x, y, width, height = label
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, QPointF(x + width - 4, y + height / 2)))
    assert document.selected == Selected("tensor", 0, drawn(view).diagram.wires[1].tensor)


def test_a_click_beside_everything_selects_nothing(show: Show) -> None:
    view, document = show(chain_net(3))
    document.select(Selected("op", 0, 1))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert document.selected is None
    assert view.highlight is None


def test_a_selection_made_elsewhere_is_lit(show: Show) -> None:
    view, document = show(chain_net(3))
    document.select(Selected("op", 0, 2))
    assert lit(view) == "op:2"


def test_a_selection_made_elsewhere_is_brought_into_sight(show: Show) -> None:
    view, document = show(block_net(40))
    view.arrange(Arrangement(wrapped=False))
    document.select(Selected("op", 0, 150))
    assert view.rect().contains(centre(view, "op:150"))


def test_selecting_a_constant_lights_the_op_that_uses_it(show: Show) -> None:
    view, document = show(block_net(1))
    document.select(Selected("tensor", 0, 1))
    assert lit(view) == "op:0"


def test_what_is_up_and_downstream_of_an_op_is_lit(show: Show) -> None:
    view, document = show(forked())
    document.select(Selected("op", 0, 1))
    names = keys(view)
    assert {names[box] for box in light_of(view).upstream.boxes} == {"input:0", "op:0"}
    assert {names[box] for box in light_of(view).downstream.boxes} == {"op:3", names[-1]}


def test_the_branch_beside_an_op_is_not_lit(show: Show) -> None:
    view, document = show(forked())
    document.select(Selected("op", 0, 1))
    assert number(view, "op:2") not in light_of(view).lit


def test_only_the_way_that_leads_to_an_op_is_lit(show: Show) -> None:
    view, document = show(forked())
    document.select(Selected("op", 0, 1))
    wire = next(n for n, drawn in enumerate(drawn(view).diagram.wires) if drawn.source == number(view, "op:0"))
    assert light_of(view).upstream.edges[wire] == (0,)


def test_arrows_walk_along_the_wires(show: Show) -> None:
    view, _ = show(forked())
    walked = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Down):
        press(view, key)
        walked.append(lit(view))
    assert walked == ["input:0", "op:0", "op:1", "op:2", "op:3"]


def test_going_back_down_returns_where_one_came_from(show: Show) -> None:
    view, document = show(forked())
    document.select(Selected("op", 0, 2))
    press(view, Qt.Key.Key_Up)
    press(view, Qt.Key.Key_Down)
    assert lit(view) == "op:2"


def test_arrows_turn_with_the_flow(show: Show) -> None:
    view, document = show(chain_net(3))
    view.arrange(Arrangement("horizontal"))
    document.select(Selected("op", 0, 0))
    press(view, Qt.Key.Key_Right)
    assert lit(view) == "op:1"


def test_home_and_end_go_to_input_and_output(show: Show) -> None:
    view, _ = show(chain_net(3))
    press(view, Qt.Key.Key_End)
    end = lit(view)
    press(view, Qt.Key.Key_Home)
    assert (end, lit(view)) == ("output:3", "input:0")


def test_walking_keeps_the_box_in_sight(show: Show) -> None:
    view, _ = show(chain_net(60))
    view.arrange(Arrangement(wrapped=False))
    view.zoom_actual()
    for _ in range(50):
        press(view, Qt.Key.Key_Down)
    assert view.rect().contains(centre(view, lit(view)))


def test_escape_selects_nothing(show: Show) -> None:
    view, document = show(chain_net(3))
    document.select(Selected("op", 0, 1))
    press(view, Qt.Key.Key_Escape)
    assert document.selected is None


def test_f_fits_the_graph(show: Show) -> None:
    view, _ = show(chain_net(3))
    view.push(5000, 0)
    press(view, Qt.Key.Key_F)
    assert view.rect().contains(centre(view, "op:1"))


def test_collapse_all_closes_every_group(show: Show) -> None:
    view, _ = show(block_net(3, "block"))
    view.collapse_all(wait=True)
    assert keys(view) == ["input:0", "group:/block0#1", "group:/block1#1", "group:/block2#1", "output:24"]


@pytest.mark.parametrize("selected", [None, Selected("op", 0, 2)])
def test_closing_and_opening_all_groups_leaves_something_in_sight(show: Show, selected: Selected | None) -> None:
    view, document = show(block_net(40, "block"))
    view.expand_all(wait=True)
    document.select(selected)
    last = view.scene.rects[-8].center()
    view.push(view.width() / 2 - view.camera.to_widget(last).x(), view.height() / 2 - view.camera.to_widget(last).y())
    for change in (view.collapse_all, view.expand_all):
        change(wait=True)
        sight = view.camera.visible(QSizeF(view.size()))
        assert any(sight.contains(rect.center()) for rect in view.scene.rects)


def test_expand_all_draws_every_op(show: Show) -> None:
    view, _ = show(block_net(3, "block"))
    view.collapse_all(wait=True)
    view.expand_all(wait=True)
    assert len([key for key in keys(view) if key.startswith("op:")]) == 12


def test_a_double_click_opens_a_group_where_it_is(show: Show) -> None:
    view, _ = show(block_net(3, "block"))
    view.collapse_all(wait=True)
    view.push(30, 10)
    where = centre(view, "group:/block1#1")
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert "op:4" in keys(view)
    assert (centre(view, "op:4") - where).manhattanLength() < 3


def test_enter_opens_the_lit_group(show: Show) -> None:
    view, _ = show(block_net(3, "block"))
    view.collapse_all(wait=True)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=centre(view, "group:/block1#1"))
    press(view, Qt.Key.Key_Return)
    assert "op:4" in keys(view)


def test_backspace_closes_the_group_around_an_op(show: Show) -> None:
    view, document = show(block_net(3, "block"))
    document.select(Selected("op", 0, 5))
    press(view, Qt.Key.Key_Backspace)
    assert "group:/block1#1" in keys(view)
    assert lit(view) == "group:/block1#1"


def test_an_opened_group_gets_a_frame_whose_title_closes_it(show: Show) -> None:
    view, _ = show(block_net(3, "block"))
    view.collapse_all(wait=True)
    view.set_group_open(1, True)
    frame = drawn(view).frames[0].rect
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, QPointF(frame.x() + 8, frame.y() + 8)))
    assert "group:/block1#1" in keys(view)


def closed(show: Show) -> tuple[GraphView, Document]:
    """Three closed groups."""
    view, document = show(block_net(3, "block"))
    view.collapse_all(wait=True)
    return view, document


def test_an_op_selected_elsewhere_is_shown_out_of_its_closed_group(show: Show) -> None:
    view, document = closed(show)
    document.select(Selected("op", 0, 5))
    assert lit(view) == "op:5"
    assert view.rect().contains(centre(view, "op:5"))


def test_an_op_selected_elsewhere_opens_no_other_group(show: Show) -> None:
    view, document = closed(show)
    document.select(Selected("op", 0, 5))
    assert {"group:/block0#1", "group:/block2#1"} <= set(keys(view))


def test_a_tensor_within_a_closed_group_is_shown_when_selected_elsewhere(show: Show) -> None:
    view, document = closed(show)
    document.select(Selected("tensor", 0, drawn(view).graph.ops[4].outputs[0]))
    assert light_of(view).wire >= 0


def test_a_tensor_between_closed_groups_opens_none(show: Show) -> None:
    view, document = closed(show)
    before = keys(view)
    document.select(Selected("tensor", 0, drawn(view).graph.ops[7].outputs[0]))
    assert keys(view) == before


def test_an_op_selected_in_another_subgraph_is_shown_out_of_its_group(show: Show) -> None:
    view, document = show(block_net(3, "block"), chain_net(2))
    view.collapse_all(wait=True)
    document.show_subgraph(1)
    document.select(Selected("op", 0, 5))
    assert lit(view) == "op:5"


def test_a_group_closed_around_the_selection_stays_closed_after_a_reload(show: Show) -> None:
    view, document = closed(show)
    document.select(Selected("op", 0, 5))
    press(view, Qt.Key.Key_Backspace)
    document.replace(opened(block_net(3, "block")))
    assert lit(view) == "group:/block1#1"


def test_opening_a_group_by_keyboard_goes_on_from_its_first_op(show: Show) -> None:
    view, document = closed(show)
    walked = []
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Down):
        press(view, key)
        walked.append(lit(view))
    assert walked == ["input:0", "group:/block0#1", "group:/block1#1", "op:4", "op:5"]
    assert document.selected == Selected("op", 0, 5)


def test_a_group_opened_by_its_button_lights_nothing(show: Show) -> None:
    view, _ = closed(show)
    view.set_group_open(1, True)
    assert view.highlight is None


def test_what_is_selected_elsewhere_does_not_lie_under_the_minimap(show: Show) -> None:
    view, document = show(block_net(40))
    view.zoom_actual()
    scene = drawn(view)
    corner = QPointF(view.width() - 60, view.height() - 50)
    view.push(*(corner - view.camera.to_widget(scene.rects[number(view, "op:80")].center())).toTuple())
    document.select(Selected("op", 0, 80))
    assert (centre(view, "op:80") - view.rect().center()).manhattanLength() < 4


def test_a_clicked_box_partly_out_of_sight_stays_under_the_pointer(show: Show) -> None:
    view, document = show(block_net(40))
    view.zoom_actual()
    moved = QPoint(20, 300) - centre(view, "op:80")
    view.push(moved.x(), moved.y())
    before = view.camera
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=centre(view, "op:80"))
    assert document.selected == Selected("op", 0, 80)
    assert view.camera == before


def test_the_tooltip_of_a_closed_group_counts_its_ops_by_type(show: Show) -> None:
    view, _ = closed(show)
    tip = box_tip(drawn(view), number(view, "group:/block1#1"))
    assert tip.splitlines()[1:] == ["2 × CONV_2D", "1 × ADD", "1 × RELU"]


def test_reveal_opens_the_groups_around_an_op(show: Show) -> None:
    view, _ = show(block_net(3, "block"))
    view.collapse_all(wait=True)
    view.reveal(Selected("op", 0, 5))
    assert lit(view) == "op:5"
    assert (centre(view, "op:5") - view.rect().center()).manhattanLength() < 4


def test_reveal_zooms_in_until_the_op_can_be_read(show: Show) -> None:
    view, _ = show(chain_net(30))
    view.arrange(Arrangement(wrapped=False))
    view.fit()
    before = view.zoom
    view.reveal(Selected("op", 0, 5))
    assert before < 0.8 <= view.zoom


def test_reveal_brings_back_what_is_selected_already(show: Show) -> None:
    view, document = show(chain_net(30))
    document.select(Selected("op", 0, 5))
    view.push(5000, 5000)
    view.reveal(Selected("op", 0, 5))
    assert (centre(view, "op:5") - view.rect().center()).manhattanLength() < 4


def test_walking_on_after_a_reveal_keeps_the_zoom_chosen_since(show: Show) -> None:
    view, _ = show(chain_net(30))
    view.reveal(Selected("op", 0, 5))
    view.fit()
    view.zoom_out()
    small = view.zoom
    press(view, Qt.Key.Key_Down)
    press(view, Qt.Key.Key_Up)
    assert (lit(view), view.zoom) == ("op:5", small)


def loop() -> tuple[Net, Net, Net]:
    """A subgraph with WHILE, and the two it calls."""
    net = Net()
    options = {"cond_subgraph_index": 1, "body_subgraph_index": 2}
    net.output(net.op("WHILE", [net.input()], options=options, subgraphs=(1, 2)))
    return net, chain_net(1), chain_net(2)


def test_a_double_click_on_control_flow_asks_for_its_subgraph(show: Show, qtbot) -> None:
    view, _ = show(*loop())
    with qtbot.waitSignal(view.subgraph_requested) as asked:
        QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=centre(view, "op:0"))
    assert asked.args == [2]


def test_a_click_on_the_name_of_a_subgraph_asks_for_it(show: Show, qtbot) -> None:
    view, _ = show(*loop())
    box = drawn(view).rects[number(view, "op:0")]
    height = drawn(view).fonts.detail_height
    condition = QPointF(box.x() + 40, box.bottom() - 6 - 1.5 * height)
    with qtbot.waitSignal(view.subgraph_requested) as asked:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, condition))
    assert asked.args == [1]


def test_the_view_follows_the_document_into_a_subgraph(show: Show) -> None:
    view, document = show(*loop())
    document.show_subgraph(2)
    assert keys(view) == ["input:0", "op:0", "op:1", "output:2"]


def test_coming_back_to_a_subgraph_finds_it_as_it_was(show: Show) -> None:
    view, document = show(*loop())
    view.push(33, 44)
    before = view.camera
    document.show_subgraph(1)
    document.show_subgraph(0)
    assert view.camera == before


def test_selecting_in_another_subgraph_goes_there(show: Show) -> None:
    view, document = show(*loop())
    document.select(Selected("op", 2, 1))
    assert lit(view) == "op:1"


def test_a_reload_keeps_zoom_and_place(show: Show) -> None:
    view, document = show(chain_net(6))
    view.zoom_in()
    view.push(-30, 12)
    before = view.camera
    document.replace(opened(chain_net(6)))
    assert view.camera == before


def test_a_reload_does_not_jump_to_a_selection_out_of_sight(show: Show) -> None:
    view, document = show(block_net(40))
    document.select(Selected("op", 0, 0))
    view.zoom_actual()
    view.push(-3000, 0)
    before = view.camera
    document.replace(opened(block_net(40)))
    assert view.camera == before
    assert lit(view) == "op:0"


def test_opening_a_group_does_not_jump_to_a_selection_out_of_sight(show: Show) -> None:
    view, document = show(block_net(12, "block"))
    view.collapse_all(wait=True)
    document.select(Selected("op", 0, 0))
    for _ in range(4):
        view.zoom_in()
    box = drawn(view).rects[number(view, "group:/block11#1")]
    view.push(*(QPointF(450, 350) - view.camera.to_widget(box.center())).toTuple())
    view.set_group_open(11, True)
    assert not view.rect().contains(centre(view, "op:0"))


def test_a_reload_keeps_closed_groups(show: Show) -> None:
    view, document = show(block_net(3, "block"))
    view.collapse_all(wait=True)
    view.set_group_open(0, True)
    before = keys(view)
    document.replace(opened(block_net(3, "block")))
    assert keys(view) == before


def test_a_reload_keeps_the_box_in_the_middle_where_it_was(show: Show) -> None:
    view, document = show(chain_net(6))
    view.push(0, 1)
    view.zoom_in()
    document.select(Selected("op", 0, 3))
    before = centre(view, "op:3")
    grown = chain_net(6)
    grown.ops[0] = Op(0, "SOMETHING_WITH_A_LONG_NAME", 1, (0,), (1,), custom=True)
    document.replace(opened(grown))
    assert (centre(view, "op:3") - before).manhattanLength() < 2


def test_hovering_a_wire_tells_its_tensor(show: Show, qtbot) -> None:
    view, _ = show(chain_net(3))
    (x, top), (_, bottom) = drawn(view).layout.routes[1][0]
    with qtbot.waitSignal(view.tensor_hovered) as told:
        view.hover(view.camera.to_widget(QPointF(x, (top + bottom) / 2)))
    assert told.args == [Selected("tensor", 0, 1)]


def test_the_context_menu_closes_the_group_around_an_op(show: Show, qtbot) -> None:
    view, _ = show(block_net(3, "block"))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=centre(view, "op:5"))
    menu = view.menu_at(centre(view, "op:5"))
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["Close block1"]
    menu.actions()[0].trigger()
    assert "group:/block1#1" in keys(view)


def test_both_themes_are_painted(show: Show) -> None:
    view, _ = show(block_net(3))
    light = view.grab().toImage().pixelColor(2, 2).name()
    view.apply_palette(DARK)
    assert (light, view.grab().toImage().pixelColor(2, 2).name()) == (LIGHT.canvas, DARK.canvas)


def test_the_view_says_what_it_is_to_a_screen_reader(show: Show) -> None:
    view, document = show(chain_net(2))
    document.select(Selected("op", 0, 1))
    assert view.accessibleName() == "Graph"
    assert "ReLU" in view.accessibleDescription()


def test_an_empty_subgraph_is_an_empty_canvas(show: Show) -> None:
    view, _ = show(Net())
    assert view.grab().toImage().pixelColor(450, 350).name() == LIGHT.canvas


def test_a_view_without_a_document_paints_its_canvas(qtbot) -> None:
    view = GraphView(LIGHT)
    qtbot.addWidget(view)
    view.resize(200, 200)
    assert view.grab().toImage().pixelColor(100, 100).name() == LIGHT.canvas


def test_the_help_tells_of_every_key_once() -> None:
    assert len({keys for keys, _ in GRAPH_KEYS}) == len(GRAPH_KEYS)
