"""The VS680: what vx-delegate's op map refuses, and the engine SyNAP's table gives for the rest."""

from __future__ import annotations

from typing import Any

import pytest
from models import read_bytes
from target_files import facts_of

from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.profile import Target
from maistudio.targets.report import report_on
from maistudio.targets.values import OpReport, Verdict
from maistudio.tflite.draft import GraphDraft, ModelDraft, per_channel, per_tensor

HALF = per_tensor(0.5)
QUANTIZED: dict[str, Any] = {"UINT8": HALF, "INT8": HALF, "INT16": HALF}
Spec = tuple[Any, ...]
"""(type, shape[, values]): a constant where it has values; 8-bit types are quantized."""


@pytest.fixture(scope="module")
def vs680() -> Target:
    return shipped_targets(["synaptics-vs680"])[0]


def op_on(
    target: Target,
    op_type: str,
    inputs: list[Spec],
    outputs: list[Spec],
    options: dict[str, Any] | None = None,
    quantized: dict[str, Any] = QUANTIZED,
) -> OpReport:
    model = ModelDraft()
    graph = model.subgraph()
    ins = [_tensor(graph, f"in{place}", quantized, *each) for place, each in enumerate(inputs)]
    outs = [_tensor(graph, f"out{place}", quantized, *each) for place, each in enumerate(outputs)]
    graph.values["inputs"] += [index for index, each in zip(ins, inputs, strict=True) if len(each) < 3]
    graph.op(op_type, ins, outs, options)
    graph.output(*outs)
    return report_on(facts_of(read_bytes(model.to_bytes())), target).ops[0]


def _tensor(graph: GraphDraft, name: str, quantized: dict[str, Any], kind: str, shape: Any, values: Any = None) -> int:
    quantization = quantized.get(kind)
    if values is None:
        return graph.tensor(name, kind, shape, quantization=quantization)
    return graph.constant(name, kind, shape, values, quantization=quantization)


def conv_on(
    target: Target,
    kind: str = "UINT8",
    kernel: int = 3,
    stride: int = 1,
    dilation: int = 1,
    op_type: str = "CONV_2D",
    weights: str = "",
    batch: int = 1,
    channels: int = 4,
    of_weights: dict[str, Any] | None = None,
) -> OpReport:
    """A convolution on a picture that is large enough, with four outputs."""
    size = 64 // stride
    shape = (4, kernel, kernel, 4) if op_type == "CONV_2D" else (1, kernel, kernel, 4)
    model = ModelDraft()
    graph = model.subgraph()
    fields = {"quantization": HALF} if kind in QUANTIZED else {}
    source = graph.input("in", kind, (batch, 64, 64, channels), **fields)
    count = shape[0] * kernel * kernel * 4
    of = of_weights or HALF if (weights or kind) in QUANTIZED else None
    taps = graph.constant("weights", weights or kind, shape, [1] * count, quantization=of)
    out = graph.tensor("out", kind, (batch, size, size, 4), **fields)
    options = {
        "padding": "SAME", "stride_w": stride, "stride_h": stride, "dilation_w_factor": dilation,
        "dilation_h_factor": dilation,
    }  # fmt: skip
    graph.op(op_type, [source, taps], [out], options)
    graph.output(out)
    return report_on(facts_of(read_bytes(model.to_bytes())), target).ops[0]


def unit(op: OpReport) -> str:
    assert op.verdict is Verdict.RUNS, op.reason
    return op.rule.unit


