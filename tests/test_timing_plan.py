"""The order in which LiteRT runs ops, and what it hands to a delegate at once."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from models import build_cyclic, read_bytes

from maistudio.tflite.model import Op
from maistudio.timing.plan import Node, nodes_of, parts_of


def node(number: int, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> Node:
    return Node(number, 0, Op(number, "ADD", 1, inputs, outputs), inputs, outputs)


def numbers(parts):
    return [(part.delegated, [node.number for node in part.nodes]) for part in parts]


def test_all_delegated_nodes_of_a_chain_are_one_part():
    chain = [node(place, (place,), (place + 1,)) for place in range(4)]
    assert numbers(parts_of(chain, {0, 1, 2, 3})) == [(True, [0, 1, 2, 3])]


def test_a_node_litert_keeps_splits_a_chain():
    chain = [node(place, (place,), (place + 1,)) for place in range(4)]
    assert numbers(parts_of(chain, {0, 1, 3})) == [(True, [0, 1]), (False, [2]), (True, [3])]


def test_a_branch_that_waits_for_nothing_joins_the_first_part():
    nodes = [node(0, (0,), (1,)), node(1, (1,), (2,)), node(2, (0,), (3,)), node(3, (2, 3), (4,))]
    assert numbers(parts_of(nodes, {0, 2, 3})) == [(True, [0, 2]), (False, [1]), (True, [3])]


def test_the_first_node_that_can_run_says_who_begins():
    nodes = [node(0, (0,), (1,)), node(1, (0,), (2,))]
    assert numbers(parts_of(nodes, {1})) == [(False, [0]), (True, [1])]


def test_a_node_before_the_one_it_waits_for_runs_after_it():
    nodes = [node(0, (1,), (2,)), node(1, (0,), (1,)), node(2, (1,), (3,))]
    assert numbers(parts_of(nodes, {0, 1, 2})) == [(True, [1, 2, 0])]


def test_a_part_begins_at_the_first_node_again():
    nodes = [node(0, (5,), (6,)), node(1, (), (5,)), node(2, (5,), (7,))]
    assert numbers(parts_of(nodes, {0, 2})) == [(False, [1]), (True, [0, 2])]


def test_nodes_in_a_cycle_never_run():
    assert parts_of(nodes_of(read_bytes(build_cyclic()), 0), {0, 1}) == ()


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Node], set[int]]:
    """Nodes that each use some results of earlier ones, in any order, and which of them are delegated."""
    count = draw(st.integers(1, 12))
    made = [
        node(place, tuple(draw(st.sets(st.integers(0, place - 1)))) if place else (), (place,))
        for place in range(count)
    ]
    order = draw(st.permutations(made))
    return list(order), draw(st.sets(st.integers(0, count - 1)))


@given(graphs())
def test_each_node_runs_once(drawn):
    nodes, delegated = drawn
    ran = [node.number for part in parts_of(nodes, delegated) for node in part.nodes]
    assert sorted(ran) == sorted(node.number for node in nodes)


@given(graphs())
def test_no_node_runs_before_what_it_needs(drawn):
    nodes, delegated = drawn
    made: set[int] = set()
    for part in parts_of(nodes, delegated):
        for each in part.nodes:
            assert made.issuperset(each.inputs)
            made.update(each.outputs)


@given(graphs())
def test_parts_take_turns(drawn):
    nodes, delegated = drawn
    kinds = [part.delegated for part in parts_of(nodes, delegated)]
    assert all(kind != after for kind, after in pairwise(kinds))


@given(graphs())
def test_a_part_holds_nodes_of_its_kind_only(drawn):
    nodes, delegated = drawn
    assert all(
        (node.number in delegated) == part.delegated for part in parts_of(nodes, delegated) for node in part.nodes
    )
