"""What is drawn of a subgraph: boxes with their texts, wires with their shapes, and faults survived."""

from __future__ import annotations

import pytest
from graph_models import Net, block_net, chain_net, diagram_of

from maistudio.gui.graph.describe import op_title
from maistudio.gui.graph.diagram import Box, Diagram
from maistudio.tflite.kinds import OpKind
from maistudio.tflite.model import Op


def texts(box: Box) -> list[str]:
    return [line.text for line in box.lines]


def edges(diagram: Diagram) -> set[tuple[str, str]]:
    return {(diagram.boxes[w.source].key, diagram.boxes[t].key) for w in diagram.wires for t in w.targets}


def one_op(op_type: str, options: dict[str, object] | None = None, **more: object) -> Box:
    """The box of a single op between an input and an output."""
    net = Net()
    source = net.input()
    net.output(net.op(op_type, [source], options=options, **more))  # type: ignore[arg-type]
    return diagram_of(net).boxes[1]


@pytest.mark.parametrize(
    ("op_type", "title"),
    [
        ("CONV_2D", "Conv2D"),
        ("DEPTHWISE_CONV_2D", "DepthwiseConv2D"),
        ("LEAKY_RELU", "LeakyReLU"),
        ("DEPTH_TO_SPACE", "DepthToSpace"),
        ("BATCH_MATMUL", "BatchMatMul"),
        ("UNIDIRECTIONAL_SEQUENCE_LSTM", "UnidirectionalSequenceLSTM"),
        ("STABLEHLO_ADD", "StableHLOAdd"),
    ],
)
def test_op_types_are_written_as_titles(op_type: str, title: str) -> None:
    assert op_title(op_type) == title


def test_a_custom_op_keeps_its_code() -> None:
    assert op_title("edgetpu-custom-op", custom=True) == "edgetpu-custom-op"


def test_a_convolution_says_its_kernel_padding_weights_and_bias() -> None:
    net = Net()
    net.output(net.conv(net.input()))
    assert texts(diagram_of(net).boxes[1]) == ["3×3 · same", "weights 3×3×3×3", "bias 3"]


def test_stride_and_dilation_are_said_where_they_are_not_1() -> None:
    box = one_op(
        "MAX_POOL_2D", {"filter_height": 2, "filter_width": 3, "stride_h": 2, "stride_w": 2, "padding": "VALID"}
    )
    assert texts(box) == ["2×3 · stride 2 · valid"]


def test_strides_that_differ_are_both_said() -> None:
    box = one_op("MAX_POOL_2D", {"filter_height": 2, "filter_width": 2, "stride_h": 2, "stride_w": 1})
    assert texts(box) == ["2×2 · stride 2×1"]


def test_a_fused_activation_is_a_tag() -> None:
    net = Net()
    net.output(net.conv(net.input(), activation="RELU6"))
    assert diagram_of(net).boxes[1].tag == "ReLU6"


def test_weights_are_lines_of_the_op_not_boxes() -> None:
    net = Net()
    net.output(net.conv(net.input()))
    diagram = diagram_of(net)
    assert [box.kind for box in diagram.boxes] == ["input", "op", "output"]
    assert [line.kind for line in diagram.boxes[1].lines] == ["option", "weight", "weight"]


def test_weights_of_another_type_say_it() -> None:
    net = Net()
    source, weights = net.input(shape=(1, 8)), net.constant((4, 8), "INT8")
    net.output(net.op("FULLY_CONNECTED", [source, weights, -1], shape=(1, 4)))
    assert texts(diagram_of(net).boxes[1]) == ["weights 4×8 int8"]


@pytest.mark.parametrize(
    ("op_type", "first", "formula"),
    [("MUL", False, "x × 0.5"), ("SUB", True, "0.5 − x"), ("MAXIMUM", False, "max(x, 0.5)"), ("POW", False, "x ^ 0.5")],
)
def test_arithmetic_with_a_number_is_a_formula(op_type: str, first: bool, formula: str) -> None:
    net = Net()
    terms = [net.input(), net.constant((), values=[0.5])]
    net.output(net.op(op_type, terms[::-1] if first else terms))
    assert texts(diagram_of(net).boxes[1]) == [formula]


def test_arithmetic_with_a_larger_constant_says_its_shape() -> None:
    net = Net()
    net.output(net.op("ADD", [net.input(), net.constant((1, 1, 1, 3))]))
    assert texts(diagram_of(net).boxes[1]) == ["x + [1×1×1×3]"]


def test_one_tensor_used_several_times_by_an_op_is_counted() -> None:
    net = Net()
    source = net.input()
    net.output(net.op("CONCATENATION", [source] * 9, options={"axis": 3}))
    assert texts(diagram_of(net).boxes[1]) == ["axis 3 · one input ×9"]


def test_a_strided_slice_reads_like_python() -> None:
    net = Net()
    settings = [net.constant((4,), "INT32", values) for values in ([0, 0, 0, 4], [0, 0, 0, 8], [1, 1, 2, 1])]
    source = net.input()
    net.output(net.op("STRIDED_SLICE", [source, *settings], options={"begin_mask": 7, "end_mask": 7}))
    assert texts(diagram_of(net).boxes[1]) == ["[:, :, ::2, 4:8]"]


def test_small_settings_are_said_by_value() -> None:
    net = Net()
    net.output(net.op("TRANSPOSE", [net.input(), net.constant((4,), "INT32", [0, 3, 1, 2])]))
    assert texts(diagram_of(net).boxes[1]) == ["permutation 0, 3, 1, 2"]


