"""The TFLite GPU delegate of the Mobile AI 2021 challenge: what its report, a copy of its time and TF 2.7.4 say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import gpu_cases
import pytest
from delegate_cases import NAMES, flagged, report_of_file, types_of
from models import build_fp16_weights
from target_files import report_of
from target_models import (
    COMPARING,
    FULL_LSTM,
    ONE_OPERAND,
    SOUND,
    Case,
    assert_told,
    build_split_shuffle,
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
from maistudio.targets.values import TargetReport, TargetVerdict, Verdict

(EARLY,) = shipped_targets(("tflite-gpu-2021",))

NO_PARSER = {
    "GELU", "SIGN", "CEIL", "ROUND", "RELU_0_TO_1", "ADD_N", "PADV2", "UNPACK", "CUMSUM", "GATHER", "ONE_HOT",
    "ARG_MAX", "TOPK_V2", "REVERSE_V2", "LOGICAL_AND", "SELECT", "SELECT_V2", "EMBEDDING_LOOKUP",
}  # fmt: skip
"""Ops that neither the copy of early 2021 nor a later one has a parser for."""
LATER = {"FLOOR", "FLOOR_DIV", "FLOOR_MOD", "RELU_N1_TO_1", "TILE", "Resampler"}
"""Ops that the later copy alone has a parser for, and nobody else speaks of."""
UNRECORDED = {*COMPARING, *LATER, "MaxUnpooling2D", "MaxPoolingWithArgmax2D", "Convolution2DTransposeBias"}
"""Ops of which neither the report nor the copy and TensorFlow 2.7.4 together say whether they ran."""

NEWEST: Mapping[str, int] = {
    "PRELU": 1, "ADD": 2, "MUL": 3, "DIV": 2, "SUB": 2, "MAXIMUM": 2, "MINIMUM": 2, "POW": 2, "SQUARED_DIFFERENCE": 2,
    "CONV_2D": 5, "DEPTHWISE_CONV_2D": 6, "TRANSPOSE_CONV": 3, "FULLY_CONNECTED": 9, "AVERAGE_POOL_2D": 2,
    "MAX_POOL_2D": 2, "SPACE_TO_DEPTH": 2, "RESIZE_BILINEAR": 3, "RESIZE_NEAREST_NEIGHBOR": 3, "PAD": 2,
    "MIRROR_PAD": 2, "SOFTMAX": 2, "RESHAPE": 1, "CONCATENATION": 2, "SLICE": 2, "STRIDED_SLICE": 2, "TRANSPOSE": 2,
    "QUANTIZE": 2, "DEQUANTIZE": 2, "LSTM": 4,
    **{each: 2 for each in ONE_OPERAND if each not in (*NO_PARSER, *LATER, "HARD_SWISH")},
}  # fmt: skip
"""The newest version of each op that is taken; other ops are taken in any."""

REFUSED: Mapping[str, tuple[Case, str]] = {
    "SPLIT": (SOUND["SPLIT"], "SPLIT is not supported by the delegate of the 2021 challenge"),
    "SPLIT of int8": (
        changed("SPLIT", {1: computed(of="INT8")}, {0: computed(1, 4, 4, 2, of="INT8")}),
        "SPLIT is not supported",
    ),
    "CAST of floats": (SOUND["CAST"], "only from BOOL"),
    "int32": (changed("RELU", {0: computed(of="INT32")}, {0: computed(of="INT32")}), "INT32"),
    "MUL of two that both spread": (
        changed("MUL", {0: computed(1, 4, 1, 4), 1: computed(1, 1, 4, 4)}),
        "larger one",
    ),
    "a depth multiplier over many channels": (
        changed(
            "DEPTHWISE_CONV_2D",
            {1: stored(1, 3, 3, 8), 2: stored(8)},
            {0: computed(1, 4, 4, 8)},
            {"depth_multiplier": 2},
        ),
        "one input channel",
    ),
    "SOFTMAX of a constant": (changed("SOFTMAX", {0: stored(1, 64)}, {0: computed(1, 64)}), "0 computed inputs"),
    "BATCH_MATMUL by constants": (changed("BATCH_MATMUL", {1: stored(1, 2, 4, 5)}), "computed input"),
    "SPLIT_V into one": (
        changed("SPLIT_V", made={0: computed()}, options={"num_splits": 1}),
        "one part",
    ),
    "SYMMETRIC mirrors": (changed("MIRROR_PAD", options={"mode": "SYMMETRIC"}), "mode"),
    "paddings of a matrix": (changed("PAD", {0: computed(4, 4), 1: pairs(1, 1, 1, 1)}, {0: computed(6, 6)}), "2×2"),
    "a dropped axis": (
        changed("STRIDED_SLICE", made={0: computed(2, 2, 4)}, options={"shrink_axis_mask": 1}),
        "shrink_axis_mask",
    ),
    "blocks of one": (changed("DEPTH_TO_SPACE", made={0: computed()}, options={"block_size": 1}), "block_size"),
    "corners and centres": (
        changed("RESIZE_BILINEAR", options={"align_corners": True, "half_pixel_centers": True}),
        "both set",
    ),
    "a temperature": (changed("SOFTMAX", options={"beta": 2.0}), "beta"),
}

FAILS: Mapping[str, tuple[Case, str]] = {
    "five dimensions": (changed("RELU", {0: computed(1, 2, 2, 2, 4)}, {0: computed(1, 2, 2, 2, 4)}), "rank 5"),
    "8 bits without a scale": (changed("RELU", {0: computed(of="INT8", quantization=None)}), "without one scale"),
    "ADD of itself": (changed("ADD", same=True), "as two of its inputs"),
    "CONCATENATION of itself": (changed("CONCATENATION", same=True), "as two of its inputs"),
    "PACK of itself": (changed("PACK", same=True), "as two of its inputs"),
    "FULLY_CONNECTED of a constant": (
        changed("FULLY_CONNECTED", {0: stored(1, 8), 1: computed(4, 8)}),
        "input 0 is a constant",
    ),
    "ADD of a constant matrix": (changed("ADD", {0: computed(4, 4), 1: stored(4, 4)}, {0: computed(4, 4)}), "4×4"),
    "FULLY_CONNECTED of a picture's channels": (
        changed("FULLY_CONNECTED", {0: computed(1, 2, 2, 8)}, {0: computed(1, 4)}),
        "32 input channels",
    ),
    "STRIDED_SLICE backwards": (
        changed("STRIDED_SLICE", {1: whole(0, 3, 0, 0), 2: whole(1, 0, 4, 4), 3: whole(1, -2, 2, 1)}),
        "−2",
    ),
    "DEQUANTIZE of int32": (changed("DEQUANTIZE", {0: stored(1, 4, 4, 4, of="INT32")}), "INT32"),
}

UNKNOWN: Mapping[str, tuple[Case, str]] = {
    **{each: (SOUND[each], "no parser in the copy of early 2021") for each in COMPARING},
    **{each: (SOUND[each], "whether the challenge's build had it is not recorded") for each in LATER},
    "DENSIFY": (sparse(), "whether the challenge's build had it is not recorded"),
    "PACK along channels": (SOUND["PACK"], "it packs along axis 3"),
    "MEAN that drops the last of three dimensions": (
        changed("MEAN", {0: computed(2, 4, 4), 1: whole(2)}, {0: computed(2, 4)}, {"keep_dims": False}),
        "keep the dimensions",
    ),
    "SUM that drops the batch": (
        changed("SUM", {1: whole(0)}, {0: computed(4, 4, 4)}, {"keep_dims": False}),
        "keep the dimensions",
    ),
    "paddings of three dimensions": (
        changed("PAD", {0: computed(4, 4, 4), 1: pairs(0, 0, 1, 1, 0, 0)}, {0: computed(4, 6, 4)}),
        "three dimensions",
    ),
    "a full LSTM": (FULL_LSTM, "only the counts"),
    "CAST of a mask": (changed("CAST", {0: computed(of="BOOL")}, {0: computed()}), "2.7.4 of November 2021"),
    "CONV_2D in groups": (changed("CONV_2D", {1: stored(4, 3, 3, 2)}), "grouped"),
    "custom ops": (SOUND["MaxUnpooling2D"], "not recorded"),
}

NOT_THEN = {
    "five dimensions", "a bias of five dimensions", "ADD of two ranks", "MUL of two ranks", "ADD of rank 3 to batch 2",
    "MUL of a one by one and two pictures",
    "FULLY_CONNECTED of nothing", "FULLY_CONNECTED of a constant", "DEQUANTIZE of an int16 constant",
    "CONV_2D of 4-bit weights", "computed weights in groups", "depthwise of 4-bit weights",
    "depthwise of computed weights for two", "TRANSPOSE_CONV of 4-bit weights", "4-bit weights",
    "weights of other columns", "BATCH_MATMUL of a constant", "BATCH_MATMUL by constant matrices",
    "SOFTMAX of a constant", "BATCH_MATMUL of three", "TRANSPOSE of a constant",
}  # fmt: skip
"""Cases of today's delegate that the copy takes, or keeps off for another reason or at another time."""
KNOWN = set(SOUND) - NO_PARSER - UNRECORDED - {"SPLIT", "CAST"}

