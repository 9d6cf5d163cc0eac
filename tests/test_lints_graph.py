"""Lints about branches, dimensions, batches and pieces; and what no lint may do."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lint_models import SIDE, Net, findings, ids
from models import (
    build_abpn,
    build_cyclic,
    build_index_out_of_range,
    build_no_ops,
    build_no_subgraph,
    read_bytes,
)

from maistudio.targets.lints import find
from maistudio.targets.lints.view import view_of
from maistudio.tflite.draft import ModelDraft, per_tensor
from maistudio.tflite.model import BufferSpan, Model, Op, Subgraph, Tensor
from maistudio.tflite.parameters import Parameters, parameters_of
from maistudio.tflite.shapes import Shapes, resolve_shapes

# Branches that could be one convolution


def ending(net: Net, last: int) -> bytes:
    return net.done(net.conv(last, 3, activation="RELU6"))


def test_branches_added_without_an_activation_are_told() -> None:
    net = Net()
    features = net.conv(net.input, 8, activation="RELU")
    both = net.add(net.conv(features, 8), net.conv(features, 8, (1, 1)))
    found = findings(ending(net, net.add(both, features, "RELU")))["unfused-branches"]
    assert found.message == (
        "1 block has branches without an activation in between: 4 ops where 1 convolution would do (op 4)"
    )


def test_a_convolution_added_to_its_own_input_is_told() -> None:
    net = Net()
    features = net.conv(net.input, 8, activation="RELU")
    assert ids(ending(net, net.add(features, net.conv(features, 8)))) == ["unfused-branches"]


def test_chains_in_branches_are_told() -> None:
    net = Net()
    features = net.conv(net.input, 8, activation="RELU")
    wide = net.conv(net.conv(features, 16), 8, (1, 1))
    found = findings(ending(net, net.add(features, wide, "RELU")))["unfused-branches"]
    assert "3 ops where 1 convolution" in found.message


def test_branches_with_an_activation_are_not_told() -> None:
    net = Net()
    features = net.conv(net.input, 8, activation="RELU")
    branch = net.conv(features, 8, activation="RELU")
    assert ids(ending(net, net.add(features, branch))) == []


def test_a_residual_block_is_not_told() -> None:
    net = Net()
    features = net.conv(net.input, 8, activation="RELU")
    inner = net.conv(net.conv(features, 8, activation="RELU"), 8)
    assert ids(ending(net, net.add(features, inner))) == []


def test_branches_of_different_tensors_are_not_told() -> None:
    net = Net()
    first, second = (net.conv(net.input, 8, activation="RELU") for _ in range(2))
    assert ids(ending(net, net.add(net.conv(first, 8), net.conv(second, 8)))) == []


def test_a_branch_that_something_else_reads_is_not_told() -> None:
    net = Net()
    features = net.conv(net.input, 8, activation="RELU")
    branch = net.conv(features, 8)
    joined = net.op("CONCATENATION", [net.add(features, branch), branch], (1, SIDE, SIDE, 16), {"axis": 3})
    assert ids(ending(net, joined)) == []


def test_branches_of_different_steps_are_not_told() -> None:
    net = Net(batch=1)
    features = net.conv(net.input, 8, activation="RELU")
    small = net.conv(features, 8, stride=2)
    assert ids(ending(net, net.add(features, small))) == []


def test_a_chain_that_one_convolution_does_cheaper_is_told() -> None:
    net = Net()
    wide = net.conv(net.conv(net.input, 32), 8, (1, 1), "RELU")
    found = findings(ending(net, wide))["unfused-branches"]
    assert found.message.endswith("2 ops where 1 convolution would do (op 1)")


def test_a_chain_that_would_cost_more_as_one_is_not_told() -> None:
    net = Net()
    features = net.conv(net.input, 32, activation="RELU")
    narrow = net.conv(net.conv(features, 8, (1, 1)), 32, (1, 1), "RELU")
    assert ids(ending(net, narrow)) == []


def test_a_chain_that_would_need_a_larger_kernel_is_not_told() -> None:
    net = Net()
    assert ids(ending(net, net.conv(net.conv(net.input, 32), 8, activation="RELU"))) == []


def test_a_chain_that_would_need_a_higher_kernel_is_not_told() -> None:
    net = Net()
    assert ids(ending(net, net.conv(net.conv(net.input, 32, (3, 1)), 8, (3, 1), "RELU"))) == []


def test_the_anchor_of_abpn_is_no_branch() -> None:
    assert ids(build_abpn(16, 16)) == ["copied-channels", "odd-channels", "unclipped-output"]


# Dimensions, batches, pieces


def test_tensors_of_five_dimensions_are_told() -> None:
    net = Net()
    five = net.op("RESHAPE", [net.input], (1, SIDE, SIDE, 3, 1), {})
    found = findings(net.done(net.op("RESHAPE", [five], (1, SIDE, SIDE, 3), {})))["five-dimensions"]
    assert found.message == "2 ops work on tensors of more than 4 dimensions, up to 5 (first op 0)"


def test_a_batch_at_the_input_is_told() -> None:
    net = Net(batch=10)
    found = findings(net.done(net.conv(net.input, 8)))["batch-as-frames"]
    assert found.message == "The input is a batch of 10 pictures"


def test_frames_moved_into_the_batch_are_told_where_it_happens() -> None:
    net = Net(channels=30)
    apart = net.op("RESHAPE", [net.input], (SIDE, SIDE, 10, 3), {})
    order = net.graph.constant("", "INT32", (4,), [2, 0, 1, 3])
    frames = net.op("TRANSPOSE", [apart, order], (10, SIDE, SIDE, 3), {})
    found = findings(net.done(net.conv(frames, 8)))["batch-as-frames"]
    assert found.message == "TRANSPOSE makes a batch of 10 pictures of one input (op 1)"
    assert found.places == ((0, 1), (0, 2))


def test_a_dilated_convolution_by_space_to_batch_is_not_told() -> None:
    net = Net()
    block = net.graph.constant("", "INT32", (2,), [2, 2])
    crops = net.graph.constant("", "INT32", (2, 2), [0] * 4)
    pieces = net.op("SPACE_TO_BATCH_ND", [net.input, block, crops], (4, SIDE // 2, SIDE // 2, 3), {})
    back = net.op("BATCH_TO_SPACE_ND", [net.conv(pieces, 8), block, crops], (1, SIDE, SIDE, 8), {})
    assert ids(net.done(back)) == []


def test_one_picture_is_no_batch() -> None:
    net = Net()
    assert ids(net.done(net.conv(net.input, 8))) == []


def pieces_joined(order: Sequence[int], element_type: str = "FLOAT32") -> list[str]:
    net = Net(channels=8, element_type=element_type)
    axis = net.graph.constant("", "INT32", (), [3])
    pieces = [net.tensor((1, SIDE, SIDE, 4)) for _ in range(2)]
    net.graph.op("SPLIT", [axis, net.input], pieces, {"num_splits": 2})
    return ids(net.done(net.op("CONCATENATION", [pieces[at] for at in order], (1, SIDE, SIDE, 8), {"axis": 3})))


def test_pieces_joined_in_another_order_are_told() -> None:
    assert pieces_joined([1, 0]) == ["split-reordered"]


@pytest.mark.parametrize("order", [[0, 1], [0, 0]])
def test_pieces_joined_otherwise_are_not_told(order: list[int]) -> None:
    assert pieces_joined(order) == []


def test_integer_pieces_are_not_told() -> None:
    assert pieces_joined([1, 0], "INT8") == []


def test_a_constant_of_five_dimensions_is_not_told() -> None:
    net = Net()
    table = net.graph.constant("", "FLOAT32", (1, 2, 2, 2, 2), [0.0] * 16)
    assert ids(net.done(net.op("RESHAPE", [table], (1, 4, 4, 1), {}))) == []


# What no lint may do

TYPES = (
    *("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "ADD", "MINIMUM", "RELU", "DEPTH_TO_SPACE", "CONCATENATION"),
    *("QUANTIZE", "DEQUANTIZE", "SPLIT", "SUB", "MUL", "RESIZE_NEAREST_NEIGHBOR", "RESHAPE", "NO_SUCH_OP"),
)
indices = st.integers(-2, 9)
sizes = st.sampled_from([-1, 0, 1, 3, 16, 2**31])
shapes = st.lists(sizes, max_size=5).map(tuple)
tensors = st.builds(
    lambda shape, signature, kind, constant, scale: (shape, signature, kind, constant, scale),
    shapes,
    st.none() | shapes,
    st.sampled_from(["FLOAT32", "INT8", "UINT8", "INT32", "TYPE_120"]),
    st.booleans(),
    st.none() | st.sampled_from([0.0, 1.0, float("inf"), float("nan")]),
)
ops = st.tuples(
    st.sampled_from(TYPES),
    st.lists(indices, max_size=4).map(tuple),
    st.lists(indices, max_size=2).map(tuple),
    st.dictionaries(
        st.sampled_from(["fused_activation_function", "stride_h", "axis", "align_corners"]),
        st.sampled_from(["NONE", "RELU", 1, 3, None]),
    ),
)


@given(
    st.lists(tensors, max_size=8),
    st.lists(ops, max_size=8),
    st.lists(indices, max_size=2),
    st.lists(indices, max_size=2),
    st.booleans(),
)
def test_odd_models_are_looked_at_without_complaint(
    tensors: list[tuple[tuple[int, ...], tuple[int, ...] | None, str, bool, float | None]],
    ops: list[tuple[str, tuple[int, ...], tuple[int, ...], dict[str, object]]],
    inputs: list[int],
    outputs: list[int],
    known: bool,
) -> None:
    template = read_bytes(quantized())
    quantization = template.subgraphs[0].tensors[0].quantization
    assert quantization is not None
    made = tuple(
        Tensor(
            *(place, "", kind, shape, signature, 0, constant),
            quantization=None if scale is None else type(quantization)(quantization.kind, (scale,), (0,)),
        )
        for place, (shape, signature, kind, constant, scale) in enumerate(tensors)
    )
    graph = Subgraph(
        *(0, "", made),
        tuple(
            Op(place, kind, 1, read, written, (), options) for place, (kind, read, written, options) in enumerate(ops)
        ),
        *(tuple(inputs), tuple(outputs)),
    )
    model = with_graph(template, graph)
    shapes = Shapes((tuple(tensor.shape if known else None for tensor in made),))
    for finding in find(model, shapes, Parameters(())):
        assert finding.message
        assert all(0 <= op < len(ops) for _, op in finding.places)


def quantized() -> bytes:
    model = ModelDraft()
    model.subgraph().input("in", "INT8", (1, 4), quantization=per_tensor(1.0))
    return model.to_bytes()


def with_graph(template: Model, graph: Subgraph) -> Model:
    return Model(
        *("", 0, 3, "", (graph,), (BufferSpan(0, 4),), (), (), None, (), ()),
        source=template.source,
    )


@pytest.mark.parametrize(
    "build", [build_no_subgraph, build_no_ops, build_cyclic, build_index_out_of_range], ids=lambda build: build.__name__
)
def test_faulty_graphs_are_looked_at_without_complaint(build: object) -> None:
    assert callable(build)
    model = read_bytes(build())
    assert find(model, resolve_shapes(model), parameters_of(model)) == ()


def test_a_clip_that_goes_round_ends() -> None:
    net = Net()
    first, second = net.tensor((1, SIDE, SIDE, 3)), net.tensor((1, SIDE, SIDE, 3))
    net.conv(net.input, 3)
    net.graph.op("RELU", [second], [first])
    net.graph.op("QUANTIZE", [first], [second], {})
    net.graph.output(first)
    assert "clip-after-depth-to-space" not in ids(net.model.to_bytes())


def test_a_sum_that_goes_round_ends() -> None:
    net = Net()
    first, second = net.tensor((1, SIDE, SIDE, 3)), net.tensor((1, SIDE, SIDE, 3))
    net.graph.op("ADD", [net.input, second], [first], {})
    net.graph.op("ADD", [net.input, first], [second], {})
    net.graph.output(second)
    assert ids(net.model.to_bytes()) == []


def test_a_sum_of_its_own_output_ends() -> None:
    net = Net()
    made = net.tensor((1, SIDE, SIDE, 3))
    net.graph.op("ADD", [made, made], [made], {})
    assert ids(net.done(net.conv(net.input, 3, activation="RELU6"))) == []


def test_a_chain_of_its_own_output_ends() -> None:
    net = Net()
    made = net.tensor((1, SIDE, SIDE, 8))
    weights = net.graph.constant("", "FLOAT32", (8, 1, 1, 8), [0.5] * 64)
    net.graph.op("CONV_2D", [made, weights, -1], [made], {"stride_h": 1, "stride_w": 1})
    assert ids(net.done(net.conv(net.input, 3, activation="RELU6"))) == []


def test_a_product_that_goes_round_ends() -> None:
    net = Net()
    first, second = net.tensor((1, SIDE, SIDE, 3)), net.tensor((1, SIDE, SIDE, 3))
    net.conv(net.input, 3)
    net.graph.op("MUL", [second, second], [first], {})
    net.graph.op("MUL", [first, first], [second], {})
    net.graph.output(second)
    assert "unclipped-output" not in ids(net.model.to_bytes())


def test_shapes_of_fewer_tensors_leave_the_rest_unknown() -> None:
    model = read_bytes(build_abpn())
    view = view_of(model, Shapes(()))
    assert view.main is not None
    assert view.main.shape(model.subgraphs[0].tensors[0]) is None