class TestConvolution:
    def test_of_uint8_runs_on_the_nn_engine(self, vs680: Target) -> None:
        assert unit(conv_on(vs680)) == "NN"

    def test_of_int8_runs_on_the_nn_engine_with_the_shader(self, vs680: Target) -> None:
        assert unit(conv_on(vs680, "INT8")) == "NN + PPU"

    @pytest.mark.parametrize("kind", ["FLOAT32", "FLOAT16"])
    def test_of_floats_runs_on_the_slow_shader(self, kind: str, vs680: Target) -> None:
        assert unit(conv_on(vs680, kind)) == "PPU"

    @pytest.mark.parametrize(
        ("kernel", "stride", "dilation", "engine"),
        [
            (15, 1, 1, "NN"), (16, 1, 1, "TP"), (3, 2, 1, "TP"), (3, 1, 7, "NN"), (3, 1, 8, "TP"), (1, 1, 20, "NN"),
        ],
    )  # fmt: skip
    def test_the_nn_engine_takes_stride_1_and_kernels_of_15_dilation_and_all(
        self, kernel: int, stride: int, dilation: int, engine: str, vs680: Target
    ) -> None:
        assert unit(conv_on(vs680, kernel=kernel, stride=stride, dilation=dilation)) == engine

    def test_depthwise_runs_as_others_do(self, vs680: Target) -> None:
        assert unit(conv_on(vs680, op_type="DEPTHWISE_CONV_2D")) == "NN"
        assert unit(conv_on(vs680, op_type="DEPTHWISE_CONV_2D", stride=2)) == "TP"

    def test_with_weights_of_another_type_is_refused(self, vs680: Target) -> None:
        op = conv_on(vs680, "FLOAT32", weights="INT8")
        assert (op.verdict, op.reason) == (Verdict.REFUSED, "its input and its weights differ in type")

    def test_in_groups_is_refused_for_several_pictures(self, vs680: Target) -> None:
        assert conv_on(vs680, channels=8, batch=2).verdict is Verdict.REFUSED
        assert unit(conv_on(vs680, channels=8)) == "NN"
        assert unit(conv_on(vs680, batch=2)) == "NN"

    def test_kernels_the_table_does_not_list_are_unknown(self, vs680: Target) -> None:
        skewed = conv_on(vs680, "INT8", of_weights=per_tensor(0.5, 3))
        sliced = conv_on(vs680, "UINT8", of_weights=per_channel([0.5] * 4, 0))
        assert (skewed.verdict, sliced.verdict) == (Verdict.UNKNOWN, Verdict.UNKNOWN)

    def test_int8_kernels_per_channel_are_listed(self, vs680: Target) -> None:
        assert unit(conv_on(vs680, "INT8", of_weights=per_channel([0.5] * 4, 0))) == "NN + PPU"


SAME = (1, 4, 4, 4)


@pytest.mark.parametrize(
    ("op_type", "inputs", "engines"),
    [
        ("ADD", 2, ("NN", "NN", "PPU", "PPU")),
        ("SUB", 2, ("NN", "NN", "PPU", "PPU")),
        ("MUL", 2, ("PPU", "PPU", "PPU", "PPU")),
        ("RELU", 1, ("TP", "TP", "TP", "PPU")),
        ("LEAKY_RELU", 1, ("TP", "TP", "TP", "PPU")),
        ("LOGISTIC", 1, ("TP", "TP", "TP", "PPU")),
        ("TANH", 1, ("TP", "TP", "TP", "PPU")),
        ("ELU", 1, ("TP + PPU",) * 4),
        ("GELU", 1, ("TP + PPU", "TP + PPU", "TP + PPU", "PPU")),
        ("NEG", 1, ("TP + PPU", "TP + PPU", "TP + PPU", "PPU")),
        ("MAX_POOL_2D", 1, ("NN + TP", "NN + TP", "TP", "PPU")),
        ("SOFTMAX", 1, ("PPU",) * 4),
        ("EXP", 1, ("PPU",) * 4),
        ("MINIMUM", 2, ("PPU",) * 4),
        ("DEPTH_TO_SPACE", 1, ("TP", "TP", "TP", "PPU")),
        ("SPACE_TO_DEPTH", 1, ("TP", "TP", "TP", "PPU")),
        ("CONCATENATION", 2, ("TP", "TP", "TP", "PPU")),
        ("SQUEEZE", 1, ("TP", "TP", "TP", "PPU")),
    ],
)
def test_the_engine_follows_from_the_layer_and_the_type(
    op_type: str, inputs: int, engines: tuple[str, ...], vs680: Target
) -> None:
    kinds = ("UINT8", "INT8", "FLOAT16", "FLOAT32")
    assert tuple(unit(op_on(vs680, op_type, [(kind, SAME)] * inputs, [(kind, SAME)])) for kind in kinds) == engines


