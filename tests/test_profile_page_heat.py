"""The graph shaded by time: which boxes, how much, in which colours, and that what stands in them can be read."""

from __future__ import annotations

from itertools import pairwise

import pytest
from models import build_conv_net
from panels import opened_document
from profile_bench import made_up_ops
from PySide6.QtGui import QColor
from test_theme import READABLE, contrast, luminance

from maistudio.gui.graph.heat import (
    DARK_TEXT,
    LEVELS,
    LIGHT_TEXT,
    colours,
    heat_of,
    heat_tip,
    is_bright,
    kernels_by_op,
    share_of,
)
from maistudio.gui.graph.view import GraphView
from maistudio.gui.theme import PALETTES

BOTH = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
BY_OP = kernels_by_op(made_up_ops(), 0)


def test_a_kernel_of_several_ops_counts_whole_for_each() -> None:
    assert (share_of([1], BY_OP), share_of([2], BY_OP)) == (0.6, 0.6)


def test_a_kernel_of_several_ops_counts_once_for_a_box_that_holds_them() -> None:
    assert share_of([0, 1, 2], BY_OP) == pytest.approx(0.9)


def test_an_op_that_was_not_timed_has_no_share() -> None:
    assert share_of([7], BY_OP) is None


def test_kernels_of_another_subgraph_count_for_nothing() -> None:
    assert kernels_by_op(made_up_ops(), 1) == {}


def test_the_words_of_a_box_name_the_ops_it_shares_its_kernel_with() -> None:
    assert heat_tip([1], BY_OP) == "600.0 µs, 60.0 % of the time, in one kernel with op 2"


def test_the_words_of_a_box_of_its_own() -> None:
    assert heat_tip([0], BY_OP) == "300.0 µs, 30.0 % of the time"


def test_an_op_that_was_not_timed_says_so() -> None:
    assert heat_tip([7], BY_OP) == "not timed on its own"


@BOTH
def test_text_can_be_read_on_every_shade(dark: bool) -> None:
    for shade in colours(dark):
        text = DARK_TEXT if is_bright(shade) else LIGHT_TEXT
        assert contrast(text, shade.name()) >= READABLE


@BOTH
def test_more_time_stands_out_more_at_every_step(dark: bool) -> None:
    shades = [luminance(shade.name()) for shade in colours(dark)]
    assert all((more > less) == dark for less, more in pairwise(shades))


@pytest.fixture
def view(qtbot) -> GraphView:
    made = GraphView(PALETTES["light"])
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.set_document(opened_document(build_conv_net()), wait=True)
    made.expand_all(wait=True)
    made.show()
    return made


def fill_of(view: GraphView, op: int) -> QColor:
    """The colour in a box, beside its words."""
    box = view.scene.diagram.box_of_op[op]
    at = view.camera.to_widget(view.scene.rects[box].bottomRight())
    return QColor(view.grab().toImage().pixelColor(round(at.x()) - 4, round(at.y()) - 4))


def test_the_longest_op_has_the_strongest_shade(view) -> None:
    view.document.set_timing(made_up_ops())
    view.show_heat(True)
    assert fill_of(view, 1).name() == colours(False)[LEVELS - 1].name()


def test_ops_of_one_kernel_have_one_shade(view) -> None:
    view.document.set_timing(made_up_ops())
    view.show_heat(True)
    assert fill_of(view, 1) == fill_of(view, 2)


def test_without_the_switch_boxes_keep_the_colours_of_their_kind(view) -> None:
    before = view.grab().toImage()
    view.document.set_timing(made_up_ops())
    assert view.grab().toImage() == before


def test_switched_off_the_graph_looks_as_before(view) -> None:
    before = view.grab().toImage()
    view.document.set_timing(made_up_ops())
    view.show_heat(True)
    view.show_heat(False)
    assert view.grab().toImage() == before


def test_without_times_the_switch_shades_nothing(view) -> None:
    before = view.grab().toImage()
    view.show_heat(True)
    assert view.grab().toImage() == before


def test_a_selection_leaves_the_shades_as_they_are(view) -> None:
    from maistudio.gui.document import Selected

    view.document.set_timing(made_up_ops())
    view.show_heat(True)
    before = fill_of(view, 0)
    view.document.select(Selected("op", 0, 2))
    assert fill_of(view, 0) == before


def test_the_scale_is_drawn_in_the_corner(view) -> None:
    view.document.set_timing(made_up_ops())
    view.show_heat(True)
    picture = view.grab().toImage()
    corner = {picture.pixelColor(x, picture.height() - y).name() for x in range(12, 320) for y in range(12, 90, 2)}
    assert {colours(False)[0].name(), colours(False)[LEVELS - 1].name()} <= corner


def test_the_scale_names_the_run(view) -> None:
    """Words make the legend one line higher."""
    view.show_heat(True)
    heights = []
    for told in ("", "XNNPACK, 1 thread · 2026-11-21 20:12"):
        view.document.set_timing(made_up_ops(), told)
        picture = view.grab().toImage()
        column = [picture.pixelColor(16, y).name() for y in range(picture.height())]
        heights.append(sum(colour == PALETTES["light"].surface for colour in column))
    assert heights[1] >= heights[0] + view.fontMetrics().height() - 2


def test_a_scene_whose_kernels_took_no_time_is_shaded_all_the_same(view) -> None:
    from dataclasses import replace

    ops = tuple(replace(each, share=0.0, us=0.0) for each in made_up_ops().ops)
    heat = heat_of(view.scene, replace(made_up_ops(), ops=ops), dark=True)
    assert set(heat.levels) <= {0, None}
