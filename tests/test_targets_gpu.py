"""The classic TFLite GPU delegate of today, on OpenCL: an op for each condition of its rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from gpu_cases import FAILS, REFUSED
from target_files import report_of
from target_models import (
    FULL_LSTM,
    NONE,
    SOUND,
    Case,
    assert_told,
    changed,
    computed,
    first_op,
    pairs,
    rows,
    sparse,
    stored,
    whole,
)

from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.conditions import Condition
from maistudio.targets.profile import Target
from maistudio.targets.values import Verdict
from maistudio.tflite.draft import per_tensor

(OPENCL,) = shipped_targets(("tflite-gpu-opencl",))
NO_PARSER = {"CEIL", "ROUND", "ARG_MAX", "TOPK_V2", "REVERSE_V2", "EMBEDDING_LOOKUP"}
"""Ops that the delegate has no parser for, of those of ``SOUND``."""
NO_KERNEL = {"FLOOR", "FLOOR_DIV", "FLOOR_MOD"}
NEWEST: Mapping[str, int] = {
    "ABS": 2, "COS": 2, "ELU": 2, "EXP": 2, "GELU": 2, "LOG": 2, "LOGISTIC": 2, "NEG": 2, "RSQRT": 2, "SIGN": 2,
    "SIN": 2, "SQRT": 2, "SQUARE": 2, "TANH": 2, "RELU": 2, "RELU6": 2, "RELU_0_TO_1": 2, "RELU_N1_TO_1": 2,
    "LEAKY_RELU": 2, "PRELU": 1, "ADD": 2, "ADD_N": 2, "MUL": 3, "DIV": 2, "SUB": 2, "MAXIMUM": 2, "MINIMUM": 2,
    "POW": 2, "SQUARED_DIFFERENCE": 2, "LOGICAL_AND": 2, "EQUAL": 2, "NOT_EQUAL": 2, "GREATER": 2, "GREATER_EQUAL": 2,
    "LESS": 2, "LESS_EQUAL": 2, "SELECT": 1, "SELECT_V2": 1, "CONV_2D": 6, "DEPTHWISE_CONV_2D": 6, "TRANSPOSE_CONV": 3,
    "FULLY_CONNECTED": 9, "AVERAGE_POOL_2D": 2, "MAX_POOL_2D": 2, "SPACE_TO_DEPTH": 2, "RESIZE_BILINEAR": 3,
    "RESIZE_NEAREST_NEIGHBOR": 3, "PAD": 2, "PADV2": 2, "MIRROR_PAD": 2, "SOFTMAX": 2, "RESHAPE": 1, "CONCATENATION": 2,
    "SLICE": 2, "STRIDED_SLICE": 4, "TRANSPOSE": 4, "CUMSUM": 1, "GATHER": 1, "ONE_HOT": 1, "QUANTIZE": 2,
    "DEQUANTIZE": 3, "LSTM": 4,
}  # fmt: skip
"""The newest version of each op that is taken; other ops are taken in any."""

UNKNOWN: Mapping[str, tuple[Case, str]] = {
    "BATCH_MATMUL turned": (
        changed("BATCH_MATMUL", {0: computed(1, 2, 4, 3)}, options={"adj_x": True}),
        "adj_x",
    ),
    "BATCH_MATMUL by turned matrices": (
        changed("BATCH_MATMUL", {1: computed(1, 2, 5, 4)}, options={"adj_y": True}),
        "adj_y",
    ),
    "GATHER within batches": (
        changed("GATHER", {0: computed(2, 4), 1: whole(0, 1)}, {0: computed(2)}, {"axis": 1, "batch_dims": 1}),
        "batch_dims",
    ),
    "DENSIFY": (sparse(), "merge"),
    "paddings of three dimensions": (
        changed("PAD", {0: computed(4, 4, 4), 1: pairs(0, 0, 1, 1, 0, 0)}, {0: computed(4, 6, 4)}),
        "three dimensions",
    ),
    "PADV2 of int8 by an int8 value": (
        changed(
            "PADV2",
            {0: computed(of="INT8"), 2: stored(of="INT8", values=[1], quantization=per_tensor(0.5))},
            {0: computed(1, 6, 6, 4, of="INT8")},
        ),
        "reads the value as FLOAT32",
    ),
    "MEAN that drops the last of three dimensions": (
        changed("MEAN", {0: computed(2, 4, 4), 1: whole(2)}, {0: computed(2, 4)}, {"keep_dims": False}),
        "it leaves 2×1×4×1, which the delegate doesn't reshape to 2×1×1×4",
    ),
    "MEAN that drops the batch": (
        changed("MEAN", {0: computed(), 1: whole(0)}, {0: computed(4, 4, 4)}, {"keep_dims": False}),
        "keep the dimensions",
    ),
    "CUMSUM counted from the end": (changed("CUMSUM", {1: stored(of="INT32", values=[-1])}), "from the end"),
    "CUMSUM of the batch of three dimensions": (
        changed("CUMSUM", {0: computed(4, 4, 4), 1: stored(of="INT32", values=[0])}, {0: computed(4, 4, 4)}),
        "fewer than four dimensions",
    ),
    "CUMSUM of a list": (
        changed("CUMSUM", {0: computed(4), 1: stored(of="INT32", values=[0])}, {0: computed(4)}),
        "fewer than four dimensions",
    ),
    "CUMSUM without the element itself": (changed("CUMSUM", options={"exclusive": True}), "exclusive"),
    "CUMSUM backwards": (changed("CUMSUM", options={"reverse": True}), "reverse"),
    "a full LSTM": (FULL_LSTM, "only the counts"),
    "a custom transposed convolution of a computed bias": (
        changed("Convolution2DTransposeBias", {2: computed(4)}),
        "its bias is computed, which the parser passes over",
    ),
    "DEQUANTIZE of computed floats": (changed("DEQUANTIZE", {0: computed(of="FLOAT16")}), "DENSIFY"),
}

TAKEN: Mapping[str, Case] = {
    "ADD of a number": changed("ADD", {1: stored()}),
    "ADD of a computed list of one": changed("ADD", {1: computed(1)}),
    "ADD of a value per channel": changed("ADD", {1: stored(4)}),
    "ADD of rank 3 to batch 1": changed("ADD", {1: computed(4, 4, 4)}),
    "MUL of a value per batch and channel": changed(
        "MUL", {0: computed(2, 4, 4, 4), 1: computed(2, 4)}, {0: computed(2, 4, 4, 4)}
    ),
    "MUL of a one by one": changed("MUL", {1: computed(1, 1)}),
    "a picture of constants": changed("SUB", {1: stored(1, 4, 4, 4)}),
    "CAST of int32 to floats": changed("CAST", {0: computed(of="INT32")}, {0: computed()}),
    "CAST of floats to bool": changed("CAST", made={0: computed(of="BOOL")}),
    "a comparison that SELECT reads": changed("LESS", read_by=("SELECT_V2",)),
    "SELECT of one constant": changed("SELECT_V2", {2: stored(1)}),
    "CONV_2D without bias": changed("CONV_2D", {2: NONE}),
    "CONV_2D in groups": changed("CONV_2D", {1: stored(4, 3, 3, 2)}),
    "CONV_2D of computed weights": changed("CONV_2D", {1: computed(4, 3, 3, 4)}),
    **{
        f"{each} of computed weights and a constant bias": changed(each, {1: computed(*shape), bias: stored(4)})
        for each, shape, bias in (
            ("DEPTHWISE_CONV_2D", (1, 3, 3, 4), 2),
            ("TRANSPOSE_CONV", (4, 2, 2, 4), 3),
            ("FULLY_CONNECTED", (4, 8), 2),
        )
    },
    "TRANSPOSE_CONV of a constant bias": changed("TRANSPOSE_CONV", {3: stored(4)}),
    "a depth multiplier over many channels": changed(
        "DEPTHWISE_CONV_2D", {1: stored(1, 3, 3, 8), 2: stored(8)}, {0: computed(1, 4, 4, 8)}, {"depth_multiplier": 2}
    ),
    "FULLY_CONNECTED that keeps its dimensions": changed(
        "FULLY_CONNECTED", {0: computed(1, 1, 8)}, {0: computed(1, 1, 4)}, {"keep_num_dims": True}
    ),
    "BATCH_MATMUL by a constant matrix": changed(
        "BATCH_MATMUL", {0: computed(1, 3, 4), 1: stored(4, 5)}, {0: computed(1, 3, 5)}
    ),
    "PACK along rows": changed("PACK", made={0: computed(1, 2, 4, 4)}, options={"axis": 1}),
    "PACK of itself along channels": changed("PACK", same=True),
    "MEAN that drops height and width": changed("MEAN", made={0: computed(1, 4)}, options={"keep_dims": False}),
    "SUM that drops the batch": changed("SUM", {1: whole(0)}, {0: computed(4, 4, 4)}, {"keep_dims": False}),
    "CUMSUM of three dimensions": changed(
        "CUMSUM", {0: computed(4, 4, 4), 1: stored(of="INT32", values=[2])}, {0: computed(4, 4, 4)}
    ),
    "ONE_HOT along the last axis by its number": changed("ONE_HOT", options={"axis": 1}),
    "PRELU of one picture": changed("PRELU", {1: stored(1, 4, 4, 4)}),
    "PRELU of a picture": changed("PRELU", {1: stored(4, 4, 4)}),
    "SLICE of all but the batch": changed("SLICE", {1: whole(0, 1, 0), 2: whole(4, 2, 4)}),
    "STRIDED_SLICE from the end": changed(
        "STRIDED_SLICE", {1: whole(0, -2, 0, 0), 2: whole(1, -1, 4, 4)}, {0: computed(1, 1, 2, 4)}
    ),
    "STRIDED_SLICE by begin masks": changed("STRIDED_SLICE", {1: whole(0, 3, 3, 3)}, options={"begin_mask": 15}),
    "STRIDED_SLICE by uneven steps": changed("STRIDED_SLICE", {3: whole(1, 3, 3, 1)}),
    "SLICE to the end": changed("SLICE", {1: whole(0, 1, 0, 0), 2: whole(1, -1, 4, 4)}, {0: computed(1, 3, 4, 4)}),
    "STRIDED_SLICE by masks": changed("STRIDED_SLICE", {2: whole(0, 0, 0, 0)}, options={"end_mask": 15}),
    "MEAN over axes from the end": changed("MEAN", {1: whole(-3, -2)}),
    "ADD of itself": changed("ADD", same=True),
    "ADD of a constant matrix": changed("ADD", {0: computed(4, 4), 1: stored(4, 4)}, {0: computed(4, 4)}),
    "MUL of itself": changed("MUL", same=True),
    "a number of each 8-bit sort": changed("ADD", {0: computed(of="INT8")}, {0: computed(of="UINT8")}),
}


@pytest.mark.parametrize("op_type", sorted(set(SOUND) - NO_PARSER - NO_KERNEL))
def test_opencl_runs_every_sound_op_it_knows(op_type: str) -> None:
    assert first_op(SOUND[op_type], OPENCL).verdict is Verdict.RUNS


@pytest.mark.parametrize("op_type", sorted(NEWEST))
def test_the_newest_version_of_an_op_is_taken(op_type: str) -> None:
    assert first_op(changed(op_type, version=NEWEST[op_type]), OPENCL).verdict is Verdict.RUNS


@pytest.mark.parametrize("op_type", sorted(set(NEWEST) | {"FLOOR", "FLOOR_DIV", "FLOOR_MOD"}))
def test_a_version_newer_than_the_delegate_is_refused(op_type: str) -> None:
    report = first_op(changed(op_type, version=NEWEST.get(op_type, 2) + 1), OPENCL)
    assert report.verdict is Verdict.REFUSED
    assert "version" in report.reason


@pytest.mark.parametrize(("case", "words"), rows(REFUSED))
def test_is_refused(case: Case, words: str) -> None:
    assert_told(first_op(case, OPENCL), Verdict.REFUSED, words)


@pytest.mark.parametrize(("case", "words"), rows(FAILS))
def test_fails_at_start(case: Case, words: str) -> None:
    assert_told(first_op(case, OPENCL), Verdict.FAILS_AT_START, words)


@pytest.mark.parametrize("op_type", sorted(NO_KERNEL))
def test_an_op_without_a_kernel_fails_at_start(op_type: str) -> None:
    assert_told(first_op(SOUND[op_type], OPENCL), Verdict.FAILS_AT_START, f"no OpenCL kernel for {op_type}")


@pytest.mark.parametrize(("case", "words"), rows(UNKNOWN))
def test_is_unknown(case: Case, words: str) -> None:
    assert_told(first_op(case, OPENCL), Verdict.UNKNOWN, words)


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in TAKEN.items()])
def test_is_taken(case: Case) -> None:
    report = first_op(case, OPENCL)
    assert (report.verdict, report.reason) == (Verdict.RUNS, "")


@pytest.mark.parametrize(
    ("case", "words"),
    [
        pytest.param(changed("LESS", after=0), "its output is read 0 times", id="result unread"),
        pytest.param(changed("LESS", after=2), "its output is read 2 times", id="result read twice"),
        pytest.param(changed("LESS", read_by=("CAST", "CAST")), "its bool input is read 2 times", id="mask read twice"),
    ],
)
def test_a_cast_of_a_mask_is_refused_unless_mask_and_result_are_read_once(case: Case, words: str) -> None:
    assert_told(report_of(case.to_bytes(), OPENCL).ops[1], Verdict.REFUSED, words)


def test_a_cast_of_a_mask_runs() -> None:
    assert [op.verdict for op in report_of(changed("LESS").to_bytes(), OPENCL).ops] == [Verdict.RUNS] * 3


def told_of(target: Target, cases: Sequence[Case]) -> list[tuple[Verdict, str]]:
    """What becomes of each case's op, and why."""
    reports = [first_op(case, target) for case in cases]
    return [(report.verdict, report.reason) for report in reports]