def test_a_split_runs_where_its_pieces_are_moved(vs680: Target) -> None:
    axis, half = ("INT32", (1,), [3]), (1, 4, 4, 2)
    op = op_on(vs680, "SPLIT", [axis, ("UINT8", SAME)], [("UINT8", half)] * 2, {"num_splits": 2})
    assert unit(op) == "TP"


def test_a_resize_runs_on_the_shader_whatever_its_type(vs680: Target) -> None:
    size = ("INT32", (2,), [8, 8])
    op = op_on(vs680, "RESIZE_NEAREST_NEIGHBOR", [("UINT8", SAME), size], [("UINT8", (1, 8, 8, 4))], {})
    assert unit(op) == "PPU"


def test_a_fully_connected_layer_has_no_float16_row(vs680: Target) -> None:
    weights, out = (4, 4), (1, 4)
    for kind, wanted in (("UINT8", "TP"), ("FLOAT32", "PPU")):
        op = op_on(vs680, "FULLY_CONNECTED", [(kind, (1, 4)), (kind, weights, [1] * 16)], [(kind, out)], {})
        assert unit(op) == wanted
    half = op_on(
        vs680, "FULLY_CONNECTED", [("FLOAT16", (1, 4)), ("FLOAT16", weights, [1] * 16)], [("FLOAT16", out)], {}
    )
    assert half.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("kind", "scales", "verdict"),
    [
        ("UINT8", HALF, Verdict.RUNS),
        ("UINT8", per_channel([0.5] * 4, 0), Verdict.UNKNOWN),
        ("INT8", HALF, Verdict.RUNS),
        ("INT8", per_channel([0.5] * 4, 0), Verdict.RUNS),
        ("INT8", per_tensor(0.5, 3), Verdict.UNKNOWN),
    ],
)
@pytest.mark.parametrize("op_type", ["TRANSPOSE_CONV", "FULLY_CONNECTED"])
def test_kernels_are_quantized_as_in_the_table(
    op_type: str, kind: str, scales: Any, verdict: Verdict, vs680: Target
) -> None:
    flat = op_type == "FULLY_CONNECTED"
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", kind, (1, 4) if flat else SAME, quantization=HALF)
    kernel = graph.constant("kernel", kind, (4, 4) if flat else (4, 1, 1, 4), [1] * 16, quantization=scales)
    out = graph.tensor("out", kind, (1, 4) if flat else SAME, quantization=HALF)
    sizes = graph.constant("sizes", "INT32", (4,), list(SAME))
    graph.op(op_type, [source, kernel] if flat else [sizes, kernel, source], [out], {})
    graph.output(out)
    assert report_on(facts_of(read_bytes(model.to_bytes())), vs680).ops[0].rule.verdict is verdict


def test_a_transposed_convolution_has_input_and_kernel_of_one_type(vs680: Target) -> None:
    op = op_on(vs680, "TRANSPOSE_CONV", [PLACE, ("INT8", (4, 1, 1, 4), [1] * 16), F], [F], {})
    assert op.verdict is Verdict.UNKNOWN
    assert "one type alone" in op.reason


def test_a_type_without_a_row_is_unknown(vs680: Target) -> None:
    op = op_on(vs680, "ADD", [("INT32", SAME)] * 2, [("INT32", SAME)])
    assert op.verdict is Verdict.UNKNOWN
    assert op.reason.startswith("SyNAP's table of engines has no row for it")


def test_8_bits_without_a_scale_are_unknown(vs680: Target) -> None:
    assert op_on(vs680, "RELU", [("UINT8", SAME)], [("UINT8", SAME)], quantized={}).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("op_type", ["CONV_3D", "SQUARED_DIFFERENCE", "HASHTABLE_LOOKUP"])
