"""Layouts: nothing overlaps, no wire runs through a box, the flow goes one way, and like input looks alike."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from graph_measures import (
    Graph,
    chain,
    crossings,
    fan,
    labels_on_boxes,
    nested_skips,
    overlaps,
    parallel,
    residual,
    wired,
    wires_through_boxes,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from maistudio.gui.graph.layout import Layout, Orientation, Wire, lay_out
from maistudio.gui.graph.ranks import back_edges, ranks


@st.composite
def graphs(draw: st.DrawFn, cycles: bool = False) -> Graph:
    """Graphs of up to 24 boxes of any size; wires go forward only, unless ``cycles``."""
    count = draw(st.integers(0, 24))
    sizes = draw(st.lists(st.tuples(st.integers(20, 300), st.integers(20, 90)), min_size=count, max_size=count))
    wires: list[Wire] = []
    for source in range(count):
        for _ in range(draw(st.integers(0, 3))):
            low = 0 if cycles else source + 1
            if low < count:
                targets = draw(st.lists(st.integers(low, count - 1), min_size=0, max_size=4))
                label = draw(st.sampled_from([(0.0, 0.0), (60.0, 14.0), (150.0, 14.0)]))
                wires.append(Wire(source, tuple(targets), label))
    return [(float(width), float(height)) for width, height in sizes], wires


orientations: st.SearchStrategy[Orientation] = st.sampled_from(["vertical", "horizontal"])
KNOWN: dict[str, Graph] = {
    "chain": chain(400),
    "residual": residual(130),
    "nested skips": nested_skips(400),
    "fan": fan(400, 16),
    "parallel": parallel(24, 8),
}


@given(graphs(), orientations, st.booleans())
@settings(max_examples=60)
def test_no_boxes_overlap(graph: Graph, orientation: Orientation, wrapped: bool) -> None:
    assert overlaps(lay_out(*graph, orientation, wrapped)) == 0


@given(graphs(), orientations, st.booleans())
@settings(max_examples=60)
def test_no_wire_runs_through_a_box(graph: Graph, orientation: Orientation, wrapped: bool) -> None:
    assert wires_through_boxes(lay_out(*graph, orientation, wrapped), graph[1]) == 0


@given(graphs(cycles=True), orientations, st.booleans())
@settings(max_examples=60)
def test_cycles_and_loops_keep_boxes_apart_and_wires_off_them(
    graph: Graph, orientation: Orientation, wrapped: bool
) -> None:
    layout = lay_out(*graph, orientation, wrapped)
    assert (overlaps(layout), wires_through_boxes(layout, graph[1])) == (0, 0)


@given(graphs(), orientations, st.booleans())
@settings(max_examples=50)
def test_no_label_covers_a_box(graph: Graph, orientation: Orientation, wrapped: bool) -> None:
    assert labels_on_boxes(lay_out(*graph, orientation, wrapped)) == 0


@given(graphs(cycles=True), orientations, st.booleans())
@settings(max_examples=50)
def test_every_wire_joins_its_boxes(graph: Graph, orientation: Orientation, wrapped: bool) -> None:
    layout = lay_out(*graph, orientation, wrapped)
    for wire, routes in zip(graph[1], layout.routes, strict=True):
        for target, route in zip(wire.targets, routes, strict=True):
            assert _touches(layout, wire.source, route[0])
            assert _touches(layout, target, route[-1])


@given(graphs(), orientations)
@settings(max_examples=50)
def test_wires_go_along_the_flow(graph: Graph, orientation: Orientation) -> None:
    layout = lay_out(*graph, orientation, wrapped=False)
    along = 1 if orientation == "vertical" else 0
    for routes in layout.routes:
        for route in routes:
            assert all(after[along] >= before[along] - 0.01 for before, after in pairwise(route))


@given(graphs(cycles=True), orientations, st.booleans())
@settings(max_examples=40)
def test_everything_lies_within_the_drawing(graph: Graph, orientation: Orientation, wrapped: bool) -> None:
    layout = lay_out(*graph, orientation, wrapped)
    points = [point for routes in layout.routes for route in routes for point in route]
    points += [(x + width, y + height) for x, y, width, height in (*layout.boxes, *filter(None, layout.labels))]
    points += [(x, y) for x, y, _, _ in (*layout.boxes, *filter(None, layout.labels))]
    assert all(0 <= x <= layout.width and 0 <= y <= layout.height for x, y in points)


@given(graphs(cycles=True), orientations)
@settings(max_examples=30)
def test_the_same_graph_is_always_drawn_the_same(graph: Graph, orientation: Orientation) -> None:
    assert lay_out(*graph, orientation) == lay_out(*graph, orientation)


@given(graphs(cycles=True))
@settings(max_examples=60)
def test_turning_the_back_edges_leaves_no_cycle(graph: Graph) -> None:
    count = len(graph[0])
    edges = [(wire.source, target) for wire in graph[1] for target in wire.targets]
    back = back_edges(count, edges)
    forward = [edge for number, edge in enumerate(edges) if number not in back]
    waiting = [sum(target == box for _, target in forward) for box in range(count)]
    free = [box for box in range(count) if not waiting[box]]
    for box in free:
        for source, target in forward:
            if source == box:
                waiting[target] -= 1
                if not waiting[target]:
                    free.append(target)
    assert len(free) == count


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("wrapped", [False, True])
def test_usual_networks_are_drawn_without_a_fault(name: str, wrapped: bool) -> None:
    sizes, wires = KNOWN[name]
    layout = lay_out(sizes, wires, wrapped=wrapped)
    assert (overlaps(layout), wires_through_boxes(layout, wires), labels_on_boxes(layout)) == (0, 0, 0)


@pytest.mark.parametrize("name", ["chain", "residual", "parallel"])
def test_planar_networks_are_drawn_without_crossings(name: str) -> None:
    assert crossings(lay_out(*KNOWN[name], wrapped=False)) == 0


def test_a_chain_is_straight() -> None:
    layout = lay_out([(60.0, 30.0), (140.0, 44.0), (90.0, 30.0)], [Wire(0, (1,)), Wire(1, (2,))])
    assert len({round(x + width / 2, 2) for x, _, width, _ in layout.boxes}) == 1
    assert all(len(route) == 2 for routes in layout.routes for route in routes)


def test_the_boxes_beside_a_skip_stay_straight() -> None:
    layout = lay_out(*residual(5), wrapped=False)
    assert len({round(x + width / 2, 2) for x, _, width, _ in layout.boxes}) == 1


def test_parallel_branches_lie_evenly_around_their_source() -> None:
    layout = lay_out(*parallel(1, 2), wrapped=False)
    centres = [x + width / 2 for x, _, width, _ in layout.boxes]
    assert centres[1] + centres[2] == pytest.approx(2 * centres[0], abs=0.5)


def test_blocks_that_are_alike_are_drawn_alike() -> None:
    layout = lay_out(*parallel(6, 3), wrapped=False)
    first = [x for x, *_ in layout.boxes[:7]]
    assert all([x for x, *_ in layout.boxes[7 * block : 7 * block + 7]] == first for block in range(1, 5))


def test_inputs_stand_at_the_top_and_outputs_at_the_bottom() -> None:
    layout = lay_out(*parallel(2, 4), wrapped=False)
    tops = [y for _, y, _, _ in layout.boxes]
    assert tops[0] == min(tops)
    assert tops[-1] == max(tops)


def test_a_long_skip_runs_beside_the_boxes_it_passes() -> None:
    sizes, wires = wired(60, {**{box: [box + 1] for box in range(59)}, 3: [4, 50]})
    layout = lay_out(sizes, wires, wrapped=False)
    right = max(x + width for x, _, width, _ in layout.boxes)
    assert max(x for x, _ in layout.routes[3][1]) > right


def test_a_box_used_only_late_stands_near_its_use() -> None:
    sizes, wires = wired(12, {**{box: [box + 1] for box in range(10)}, 11: [9]})
    assert lay_out(sizes, wires, wrapped=False).layer[11] == 8


def test_a_wrapped_strip_has_about_the_shape_of_a_screen() -> None:
    layout = lay_out(*chain(400))
    assert 0.8 < layout.width / layout.height < 3.0


def test_a_short_graph_is_not_wrapped() -> None:
    assert lay_out(*chain(4)) == lay_out(*chain(4), wrapped=False)


def test_a_turned_graph_flows_to_the_right() -> None:
    layout = lay_out(*chain(5), "horizontal")
    assert [x for x, *_ in layout.boxes] == sorted(x for x, *_ in layout.boxes)
    assert len({round(y + height / 2, 2) for _, y, _, height in layout.boxes}) == 1


def test_loose_parts_lie_side_by_side() -> None:
    layout = lay_out(*wired(6, {0: [1], 2: [3], 4: [5]}))
    assert overlaps(layout) == 0
    assert len({x for x, *_ in layout.boxes[::2]}) > 1


def test_an_edge_that_closes_a_cycle_is_told_apart() -> None:
    layout = lay_out(*wired(3, {0: [1], 1: [2], 2: [0]}))
    assert layout.turned == {(2, 0)}


def test_an_empty_graph_has_an_empty_layout() -> None:
    layout = lay_out([], [])
    assert (layout.boxes, layout.routes) == ((), ())


def test_two_wires_between_two_boxes_keep_apart() -> None:
    layout = lay_out([SIZE_WIDE] * 2, [Wire(0, (1,)), Wire(0, (1,))])
    assert layout.routes[0] != layout.routes[1]


def test_a_wire_twice_to_one_box_is_drawn_once() -> None:
    layout = lay_out([SIZE_WIDE] * 2, [Wire(0, (1, 1))])
    assert layout.routes[0][0] == layout.routes[0][1]


def test_ranks_let_every_wire_go_down() -> None:
    assert ranks(4, [(0, (1, 3)), (1, (2,)), (2, (3,))]) == [0, 1, 2, 3]


SIZE_WIDE = (160.0, 40.0)


@pytest.mark.parametrize("name", ["chain", "fan", "nested skips", "parallel"])
def test_ten_thousand_boxes_take_less_than_two_seconds_of_cpu(name: str) -> None:
    graph = {
        "chain": lambda: chain(10_000),
        "fan": lambda: fan(10_000, 64),
        "nested skips": lambda: nested_skips(10_000),
        "parallel": lambda: parallel(588, 8),
    }[name]()
    start = time.process_time()
    layout: Layout = lay_out(*graph)
    assert time.process_time() - start < 2.0  # measured 0.3 to 0.6 on a quiet machine
    assert len(layout.boxes) >= 9_990


def _touches(layout: Layout, box: int, point: tuple[float, float]) -> bool:
    x, y, width, height = layout.boxes[box]
    inside = x - 0.1 <= point[0] <= x + width + 0.1 and y - 0.1 <= point[1] <= y + height + 0.1
    edges = (point[0] - x, x + width - point[0], point[1] - y, y + height - point[1])
    return inside and min(map(abs, edges)) < 0.1