def without(target: Target, op_type: str, place: int) -> Target:
    """The target, had the rule of an op one condition less."""
    rule = target.rules[op_type]
    fewer = replace(rule, conditions=rule.conditions[:place] + rule.conditions[place + 1 :])
    return replace(target, rules={**target.rules, op_type: fewer})


@pytest.mark.slow
def test_each_condition_of_the_table_decides_a_case() -> None:
    cases: dict[str, list[Case]] = defaultdict(list)
    told = (case for table in (REFUSED, FAILS, UNKNOWN) for case, _ in table.values())
    newer = (changed(each, version=NEWEST.get(each, 1) + 1) for each in set(NEWEST) | NO_KERNEL)
    masks = (changed("LESS", after=0), changed("LESS", after=2), changed("LESS", read_by=("CAST", "CAST")))
    for case in (*SOUND.values(), *TAKEN.values(), *told, *newer, *masks):
        cases[case.type].append(case)
    undecided: dict[Condition, list[str]] = defaultdict(list)
    decisive: set[Condition] = set()
    for op_type, rule in OPENCL.rules.items():
        usual = told_of(OPENCL, cases[op_type])
        for place, (_, condition) in enumerate(rule.conditions):
            if told_of(without(OPENCL, op_type, place), cases[op_type]) != usual:
                decisive.add(condition)
            else:
                undecided[condition].append(op_type)
    assert [types for condition, types in undecided.items() if condition not in decisive] == []