def test_an_op_with_many_constants_says_how_many_are_left_out() -> None:
    net = Net()
    net.output(net.op("LSTM", [net.input(), *(net.constant((4, 4)) for _ in range(12))]))
    assert texts(diagram_of(net).boxes[1])[-1] == "+ 8 more"


def test_an_input_says_its_name_shape_and_type() -> None:
    box = diagram_of(chain_net(1)).boxes[0]
    assert (box.title, texts(box)) == ("image", ["1×8×8×3 float32"])


def test_wires_between_ops_say_the_shape() -> None:
    assert [wire.label for wire in diagram_of(chain_net(3)).wires] == ["", "1×8×8×3", "1×8×8×3", ""]


def test_a_wire_says_the_type_where_it_changes() -> None:
    net = Net()
    stored = net.op("QUANTIZE", [net.input()], kind="INT8")
    net.output(net.op("RELU", [stored], kind="INT8"))
    assert diagram_of(net).wires[1].label == "1×8×8×3 int8"


def test_outputs_of_one_shape_share_a_label() -> None:
    net = Net()
    net.op("SPLIT", [net.input()], results=2, shape=(1, 4))
    net.output(net.op("RELU", [1]), net.op("RELU", [2]))
    assert [wire.label for wire in diagram_of(net).wires[1:3]] == ["2 × 1×4", ""]


def test_an_op_that_calls_subgraphs_has_a_line_for_each() -> None:
    net, condition, body = Net(), chain_net(1), chain_net(1)
    condition.name, body.name = "while_cond", "while_body"
    options = {"cond_subgraph_index": 1, "body_subgraph_index": 2}
    net.output(net.op("WHILE", [net.input()], options=options, subgraphs=(1, 2)))
    box = diagram_of(net, condition, body).boxes[1]
    assert (texts(box), box.calls) == (["cond: while_cond", "body: while_body"], (1, 2))


def half_weights() -> Net:
    """A convolution whose float16 weights pass through DEQUANTIZE."""
    net = Net()
    source, half = net.input(), net.constant((3, 3, 3, 3), "FLOAT16")
    wide = net.op("DEQUANTIZE", [half], shape=(3, 3, 3, 3))
    net.output(net.op("CONV_2D", [source, wide, -1], options={"padding": "SAME"}))
    return net


def test_unpacking_of_weights_is_drawn_with_the_op_that_uses_them() -> None:
    diagram = diagram_of(half_weights())
    assert texts(diagram.boxes[1]) == ["3×3 · same", "weights 3×3×3×3 float16 → float32"]
    assert diagram.box_of_op == (1, 1)


def test_unpacking_of_weights_can_be_drawn_apart() -> None:
    diagram = diagram_of(half_weights(), apart=True)
    assert [box.title for box in diagram.boxes] == ["image", "Dequantize", "Conv2D", "t3"]


def test_a_closed_group_is_one_box_with_a_summary() -> None:
    net = block_net(3, "block")
    diagram = diagram_of(net, collapsed=frozenset({"/block1#1"}))
    group = next(box for box in diagram.boxes if box.kind == "group")
    assert (group.title, texts(group)) == ("block1", ["4 ops", "Conv2D ×2, Add, ReLU"])
    assert dict(group.shares)[OpKind.CONVOLUTION] == 0.5


def test_wires_of_a_closed_group_lead_to_its_box() -> None:
    diagram = diagram_of(block_net(3, "block"), collapsed=frozenset({"/block1#1"}))
    assert {("op:3", "group:/block1#1"), ("group:/block1#1", "op:8"), ("group:/block1#1", "op:10")} <= edges(diagram)


def test_an_omitted_input_draws_no_wire() -> None:
    net = Net()
    net.output(net.op("ADD", [net.input(), -1]))
    assert len(diagram_of(net).wires) == 2


def test_an_input_that_is_an_output_is_joined_to_it() -> None:
    net = Net()
    net.output(net.input())
    assert edges(diagram_of(net)) == {("input:0", "output:0")}


def test_a_constant_output_says_so() -> None:
    net = Net()
    net.output(net.constant((2,)))
    assert texts(diagram_of(net).boxes[0])[-1] == "constant"


def test_a_tensor_made_twice_comes_from_the_first_op() -> None:
    net = Net()
    made = net.op("RELU", [net.input()])
    net.ops.append(Op(1, "ABS", 1, (0,), (made,)))
    net.output(made)
    assert ("op:0", f"output:{made}") in edges(diagram_of(net))


def test_an_op_that_reads_its_own_result_is_drawn_with_a_loop() -> None:
    net = Net()
    net.tensor()
    net.ops.append(Op(0, "RELU", 1, (0,), (0,)))
    assert edges(diagram_of(net)) == {("op:0", "op:0")}


def test_an_op_without_outputs_is_drawn() -> None:
    net = Net()
    net.op("ASSIGN_VARIABLE", [net.input()], results=0)
    assert [box.key for box in diagram_of(net).boxes] == ["input:0", "op:0"]


def test_a_subgraph_without_ops_has_only_its_interface() -> None:
    net = Net()
    net.input()
    assert [box.kind for box in diagram_of(net).boxes] == ["input"]


def test_a_very_long_name_is_cut() -> None:
    net = Net()
    net.output(net.op("RELU", [net.input("n" * 12_000)]))
    assert len(diagram_of(net).boxes[0].title) < 60


def test_every_op_has_a_box() -> None:
    diagram = diagram_of(block_net(5))
    assert sorted(diagram.box_of_op) == [n for n, box in enumerate(diagram.boxes) if box.kind == "op"]
