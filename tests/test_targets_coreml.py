"""What the Core ML delegate takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

import pytest
from target_files import chain, report_of
from target_models import NONE, Case, Slot, assert_told, changed, computed, first_op, pairs, stored, whole

from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.profile import Target
from maistudio.targets.values import Verdict

RUNS, REFUSES, FAILS = Verdict.RUNS, Verdict.REFUSED, Verdict.FAILS_AT_START
ROW = computed(1, 1, 1, 4)


@cache
def coreml() -> Target:
    return next(target for target in shipped_targets() if target.id == "coreml")


def two(first: Slot, second: Slot) -> Case:
    return changed("ADD", {0: first, 1: second})


CASES: Mapping[str, tuple[Case, Verdict]] = MappingProxyType(
    {
        "ADD": (changed("ADD"), RUNS),
        "ADD of version 2": (changed("ADD", version=2), REFUSES),
        "ADD of int8": (two(computed(of="INT8"), computed(of="INT8")), REFUSES),
        "ADD of a float16 constant": (two(computed(), stored(1, 4, 4, 4, of="FLOAT16")), RUNS),
        "ADD of channels": (two(computed(), stored(4)), RUNS),
        "ADD of a picture of one channel": (two(computed(), computed(1, 4, 4, 1)), RUNS),
        "ADD of one value per channel": (two(computed(), ROW), RUNS),
        "ADD of one row": (two(computed(), computed(1, 1, 4, 4)), REFUSES),
        "ADD of two batches": (two(computed(), computed(2, 4, 4, 4)), REFUSES),
        "ADD of a number to batches": (two(computed(2, 4, 4, 4), stored(values=[1.0])), RUNS),
        "ADD of five dimensions": (two(computed(1, 1, 4, 4, 4), computed(1, 1, 4, 4, 4)), REFUSES),
        "SUB has no mapping": (changed("SUB"), REFUSES),
        "MAX_POOL_2D": (changed("MAX_POOL_2D"), RUNS),
        "MAX_POOL_2D then RELU": (changed("MAX_POOL_2D", options={"fused_activation_function": "RELU"}), REFUSES),
        "CONCATENATION of channels": (changed("CONCATENATION"), RUNS),
        "CONCATENATION of the last axis": (changed("CONCATENATION", options={"axis": -1}), RUNS),
        "CONCATENATION of rows": (changed("CONCATENATION", options={"axis": 1}), REFUSES),
        "CONCATENATION of one": (
            Case("CONCATENATION", (computed(),), (computed(),), {"axis": 3}), REFUSES),
        "CONV_2D": (changed("CONV_2D"), RUNS),
        "CONV_2D with computed weights": (changed("CONV_2D", {1: computed(4, 3, 3, 4)}), REFUSES),
        "CONV_2D with a computed bias": (changed("CONV_2D", {2: computed(4)}), REFUSES),
        "CONV_2D of version 2": (changed("CONV_2D", version=2), REFUSES),
        "DEPTHWISE_CONV_2D of version 2": (changed("DEPTHWISE_CONV_2D", version=2), RUNS),
        "TRANSPOSE_CONV": (changed("TRANSPOSE_CONV"), RUNS),
        "TRANSPOSE_CONV to a computed size": (
            changed("TRANSPOSE_CONV", {0: computed(4, of="INT32")}), REFUSES),
        "FULLY_CONNECTED": (changed("FULLY_CONNECTED"), RUNS),
        "FULLY_CONNECTED of a batch": (changed("FULLY_CONNECTED", {0: computed(2, 8)}), REFUSES),
        "FULLY_CONNECTED by int8": (changed("FULLY_CONNECTED", {1: stored(4, 8, of="INT8")}), REFUSES),
        "FULLY_CONNECTED of version 7": (changed("FULLY_CONNECTED", version=7), REFUSES),
        "HARD_SWISH": (changed("HARD_SWISH"), RUNS),
        "GELU has no mapping": (changed("GELU"), REFUSES),
        "MEAN": (changed("MEAN"), RUNS),
        "MEAN counted from the end": (changed("MEAN", {1: whole(-3, -2)}), RUNS),
        "MEAN that drops dimensions": (changed("MEAN", options={"keep_dims": False}), REFUSES),
        "MEAN over channels": (changed("MEAN", {1: whole(3)}), REFUSES),
        "PAD": (changed("PAD"), RUNS),
        "PAD of channels": (changed("PAD", {1: pairs(0, 0, 1, 1, 1, 1, 0, 1)}), REFUSES),
        "PAD of the batch": (changed("PAD", {1: pairs(1, 0, 1, 1, 1, 1, 0, 0)}), REFUSES),
        "PAD of a row": (changed("PAD", {0: computed(4), 1: pairs(1, 1)}), REFUSES),
        "MIRROR_PAD by reflection": (changed("MIRROR_PAD"), RUNS),
        "MIRROR_PAD by symmetry": (changed("MIRROR_PAD", options={"mode": "SYMMETRIC"}), REFUSES),
        "RESHAPE is for Core ML 2": (changed("RESHAPE"), REFUSES),
        "RESIZE_BILINEAR": (changed("RESIZE_BILINEAR"), RUNS),
        "RESIZE_BILINEAR to a computed size": (changed("RESIZE_BILINEAR", {1: computed(2, of="INT32")}), REFUSES),
        "SOFTMAX": (changed("SOFTMAX"), RUNS),
        "SOFTMAX with a beta": (changed("SOFTMAX", options={"beta": 2.0}), REFUSES),
        "DEPTH_TO_SPACE has no mapping": (changed("DEPTH_TO_SPACE"), REFUSES),
        "DEQUANTIZE of int8": (changed("DEQUANTIZE"), REFUSES),
    }
)  # fmt: skip
"""Ops, and what the delegate makes of them."""


@pytest.mark.parametrize("name", CASES)
def test_a_rule_judges_an_op(name: str) -> None:
    case, expected = CASES[name]
    report = first_op(case, coreml())
    verdict = RUNS if report.verdict is Verdict.LEFT_ON_CPU else report.verdict
    assert verdict is expected, report.reason


def test_a_transposed_convolution_with_a_bias_keeps_the_delegate_from_starting() -> None:
    model = Case(
        "TRANSPOSE_CONV",
        (whole(1, 8, 8, 4), stored(4, 2, 2, 4), computed(), stored(4)),
        (computed(1, 8, 8, 4),),
        {"padding": "SAME", "stride_w": 2, "stride_h": 2},
        read_by=("RELU",),
    )
    assert first_op(model, coreml()).verdict is FAILS


@pytest.mark.parametrize("op_type", ["CONV_2D", "DEPTHWISE_CONV_2D"])
@pytest.mark.parametrize("left_out", [True, False])
def test_a_convolution_without_bias_crashes_the_delegate(op_type: str, left_out: bool) -> None:
    sound = changed(op_type)
    bare = changed(op_type, {2: NONE}) if left_out else replace(sound, inputs=sound.inputs[:2])
    assert_told(first_op(bare, coreml()), FAILS, "it has no bias")


def test_a_whole_model_of_one_op_is_taken() -> None:
    assert [op.verdict for op in report_of(chain(["RELU"]), coreml()).ops] == [RUNS]


def test_partitions_of_two_ops_and_more_are_taken() -> None:
    report = report_of(chain(["RELU", "GELU", "RELU", "TANH"]), coreml())
    assert [op.verdict for op in report.ops] == [Verdict.LEFT_ON_CPU, REFUSES, RUNS, RUNS]


def test_every_rule_names_its_source() -> None:
    for name, rule in coreml().rules.items():
        assert rule.source, name