TAKEN: Mapping[str, Case] = {
    "PACK along rows": changed("PACK", made={0: computed(1, 2, 4, 4)}, options={"axis": 1}),
    "PACK of matrices along rows": Case(
        "PACK", (computed(2, 4), computed(2, 4)), (computed(2, 2, 4),), {"axis": 1, "values_count": 2}
    ),
    "PACK of one": Case("PACK", (computed(1, 4, 4),), (computed(1, 4, 4, 1),), {"axis": 3, "values_count": 1}),
    "SUM that drops height and width": changed("SUM", made={0: computed(1, 4)}, options={"keep_dims": False}),
}

DIFFERENT: Mapping[str, tuple[set[str], set[str], str]] = {
    "sr_split_f32": ({"SPLIT"}, set(), "the challenge's report says that SPLIT was not supported"),
    "split_simple_f32": ({"SPLIT"}, set(), "as above"),
    "split_simple_int8": ({"SPLIT"}, set(), "as above"),
    "split_batch_f32": ({"SPLIT"}, set(), "as above"),
    "grouped_conv": ({"CONV_2D"}, set(), "TensorFlow's check passes op versions; the copy takes CONV_2D up to 5"),
    "reshape5d_f32": ({"TRANSPOSE"}, set(), "as above; the copy takes TRANSPOSE up to 2"),
    "gelu": ({"GELU"}, {"CONV_2D"}, "TensorFlow 2.7.4 doesn't know GELU by name, and names the op before it"),
}
"""By model: what is refused that TensorFlow 2.7.4's check passes, what it flags that is not refused, and why."""