def test_a_layer_without_a_row_is_unknown(op_type: str, vs680: Target) -> None:
    weights = ("FLOAT32", SAME, [1.0] * 64)
    assert op_on(vs680, op_type, [("FLOAT32", SAME), weights], [("FLOAT32", SAME)]).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("op_type", ["TILE", "TOPK_V2", "PADV2", "FILL", "IF", "WHILE", "LSTM", "CEIL", "LOG_SOFTMAX"])
def test_what_the_op_map_lacks_is_refused(op_type: str, vs680: Target) -> None:
    op = op_on(vs680, op_type, [("FLOAT32", SAME)], [("FLOAT32", SAME)])
    assert (op.verdict, op.reason) == (Verdict.REFUSED, f"vx-delegate's op map has no {op_type}")


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ([("INT64", SAME)], [("FLOAT32", SAME)]),
        ([("STRING", (4,))], [("FLOAT32", SAME)]),
        ([("FLOAT32", SAME)], [("INT16", SAME)]),
        ([("FLOAT32", SAME)], [("INT64", SAME)]),
        ([("FLOAT32", (1, 1, 1, 1, 1, 1, 1))], [("FLOAT32", (1, 1, 1, 1, 1, 1, 1))]),
        ([("FLOAT32", (1, 0, 4))], [("FLOAT32", (1, 0, 4))]),
        ([("FLOAT32", (1, 65536, 4))], [("FLOAT32", (1, 65536, 4))]),
    ],
    ids=["int64 in", "text in", "int16 out", "int64 out", "rank 7", "empty", "65,536 wide"],
)
def test_what_no_op_may_have_is_refused(inputs: list[Spec], outputs: list[Spec], vs680: Target) -> None:
    assert op_on(vs680, "RELU", inputs, outputs).verdict is Verdict.REFUSED


def test_a_first_size_may_be_large_and_a_rank_6(vs680: Target) -> None:
    assert unit(op_on(vs680, "RELU", [("FLOAT32", (65536, 4))], [("FLOAT32", (65536, 4))])) == "PPU"
    deep = ("FLOAT32", (1, 1, 1, 1, 1, 4))
    assert unit(op_on(vs680, "RELU", [deep], [deep])) == "PPU"


F = ("FLOAT32", SAME)
PLACE = ("INT32", (4,), [0, 0, 0, 0])
COMPUTED = ("INT32", (4,))
ONES = ("INT32", (4,), [1, 1, 1, 1])


@pytest.mark.parametrize(
    ("op_type", "taken", "refused", "options"),
    [
        ("RESHAPE", [F, PLACE], [F, COMPUTED], None),
        ("EXPAND_DIMS", [F, PLACE], [F, COMPUTED], None),
        ("MEAN", [F, PLACE], [F, COMPUTED], {}),
        ("REVERSE_V2", [F, PLACE], [F, COMPUTED], None),
        ("RESIZE_BILINEAR", [F, PLACE], [F, COMPUTED], {}),
        ("SLICE", [F, PLACE, ONES], [F, COMPUTED, ONES], None),
        ("SLICE", [F, PLACE, ONES], [F, PLACE, COMPUTED], None),
        ("STRIDED_SLICE", [F, PLACE, ONES, ONES], [F, PLACE, COMPUTED, ONES], {}),
        ("ONE_HOT", [F, PLACE], [F, COMPUTED], {}),
    ],
)
def test_what_shapes_the_output_must_be_a_constant(
    op_type: str, taken: list[Spec], refused: list[Spec], options: dict[str, Any] | None, vs680: Target
) -> None:
    assert op_on(vs680, op_type, taken, [F], options).verdict is Verdict.RUNS
    assert op_on(vs680, op_type, refused, [F], options).verdict is Verdict.REFUSED


