"""Parameters, MACs and bytes against hand counts, published figures and the manifests of real files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

import pytest
from models import (
    SAME,
    build_abpn,
    build_conv_net,
    build_custom,
    build_dynamic_range,
    build_dynamic_shape,
    build_fp16_weights,
    build_int4,
    build_multi_signature,
    build_sparse,
    build_variable,
    ramp,
    read_bytes,
)
from real_models import REFUSED, ManifestRow

from maistudio.tflite.costs import Costs, OpCost, count_costs
from maistudio.tflite.draft import GraphDraft, ModelDraft
from maistudio.tflite.model import Model
from maistudio.tflite.read import read_model
from maistudio.tflite.shapes import resolve_shapes

Shape = tuple[int, ...]


def costs_of(data: bytes, shapes: Mapping[str, Shape] | None = None) -> Costs:
    model = read_bytes(data)
    return count_costs(model, resolve_shapes(model, shapes or {}))


def real_costs(path: Path) -> Costs:
    model = read_model(path)
    return count_costs(model, resolve_shapes(model))


def one_op(
    op: str, source: Shape, constants: Sequence[Shape | None], result: Shape, options: Mapping[str, Any] | None = None
) -> OpCost:
    """The cost of one float op over an input and constants."""
    model = ModelDraft()
    graph = model.subgraph()
    inputs = [
        graph.input("in", "FLOAT32", source),
        *(-1 if shape is None else graph.constant("", "FLOAT32", shape, ramp(prod(shape))) for shape in constants),
    ]
    out = graph.tensor("out", "FLOAT32", result)
    graph.op(op, inputs, [out], options)
    graph.output(out)
    return costs_of(model.to_bytes()).ops[0][0]


def test_a_hand_counted_classifier_has_its_parameters() -> None:
    assert costs_of(build_conv_net()).params == 802


def test_a_hand_counted_classifier_has_its_macs() -> None:
    assert costs_of(build_conv_net()).macs == 8_128


def test_abpn_has_its_published_parameters() -> None:
    assert costs_of(build_abpn()).params == 42_539


def test_abpn_has_42345_macs_a_pixel() -> None:
    assert costs_of(build_abpn(8, 10)).macs == 42_345 * 8 * 10


TWO_RNNS = [(5, 6), (5, 5), (5,), (2, 5), (4, 6), (4, 4), (4,), (2, 4)]
"""Weights, recurrent weights, bias and state of 5 cells over vectors of 6, and of 4 cells the other way."""


@pytest.mark.parametrize(
    ("op", "source", "constants", "result", "options", "macs"),
    [
        ("CONV_2D", (2, 8, 6, 4), [(5, 3, 3, 4), (5,)], (2, 8, 6, 5), SAME, 2 * 8 * 6 * 5 * 3 * 3 * 4),
        ("CONV_2D", (1, 8, 6, 4), [(6, 3, 3, 2), (6,)], (1, 8, 6, 6), SAME, 8 * 6 * 6 * 3 * 3 * 2),
        ("DEPTHWISE_CONV_2D", (1, 8, 6, 4), [(1, 3, 5, 8), None], (1, 8, 6, 8), SAME, 8 * 6 * 8 * 3 * 5),
        ("CONV_3D", (1, 4, 8, 6, 2), [(2, 3, 3, 2, 5), None], (1, 4, 8, 6, 5), SAME, 4 * 8 * 6 * 5 * 2 * 3 * 3 * 2),
        ("FULLY_CONNECTED", (7, 6), [(5, 6), None], (7, 5), {}, 7 * 5 * 6),
        ("FULLY_CONNECTED", (2, 7, 6), [(5, 6), None], (2, 7, 5), {"keep_num_dims": True}, 2 * 7 * 5 * 6),
        ("BATCH_MATMUL", (3, 4, 6), [(6, 5)], (3, 4, 5), {}, 3 * 4 * 5 * 6),
        ("BATCH_MATMUL", (3, 6, 4), [(6, 5)], (3, 4, 5), {"adj_x": True}, 3 * 4 * 5 * 6),
        ("UNIDIRECTIONAL_SEQUENCE_RNN", (2, 7, 6), [(5, 6), (5, 5), (5,)], (2, 7, 5), {}, 2 * 7 * (5 * 6 + 5 * 5)),
        ("RNN", (2, 6), [(5, 6), (5, 5), (5,), (2, 5)], (2, 5), {}, 2 * (5 * 6 + 5 * 5)),
        ("BIDIRECTIONAL_SEQUENCE_RNN", (2, 7, 6), TWO_RNNS, (2, 7, 5), {}, 2 * 7 * (5 * 6 + 5 * 5 + 4 * 6 + 4 * 4)),
        (
            *("BIDIRECTIONAL_SEQUENCE_RNN", (2, 7, 6), [*TWO_RNNS, (2, 7, 3), (5, 3), (4, 3)], (2, 7, 5), {}),
            2 * 7 * (5 * 6 + 5 * 5 + 5 * 3 + 4 * 6 + 4 * 4 + 4 * 3),
        ),
        ("LSTM", (2, 6), [(2, 5), (20, 11), (20,), (2, 5)], (2, 5), {"kernel_type": "BASIC"}, 2 * 20 * 11),
        ("SVDF", (2, 6), [(8, 6), (8, 3), None], (2, 4), {"rank": 2}, 2 * (8 * 6 + 8 * 3)),
        (
            *("STABLEHLO_DOT_GENERAL", (2, 3, 4, 5), [(5, 7, 2)], (2, 3, 4, 7)),
            {"lhs_batching_dimensions": [0], "rhs_batching_dimensions": [2], "lhs_contracting_dimensions": [3],
             "rhs_contracting_dimensions": [0]},
            2 * 3 * 4 * 7 * 5,
        ),
        (
            *("STABLEHLO_CONVOLUTION", (1, 8, 6, 4), [(3, 3, 4, 5)], (1, 8, 6, 5)),
            {"kernel_output_feature_dimension": 3},
            8 * 6 * 5 * 3 * 3 * 4,
        ),
        ("MAX_POOL_2D", (1, 8, 6, 4), [], (1, 8, 6, 4), SAME | {"filter_width": 3, "filter_height": 3}, 0),
        ("ADD", (1, 8, 6, 4), [(4,)], (1, 8, 6, 4), {}, 0),
    ],
    ids=[
        *("conv", "grouped_conv", "depthwise_multiplier", "conv_3d", "dense", "dense_batched", "matmul"),
        *("matmul_adjoint", "sequence_rnn", "rnn", "two_rnns", "two_rnns_with_another_input", "basic_lstm", "svdf"),
        *("general_dot", "general_convolution", "pool", "add"),
    ],
)  # fmt: skip
def test_macs_follow_from_the_shapes(
    op: str,
    source: Shape,
    constants: Sequence[Shape | None],
    result: Shape,
    options: Mapping[str, Any],
    macs: int,
) -> None:
    assert one_op(op, source, constants, result, options).macs == macs


def test_a_transposed_convolution_spreads_each_input_over_its_window() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    shape = graph.constant("shape", "INT32", (4,), [1, 16, 12, 5])
    weights = graph.constant("weights", "FLOAT32", (5, 3, 3, 4), ramp(180))
    source = graph.input("in", "FLOAT32", (1, 8, 6, 4))
    out = graph.tensor("out", "FLOAT32", (1, 16, 12, 5))
    graph.op("TRANSPOSE_CONV", [shape, weights, source], [out], {"padding": "SAME", "stride_w": 2, "stride_h": 2})
    cost = costs_of(model.to_bytes()).ops[0][0]
    assert (cost.macs, cost.params) == (8 * 6 * 4 * 5 * 3 * 3, 180)


def test_a_transposed_convolution_of_volumes_spreads_each_input_over_its_window() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    shape = graph.constant("shape", "INT32", (5,), [1, 8, 6, 4, 5])
    weights = graph.constant("weights", "FLOAT32", (2, 3, 3, 5, 6), ramp(540))
    source = graph.input("in", "FLOAT32", (1, 4, 3, 2, 6))
    out = graph.tensor("out", "FLOAT32", (1, 8, 6, 4, 5))
    options = {"padding": "SAME", "stride_d": 2, "stride_w": 2, "stride_h": 2}
    graph.op("CONV_3D_TRANSPOSE", [shape, weights, source], [out], options)
    cost = costs_of(model.to_bytes()).ops[0][0]
    assert (cost.macs, cost.params) == (4 * 3 * 2 * 6 * 5 * 2 * 3 * 3, 540)


def lstm(graph: GraphDraft, with_input_gate: bool) -> None:
    """An LSTM of 5 cells projected to 3 values, over 2 × 7 vectors of 6."""
    source = graph.input("in", "FLOAT32", (2, 7, 6))

    def constants(*shapes: Shape) -> list[int]:
        return [graph.constant("", "FLOAT32", shape, ramp(prod(shape))) for shape in shapes]

    gates = 4 if with_input_gate else 3
    omitted = [-1] * (4 - gates)
    weights = [*omitted, *constants(*[(5, 6)] * gates), *omitted, *constants(*[(5, 3)] * gates), -1, -1, -1]
    biases = [*omitted, *constants(*[(5,)] * gates)]
    states = [graph.tensor("", "FLOAT32", shape, is_variable=True) for shape in ((2, 3), (2, 5))]
    out = graph.tensor("out", "FLOAT32", (2, 7, 3))
    inputs = [source, *weights, *biases, *constants((3, 5)), -1, *states]
    graph.op("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, [out], {"fused_activation_function": "TANH"})


@pytest.mark.parametrize(("with_input_gate", "gates"), [(True, 4), (False, 3)], ids=["full", "coupled"])
def test_an_lstm_multiplies_each_of_its_matrices_once_a_step(with_input_gate: bool, gates: int) -> None:
    model = ModelDraft()
    lstm(model.subgraph(), with_input_gate)
    assert costs_of(model.to_bytes()).macs == 2 * 7 * (gates * (5 * 6 + 5 * 3) + 3 * 5)


def two_lstms(graph: GraphDraft) -> None:
    """5 cells projected to 3 values one way, 4 cells the other way, over 2 × 7 vectors of 6 beside vectors of 2."""
    forward = [*[(5, 6)] * 4, *[(5, 3)] * 4, *[None] * 3, *[(5,)] * 4, (3, 5), None]
    backward = [*[(4, 6)] * 4, *[(4, 4)] * 4, *[None] * 3, *[(4,)] * 4, None, None]
    states = [graph.tensor("", "FLOAT32", shape, is_variable=True) for shape in ((2, 3), (2, 5), (2, 4), (2, 4))]
    placed = [
        -1 if shape is None else graph.constant("", "FLOAT32", shape, ramp(prod(shape)))
        for shape in (*forward, *backward, *[(5, 2)] * 4, *[(4, 2)] * 4)
    ]
    source, beside = graph.input("in", "FLOAT32", (2, 7, 6)), graph.input("beside", "FLOAT32", (2, 7, 2))
    out = graph.tensor("out", "FLOAT32", (2, 7, 7))
    graph.op("BIDIRECTIONAL_SEQUENCE_LSTM", [source, *placed[:34], *states, beside, *placed[34:]], [out], {})


def test_a_pair_of_lstms_multiplies_the_matrices_of_both_once_a_step() -> None:
    model = ModelDraft()
    two_lstms(model.subgraph())
    forward = 4 * (5 * 6 + 5 * 3 + 5 * 2) + 3 * 5
    backward = 4 * (4 * 6 + 4 * 4 + 4 * 2)
    assert costs_of(model.to_bytes()).macs == 2 * 7 * (forward + backward)


def test_shapes_axes_and_paddings_are_no_parameters() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4, 4, 2))
    paddings = graph.constant("paddings", "INT32", (4, 2), [0, 0, 1, 1, 1, 1, 0, 0])
    axes = graph.constant("axes", "INT32", (2,), [1, 2])
    padded, mean = graph.tensor("padded", "FLOAT32", (1, 6, 6, 2)), graph.tensor("mean", "FLOAT32", (1, 2))
    graph.op("PAD", [source, paddings], [padded], {})
    graph.op("MEAN", [padded, axes], [mean], {})
    assert costs_of(model.to_bytes()).params == 0


def test_a_number_that_scales_or_clips_is_no_parameter() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    tensor = graph.input("in", "FLOAT32", (1, 4))
    for op in ("MUL", "ADD", "MINIMUM", "MAXIMUM"):
        result = graph.tensor(op, "FLOAT32", (1, 4))
        graph.op(op, [tensor, graph.constant("", "FLOAT32", (), [0.5])], [result], {})
        tensor = result
    assert costs_of(model.to_bytes()).params == 0


def test_slopes_and_scales_per_channel_are_parameters() -> None:
    assert one_op("PRELU", (1, 8, 6, 4), [(1, 1, 4)], (1, 8, 6, 4)).params == 4
    assert one_op("MUL", (1, 8, 6, 4), [(4,)], (1, 8, 6, 4), {}).params == 4


@pytest.mark.parametrize(("op", "shape"), [("GATHER", (3,)), ("GATHER_ND", (3, 1))])
def test_a_table_is_a_parameter_and_the_indices_into_it_are_not(op: str, shape: Shape) -> None:
    model = ModelDraft()
    graph = model.subgraph()
    table = graph.constant("table", "FLOAT32", (10, 4), ramp(40))
    indices = graph.constant("indices", "INT32", shape, [1, 2, 3])
    graph.op(op, [table, indices], [graph.tensor("out", "FLOAT32", (3, 4))], {})
    assert costs_of(model.to_bytes()).params == 40


def matrices(graph: GraphDraft, weights: Sequence[int], biases: Sequence[int]) -> None:
    """Fully connected layers 4 → 4, one after the other, with these weights and biases."""
    tensor = graph.input("in", "FLOAT32", (1, 4))
    for matrix, bias in zip(weights, biases, strict=True):
        result = graph.tensor("", "FLOAT32", (1, 4))
        graph.op("FULLY_CONNECTED", [tensor, matrix, bias], [result], {})
        tensor = result


def test_weights_that_several_ops_share_count_once() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    shared = graph.constant("shared", "FLOAT32", (4, 4), ramp(16))
    matrices(graph, [shared] * 3, [-1] * 3)
    assert costs_of(model.to_bytes()).params == 16


def test_weights_of_one_buffer_count_once() -> None:
    assert costs_of(build_multi_signature()).params == 4


def test_equal_biases_that_the_converter_merged_count_for_each_layer() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    layers = [graph.constant(name, "FLOAT32", (4, 4), ramp(16)) for name in "abc"]
    zeros = graph.constant("zeros", "FLOAT32", (4,), [0.0] * 4)
    matrices(graph, layers, [zeros] * 3)
    assert costs_of(model.to_bytes()).params == 3 * (16 + 4)


def test_merged_biases_are_stored_once() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    layers = [graph.constant(name, "FLOAT32", (4, 4), ramp(16)) for name in "abc"]
    zeros = graph.constant("zeros", "FLOAT32", (4,), [0.0] * 4)
    matrices(graph, layers, [zeros] * 3)
    assert costs_of(model.to_bytes()).weight_bytes == 4 * (3 * 16 + 4)


def test_float16_weights_count_where_they_are_used_and_once() -> None:
    costs = costs_of(build_fp16_weights())
    assert (costs.params, [op.params for op in costs.ops[0]]) == (112, [0, 0, 112])


def test_float16_weights_take_two_bytes_each() -> None:
    assert costs_of(build_fp16_weights()).weight_bytes_by_type == {"FLOAT16": 224}


def test_int4_weights_take_half_a_byte_each() -> None:
    assert costs_of(build_int4()).weight_bytes_by_type == {"INT4": 128}


def test_sparse_weights_count_with_their_zeros_and_weigh_without() -> None:
    costs = costs_of(build_sparse())
    assert (costs.params, costs.weight_bytes) == (16, 48)


def variable_weights(values_at_start: int) -> bytes:
    """A layer 4 → 4 whose weights are a variable, to which as many constants are assigned while the model starts."""
    model = ModelDraft()
    variable = {"container": "", "shared_name": "weights"}
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4))
    graph.op("CALL_ONCE", [], [], {"init_subgraph_index": 1})
    handle, value = graph.tensor("handle", "RESOURCE", ()), graph.tensor("value", "FLOAT32", (4, 4))
    graph.op("VAR_HANDLE", [], [handle], variable)
    graph.op("READ_VARIABLE", [handle], [value], {})
    graph.op("FULLY_CONNECTED", [source, value, -1], [graph.tensor("out", "FLOAT32", (1, 4))], {})
    init = model.subgraph("init")
    init_handle = init.tensor("handle", "RESOURCE", ())
    init.op("VAR_HANDLE", [], [init_handle], variable)
    for _ in range(values_at_start):
        init.op("ASSIGN_VARIABLE", [init_handle, init.constant("value", "FLOAT32", (4, 4), ramp(16))], [], {})
    return model.to_bytes()


def test_a_variable_set_once_at_start_holds_parameters() -> None:
    assert costs_of(variable_weights(1)).params == 16


@pytest.mark.parametrize("values_at_start", [0, 2])
def test_a_variable_that_has_no_one_value_at_start_holds_none(values_at_start: int) -> None:
    assert costs_of(variable_weights(values_at_start)).params == 0


def test_a_variable_that_nothing_computes_with_holds_none() -> None:
    assert costs_of(build_variable()).params == 0


def test_weights_handed_to_a_loop_count_where_the_body_uses_them() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 4))
    weights = graph.constant("weights", "FLOAT32", (4, 4), ramp(16))
    results = [graph.tensor("", "FLOAT32", shape) for shape in ((1, 4), (4, 4))]
    graph.op("WHILE", [source, weights], results, {"cond_subgraph_index": 1, "body_subgraph_index": 2})
    for name in ("cond", "body"):
        part = model.subgraph(name)
        state, matrix = part.input("state", "FLOAT32", (1, 4)), part.input("matrix", "FLOAT32", (4, 4))
        if name == "cond":
            part.output(part.constant("yes", "BOOL", (), [1]))
        else:
            out = part.tensor("out", "FLOAT32", (1, 4))
            part.op("FULLY_CONNECTED", [state, matrix, -1], [out], {})
            part.output(out, matrix)
    costs = costs_of(model.to_bytes())
    assert (costs.params, costs.ops[2][0].params) == (16, 16)


def test_weights_handed_to_branches_count_where_each_uses_them() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    choice, source = graph.input("choice", "BOOL", (1,)), graph.input("in", "FLOAT32", (1, 4))
    weights = [graph.constant(name, "FLOAT32", (4, 4), ramp(16, start=start)) for start, name in enumerate("ab")]
    result = graph.tensor("out", "FLOAT32", (1, 4))
    options = {"then_subgraph_index": 1, "else_subgraph_index": 2}
    graph.op("IF", [choice, source, *weights], [result], options)
    for used in (1, 2):
        part = model.subgraph()
        given = [part.input("", "FLOAT32", shape) for shape in ((1, 4), (4, 4), (4, 4))]
        out = part.tensor("", "FLOAT32", (1, 4))
        part.op("FULLY_CONNECTED", [given[0], given[used], -1], [out], {})
        part.output(out)
    costs = costs_of(model.to_bytes())
    assert (costs.params, costs.ops[1][0].params, costs.ops[2][0].params) == (32, 16, 16)


def test_an_op_reads_and_writes_its_activations_only() -> None:
    cost = costs_of(build_dynamic_range()).ops[0][0]
    assert (cost.input_bytes, cost.output_bytes, cost.activation_bytes) == (256, 16, 272)


def test_a_tensor_read_twice_is_counted_once() -> None:
    assert costs_of(build_abpn()).ops[0][0].input_bytes == 8 * 8 * 3 * 4


def test_macs_hold_at_the_shape_in_the_file() -> None:
    costs = costs_of(build_dynamic_shape())
    assert (costs.macs, costs.macs_at_shape) == (108, {"image": (1, 1, 1, 3)})


def test_macs_hold_at_the_given_shape() -> None:
    costs = costs_of(build_dynamic_shape(), {"image": (1, 20, 30, 3)})
    assert (costs.macs, costs.macs_at_shape) == (108 * 20 * 30, {"image": (1, 20, 30, 3)})


def test_nobody_can_count_the_macs_of_a_custom_op() -> None:
    costs = costs_of(build_custom())
    assert (costs.macs, costs.uncounted) == (None, ((0, 0),))


def test_what_can_be_counted_beside_a_custom_op_is() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    matrices(graph, [graph.constant("weights", "FLOAT32", (4, 4), ramp(16))], [-1])
    graph.custom_op("Mystery", [0], [graph.tensor("", "FLOAT32", (1, 4))])
    costs = costs_of(model.to_bytes())
    assert (costs.macs, costs.uncounted) == (16, ((0, 1),))


@pytest.mark.parametrize(
    ("name", "params", "macs"),
    [
        ("challenge/NJU-Jet__SR_Mobile_Quantization__base7_D4C28_bs16ps64_lr1e-3_time.tflite", 42_539, 9_756_288_000),
        ("large/sr_abpn_x3_360x640_fp32.tflite", 42_539, 9_756_288_000),
        ("large/sr_abpn_x3_360x640_fp16.tflite", 42_539, 9_756_288_000),
        ("large/sr_abpn_x3_360x640_int8.tflite", 42_539, 9_756_288_000),
        ("large/mobilenetv2_224_fp32.tflite", 3_486_816, 300_774_272),
        ("large/mobilenetv2_224_int8.tflite", 3_486_816, 300_774_272),
    ],
)
def test_real_files_have_their_published_figures(
    real_file: Callable[[str], Path], name: str, params: int, macs: int
) -> None:
    """ABPN: 42,539 as published. MobileNetV2 1.0/224: 3.5 M and 300 M, with batch norms folded in and no bias of
    the classifier in these files."""
    costs = real_costs(real_file(name))
    assert (costs.params, costs.macs) == (params, macs)


BEYOND_THE_MANIFEST = {
    # Int32 biases of quantized layers, which the manifests leave out.
    "NJU-Jet__SR_Mobile_Quantization__base7_D4C28_bs16ps64_lr1e-3.tflite": 194,
    "NJU-Jet__SR_Mobile_Quantization__base7_D4C28_bs16ps64_lr1e-3_time.tflite": 194,
    "Algolzw__NCNet__model.tflite": 241,
    "Algolzw__NCNet__model_none_float.tflite": 241,
    "ECNUSR__PureConvSR-AIM2022__trial24__model.tflite": 182,
    "ECNUSR__PureConvSR-AIM2022__trial24__model_none.tflite": 182,
    "test_data__keras_lstm_mnist_ptq.tflite": 90,
    "test_data__movenet_single_pose_lightning_ptq.tflite": 18_006,
    "test_data__posenet_mobilenet_v1_075_353_481_16_quant_decoder.tflite": 7_171,
    "test_data__deeplabv3_mnv2_dm05_pascal_quant.tflite": 8_677,
    # The same, and int16 layer norms.
    "LiteRT__lstm_quantized.tflite": 18,
    "LiteRT__lstm_quantized2.tflite": 14,
    # Int16 weights, likewise left out.
    "LiteRT__MTKEXT_CONV_2D.tflite": 126,
    # Zero biases that several layers share count for each of them.
    "ECNUSR__PureConvSR-AIM2022__trial24__model_none_float.tflite": 87,
    "LiteRT__torchaudio_conformer.tflite": 80,
    # Scales of blockwise quantization are no parameters.
    "LiteRT__blockwise_quantized.tflite": -2,
    "LiteRT__qwen_fc_blockwise_quantized.tflite": -32_768,
    # Two signatures share every weight.
    "ai-edge-quantizer__toy_model_with_kv_cache_multi_signature.tflite": -186_370,
    # The first value of a variable that the model overwrites is a state.
    "LiteRT__resource_vars_calibrated.tflite": -25,
    # A compiled program and its packed memory, as plain bytes.
    "tflite-micro__person_detect_vela.tflite": -268_648,
}
"""Parameters less the manifest's count of constant elements, where they differ."""


def test_parameters_of_real_files_are_their_constants_but_for_known_reasons(
    manifest_rows: Sequence[ManifestRow],
) -> None:
    readable = [(path, row) for path, row in manifest_rows if path.name not in REFUSED]
    stated = {path: int(row["const_elements"]) for path, row in readable if row.get("const_elements")}
    differences = {path.name: real_costs(path).params - constants for path, constants in stated.items()}
    expected = {path.name: BEYOND_THE_MANIFEST.get(path.name, 0) for path in stated}
    assert differences == expected


def test_a_damaged_shape_never_makes_more_parameters_than_the_buffer_holds() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    weights = graph.constant("weights", "FLOAT32", (2**30, 2**30), bytes(64))
    matrices(graph, [weights], [-1])
    assert costs_of(model.to_bytes()).params == 16


def test_an_empty_model_costs_nothing() -> None:
    model: Model = read_bytes(ModelDraft().to_bytes())
    costs = count_costs(model, resolve_shapes(model))
    assert (costs.params, costs.macs, costs.weight_bytes) == (0, 0, 0)