def as_today(cases: Mapping[str, tuple[Case, str]]) -> Mapping[str, tuple[Case, str]]:
    return {name: each for name, each in cases.items() if each[0].type in KNOWN and name not in NOT_THEN}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in TAKEN.items()])
def test_is_taken(case: Case) -> None:
    report = first_op(case, EARLY)
    assert (report.verdict, report.reason) == (Verdict.RUNS, "")


@pytest.mark.parametrize("op_type", sorted(KNOWN - {"PACK"}))
def test_an_op_of_the_copy_runs(op_type: str) -> None:
    assert first_op(SOUND[op_type], EARLY).verdict is Verdict.RUNS


@pytest.mark.parametrize("op_type", sorted(NO_PARSER))
def test_an_op_that_neither_copy_has_a_parser_for_is_refused(op_type: str) -> None:
    assert_told(first_op(SOUND[op_type], EARLY), Verdict.REFUSED, f"{op_type} has no parser in the public copy")


@pytest.mark.parametrize(("case", "words"), rows(REFUSED))
def test_is_refused(case: Case, words: str) -> None:
    assert_told(first_op(case, EARLY), Verdict.REFUSED, words)


@pytest.mark.parametrize(("case", "words"), rows(FAILS))
def test_fails_at_start(case: Case, words: str) -> None:
    assert_told(first_op(case, EARLY), Verdict.FAILS_AT_START, words)