@pytest.mark.parametrize("mask", ["new_axis_mask", "ellipsis_mask"])
def test_a_strided_slice_without_new_axes_and_ellipses_is_taken(mask: str, vs680: Target) -> None:
    inputs = [F, PLACE, ONES, ONES]
    assert op_on(vs680, "STRIDED_SLICE", inputs, [F], {mask: 1}).verdict is Verdict.REFUSED
    assert op_on(vs680, "STRIDED_SLICE", inputs, [F], {"shrink_axis_mask": 1}).verdict is Verdict.RUNS


def test_a_slice_must_not_cut_the_batch(vs680: Target) -> None:
    two, one = ("FLOAT32", (2, 4, 4, 4)), ("FLOAT32", (1, 4, 4, 4))
    assert op_on(vs680, "SLICE", [two, PLACE, ONES], [one]).verdict is Verdict.REFUSED
    flat, row = ("FLOAT32", (2, 4, 4)), ("FLOAT32", (1, 4, 4))
    assert op_on(vs680, "SLICE", [flat, PLACE, ONES], [row]).verdict is Verdict.RUNS


@pytest.mark.parametrize("op_type", ["SPACE_TO_DEPTH", "DEPTH_TO_SPACE", "SPLIT_V"])
def test_8_bits_without_a_scale_are_refused_by_ops_that_say_so(op_type: str, vs680: Target) -> None:
    assert op_on(vs680, op_type, [("INT8", SAME)], [("INT8", SAME)], quantized={}).verdict is Verdict.REFUSED


def test_select_takes_one_rank_and_no_8_bits(vs680: Target) -> None:
    pick = ("BOOL", SAME)
    assert op_on(vs680, "SELECT_V2", [pick, F, F], [F]).verdict is Verdict.RUNS
    assert op_on(vs680, "SELECT_V2", [("BOOL", (4,)), F, F], [F]).verdict is Verdict.REFUSED
    eight = ("INT8", SAME)
    assert op_on(vs680, "SELECT_V2", [pick, eight, eight], [eight]).verdict is Verdict.REFUSED


def test_matrices_are_not_multiplied_across_types_or_both_transposed(vs680: Target) -> None:
    flat, eight = ("FLOAT32", (4, 4)), ("INT8", (4, 4))
    assert op_on(vs680, "BATCH_MATMUL", [flat, flat], [flat], {"adj_x": True}).verdict is Verdict.RUNS
    assert op_on(vs680, "BATCH_MATMUL", [flat, eight], [flat], {}).verdict is Verdict.REFUSED
    assert op_on(vs680, "BATCH_MATMUL", [flat, flat], [flat], {"adj_x": True, "adj_y": True}).verdict is Verdict.REFUSED
    assert op_on(vs680, "BATCH_MATMUL", [eight, eight], [("INT32", (4, 4))], {}).verdict is Verdict.REFUSED


def test_dequantize_takes_one_scale(vs680: Target) -> None:
    sliced = {"INT8": per_channel([0.5] * 4, 3)}
    assert op_on(vs680, "DEQUANTIZE", [("INT8", SAME)], [F], {}).verdict is Verdict.RUNS
    assert op_on(vs680, "DEQUANTIZE", [("INT8", SAME)], [F], {}, sliced).verdict is Verdict.REFUSED


def test_int32_is_not_requantized(vs680: Target) -> None:
    op = op_on(vs680, "QUANTIZE", [("INT32", SAME)], [("INT8", SAME)], {}, {**QUANTIZED, "INT32": HALF})
    assert (op.verdict, op.reason) == (Verdict.REFUSED, "it requantizes int32 or int16")


def test_a_dilated_convolution_in_three_dimensions_is_refused(vs680: Target) -> None:
    weights = ("FLOAT32", (1, 1, 1, 4, 4), [1.0] * 16)
    deep = ("FLOAT32", (1, 1, 4, 4, 4))
    assert op_on(vs680, "CONV_3D", [deep, weights], [deep], {"dilation_h_factor": 2}).verdict is Verdict.REFUSED


def test_every_verdict_says_that_it_is_from_documents(vs680: Target) -> None:
    assert vs680.provenance.startswith("from documents: VeriSilicon/tflite-vx-delegate 3f4759e")


