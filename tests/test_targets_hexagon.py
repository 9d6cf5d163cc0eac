"""What the Hexagon delegate takes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import pytest
from target_files import report_of
from target_models import NONE, Case, Slot, changed, computed, first_op, stored, whole

from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.profile import Target
from maistudio.targets.values import Verdict
from maistudio.tflite.draft import ModelDraft, per_channel, per_tensor

EIGHT, BIAS = computed(of="INT8"), stored(4, of="INT32")
CONV = {0: EIGHT, 1: stored(4, 3, 3, 4, of="INT8"), 2: BIAS}
DEEP = {0: EIGHT, 1: stored(1, 3, 3, 4, of="INT8"), 2: BIAS}
MATRIX = {0: computed(1, 8, of="UINT8"), 1: stored(4, 8, of="UINT8"), 2: BIAS}
AXIS = stored(of="INT32", values=[3])


@cache
def hexagon() -> Target:
    return next(target for target in shipped_targets() if target.id == "hexagon")


def one(op_type: str, source: Slot = EIGHT, version: int = 1, **options: object) -> Case:
    return changed(op_type, {0: source}, {0: source}, options or None, version=version)


CASES: Mapping[str, tuple[Case, bool]] = MappingProxyType(
    {
        "ADD of int8": (changed("ADD", {0: EIGHT, 1: EIGHT}, {0: EIGHT}), True),
        "ADD of floats": (changed("ADD"), False),
        "ADD of one float": (changed("ADD", {0: EIGHT}), False),
        "ADD then RELU6": (
            changed("ADD", {0: EIGHT, 1: EIGHT}, options={"fused_activation_function": "RELU6"}), True),
        "ADD then TANH": (
            changed("ADD", {0: EIGHT, 1: EIGHT}, options={"fused_activation_function": "TANH"}), False),
        "ADD of version 3": (changed("ADD", {0: EIGHT, 1: EIGHT}, version=3), False),
        "ADD of five dimensions": (
            changed("ADD", {0: computed(1, 1, 1, 1, 4, of="INT8"), 1: computed(1, 1, 1, 1, 4, of="INT8")}), False),
        "SUM is switched off": (changed("SUM", {0: EIGHT}), False),
        "MEAN": (changed("MEAN", {0: EIGHT}), True),
        "MEAN over computed axes": (changed("MEAN", {0: EIGHT, 1: computed(2, of="INT32")}), False),
        "PAD": (changed("PAD", {0: EIGHT}), True),
        "PADV2 has no mapping": (changed("PADV2", {0: EIGHT}), False),
        "MIRROR_PAD": (changed("MIRROR_PAD", {0: EIGHT}), True),
        "FULLY_CONNECTED": (changed("FULLY_CONNECTED", MATRIX), True),
        "FULLY_CONNECTED without bias": (changed("FULLY_CONNECTED", {**MATRIX, 2: NONE}), True),
        "FULLY_CONNECTED with a computed bias": (
            changed("FULLY_CONNECTED", {**MATRIX, 2: computed(4, of="INT32")}), False),
        "FULLY_CONNECTED per channel": (
            changed("FULLY_CONNECTED",
                    {**MATRIX, 1: stored(4, 8, of="INT8", quantization=per_channel([0.5] * 4, 0))}), False),
        "FULLY_CONNECTED that keeps dimensions": (
            changed("FULLY_CONNECTED", MATRIX, options={"keep_num_dims": True}), False),
        "CONCATENATION": (changed("CONCATENATION", {0: EIGHT, 1: EIGHT}), True),
        "CONCATENATION of one float": (changed("CONCATENATION", {0: EIGHT}), False),
        "MAX_POOL_2D": (one("MAX_POOL_2D"), True),
        "MAX_POOL_2D of a large window": (one("MAX_POOL_2D", filter_height=13), False),
        "MAX_POOL_2D of a large window without padding": (
            one("MAX_POOL_2D", filter_height=13, padding="VALID"), True),
        "AVERAGE_POOL_2D then RELU": (one("AVERAGE_POOL_2D", fused_activation_function="RELU"), False),
        "TRANSPOSE_CONV": (
            changed("TRANSPOSE_CONV", {1: stored(4, 2, 2, 4, of="INT8"), 2: EIGHT}), True),
        "TRANSPOSE_CONV with stride 4": (
            changed("TRANSPOSE_CONV", {1: stored(4, 2, 2, 4, of="INT8"), 2: EIGHT}, options={"stride_w": 4}), False),
        "CONV_2D": (changed("CONV_2D", CONV), True),
        "CONV_2D with dilation": (changed("CONV_2D", CONV, options={"dilation_w_factor": 2}), False),
        "CONV_2D with stride 4": (changed("CONV_2D", CONV, options={"stride_h": 4}), False),
        "DEPTHWISE_CONV_2D": (changed("DEPTHWISE_CONV_2D", DEEP), True),
        "DEPTHWISE_CONV_2D with dilation": (
            changed("DEPTHWISE_CONV_2D", DEEP, options={"dilation_w_factor": 2}), True),
        "DEPTHWISE_CONV_2D with dilation and stride": (
            changed("DEPTHWISE_CONV_2D", DEEP, options={"dilation_w_factor": 2, "stride_h": 2}), False),
        "DEPTHWISE_CONV_2D with a multiplier": (
            changed("DEPTHWISE_CONV_2D", DEEP, options={"depth_multiplier": 2}), False),
        "DEPTHWISE_CONV_2D of one channel with a multiplier": (
            changed("DEPTHWISE_CONV_2D", {**DEEP, 0: computed(1, 4, 4, 1, of="INT8")},
                    options={"depth_multiplier": 4}), True),
        "DEPTHWISE_CONV_2D of a flat filter": (
            changed("DEPTHWISE_CONV_2D", {**DEEP, 1: stored(1, 1, 3, 4, of="INT8")}), False),
        "RESHAPE": (one("RESHAPE"), True),
        "RELU of version 1": (one("RELU"), False),
        "RELU of version 2": (one("RELU", version=2), True),
        "HARD_SWISH": (one("HARD_SWISH"), True),
        "SPLIT": (changed("SPLIT", {1: EIGHT}), True),
        "SPLIT along a computed axis": (changed("SPLIT", {0: Slot("INT32", ()), 1: EIGHT}), False),
        "SPLIT_V has no mapping": (changed("SPLIT_V", {0: EIGHT}), False),
        "RESIZE_BILINEAR": (one("RESIZE_BILINEAR"), True),
        "SLICE": (changed("SLICE", {0: EIGHT}), True),
        "SLICE from a computed place": (changed("SLICE", {0: EIGHT, 1: computed(4, of="INT32")}), False),
        "STRIDED_SLICE": (changed("STRIDED_SLICE", {0: EIGHT}), True),
        "STRIDED_SLICE with a new axis": (
            changed("STRIDED_SLICE", {0: EIGHT}, options={"new_axis_mask": 1}), False),
        "SQUARED_DIFFERENCE of version 2": (
            changed("SQUARED_DIFFERENCE", {0: EIGHT, 1: EIGHT}, version=2), True),
        "SQUARED_DIFFERENCE of uint8": (
            changed("SQUARED_DIFFERENCE", {0: computed(of="UINT8"), 1: computed(of="UINT8")}, version=2), False),
        "GATHER has no mapping": (changed("GATHER", {0: EIGHT, 1: whole(0)}), False),
        "PACK": (changed("PACK", {0: computed(1, 4, 4, of="INT8"), 1: computed(1, 4, 4, of="INT8")}), True),
    }
)  # fmt: skip
"""Ops, and whether the delegate takes them."""


def verdict_of(case: Case) -> tuple[Verdict, str]:
    """The rule's, whatever becomes of a partition of one op."""
    report = first_op(case, hexagon())
    return (Verdict.RUNS if report.verdict is Verdict.LEFT_ON_CPU else report.verdict), report.reason