@pytest.mark.parametrize(("case", "words"), rows(as_today(gpu_cases.REFUSED)))
def test_is_refused_as_it_is_today(case: Case, words: str) -> None:
    assert_told(first_op(case, EARLY), Verdict.REFUSED, words)


@pytest.mark.parametrize(("case", "words"), rows(as_today(gpu_cases.FAILS)))
def test_fails_as_it_does_today(case: Case, words: str) -> None:
    assert_told(first_op(case, EARLY), Verdict.FAILS_AT_START, words)


@pytest.mark.parametrize(("case", "words"), rows(UNKNOWN))
def test_is_unknown(case: Case, words: str) -> None:
    assert_told(first_op(case, EARLY), Verdict.UNKNOWN, words)


@pytest.mark.parametrize("op_type", sorted(NEWEST))
def test_the_newest_version_of_an_op_is_taken(op_type: str) -> None:
    assert first_op(changed(op_type, version=NEWEST[op_type]), EARLY).verdict is Verdict.RUNS


@pytest.mark.parametrize("op_type", sorted(NEWEST))
def test_a_version_newer_than_the_copy_is_refused(op_type: str) -> None:
    assert_told(first_op(changed(op_type, version=NEWEST[op_type] + 1), EARLY), Verdict.REFUSED, "version")


def test_a_split_is_refused_by_the_words_of_the_report() -> None:
    assert_split_refused(report_of(build_split_shuffle(), EARLY))


def test_the_split_model_is_refused_because_of_split(real_file: Callable[[str], Path]) -> None:
    assert_split_refused(report_of_file(real_file("delegate-cases/sr_split_f32.tflite"), EARLY))


def assert_split_refused(report: TargetReport) -> None:
    assert report.verdict is TargetVerdict.PARTIAL
    assert "SPLIT" in report.summary
    refused = [op for op in report.ops if op.verdict is Verdict.REFUSED]
    assert [op.type for op in refused] == ["SPLIT"]
    assert "Mobile AI 2021 video super-resolution report" in refused[0].rule.source


def test_a_split_by_sizes_runs() -> None:
    assert report_of(build_split_shuffle("SPLIT_V"), EARLY).verdict is TargetVerdict.FULL


def test_depth_to_space_runs_as_the_report_says() -> None:
    report = first_op(SOUND["DEPTH_TO_SPACE"], EARLY)
    assert_told(report, Verdict.RUNS, "the public copy of early 2021 has no parser for it yet")
    assert "Mobile AI 2021 video super-resolution report" in report.rule.source


def test_float16_weights_are_folded() -> None:
    assert report_of(build_fp16_weights(), EARLY).verdict is TargetVerdict.FULL


def test_every_rule_names_where_it_was_read() -> None:
    places = [condition.source for rule in EARLY.rules.values() for _, condition in rule.conditions]
    known = ("dev-hue/tensorflow abb22c62", "google-ai-edge/LiteRT f67457790", "Mobile AI 2021")
    assert places
    assert [place for place in places if not any(word in place for word in known)] == []


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"lstm"}))
def test_what_is_refused_is_what_tensorflow_2_7_flags(name: str, real_file: Callable[[str], Path]) -> None:
    path = real_file(f"delegate-cases/{name}.tflite")
    passed, wrongly, _ = DIFFERENT.get(name, (set(), set(), ""))
    refused = types_of(report_of_file(path, EARLY).ops, Verdict.REFUSED)
    assert refused == (flagged(path, "analyzer 2.7.4") | passed) - wrongly


def test_in_a_loop_tensorflow_2_7_passes_sizes_that_are_known_late(real_file: Callable[[str], Path]) -> None:
    path = real_file("delegate-cases/lstm.tflite")
    assert flagged(path, "analyzer 2.7.4") < types_of(report_of_file(path, EARLY).ops, Verdict.REFUSED)
