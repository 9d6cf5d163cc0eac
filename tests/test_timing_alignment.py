"""Kernels find their ops: every one in one place, none lost, none twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import fsum, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st
from models import build_abpn, build_while, read_bytes

from maistudio.tflite.costs import count_costs
from maistudio.tflite.draft import ModelDraft
from maistudio.tflite.model import Model, Op
from maistudio.tflite.schema import tflite_schema
from maistudio.tflite.shapes import resolve_shapes
from maistudio.timing.alignment import Match, align
from maistudio.timing.kernel_rules import read_kernel_rules
from maistudio.timing.kernels import Kernel, RawProfile, raw_profile_from, raw_profile_json
from maistudio.timing.op_profile import op_profile
from maistudio.timing.plan import Node
from maistudio.timing.values import Engine, OpProfile

RULES = read_kernel_rules()
CONVOLUTION = "Convolution (NHWC, F32) IGEMM"
MATRIX = "Fully Connected (NC, F32) GEMM"
RESHAPE, CLAMP, ADD, COPY = "Static Reshape (NC)", "Clamp (NC)", "Add (ND)", "Copy (NC, X32)"
FUSED: Mapping[str, object] = {"fused_activation_function": "RELU"}
Typed = tuple[str, Mapping[str, object]]

AS_SEEN: tuple[tuple[tuple[Typed, ...], tuple[str, ...]], ...] = (
    ((("EXP", {}),), ("Exp (NC)",)),
    ((("LOGISTIC", {}),), ("Sigmoid (NC)",)),
    ((("ADD", {}),), (ADD,)),
    ((("ADD", FUSED),), (ADD, CLAMP)),
    ((("MUL", {}),), ("Multiply (ND)",)),
    ((("MUL", {}),), ("Square (NC)",)),
    ((("CONV_2D", {}),), (CONVOLUTION,)),
    ((("CONV_2D", {}),), (MATRIX,)),
    ((("CONV_2D", {}),), ("Convert (NC, F32, QDU8)", "Convolution (NHWC, QDU8, F32, QC8W) IGEMM")),
    ((("PAD", {}), ("CONV_2D", {})), (CONVOLUTION,)),
    ((("CONV_2D", {}), ("RELU", {})), (CONVOLUTION,)),
    ((("PAD", {}), ("DEPTHWISE_CONV_2D", {}), ("MINIMUM", {}), ("RELU", {})), ("Convolution (NHWC, F32) DWConv",)),
    ((("FULLY_CONNECTED", {}),), (RESHAPE, MATRIX)),
    ((("FULLY_CONNECTED", {}), ("RELU6", {})), (MATRIX,)),
    ((("BATCH_MATMUL", {}),), ("Transpose (ND, X32) Transpose", "Batch Matrix Multiply (NC, F32) GEMM")),
    ((("TRANSPOSE", {}),), ("Transpose (ND, X32) Transpose",)),
    ((("CONCATENATION", {}),), (COPY,)),
    ((("SPLIT", {}),), (COPY,)),
    ((("DEPTH_TO_SPACE", {}),), ("Depth To Space (NHWC, X8) Transpose",)),
    ((("MINIMUM", {}), ("RELU", {}), ("ABS", {})), (CLAMP, "Abs (NC)")),
    ((("SQUARE", {}), ("MEAN", {})), ("Mean Squared (ND) Reduce2",)),
    ((("DEQUANTIZE", {}), ("SQRT", {}), ("QUANTIZE", {}), ("EXP", {})), ("Invalid Unary Op", "Exp (NC)")),
)  # fmt: skip
"""Ops in a row and the kernels XNNPACK makes of them, all seen on LiteRT 2.3.0; no last one merges with a first."""


def chain(*ops: Typed | str) -> list[Node]:
    """Ops in a row, each fed with the result of the one before."""
    made = []
    for place, op in enumerate(ops):
        op_type, options = (op, {}) if isinstance(op, str) else op
        made.append(
            Node(place, 0, Op(place, op_type, 1, (place,), (place + 1,), options=options), (place,), (place + 1,))
        )
    return made


def matched(ops: list[Node], kernels: list[str]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(match.kernels, match.nodes) for match in align(ops, kernels, RULES)]


def test_kernels_in_step_with_ops_run_one_each():
    found = matched(chain("EXP", "CONV_2D", "ADD"), ["Exp (NC)", CONVOLUTION, ADD])
    assert found == [((0,), (0,)), ((1,), (1,)), ((2,), (2,))]


def test_a_padding_and_an_activation_are_merged_into_the_convolution_between_them():
    found = matched(chain("EXP", "PAD", "CONV_2D", "RELU", "EXP"), ["Exp (NC)", CONVOLUTION, "Exp (NC)"])
    assert found == [((0,), (0,)), ((1,), (2, 1, 3)), ((2,), (4,))]


def test_a_fused_activation_with_a_kernel_of_its_own_stays_with_its_op():
    assert matched(chain(("ADD", FUSED), "EXP"), [ADD, CLAMP, "Exp (NC)"]) == [((0, 1), (0,)), ((2,), (1,))]


def test_an_activation_behind_an_op_without_one_has_its_own_kernel():
    assert matched(chain("ADD", "RELU"), [ADD, CLAMP]) == [((0,), (0,)), ((1,), (1,))]


def test_a_second_activation_is_merged_into_the_kernel_of_the_first():
    assert matched(chain(("ADD", FUSED), "RELU6"), [ADD, CLAMP]) == [((0, 1), (0, 1))]


def test_a_dynamic_quantization_belongs_to_the_convolution_it_is_for():
    kernels = [CONVOLUTION, "Convert (NC, F32, QDU8)", "Convolution (NHWC, QDU8, F32, QC8W) IGEMM"]
    assert matched(chain("CONV_2D", "CONV_2D"), kernels) == [((0,), (0,)), ((1, 2), (1,))]


def test_a_reshape_of_a_fully_connected_layer_is_told_from_one_of_the_file():
    kernels = [RESHAPE, RESHAPE, MATRIX]
    assert matched(chain("RESHAPE", "FULLY_CONNECTED"), kernels) == [((0,), (0,)), ((1, 2), (1,))]


def test_a_chain_looked_up_in_a_table_is_one_kernel():
    ops = chain("SUB", "DEQUANTIZE", "SQRT", "QUANTIZE", "ADD", "DEQUANTIZE", "DIV")
    kernels = ["Subtract (ND)", "Invalid Unary Op", "Convert (NC)", "Divide (ND)"]
    found = {kernels: sorted(nodes) for kernels, nodes in matched(ops, kernels)}
    assert found == {(0,): [0], (1,): [1, 2, 3, 4], (2,): [5], (3,): [6]}


def test_several_kernels_of_one_split_belong_to_it():
    assert matched(chain("EXP", "SPLIT", "ABS"), ["Exp (NC)", COPY, COPY, "Abs (NC)"])[1] == ((1, 2), (1,))


def test_an_op_that_never_ran_is_left_out():
    assert matched(chain("TANH", "EXP"), ["Exp (NC)"]) == [((0,), (1,))]


def test_a_kernel_of_no_op_stands_alone():
    found = matched(chain("EXP", "ABS"), ["Exp (NC)", "Argon Bath (NC)", "Abs (NC)"])
    assert found == [((0,), (0,)), ((1,), ()), ((2,), (1,))]


def test_a_kernel_the_table_lacks_runs_the_op_of_its_name():
    assert matched(chain("SPACE_TO_BATCH_ND"), ["Space To Batch ND (NHWC, X32)"]) == [((0,), (0,))]


def test_weights_unpacked_for_a_convolution_are_merged_into_it():
    weights = Node(0, 0, Op(0, "DEQUANTIZE", 3, (5,), (6,)), (5,), (6,))
    convolution = Node(1, 0, Op(1, "CONV_2D", 1, (0, 6), (1,)), (0, 6), (1,))
    assert matched([weights, convolution], [CONVOLUTION]) == [((0,), (1, 0))]


@given(st.lists(st.sampled_from(AS_SEEN), max_size=25))
def test_whatever_was_seen_in_whatever_order_is_found_again(blocks):
    ops: list[Typed] = []
    kernels: list[str] = []
    expected: list[tuple[set[int], set[int]]] = []
    for block_ops, block_kernels in blocks:
        first_op, first_kernel = len(ops), len(kernels)
        ops += [*block_ops, ("FLOOR", {})]
        kernels += [*block_kernels, "Floor (NC)"]
        expected.append((set(range(first_kernel, len(kernels) - 1)), set(range(first_op, len(ops) - 1))))
    found: dict[int, tuple[set[int], set[int]]] = {}
    block_of = {kernel: place for place, (own, _) in enumerate(expected) for kernel in own}
    for match in align(chain(*ops), kernels, RULES):
        if match.kernels[0] in block_of:
            own, of = found.setdefault(block_of[match.kernels[0]], (set(), set()))
            own.update(match.kernels)
            of.update(match.nodes)
    assert list(found.values()) == expected


OP_TYPES = st.sampled_from(["CONV_2D", "RELU", "ADD", "PAD", "RESHAPE", "SPLIT", "EXP", "DEQUANTIZE", "FOO"])
KERNELS = st.sampled_from([CONVOLUTION, MATRIX, CLAMP, ADD, RESHAPE, COPY, "Exp (NC)", "Convert (NC)", "Bar (NC)"])


@given(st.lists(OP_TYPES, max_size=12), st.lists(KERNELS, max_size=12))
def test_each_kernel_is_matched_once(ops, kernels):
    found = align(chain(*ops), kernels, RULES)
    assert sorted(kernel for match in found for kernel in match.kernels) == list(range(len(kernels)))


@given(st.lists(OP_TYPES, max_size=12), st.lists(KERNELS, max_size=12))
def test_no_op_is_matched_twice(ops, kernels):
    nodes = [node for match in align(chain(*ops), kernels, RULES) for node in match.nodes]
    assert len(nodes) == len(set(nodes))


@given(st.lists(OP_TYPES, max_size=12), st.lists(KERNELS, max_size=12))
def test_kernels_keep_the_order_of_the_ops_they_run(ops, kernels):
    first = [match.nodes[0] for match in align(chain(*ops), kernels, RULES) if match.nodes]
    assert first == sorted(first)


def test_what_takes_too_long_to_align_stays_unexplained(monkeypatch):
    monkeypatch.setattr("maistudio.timing.alignment.MOST_STEPS", 2)
    assert align(chain("EXP", "ABS"), ["Exp (NC)", "Abs (NC)"], RULES) == (Match((0,), ()), Match((1,), ()))


def test_the_table_names_ops_that_exist():
    known = set(tflite_schema().enums["BuiltinOperator"].values())
    named = {
        op
        for rule in RULES.rules.values()
        for ops in (rule.runs, rule.before, rule.after, rule.prepares, rule.finishes)
        for op in ops
        if op.isupper()
    }
    assert named <= known


def own(node: int, name: str, us: float, subgraph: int = 0, calls: float = 1.0) -> Kernel:
    return Kernel(Engine.BUILTIN, name, subgraph, us, calls, node=node)


def delegated(partition: int, place: int, name: str, us: float, subgraph: int = 0) -> Kernel:
    return Kernel(Engine.XNNPACK, name, subgraph, us, 1.0, partition=partition, place=place)


def profiled(model: Model, *kernels: Kernel, wall_us: tuple[float, ...] = (1000.0,)) -> OpProfile:
    return op_profile(RawProfile(kernels, wall_us), model, count_costs(model, resolve_shapes(model)))


ABPN_KERNELS = (
    own(0, "CONCATENATION", 70.0),
    *(delegated(0, place, CONVOLUTION, 10.0 * (place + 1)) for place in range(7)),
    delegated(0, 7, ADD, 5.0),
    delegated(0, 8, "Depth To Space (NHWC, X32) Transpose", 3.0),
)


def test_ops_of_litert_and_of_xnnpack_are_found_side_by_side():
    profile = profiled(read_bytes(build_abpn()), *ABPN_KERNELS)
    assert [op.indices for op in profile.ops] == [(index,) for index in range(10)]


def test_each_op_says_who_ran_it():
    profile = profiled(read_bytes(build_abpn()), *ABPN_KERNELS)
    assert [op.executor for op in profile.ops[:2]] == [Engine.BUILTIN, Engine.XNNPACK]


def test_macs_of_an_op_are_those_of_the_file():
    profile = profiled(read_bytes(build_abpn(8, 8)), *ABPN_KERNELS)
    assert profile.ops[1].macs == 8 * 8 * 28 * 3 * 9


def test_macs_of_an_op_in_a_loop_count_each_time_it_ran():
    model = read_bytes(build_abpn(8, 8))
    profile = profiled(model, own(1, "CONV_2D", 50.0, calls=3.0))
    assert profile.ops[0].macs == 3 * 8 * 8 * 28 * 3 * 9


def test_explained_is_the_sum_of_kernels_over_the_mean_wall_time():
    profile = profiled(read_bytes(build_abpn()), own(0, "CONCATENATION", 60.0), wall_us=(70.0, 80.0))
    assert isclose(profile.explained, 0.8)


def test_a_profile_without_kernels_explains_nothing():
    assert profiled(read_bytes(build_abpn())) == OpProfile((), 0.0, 1)


def test_kernels_of_a_called_subgraph_are_ops_of_that_subgraph():
    kernels = (own(0, "WHILE", 2.0), own(0, "LESS", 1.0, subgraph=1), own(0, "ADD", 3.0, subgraph=2))
    profile = profiled(read_bytes(build_while()), *kernels)
    assert [(op.subgraph, op.indices, op.type) for op in profile.ops] == [
        (0, (0,), "WHILE"),
        (1, (0,), "LESS"),
        (2, (0,), "ADD"),
    ]


def test_a_kernel_whose_node_is_another_op_is_matched_to_none():
    profile = profiled(read_bytes(build_abpn()), own(0, "TRANSPOSE", 4.0))
    assert [(op.indices, op.type) for op in profile.ops] == [((), "TRANSPOSE")]


def test_where_kernels_were_lost_those_of_xnnpack_are_matched_to_no_op():
    model = read_bytes(build_abpn())
    raw = RawProfile(ABPN_KERNELS[:4], (1000.0,), cut_off=True)
    found = op_profile(raw, model, count_costs(model, resolve_shapes(model)))
    assert [op.indices for op in found.ops] == [(0,), (), (), ()]


def test_kernels_of_a_subgraph_the_file_lacks_are_kept():
    assert [op.us for op in profiled(read_bytes(build_abpn()), own(0, "ADD", 4.0, subgraph=9)).ops] == [4.0]


def composites() -> Model:
    """EXP, a composite of ABS and SIGN twice over, TANH."""
    model = ModelDraft()
    graph = model.subgraph()
    last = graph.input("in", "FLOAT32", (1, 4))
    calls = ("STABLEHLO_COMPOSITE", {"name": "a.composite", "decomposition_subgraph_index": 1})
    for op_type, options in (("EXP", None), calls, calls, ("TANH", None)):
        last, source = graph.tensor(op_type, "FLOAT32", (1, 4)), last
        graph.op(op_type, [source], [last], options)
    graph.output(last)
    inner = model.subgraph("decomposition")
    source, middle, out = inner.input("x", "FLOAT32", (1, 4)), inner.tensor("y", "FLOAT32", (1, 4)), 2
    inner.op("ABS", [source], [middle])
    inner.op("SIGN", [middle], [inner.tensor("z", "FLOAT32", (1, 4))])
    inner.output(out)
    return read_bytes(model.to_bytes())


INLINED = (
    delegated(0, 0, "Exp (NC)", 1.0),
    delegated(0, 1, "Abs (NC)", 2.0),
    own(5, "SIGN", 4.0),
    delegated(1, 0, "Abs (NC)", 8.0),
    own(7, "SIGN", 16.0),
    delegated(2, 0, "TanH (NC)", 32.0),
)


def test_ops_of_a_composite_that_litert_inlined_are_those_of_its_decomposition():
    profile = profiled(composites(), *INLINED)
    assert [(op.subgraph, op.indices) for op in profile.ops] == [(0, (0,)), (1, (0,)), (1, (1,)), (0, (3,))]


def test_an_op_inlined_twice_is_one_entry_with_both_times():
    profile = profiled(composites(), *INLINED)
    assert [op.us for op in profile.ops] == [1.0, 10.0, 20.0, 32.0]


@st.composite
def profiles(draw: st.DrawFn) -> tuple[Kernel, ...]:
    """Kernels as a profiler might tell them of ABPN: some ops run by LiteRT, the others in partitions."""
    types = [op.type for op in ABPN.subgraphs[0].ops]
    mine = sorted(draw(st.sets(st.integers(0, len(types) - 1))))
    times = st.floats(0, 1e6, allow_nan=False)
    kernels = [own(node, types[node], draw(times)) for node in mine]
    for partition in range(draw(st.integers(0, 3))):
        names = draw(st.lists(KERNELS, min_size=1, max_size=5))
        some = [delegated(partition, place, name, draw(times)) for place, name in enumerate(names)]
        at = draw(st.integers(0, len(kernels)))
        kernels[at:at] = some
    return tuple(kernels)


ABPN = read_bytes(build_abpn())


@given(profiles())
def test_no_time_is_lost(kernels):
    assert isclose(fsum(op.us for op in profiled(ABPN, *kernels).ops), fsum(kernel.us for kernel in kernels))


@given(profiles())
def test_each_op_stands_in_one_entry_at_most(kernels):
    places = [(op.subgraph, index) for op in profiled(ABPN, *kernels).ops for index in op.indices]
    assert len(places) == len(set(places))


@given(profiles())
def test_litert_s_own_kernels_stay_with_their_node(kernels):
    found = {op.indices: op.us for op in profiled(ABPN, *kernels).ops if op.executor is Engine.BUILTIN}
    assert found == {(kernel.node,): kernel.us for kernel in kernels if kernel.node is not None}


@given(profiles())
def test_shares_add_up_to_one(kernels):
    total = fsum(op.share for op in profiled(ABPN, *kernels).ops)
    assert isclose(total, 1.0) or not any(kernel.us for kernel in kernels)


def test_a_raw_profile_survives_json():
    profile = RawProfile((own(0, "ADD", 1.5), delegated(0, 0, ADD, 2.5)), (3.0, 4.0), cut_off=True)
    assert raw_profile_from(raw_profile_json(profile)) == profile


@pytest.mark.parametrize("damage", [{"kernels": [{"us": 1}]}, {"wall_us": None}, {"kernels": None}])
def test_what_is_no_raw_profile_is_refused(damage):
    with pytest.raises((KeyError, TypeError, ValueError)):
        raw_profile_from(raw_profile_json(RawProfile((), ())) | damage)


def test_a_share_is_of_all_kernels():
    profile = profiled(ABPN, own(0, "CONCATENATION", 30.0), replace(own(9, "DEPTH_TO_SPACE", 10.0)))
    assert [op.share for op in profile.ops] == [0.75, 0.25]