@pytest.mark.parametrize("name", CASES)
def test_a_rule_judges_an_op(name: str) -> None:
    case, taken = CASES[name]
    verdict, reason = verdict_of(case)
    assert verdict is (Verdict.RUNS if taken else Verdict.REFUSED), reason


def runs(lengths: tuple[int, ...]) -> bytes:
    """Runs of TANH between GELU ops, which Hexagon has none of."""
    model = ModelDraft()
    graph = model.subgraph()
    shape, fields = (1, 4, 4, 4), {"quantization": per_tensor(0.5)}
    value = graph.input("in", "INT8", shape, quantization=per_tensor(0.5))
    for length in lengths:
        for op_type in ("GELU", *("TANH",) * length):
            made = graph.tensor("made", "INT8", shape, **fields)
            graph.op(op_type, [value], [made])
            value = made
    graph.output(value)
    return model.to_bytes()


def test_four_partitions_of_two_ops_and_more_are_taken() -> None:
    report = report_of(runs((2, 1, 3, 2, 2, 4)), hexagon())
    assert sorted(len(part.ops) for part in report.partitions if part.taken) == [2, 2, 3, 4]


def test_a_partition_of_one_op_stays() -> None:
    assert report_of(runs((1,)), hexagon()).ops[1].verdict is Verdict.LEFT_ON_CPU


def test_every_rule_names_its_source() -> None:
    for name, rule in hexagon().rules.items():
        assert rule.source, name