BARE: dict[str, Any] = {}
FILTER = ("FLOAT32", (4, 1, 1, 4), [1.0] * 16)
SIZE = ("INT32", (2,), [8, 8])
BLOCK = ("INT32", (2,), [1, 1])
CROPS = ("INT32", (2, 2), [0, 0, 0, 0])


@pytest.mark.parametrize(
    ("op_type", "inputs", "output", "options", "quantized"),
    [
        ("DEPTHWISE_CONV_2D", [("UINT8", SAME), ("INT8", (1, 1, 1, 4), [1] * 4)], ("UINT8", SAME), {}, QUANTIZED),
        ("FULLY_CONNECTED", [("FLOAT32", (1, 4)), ("INT8", (4, 4), [1] * 16)], ("FLOAT32", (1, 4)), {}, QUANTIZED),
        (
            "FULLY_CONNECTED", [("INT8", (1, 4)), ("INT8", (4, 4), [1] * 16)], ("INT8", (1, 4)),
            {"weights_format": "SHUFFLED4x16INT8"}, QUANTIZED,
        ),
        (
            "FULLY_CONNECTED", [("INT16", (1, 4)), ("INT16", (4, 4), [1] * 16)], ("FLOAT32", (1, 4)), {}, QUANTIZED,
        ),
        ("TRANSPOSE_CONV", [PLACE, FILTER, F], ("FLOAT32", ()), {}, BARE),
        ("RESHAPE", [F, PLACE], ("FLOAT32", ()), None, BARE),
        ("TRANSPOSE", [F, PLACE], ("FLOAT32", ()), None, BARE),
        ("PAD", [F, PLACE], ("FLOAT32", ()), None, BARE),
        ("STRIDED_SLICE", [F, COMPUTED, ONES, ONES], F, {}, BARE),
        ("STRIDED_SLICE", [F, PLACE, ONES, COMPUTED], F, {}, BARE),
        ("SPLIT", [("INT32", (1,)), F], F, {}, BARE),
        ("SPLIT", [("INT32", (1,), [3]), ("INT8", SAME)], ("INT8", SAME), {}, BARE),
        ("SPLIT_V", [F, ("INT32", (1,)), ("INT32", (1,), [3])], F, {}, BARE),
        ("SPLIT_V", [F, ("INT32", (1,), [4]), ("INT32", (1,))], F, {}, BARE),
        ("SPACE_TO_DEPTH", [("INT32", SAME)], ("INT32", SAME), {}, BARE),
        ("SPACE_TO_BATCH_ND", [("FLOAT32", (4, 4, 4)), BLOCK, CROPS], F, None, BARE),
        ("SPACE_TO_BATCH_ND", [F, ("INT32", (1,), [1]), CROPS], F, None, BARE),
        ("SPACE_TO_BATCH_ND", [F, BLOCK, CROPS], ("FLOAT32", ()), None, BARE),
        ("DEQUANTIZE", [("INT16", SAME)], F, {}, QUANTIZED),
        ("QUANTIZE", [F], ("INT8", SAME), {}, {"INT8": per_channel([0.5] * 4, 3)}),
        ("POW", [("INT32", SAME), ("INT32", SAME)], ("INT32", SAME), None, BARE),
        ("RESIZE_BILINEAR", [("INT8", SAME), SIZE], ("INT8", SAME), {}, BARE),
        ("BATCH_MATMUL", [F, F], ("INT32", SAME), {}, BARE),
        ("ONE_HOT", [("INT32", (4,)), ("INT32", (), [4])], ("BOOL", (4, 4)), {}, BARE),
        ("CONV_3D", [F, ("FLOAT16", (1, 1, 1, 4, 4), [1.0] * 16)], F, {}, BARE),
        ("CONV_3D", [F, ("FLOAT32", (1, 1, 1, 4, 4))], F, {}, BARE),
        ("CONV_3D", [F, FILTER], F, {"dilation_w_factor": 2}, BARE),
        ("CONV_3D", [F, FILTER], F, {"dilation_d_factor": 2}, BARE),
    ],
)  # fmt: skip
def test_a_mapper_of_the_op_map_refuses(
    op_type: str, inputs: list[Spec], output: Spec, options: dict[str, Any] | None, quantized: dict[str, Any],
    vs680: Target,
) -> None:  # fmt: skip
    assert op_on(vs680, op_type, inputs, [output], options, quantized).verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("op_type", "inputs", "output", "options"),
    [
        ("CONV_2D", [("INT32", SAME), ("INT32", (4, 1, 1, 4), [1] * 16)], ("INT32", SAME), {}),
        ("DEPTHWISE_CONV_2D", [("INT32", SAME), ("INT32", (1, 1, 1, 4), [1] * 4)], ("INT32", SAME), {}),
        ("TRANSPOSE_CONV", [PLACE, ("INT32", (4, 1, 1, 4), [1] * 16), ("INT32", SAME)], ("INT32", SAME), {}),
        ("FULLY_CONNECTED", [("INT32", (1, 4)), ("INT32", (4, 4), [1] * 16)], ("INT32", (1, 4)), {}),
        ("PACK", [("INT8", (4,)), ("INT8", (4,))], ("INT8", (2, 4)), {"values_count": 2}),
        ("ARG_MAX", [("INT8", SAME), ("INT32", (1,), [3])], ("INT32", (1, 4, 4)), {}),
        ("ARG_MAX", [("INT32", SAME), ("INT32", (1,), [3])], ("INT32", (1, 4, 4)), {}),
        ("MEAN", [("INT32", SAME), ("INT32", (1,), [3])], ("INT32", (1, 4, 4)), {}),
        ("QUANTIZE", [("INT32", SAME)], ("INT8", SAME), {}),
        ("DEQUANTIZE", [("INT16", SAME)], F, {}),
        ("CAST", [("INT32", SAME)], F, None),
        ("EQUAL", [("INT32", SAME), ("INT32", SAME)], ("BOOL", SAME), None),
        ("LOGICAL_AND", [("INT8", SAME), ("INT8", SAME)], ("BOOL", SAME), None),
        *(
            (op_type, [("INT32", SAME), PLACE, ONES, ONES][:count], ("INT32", SAME), {} if has_options else None)
            for op_type, count, has_options in (
                ("MAX_POOL_2D", 1, True), ("RELU", 1, False), ("SQUEEZE", 1, True), ("RESHAPE", 2, True),
                ("TRANSPOSE", 2, True), ("EXPAND_DIMS", 2, True), ("PAD", 2, True), ("STRIDED_SLICE", 4, True),
                ("SLICE", 3, True), ("SPLIT_V", 1, True), ("REVERSE_V2", 2, True), ("PACK", 1, True), ("NEG", 1, True),
                ("ELU", 1, False), ("MUL", 1, True), ("RESIZE_BILINEAR", 2, True), ("ONE_HOT", 2, True),
            )
        ),
    ],
)  # fmt: skip
def test_what_has_no_row_for_its_type_is_unknown(
    op_type: str, inputs: list[Spec], output: Spec, options: dict[str, Any] | None, vs680: Target
) -> None:
    quantized = {"INT8": HALF} if op_type != "DEQUANTIZE" else BARE
    assert op_on(vs680, op_type, inputs, [output], options, quantized).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("op_type", "weights", "of_weights"),
    [
        ("DEPTHWISE_CONV_2D", "UINT8", per_channel([0.5] * 4, 3)),
        ("DEPTHWISE_CONV_2D", "INT8", per_tensor(0.5, 3)),
    ],
)
def test_depthwise_kernels_the_table_does_not_list_are_unknown(
    op_type: str, weights: str, of_weights: dict[str, Any], vs680: Target
) -> None:
    assert conv_on(vs680, weights, op_type=op_type, of_weights=of_weights).verdict is Verdict.UNKNOWN
