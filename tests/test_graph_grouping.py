"""Groups: name scopes and repeated blocks, nested, which never make a cycle when closed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from graph_models import Net, block_net, chain_net, diagram_of, model_of
from hypothesis import given
from hypothesis import strategies as st

from maistudio.gui.graph.diagram import Diagram
from maistudio.gui.graph.grouping import Groups, find_groups, first_collapsed
from maistudio.gui.graph.ranks import back_edges
from maistudio.gui.graph.repeats import Run, runs
from maistudio.gui.graph.scopes import scope_path, scope_title
from maistudio.tflite.model import Op


def groups_of(net: Net) -> Groups:
    return find_groups(model_of(net).subgraphs[0])


def titles(groups: Groups) -> list[str]:
    return [group.title for group in groups.groups]


@st.composite
def scoped_nets(draw: st.DrawFn) -> Net:
    """Graphs of up to 30 ops with few types and few scopes, so that groups abound."""
    net = Net()
    made = [net.input()]
    for _ in range(draw(st.integers(0, 30))):
        sources = draw(st.lists(st.sampled_from(made), min_size=1, max_size=3))
        scope = draw(st.sampled_from(["", "a/", "b/", "a/c/"]))
        made.append(net.op(draw(st.sampled_from(["ADD", "RELU", "MUL"])), sources, f"{scope}op"))
    net.output(made[-1])
    return net


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("net/block_1/conv", ("net", "block_1")),
        ("conv", ()),
        ("relu;net/block/conv/Conv2D;net/block/bias", ("net", "block", "conv")),
        ("ck/conv/Conv2D;net/block/conv/BiasAdd", ("net", "block", "conv")),
        ("net/block/Relu;net/block/conv/Conv2D", ("net", "block")),
        ("models.Encoder_0/nn.modules.LayerNorm_1;3", ("models.Encoder_0", "nn.modules.LayerNorm_1")),
        ("", ()),
    ],
)
def test_scopes_are_read_from_output_names(name: str, path: tuple[str, ...]) -> None:
    assert scope_path(name) == path


def test_a_scope_path_is_never_deeper_than_a_person_reads() -> None:
    assert len(scope_path("very/long/" * 5000)) == 12


def test_a_pytorch_scope_is_called_by_its_class() -> None:
    assert scope_title("torch.nn.modules.normalization.LayerNorm_norm1") == "LayerNorm_norm1"


def test_a_dot_in_another_name_stays() -> None:
    assert scope_title("mobilenetv2_1.00_224") == "mobilenetv2_1.00_224"


def test_ops_of_one_scope_are_a_group() -> None:
    assert titles(groups_of(block_net(3, "block"))) == ["block0", "block1", "block2"]


def test_a_scope_entered_again_is_a_group_of_its_own() -> None:
    net = chain_net(12, ["a/x"] * 4 + ["b/x"] * 4 + ["a/x"] * 4)
    assert titles(groups_of(net)) == ["a", "b", "a (2)"]


def test_scopes_are_nested() -> None:
    net = chain_net(16, ["a/in/x"] * 4 + ["a/x"] * 4 + ["b/x"] * 8)
    groups = groups_of(net).groups
    assert [(group.title, group.parent) for group in groups] == [("a", -1), ("in", 0), ("b", -1)]


def test_a_scope_around_everything_is_looked_through() -> None:
    net = chain_net(8, ["net/a/x"] * 4 + ["net/b/x"] * 4)
    assert titles(groups_of(net)) == ["a", "b"]


def test_a_few_ops_are_no_group() -> None:
    assert titles(groups_of(chain_net(12, ["a/x"] * 3 + ["b/x"] * 9))) == ["b"]


def test_a_block_that_repeats_is_found_without_names() -> None:
    groups = groups_of(block_net(6)).groups
    assert [(group.title, group.stop - group.start) for group in groups] == [
        (f"Block {number} of 6", 4) for number in range(1, 7)
    ]


def test_repetitions_between_other_ops_are_under_one_group() -> None:
    net = block_net(5)
    net.outputs = [net.op("SOFTMAX", [net.op("MEAN", [net.outputs[0]])])]
    groups = groups_of(net).groups
    assert groups[0].title == "5 × Conv2D, Add, ReLU"
    assert groups[0].times == 5
    assert groups[0].children == (1, 2, 3, 4, 5)


def test_a_block_is_called_as_the_scope_that_makes_up_most_of_it() -> None:
    net = Net()
    tensor = net.input()
    for _ in range(5):
        tensor = net.op("ABS", [tensor], "join")
        tensor = net.op("NEG", [tensor], "join")
        for op_type in ("RELU", "TANH", "ELU", "EXP"):
            tensor = net.op(op_type, [tensor], "cell/x")
    net.output(net.op("MEAN", [tensor]))
    groups = groups_of(net).groups
    assert groups[0].title == "5 × Abs, Neg, cell"
    assert groups[1].title == "cell 1 of 5"


def test_ops_in_a_like_order_that_are_not_blocks_are_left_alone() -> None:
    net = Net()
    sources = [net.input(f"in{n}") for n in range(8)]
    slices = [net.op("ABS", [source]) for source in sources for _ in range(3)]
    net.output(net.op("CONCATENATION", [net.op("ADD", [a, b]) for a, b in zip(slices, slices[5:], strict=False)]))
    assert groups_of(net).groups == ()


def test_parallel_branches_do_not_tear_a_scope_apart() -> None:
    net = Net()
    source = net.input()
    left = right = source
    for number in range(4):  # the file has the branches op by op in turn
        left = net.op("RELU", [left], f"left/{number}")
        right = net.op("TANH", [right], f"right/{number}")
    net.output(net.op("ADD", [left, right]))
    assert titles(groups_of(net)) == ["left", "right"]


def test_a_cycle_has_no_groups() -> None:
    net = chain_net(8, ["a/x"] * 8)
    net.ops[0] = Op(0, "RELU", 1, (net.outputs[0],), net.ops[0].outputs)
    assert groups_of(net).groups == ()


@given(scoped_nets())
def test_the_order_of_groups_puts_every_op_after_what_it_needs(net: Net) -> None:
    place = {op: n for n, op in enumerate(groups_of(net).order)}
    made = {tensor: op.index for op in net.ops for tensor in op.outputs}
    assert all(place[made[t]] < place[op.index] for op in net.ops for t in op.inputs if t in made)


@given(scoped_nets())
def test_groups_lie_in_their_parents_and_apart_from_each_other(net: Net) -> None:
    groups = groups_of(net).groups
    for group in groups:
        inside = [groups[child] for child in group.children]
        assert all(group.start <= child.start < child.stop <= group.stop for child in inside)
        assert all(a.stop <= b.start for a, b in pairwise(inside))


@given(scoped_nets())
def test_group_keys_are_unique(net: Net) -> None:
    keys = [group.key for group in groups_of(net).groups]
    assert len(set(keys)) == len(keys)


@given(scoped_nets(), st.randoms(use_true_random=False))
def test_closing_any_groups_makes_no_cycle(net: Net, chance) -> None:
    keys = frozenset(group.key for group in groups_of(net).groups if chance.random() < 0.6)
    diagram = diagram_of(net, collapsed=keys)
    assert not _cyclic(diagram)


@given(scoped_nets(), st.randoms(use_true_random=False))
def test_closing_groups_loses_no_op(net: Net, chance) -> None:
    keys = frozenset(group.key for group in groups_of(net).groups if chance.random() < 0.6)
    diagram = diagram_of(net, collapsed=keys)
    drawn = sorted(op for box in diagram.boxes for op in box.ops)
    assert drawn == list(range(len(net.ops)))
    assert all(op in diagram.boxes[box].ops for op, box in enumerate(diagram.box_of_op))


def test_a_small_model_starts_open() -> None:
    groups = groups_of(block_net(20, "block"))
    assert first_collapsed(groups, 80) == frozenset()


def test_a_large_model_starts_with_its_blocks_closed() -> None:
    groups = groups_of(block_net(60, "block"))
    assert first_collapsed(groups, 240) == {f"/block{number}#1" for number in range(60)}


def test_a_large_model_opens_groups_as_far_as_they_can_be_read() -> None:
    net = chain_net(240, [f"part{n // 120}/layer{n % 120 // 12}/x" for n in range(240)])
    groups = groups_of(net)
    closed = first_collapsed(groups, 240)
    assert [group.title for group in groups.groups if group.key not in closed] == ["part0", "part1"]


def test_blocks_too_many_to_read_are_shown_whole() -> None:
    groups = groups_of(block_net(400))
    assert first_collapsed(groups, 1600) == frozenset()


def test_a_very_large_model_without_names_is_shown_whole() -> None:
    net = block_net(1000)
    net.outputs = [net.op("SOFTMAX", [net.op("MEAN", [net.outputs[0]])])]
    assert first_collapsed(groups_of(net), 4002) == frozenset()


@pytest.mark.parametrize(
    ("tokens", "found"),
    [
        ("ab" * 6, [Run(0, 2, 6)]),
        ("xx" + "abc" * 5 + "yy", [Run(2, 3, 5)]),
        ("abcabcabc", []),
        ("abcdefghijklm", []),
        ("a" * 16, []),
        ("abcd" * 4 + "ef" * 7, [Run(0, 4, 4), Run(16, 2, 7)]),
    ],
)
def test_runs_of_repetitions_are_found(tokens: str, found: list[Run]) -> None:
    numbers = [ord(letter) for letter in tokens]
    assert runs(numbers, [1] * len(numbers), lambda start, stop: 2) == found


def test_a_run_is_cut_where_it_is_joined_to_the_rest_by_the_fewest_tensors() -> None:
    numbers = [1, 2, 3] * 6
    assert runs(numbers, [2, 1, 2] * 6, lambda start, stop: 1 if start % 3 == 1 else 2) == [Run(1, 3, 5)]


def test_a_run_that_is_joined_by_many_tensors_is_none() -> None:
    assert runs([1, 2, 3] * 6, [1] * 18, lambda start, stop: None) == []


def _cyclic(diagram: Diagram) -> bool:
    edges = [(wire.source, target) for wire in diagram.wires for target in wire.targets]
    return bool(back_edges(len(diagram.boxes), edges))
