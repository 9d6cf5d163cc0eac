"""The graph coloured by target: which colour and sign a box gets, what is outlined, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from graph_models import Net, opened
from models import build_chain, build_conv_net
from panels import opened_document
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor
from targets_bench import TARGETS, report_of

from maistudio.gui.document import Document, Selected
from maistudio.gui.graph.camera import fitted
from maistudio.gui.graph.layout import Arrangement
from maistudio.gui.graph.scene import Choice, Wish, fulfil
from maistudio.gui.graph.verdicts import HALO, Verdicts, box_colours, legend_size, verdict_tip, verdicts_of
from maistudio.gui.graph.view import GraphView
from maistudio.gui.targets.items import items_of
from maistudio.gui.targets.matrix import matrix_of, verdict_of
from maistudio.gui.targets.reading import Checked
from maistudio.gui.targets.words import RANK
from maistudio.gui.theme import PALETTES
from maistudio.targets.values import Judgement, Partition, Verdict

pytest_plugins = ["window_fixtures", "targets_fixtures"]

GPU = TARGETS[0]
REFUSED = {"RESHAPE": (Verdict.REFUSED, "too flat"), "SOFTMAX": (Verdict.UNKNOWN, "no source says")}


def shown_verdicts(*arguments: Any) -> Verdicts:
    """The verdicts of a scene, which are there."""
    found = verdicts_of(*arguments)
    assert found is not None
    return found


def checked_on(model, *reports) -> Checked:
    return Checked(
        tuple(each.target for each in reports), reports, (), matrix_of(model, reports), items_of(reports, ())
    )


def checked_net(document, rules=REFUSED) -> Checked:
    model = document.opened.model
    return checked_on(model, report_of(model, GPU, rules))


@pytest.fixture
def view(qtbot) -> GraphView:
    made = GraphView(PALETTES["light"])
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.set_document(opened_document(build_conv_net()), wait=True)
    made.expand_all(wait=True)
    made.show()
    return made


def fill_of(view: GraphView, op: int) -> str:
    """The colour in a box, beside its words."""
    box = view.scene.diagram.box_of_op[op]
    at = view.camera.to_widget(view.scene.rects[box].bottomRight())
    return QColor(view.grab().toImage().pixelColor(round(at.x()) - 4, round(at.y()) - 4)).name()


def shown(view: GraphView, checked: Checked | None = None) -> None:
    view.document.set_checked(checked or checked_net(view.document))
    view.show_verdicts(GPU.id)


def fill(verdict: Verdict, theme="light") -> str:
    return box_colours(verdict, theme)[0].name()


# Colours


def test_a_box_has_the_colour_of_its_verdict(view) -> None:
    shown(view)
    assert [fill_of(view, op) for op in (0, 3, 5)] == [
        fill(Verdict.RUNS), fill(Verdict.REFUSED), fill(Verdict.UNKNOWN)
    ]  # fmt: skip


def test_in_the_dark_the_colours_are_dark_ones(view) -> None:
    view.apply_palette(PALETTES["dark"])
    shown(view)
    assert fill_of(view, 3) == fill(Verdict.REFUSED, "dark")


def test_a_sign_stands_on_the_corner_of_a_box(view) -> None:
    shown(view)
    view.zoom_actual()
    corner = view.camera.to_widget(view.scene.rects[view.scene.diagram.box_of_op[3]].topRight())
    colour = view.grab().toImage().pixelColor(round(corner.x()) + 3, round(corner.y()) - 3)
    assert colour.name() == box_colours(Verdict.REFUSED, "light")[1].name()


def test_without_the_switch_boxes_keep_the_colours_of_their_kind(view) -> None:
    before = view.grab().toImage()
    view.document.set_checked(checked_net(view.document))
    assert view.grab().toImage() == before


def test_switched_off_the_graph_looks_as_before(view) -> None:
    before = view.grab().toImage()
    shown(view)
    view.show_verdicts("")
    assert view.grab().toImage() == before


def test_before_anything_is_checked_the_switch_colours_nothing(view) -> None:
    before = view.grab().toImage()
    view.show_verdicts(GPU.id)
    assert view.grab().toImage() == before


def test_a_target_that_was_not_asked_colours_nothing(view) -> None:
    before = view.grab().toImage()
    view.document.set_checked(checked_net(view.document))
    view.show_verdicts("another")
    assert view.grab().toImage() == before


def test_a_selection_leaves_the_colours_as_they_are(view) -> None:
    shown(view)
    view.document.select(Selected("op", 0, 0))
    assert fill_of(view, 3) == fill(Verdict.REFUSED)


def test_a_selection_leaves_the_words_of_other_boxes_as_they_are(qtbot) -> None:
    net = Net()
    image = net.input()
    left, right = net.conv(image, "left"), net.conv(image, "right")
    net.output(left, right)
    view = GraphView(PALETTES["light"])
    qtbot.addWidget(view)
    view.resize(900, 700)
    view.set_document(Document(opened(net)), wait=True)
    view.show()
    shown(view)
    view.zoom_actual()
    rect = view.scene.rects[view.scene.diagram.box_of_op[1]].adjusted(8, 8, -8, -8)
    corners = view.camera.to_widget(rect.topLeft()), view.camera.to_widget(rect.bottomRight())
    inside = QRectF(*corners).toRect()
    before = view.grab(inside).toImage()
    view._clicking = True  # a click moves nothing
    view.document.select(Selected("op", 0, 0))
    assert view.grab(inside).toImage() == before


def test_a_scene_of_the_state_before_gets_no_verdicts_of_the_one_after(view) -> None:
    shown(view)
    view._stage.stale = True
    view.document.set_checked(checked_net(view.document))
    assert view._scene_painter.verdicts is None


def test_another_state_of_the_model_is_not_coloured_by_the_one_before(view) -> None:
    shown(view)
    view.document.replace(opened_document(build_chain(6)).opened)
    assert view._scene_painter.verdicts is None


def test_verdicts_go_before_the_shades_of_time(view) -> None:
    from profile_bench import made_up_ops

    view.document.set_timing(made_up_ops())
    view.show_heat(True)
    shown(view)
    assert fill_of(view, 0) == fill(Verdict.RUNS)


# What a box stands for


@pytest.fixture
def scene():
    document = opened_document(build_conv_net())
    wish = Wish(document.opened.model, document.opened.shown_shapes(0), GraphView(PALETTES["light"]).font(), Choice(0))
    return document, fulfil(wish)


def long_net() -> Net:
    net = Net()
    last = net.input()
    for block in range(3):
        for step in range(4):
            last = net.conv(last, f"block{block}/conv{step}")
    net.output(last)
    return net


@pytest.fixture
def closed_groups(qapp):
    """A scene of three groups of four ops, each drawn as one box, and the model it is of."""
    model = opened(long_net())
    found = fulfil(Wish(model.model, model.shown_shapes(0), GraphView(PALETTES["light"]).font(), Choice(0),
                        collapsed="all"))  # fmt: skip
    return model.model, found


def refusing(model, *places: int, verdict=Verdict.REFUSED, parts=()):
    """All ops run but those of these places."""
    report = report_of(model, GPU, {})
    rule = Judgement(verdict, "not this one", "a.cc:1")
    ops = tuple(replace(op, rule=rule) if op.index in places else op for op in report.ops)
    return replace(report, ops=ops, partitions=parts)


def test_a_closed_group_has_the_worst_verdict_within(closed_groups) -> None:
    model, scene = closed_groups
    verdicts = verdicts_of(scene, checked_on(model, refusing(model, 5)), GPU.id, "light")
    found = [verdict_of(verdicts.codes[scene.diagram.box_of_op[op]]) for op in (0, 5, 6)]
    assert found == [Verdict.RUNS, Verdict.REFUSED, Verdict.REFUSED]


def test_the_tip_of_a_closed_group_counts_and_names_what_is_worst(closed_groups) -> None:
    model, scene = closed_groups
    verdicts = shown_verdicts(scene, checked_on(model, refusing(model, 5)), GPU.id, "light")
    tip = verdict_tip(verdicts, scene, scene.diagram.box_of_op[5])
    assert tip.splitlines() == [
        "TFLite GPU delegate, 2021: 1 refused, 3 runs",
        "op 5 · CONV_2D: not this one",
    ]


def test_a_group_that_runs_whole_needs_no_names(closed_groups) -> None:
    model, scene = closed_groups
    verdicts = shown_verdicts(scene, checked_on(model, refusing(model, 5)), GPU.id, "light")
    assert verdict_tip(verdicts, scene, scene.diagram.box_of_op[0]) == "TFLite GPU delegate, 2021: 4 runs"


def test_inputs_and_outputs_have_no_verdict(scene) -> None:
    document, drawn = scene
    verdicts = shown_verdicts(drawn, checked_net(document), GPU.id, "light")
    ends = [n for n, box in enumerate(drawn.diagram.boxes) if box.kind in ("input", "output")]
    assert [(verdicts.codes[end], verdict_tip(verdicts, drawn, end)) for end in ends] == [(-1, "")] * len(ends)


def test_the_tip_of_an_op_says_why_and_who_says_so(scene) -> None:
    document, drawn = scene
    verdicts = shown_verdicts(drawn, checked_net(document), GPU.id, "light")
    assert verdict_tip(verdicts, drawn, drawn.diagram.box_of_op[3]).splitlines() == [
        "TFLite GPU delegate, 2021:",
        "Refused: too flat",
        "Source: builder.cc:12",
        "from the source of engine @ abc",
    ]


def test_the_counts_are_of_the_subgraph_that_is_drawn(scene) -> None:
    document, drawn = scene
    verdicts = verdicts_of(drawn, checked_net(document), GPU.id, "light")
    assert verdicts.counts[RANK[Verdict.REFUSED]] == 1


# Partitions


def parts_of(scene, verdicts) -> list[int]:
    return [verdicts.part[box] for box in scene.diagram.box_of_op]


def test_ops_of_a_partition_that_is_taken_are_outlined(scene) -> None:
    document, drawn = scene
    model = document.opened.model
    parts = (Partition(0, (0, 1), 10, 0, True), Partition(0, (4, 5), 5, 0, False))
    verdicts = verdicts_of(drawn, checked_on(model, refusing(model, 2, 3, 4, 5, parts=parts)), GPU.id, "light")
    assert parts_of(drawn, verdicts) == [0, 0, -1, -1, -1, -1]


def test_a_wire_within_a_partition_is_outlined_and_one_that_leaves_it_is_not(scene) -> None:
    document, drawn = scene
    model = document.opened.model
    parts = (Partition(0, (0, 1), 10, 0, True),)
    verdicts = verdicts_of(drawn, checked_on(model, refusing(model, 2, 3, 4, 5, parts=parts)), GPU.id, "light")
    (outline,) = [verdicts.outline(drawn, chunk) for chunk in drawn.chunks]
    inside = [drawn.rects[drawn.diagram.box_of_op[op]].adjusted(-60, -60, 60, 60) for op in (0, 1)]
    assert len(outline.boxes) == 2
    assert outline.lines
    assert all(any(rect.contains(line.center()) for rect in inside) for line in outline.lines)


def test_wires_between_two_partitions_are_not_outlined(scene) -> None:
    document, drawn = scene
    model = document.opened.model
    parts = (Partition(0, (0, 1, 2), 10, 0, True), Partition(0, (3, 4, 5), 10, 0, True))
    apart = shown_verdicts(drawn, checked_on(model, refusing(model, parts=parts)), GPU.id, "light")
    whole = (Partition(0, (0, 1, 2, 3, 4, 5), 20, 0, True),)
    joined = shown_verdicts(drawn, checked_on(model, refusing(model, parts=whole)), GPU.id, "light")
    lines = [sum(len(each.outline(drawn, chunk).lines) for chunk in drawn.chunks) for each in (apart, joined)]
    assert lines[0] < lines[1]


def test_a_closed_group_is_outlined_only_where_all_of_it_is_taken(closed_groups) -> None:
    model, scene = closed_groups
    parts = (Partition(0, (0, 1, 2, 3, 4), 10, 0, True),)
    verdicts = verdicts_of(scene, checked_on(model, refusing(model, 5, parts=parts)), GPU.id, "light")
    found = [verdicts.part[scene.diagram.box_of_op[op]] for op in (0, 4, 8)]
    assert found == [0, -1, -1]


def test_a_closed_group_whose_first_op_is_not_taken_is_not_outlined(closed_groups) -> None:
    model, scene = closed_groups
    parts = (Partition(0, (5, 6, 7), 10, 0, True),)
    verdicts = verdicts_of(scene, checked_on(model, refusing(model, 4, parts=parts)), GPU.id, "light")
    assert verdicts.part[scene.diagram.box_of_op[5]] == -1


def test_the_outline_is_drawn_around_the_boxes(view) -> None:
    shown(view)
    view.zoom_actual()
    rect = view.scene.rects[view.scene.diagram.box_of_op[0]]
    at = view.camera.to_widget(rect.bottomLeft())
    x, y = round(at.x() - HALO - 1), round(at.y() - rect.height() / 2)
    picture = view.grab().toImage()
    around = {picture.pixelColor(x + step, y).name() for step in (-1, 0, 1)}
    assert box_colours(Verdict.RUNS, "light")[1].name() in around


def test_partitions_of_another_subgraph_outline_nothing_here(scene) -> None:
    document, drawn = scene
    model = document.opened.model
    parts = (Partition(1, (0, 1), 10, 0, True),)
    verdicts = verdicts_of(drawn, checked_on(model, refusing(model, parts=parts)), GPU.id, "light")
    assert (set(verdicts.part), verdicts.taken) == ({-1}, 0)


# Legend


def test_the_legend_is_drawn_in_the_corner(view) -> None:
    shown(view)
    picture = view.grab().toImage()
    corner = {picture.pixelColor(x, picture.height() - y).name() for x in range(12, 200) for y in range(12, 110)}
    assert {box_colours(each, "light")[1].name() for each in (Verdict.RUNS, Verdict.REFUSED)} <= corner


def test_the_legend_names_only_verdicts_that_there_are(view) -> None:
    """Each makes it one line higher."""
    heights = []
    for rules in ({}, {"RESHAPE": (Verdict.REFUSED, "too flat")}):
        shown(view, checked_net(view.document, rules))
        picture = view.grab().toImage()
        column = [picture.pixelColor(16, y).name() for y in range(picture.height())]
        heights.append(sum(colour == PALETTES["light"].surface for colour in column))
    assert heights[1] >= heights[0] + view.fontMetrics().height() - 2


def boxes_under_the_legend(view) -> list[int]:
    """The boxes that the legend covers."""
    size = legend_size(view._scene_painter.verdicts, view.font())
    legend = QRectF(0, view.height() - size.height(), size.width(), size.height())
    drawn = [
        QRectF(view.camera.to_widget(rect.topLeft()), view.camera.to_widget(rect.bottomRight()))
        for rect in view.scene.rects
    ]
    return [box for box, rect in enumerate(drawn) if rect.intersects(legend)]


@pytest.mark.parametrize(("width", "height"), [(900, 500), (500, 900), (600, 520), (520, 300)])
def test_a_fitted_graph_leaves_room_for_the_legend(view, width: int, height: int) -> None:
    view.resize(width, height)
    shown(view)
    view.fit()
    assert boxes_under_the_legend(view) == []


def test_a_graph_fitted_before_gives_way_to_the_legend(view) -> None:
    view.resize(500, 900)
    view.fit()
    shown(view)
    assert boxes_under_the_legend(view) == []


def test_a_corner_that_nothing_reaches_into_moves_nothing() -> None:
    bounds, size = QRectF(0, 0, 100, 800), QSizeF(800, 800)
    assert fitted(bounds, size, 1.0, QSizeF(200, 100)) == fitted(bounds, size)


def test_the_legend_can_be_hidden(view) -> None:
    colours = []
    for legend in (True, False):
        view.arrange(Arrangement(legend=legend))
        shown(view)
        picture = view.grab().toImage()
        colours.append(picture.pixelColor(16, picture.height() - 16).name())
    assert colours == [PALETTES["light"].surface, PALETTES["light"].canvas]


# In the window


@pytest.fixture
def window(targets_window):
    return targets_window


@pytest.fixture
def coloured(sheet, window):
    """The graph of a checked model, coloured by target."""
    window.show_page("graph")
    window.actions_by_id["verdicts"].trigger()
    return window.graph


def test_the_shortcut_colours_the_graph(window, open_model_tab, idle, qtbot) -> None:
    open_model_tab()
    qtbot.keyClick(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    idle()
    assert window.graph._scene_painter.verdicts.report.target == "tflite-gpu-2021"


def test_the_bar_offers_the_targets_that_were_checked(window, coloured) -> None:
    offered = [window.graph_bar.target.itemData(row) for row in range(window.graph_bar.target.count())]
    assert (window.graph_bar.target.isVisible(), tuple(offered)) == (True, window.checks.chosen)


def test_another_target_of_the_bar_colours_the_graph_for_it(window, coloured) -> None:
    window.graph_bar.target.activated.emit(2)
    assert coloured._scene_painter.verdicts.report.target == "tflite-gpu-opengl"


def test_without_the_colours_the_bar_offers_no_target(window, coloured) -> None:
    window.actions_by_id["verdicts"].trigger()
    assert (window.graph_bar.target.isVisible(), coloured._scene_painter.verdicts) == (False, None)


def test_shading_by_time_takes_the_colours_of_the_target_away(window, coloured) -> None:
    from profile_bench import made_up_ops

    window.document.set_timing(made_up_ops())
    window.actions_by_id["heat"].trigger()
    assert (coloured._scene_painter.verdicts, coloured._scene_painter.heat is None) == (None, False)
    assert not window.actions_by_id["verdicts"].isChecked()


def test_colours_of_a_target_take_the_shades_away(window, coloured) -> None:
    from profile_bench import made_up_ops

    window.document.set_timing(made_up_ops())
    window.actions_by_id["heat"].trigger()
    window.actions_by_id["verdicts"].trigger()
    assert coloured._scene_painter.heat is None


def test_a_model_opened_later_is_coloured_too(window, coloured, open_model_tab, idle) -> None:
    open_model_tab("other.tflite", build_chain(3))
    idle()
    assert window.graph._scene_painter.verdicts is not None


def test_the_legend_is_hidden_by_an_action_and_that_is_remembered(window, coloured, settings) -> None:
    window.actions_by_id["legend"].trigger()
    assert (coloured._legend_corner().isEmpty(), settings.word("legend", ("shown", "hidden"))) == (True, "hidden")


def test_the_command_palette_knows_the_switch(window, coloured) -> None:
    window.show_commands()
    assert any(command.text == "View: Colour by target" for command in window._commands._commands)


def test_without_a_target_the_switch_says_why_it_can_t(window, sheet, idle) -> None:
    window.checks.choose([])
    idle()
    window.actions_by_id.refresh()
    assert "no target is chosen" in window.actions_by_id["verdicts"].toolTip()


def test_a_reload_colours_the_new_state(window, coloured, idle, qtbot) -> None:
    from pathlib import Path

    tab = window.tabs.current
    Path(tab.path).write_bytes(build_chain(4))
    tab.load()
    qtbot.waitUntil(lambda: window.document.opened.model.op_count == 4)
    idle()
    assert len(window.graph._scene_painter.verdicts.of_graph) == 4


def test_the_other_theme_reaches_the_colours(window, coloured) -> None:
    window.choose_theme("dark")
    assert window.graph._scene_painter.verdicts.theme == "dark"
