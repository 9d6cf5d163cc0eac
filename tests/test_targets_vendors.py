"""The vendors' targets: what their public code refuses is refused, all else waits for their compilers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from models import build_conv_net, read_bytes
from target_files import facts_of

from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.profile import Target
from maistudio.targets.report import report_on
from maistudio.targets.values import OpReport, TargetReport, TargetVerdict, Verdict
from maistudio.tflite.draft import GraphDraft, ModelDraft, blockwise, per_channel, per_tensor
from maistudio.tflite.read import read_model

CANDIDATES = ("qualcomm-qnn", "mediatek-neuron", "mediatek-neuron-2022", "samsung-enn", "google-tensor", "intel-npu")
OTHERS = ("synaptics-vs680", "ethos-u55")
Q8 = per_tensor(0.5)


@pytest.fixture(scope="module")
def targets() -> dict[str, Target]:
    return {target.id: target for target in shipped_targets([*CANDIDATES, *OTHERS])}


def judged(data: bytes, target: Target) -> TargetReport:
    return report_on(facts_of(read_bytes(data)), target)


def op_on(
    target: Target,
    op_type: str,
    inputs: list[tuple[Any, ...]],
    outputs: list[tuple[Any, ...]],
    options: dict[str, Any] | None = None,
    version: int = 1,
) -> OpReport:
    """One op; each tensor is (type, shape[, quantization[, values]]), a constant where it has values."""
    model = ModelDraft()
    graph = model.subgraph()
    ins = [_tensor(graph, f"in{place}", *each) for place, each in enumerate(inputs)]
    outs = [_tensor(graph, f"out{place}", *each) for place, each in enumerate(outputs)]
    graph.values["inputs"] += [index for index, each in zip(ins, inputs, strict=True) if len(each) < 4]
    graph.op(op_type, ins, outs, options, version=version)
    graph.output(*outs)
    return judged(model.to_bytes(), target).ops[0]


def _tensor(graph: GraphDraft, name: str, kind: str, shape: Any, quantization: Any = None, values: Any = None) -> int:
    fields = {} if quantization is None else {"quantization": quantization}
    if values is None:
        return graph.tensor(name, kind, shape, **fields)
    return graph.constant(name, kind, shape, values, **fields)


def blockwise_layer() -> bytes:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 32))
    scales = graph.constant("scales", "FLOAT16", (4,), [0.5] * 4)
    weights = graph.constant("weights", "INT4", (4, 32), [1] * 128, quantization=blockwise(32, scales))
    out = graph.tensor("out", "FLOAT32", (1, 4))
    graph.op("FULLY_CONNECTED", [source, weights], [out], {})
    graph.output(out)
    return model.to_bytes()


SHAPE = (1, 4, 4, 4)
F = ("FLOAT32", (1, 4, 4, 4))
I8 = ("INT8", (1, 4, 4, 4), Q8)
U8 = ("UINT8", (1, 4, 4, 4), Q8)
AXIS = ("INT32", (1,), None, [3])


@pytest.mark.parametrize("name", CANDIDATES)
def test_no_op_is_said_to_run_where_the_vendors_compiler_decides(name: str, targets: dict[str, Target]) -> None:
    rules = [*targets[name].rules.values(), targets[name].unlisted]
    assert {rule.verdict for rule in rules} <= {Verdict.CANDIDATE, Verdict.REFUSED}


@pytest.mark.parametrize("name", CANDIDATES)
def test_a_plain_network_is_a_candidate_with_words_and_a_source(name: str, targets: dict[str, Target]) -> None:
    report = judged(build_conv_net(), targets[name])
    assert report.verdict is TargetVerdict.CANDIDATE
    assert all(op.reason and op.rule.source for op in report.ops)


@pytest.mark.parametrize("name", [*CANDIDATES, *OTHERS])
def test_every_rule_and_condition_names_its_source(name: str, targets: dict[str, Target]) -> None:
    target = targets[name]
    rules = [*target.rules.values(), target.unlisted]
    sources = {rule.source for rule in rules} | {each.source for rule in rules for _, each in rule.conditions}
    assert all(re.search(r"[\w/]+\.(cc|cpp|h)\b|asked on \d", source) for source in sources)


def test_openvino_selects_as_many_ops_of_each_subgraph_as_it_did(
    models_folder: Path, targets: dict[str, Target]
) -> None:
    folder = models_folder / "delegate-cases"
    recorded = json.loads((folder / "delegate-cases.json").read_text(encoding="utf-8"))
    wrong = {}
    for name, answers in recorded.items():
        said = re.findall(r"(\d+)/(\d+)", answers["OpenVINO partition"])
        model = read_model(folder / f"{name}.tflite")
        ops = report_on(facts_of(model), targets["intel-npu"]).ops
        ours = [
            (sum(op.subgraph == graph.index and op.verdict is Verdict.CANDIDATE for op in ops), len(graph.ops))
            for graph in model.subgraphs
        ]
        if ours != [(int(some), int(of)) for some, of in said]:
            wrong[name] = (answers["OpenVINO partition"], ours)
    assert not wrong


@pytest.mark.parametrize(
    ("name", "op_type"),
    [
        ("qualcomm-qnn", "WHILE"),
        ("qualcomm-qnn", "SVDF"),
        ("mediatek-neuron", "RELU6"),
        ("mediatek-neuron", "DEPTH_TO_SPACE"),
        ("mediatek-neuron", "GATHER"),
        ("mediatek-neuron-2022", "GELU"),
        ("mediatek-neuron-2022", "BATCH_MATMUL"),
        ("google-tensor", "SVDF"),
        ("google-tensor", "SHAPE"),
        ("intel-npu", "SPACE_TO_DEPTH"),
        ("intel-npu", "NEG"),
    ],
)
def test_an_op_the_public_code_has_no_place_for_is_refused(name: str, op_type: str, targets: dict[str, Target]) -> None:
    assert op_on(targets[name], op_type, [F], [F]).verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("name", "op_type"),
    [
        ("qualcomm-qnn", "DEPTH_TO_SPACE"),
        ("mediatek-neuron", "RELU"),
        ("mediatek-neuron-2022", "DEPTH_TO_SPACE"),
        ("samsung-enn", "RELU6"),
        ("google-tensor", "WHILE"),
        ("google-tensor", "CONV_3D"),
        ("intel-npu", "DEPTH_TO_SPACE"),
    ],
)
def test_an_op_the_public_code_has_a_place_for_is_a_candidate(
    name: str, op_type: str, targets: dict[str, Target]
) -> None:
    assert op_on(targets[name], op_type, [F], [F]).verdict is Verdict.CANDIDATE


def test_samsungs_plugin_offers_everything_so_an_op_without_a_builder_stops_the_compile(
    targets: dict[str, Target],
) -> None:
    op = op_on(targets["samsung-enn"], "DEPTH_TO_SPACE", [F], [("FLOAT32", (1, 8, 8, 1))], {"block_size": 2})
    assert (op.verdict, op.reason) == (
        Verdict.FAILS_AT_START, "the plugin offers DEPTH_TO_SPACE to the compiler and has no builder for it",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["FLOAT64", "UINT32", "STRING", "COMPLEX64"])
def test_samsungs_compile_stops_at_a_type_it_has_no_word_for(kind: str, targets: dict[str, Target]) -> None:
    op = op_on(targets["samsung-enn"], "RESHAPE", [(kind, (4,))], [(kind, (4,))])
    assert (op.verdict, kind in op.reason) == (Verdict.FAILS_AT_START, True)


def test_samsungs_compile_stops_at_blockwise_weights(targets: dict[str, Target]) -> None:
    op = judged(blockwise_layer(), targets["samsung-enn"]).ops[0]
    assert (op.verdict, "blockwise" in op.reason) == (Verdict.FAILS_AT_START, True)


@pytest.mark.parametrize(
    ("name", "custom", "verdict"),
    [
        ("qualcomm-qnn", True, Verdict.CANDIDATE),
        ("google-tensor", True, Verdict.REFUSED),
        ("mediatek-neuron", True, Verdict.REFUSED),
        ("samsung-enn", True, Verdict.FAILS_AT_START),
        ("intel-npu", True, Verdict.REFUSED),
    ],
)
def test_custom_ops_go_where_the_public_code_sends_them(
    name: str, custom: bool, verdict: Verdict, targets: dict[str, Target]
) -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source, out = graph.input("in", *F), graph.tensor("out", *F)
    graph.custom_op("Betainc", [source], [out])
    graph.output(out)
    assert judged(model.to_bytes(), targets[name]).ops[0].verdict is verdict


@pytest.mark.parametrize(
    ("composite", "mediatek", "samsung"),
    [
        ("odml.rms_norm", Verdict.CANDIDATE, Verdict.CANDIDATE),
        ("odml.l2_norm", Verdict.CANDIDATE, Verdict.FAILS_AT_START),
        ("odml.group_norm", Verdict.REFUSED, Verdict.FAILS_AT_START),
    ],
)
def test_composites_are_known_by_their_names(
    composite: str, mediatek: Verdict, samsung: Verdict, targets: dict[str, Target]
) -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source, out = graph.input("in", *F), graph.tensor("out", *F)
    fields: dict[str, Any] = {"builtin_options_2": ("StableHLOCompositeOptions", {"name": composite})}
    graph.op("STABLEHLO_COMPOSITE", [source], [out], **fields)
    graph.output(out)
    data = model.to_bytes()
    assert judged(data, targets["mediatek-neuron"]).ops[0].verdict is mediatek
    assert judged(data, targets["samsung-enn"]).ops[0].verdict is samsung


class TestQualcomm:
    def test_blockwise_weights_are_refused(self, targets: dict[str, Target]) -> None:
        op = judged(blockwise_layer(), targets["qualcomm-qnn"]).ops[0]
        assert op.verdict is Verdict.REFUSED
        assert "blockwise" in op.reason

    def test_text_is_refused(self, targets: dict[str, Target]) -> None:
        assert op_on(targets["qualcomm-qnn"], "RESHAPE", [("STRING", (4,))], [("STRING", (4,))]).verdict is (
            Verdict.REFUSED
        )

    def test_split_needs_a_constant_axis(self, targets: dict[str, Target]) -> None:
        halves, computed = [("FLOAT32", (1, 4, 4, 2))] * 2, ("INT32", (1,))
        target, options = targets["qualcomm-qnn"], {"num_splits": 2}
        assert op_on(target, "SPLIT", [AXIS, F], halves, options).verdict is Verdict.CANDIDATE
        assert op_on(target, "SPLIT", [computed, F], halves, options).verdict is Verdict.REFUSED

    def test_padding_needs_a_constant_value(self, targets: dict[str, Target]) -> None:
        widths, value = ("INT32", (4, 2), None, [0] * 8), ("FLOAT32", (), None, [0.0])
        target = targets["qualcomm-qnn"]
        assert op_on(target, "PADV2", [F, widths, value], [F]).verdict is Verdict.CANDIDATE
        assert op_on(target, "PADV2", [F, widths, value[:2]], [F]).verdict is Verdict.REFUSED


class TestMediaTekPlugin:
    @pytest.mark.parametrize(
        ("kind", "quantization", "verdict"),
        [
            ("FLOAT16", None, Verdict.CANDIDATE),
            ("BOOL", None, Verdict.CANDIDATE),
            ("UINT8", None, Verdict.CANDIDATE),
            ("INT8", Q8, Verdict.CANDIDATE),
            ("INT8", per_channel([0.5] * 4, 3), Verdict.CANDIDATE),
            ("INT8", None, Verdict.REFUSED),
            ("INT16", Q8, Verdict.CANDIDATE),
            ("INT16", None, Verdict.REFUSED),
            ("INT16", per_channel([0.5] * 4, 3), Verdict.REFUSED),
            ("INT64", None, Verdict.REFUSED),
            ("FLOAT64", None, Verdict.REFUSED),
        ],
    )
    def test_types_decide_over_listed_ops(
        self, kind: str, quantization: Any, verdict: Verdict, targets: dict[str, Target]
    ) -> None:
        tensor = (kind, (1, 4, 4, 4), quantization)
        assert op_on(targets["mediatek-neuron"], "RELU", [tensor], [tensor]).verdict is verdict

    def test_int64_is_taken_as_a_constant(self, targets: dict[str, Target]) -> None:
        shape = ("INT64", (2,), None, [16, 4])
        op = op_on(targets["mediatek-neuron"], "RESHAPE", [F, shape], [("FLOAT32", (16, 4))])
        assert op.verdict is Verdict.CANDIDATE

    def test_constants_of_unlisted_types_are_refused(self, targets: dict[str, Target]) -> None:
        other = ("FLOAT64", SHAPE, None, bytes(512))
        assert op_on(targets["mediatek-neuron"], "ADD", [F, other], [F]).verdict is Verdict.REFUSED


class TestMediaTekDelegate:
    """Each condition of the delegate's validation, at its edge."""

    def verdict(self, targets: dict[str, Target], *op: Any, **more: Any) -> Verdict:
        return op_on(targets["mediatek-neuron-2022"], *op, **more).verdict

    @pytest.mark.parametrize(
        ("op_type", "most"), [("ADD", 2), ("SUB", 3), ("SOFTMAX", 2), ("RESHAPE", 1), ("DIV", 1), ("MAXIMUM", 3)]
    )
    def test_newer_versions_of_ops_are_refused(self, op_type: str, most: int, targets: dict[str, Target]) -> None:
        inputs = [F, F] if op_type in ("ADD", "SUB", "DIV", "MAXIMUM") else [F]
        assert self.verdict(targets, op_type, inputs, [F], version=most) is Verdict.CANDIDATE
        assert self.verdict(targets, op_type, inputs, [F], version=most + 1) is Verdict.REFUSED

    @pytest.mark.parametrize(
        ("op_type", "taken", "refused"),
        [
            ("ADD", "INT8", "INT32"),
            ("ARG_MAX", "FLOAT16", "INT32"),
            ("RELU", "UINT8", "FLOAT16"),
            ("ABS", "FLOAT16", "INT8"),
            ("NEG", "INT32", "INT8"),
            ("LOGICAL_NOT", "BOOL", "FLOAT32"),
            ("EQUAL", "BOOL", "INT16"),
            ("CAST", "INT32", "BOOL"),
            ("DEQUANTIZE", "INT8", "FLOAT16"),
            ("DEPTH_TO_SPACE", "INT8", "INT32"),
            ("MEAN", "INT8", "INT32"),
            ("PRELU", "UINT8", "INT32"),
        ],
    )
    def test_types_are_checked_by_op(self, op_type: str, taken: str, refused: str, targets: dict[str, Target]) -> None:
        for kind, verdict in ((taken, Verdict.CANDIDATE), (refused, Verdict.REFUSED)):
            out = F if op_type in ("CAST", "DEQUANTIZE") else (kind, (1, 4, 4, 4))
            inputs = [(kind, (1, 4, 4, 4))] * (2 if op_type in ("ADD", "EQUAL") else 1)
            assert self.verdict(targets, op_type, inputs, [out]) is verdict

    def test_fill_takes_a_constant_shape_and_a_number(self, targets: dict[str, Target]) -> None:
        shape, out = ("INT64", (1,), None, [4]), ("FLOAT32", (4,))
        assert self.verdict(targets, "FILL", [shape, ("FLOAT32", ())], [out]) is Verdict.CANDIDATE
        assert self.verdict(targets, "FILL", [shape, ("INT64", (), None, [1])], [("INT64", (4,))]) is Verdict.CANDIDATE
        assert self.verdict(targets, "FILL", [shape, ("FLOAT32", ())], [out], version=2) is Verdict.REFUSED

    def test_a_uint8_convolution_must_scale_down(self, targets: dict[str, Target]) -> None:
        for scale, verdict in ((0.3, Verdict.CANDIDATE), (0.25, Verdict.REFUSED)):
            weights = ("UINT8", (4, 1, 1, 4), per_tensor(0.5), [1] * 16)
            bias = ("INT32", (4,), per_tensor(0.25), [0] * 4)
            out = ("UINT8", (1, 4, 4, 4), per_tensor(scale))
            assert self.verdict(targets, "CONV_2D", [U8, weights, bias], [out]) is verdict

    def test_a_convolution_needs_a_bias(self, targets: dict[str, Target]) -> None:
        weights = ("FLOAT32", (4, 1, 1, 4), None, [1.0] * 16)
        assert self.verdict(targets, "CONV_2D", [F, weights], [F]) is Verdict.REFUSED

    def test_a_concatenation_has_no_activation_and_at_most_rank_4(self, targets: dict[str, Target]) -> None:
        wide = ("FLOAT32", (1, 4, 4, 8))
        assert self.verdict(targets, "CONCATENATION", [F, F], [wide], {"axis": 3}) is Verdict.CANDIDATE
        relu = {"axis": 3, "fused_activation_function": "RELU"}
        assert self.verdict(targets, "CONCATENATION", [F, F], [wide], relu) is Verdict.REFUSED
        deep = ("FLOAT32", (1, 1, 4, 4, 4))
        assert self.verdict(targets, "CONCATENATION", [deep], [deep], {"axis": 4}) is Verdict.REFUSED

    def test_pack_is_not_along_the_last_axis(self, targets: dict[str, Target]) -> None:
        out = ("FLOAT32", (2, 1, 4, 4, 4))
        for axis, verdict in ((0, Verdict.CANDIDATE), (-1, Verdict.REFUSED), (4, Verdict.REFUSED)):
            assert self.verdict(targets, "PACK", [F, F], [out], {"axis": axis, "values_count": 2}) is verdict

    def test_batch_to_space_must_not_crop(self, targets: dict[str, Target]) -> None:
        block = ("INT32", (2,), None, [1, 1])
        for crop, verdict in ((0, Verdict.CANDIDATE), (1, Verdict.REFUSED)):
            crops = ("INT32", (2, 2), None, [0, crop, 0, 0])
            assert self.verdict(targets, "BATCH_TO_SPACE_ND", [F, block, crops], [F]) is verdict
        assert self.verdict(targets, "BATCH_TO_SPACE_ND", [F, block, ("INT32", (2, 2))], [F]) is Verdict.REFUSED

    def test_gather_takes_constant_indices_and_no_float32(self, targets: dict[str, Target]) -> None:
        indices = ("INT32", (2,), None, [0, 1])
        assert self.verdict(targets, "GATHER", [I8, indices], [I8]) is Verdict.CANDIDATE
        assert self.verdict(targets, "GATHER", [F, indices], [F]) is Verdict.REFUSED
        assert self.verdict(targets, "GATHER", [I8, ("INT32", (2,))], [I8]) is Verdict.REFUSED

    @pytest.mark.parametrize("op_type", ["TRANSPOSE", "RESIZE_BILINEAR"])
    def test_what_shapes_the_output_is_a_constant(self, op_type: str, targets: dict[str, Target]) -> None:
        fixed, computed = ("INT32", (4,), None, [0, 1, 2, 3]), ("INT32", (4,))
        assert self.verdict(targets, op_type, [F, fixed], [F]) is Verdict.CANDIDATE
        assert self.verdict(targets, op_type, [F, computed], [F]) is Verdict.REFUSED
        assert self.verdict(targets, op_type, [F], [F]) is Verdict.REFUSED

    def test_a_computed_single_number_is_refused_by_maximum(self, targets: dict[str, Target]) -> None:
        number = ("FLOAT32", (), None, [0.0])
        assert self.verdict(targets, "MAXIMUM", [F, number], [F]) is Verdict.CANDIDATE
        assert self.verdict(targets, "MAXIMUM", [F, number[:2]], [F]) is Verdict.REFUSED

    def test_select_takes_one_shape(self, targets: dict[str, Target]) -> None:
        pick = ("BOOL", (1, 4, 4, 4))
        assert self.verdict(targets, "SELECT", [pick, F, F], [F]) is Verdict.CANDIDATE
        assert self.verdict(targets, "SELECT", [("BOOL", (4,)), F, F], [F]) is Verdict.REFUSED

    def test_quantize_makes_integers_with_a_scale(self, targets: dict[str, Target]) -> None:
        assert self.verdict(targets, "QUANTIZE", [F], [I8]) is Verdict.CANDIDATE
        assert self.verdict(targets, "QUANTIZE", [F], [("INT8", (1, 4, 4, 4))]) is Verdict.REFUSED
        assert self.verdict(targets, "QUANTIZE", [F], [("INT32", (1, 4, 4, 4), Q8)]) is Verdict.REFUSED

    @pytest.mark.parametrize(
        ("op_type", "inputs", "outputs"),
        [
            ("DEPTHWISE_CONV_2D", [("INT32", SHAPE), ("INT32", (1, 1, 1, 4), None, [1] * 4)], [("INT32", SHAPE)]),
            ("DEPTHWISE_CONV_2D", [U8, ("UINT8", (1, 1, 1, 4), per_tensor(1.0), [1] * 4)], [U8]),
            ("FULLY_CONNECTED", [U8, ("UINT8", (4, 4), per_tensor(1.0), [1] * 16)], [U8]),
            ("AVERAGE_POOL_2D", [("INT32", SHAPE)], [("INT32", SHAPE)]),
            ("L2_POOL_2D", [("INT32", SHAPE)], [("INT32", SHAPE)]),
            ("HARD_SWISH", [("INT32", SHAPE)], [("INT32", SHAPE)]),
            ("SOFTMAX", [("INT32", SHAPE)], [F]),
            ("SOFTMAX", [("FLOAT32", (1, 1, 4, 4, 4))], [F]),
            ("SOFTMAX", [I8], [("INT16", SHAPE, Q8)]),
            ("RESHAPE", [("INT32", SHAPE), AXIS], [("INT32", SHAPE)]),
            ("RESHAPE", [F, ("INT32", (4,))], [F]),
            ("RESHAPE", [("FLOAT32", (1,))], [("FLOAT32", ())]),
            ("SUB", [("FLOAT32", (1, 1, 4, 4, 4)), F], [("FLOAT32", (1, 1, 4, 4, 4))]),
            ("PAD", [("INT32", SHAPE), AXIS], [("INT32", SHAPE)]),
            ("PAD", [F], [F]),
            ("SLICE", [("FLOAT16", SHAPE), AXIS, AXIS], [("FLOAT16", SHAPE)]),
            ("SLICE", [F, ("INT64", (1,), None, [3]), AXIS], [F]),
            ("SLICE", [F, AXIS, ("INT64", (1,), None, [3])], [F]),
            ("TRANSPOSE_CONV", [("INT32", (4,)), F, F], [F]),
            ("TRANSPOSE_CONV", [AXIS, F, F], [F]),
            ("MAXIMUM", [("FLOAT16", SHAPE), ("FLOAT16", SHAPE)], [("FLOAT16", SHAPE)]),
            ("CAST", [F], [("BOOL", SHAPE)]),
            ("TOPK_V2", [("FLOAT16", SHAPE), ("INT32", (), None, [2])], [("FLOAT16", SHAPE)]),
            ("TOPK_V2", [F, ("INT32", ())], [F]),
            ("SELECT", [("BOOL", SHAPE), ("FLOAT16", SHAPE), ("FLOAT16", SHAPE)], [("FLOAT16", SHAPE)]),
            ("SPLIT", [AXIS, ("FLOAT16", SHAPE)], [("FLOAT16", SHAPE)]),
            ("SPLIT", [("INT32", (1,)), F], [F]),
            ("QUANTIZE", [("INT32", SHAPE, Q8)], [I8]),
            ("FILL", [("INT32", (1,)), ("FLOAT32", (), None, [1.0])], [("FLOAT32", (4,))]),
            ("FILL", [("INT16", (1,), None, [4]), ("FLOAT32", (), None, [1.0])], [("FLOAT32", (4,))]),
            ("FILL", [("INT32", (0,), None, []), ("FLOAT32", (), None, [1.0])], [("FLOAT32", ())]),
            ("FILL", [("INT32", (1,), None, [4]), ("INT8", ())], [("INT8", (4,))]),
            ("FILL", [("INT32", (1,), None, [4]), ("INT64", ())], [("INT64", (4,))]),
            ("PACK", [("UINT8", SHAPE, Q8)], [("UINT8", (1, *SHAPE), Q8)]),
        ],
    )
    def test_the_other_conditions_refuse(
        self, op_type: str, inputs: list[Any], outputs: list[Any], targets: dict[str, Target]
    ) -> None:
        assert self.verdict(targets, op_type, inputs, outputs) is Verdict.REFUSED
