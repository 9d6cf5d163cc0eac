"""Whole models on the classic TFLite GPU delegate of today, and what TensorFlow 2.17.1's check says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from delegate_cases import NAMES, flagged, report_of_file, types_of
from models import build_dynamic_shape, build_fp16_weights, build_quantized
from target_files import chain, report_of
from target_models import SOUND, build_split_shuffle

from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.profile import Target
from maistudio.targets.values import TargetReport, TargetVerdict, Verdict
from maistudio.tflite.draft import ModelDraft

OPENCL, OPENGL = shipped_targets(("tflite-gpu-opencl", "tflite-gpu-opengl"))

MASKS = "a mask that neither CAST nor SELECT reads"
RANKS = "tensors of more than four dimensions"
PASSED_BY_THE_CHECK: Mapping[str, tuple[set[str], str]] = {
    "conv3d_5d_f32": ({"RELU"}, RANKS),
    "reshape5d_f32": ({"RESHAPE", "TRANSPOSE"}, RANKS),
    "strided_slice_newaxis": ({"RESHAPE"}, RANKS),
    "if_cond": ({"GREATER"}, MASKS),
}
"""By model: ops that the delegate refuses and TensorFlow 2.17.1's check lets pass, and why it does."""


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"lstm"}))
def test_what_opencl_refuses_is_what_tensorflow_2_17_flags(name: str, real_file: Callable[[str], Path]) -> None:
    path = real_file(f"delegate-cases/{name}.tflite")
    passed, _ = PASSED_BY_THE_CHECK.get(name, (set(), ""))
    assert types_of(report_of_file(path, OPENCL).ops, Verdict.REFUSED) == flagged(path, "analyzer 2.17.1") | passed


def test_in_a_loop_tensorflow_2_17_passes_masks_and_sizes_that_are_known_late(real_file: Callable[[str], Path]) -> None:
    path = real_file("delegate-cases/lstm.tflite")
    refused = types_of(report_of_file(path, OPENCL).ops, Verdict.REFUSED)
    assert flagged(path, "analyzer 2.17.1") < refused


@pytest.mark.parametrize("target", [OPENCL, OPENGL], ids=["opencl", "opengl"])
def test_float16_weights_are_folded_into_the_convolution(target: Target) -> None:
    report = report_of(build_fp16_weights(), target)
    assert report.verdict is TargetVerdict.FULL
    assert [op.reason for op in report.ops if op.type == "DEQUANTIZE"] == ["folded into what reads it"] * 2


def test_unpack_runs_though_tensorflow_2_17_flags_it() -> None:
    assert report_of(SOUND["UNPACK"].to_bytes(), OPENCL).verdict is TargetVerdict.FULL


def test_only_the_largest_partition_is_taken() -> None:
    report = report_of(chain(["RELU", "ROUND", "RELU", "RELU"]), OPENCL)
    assert [op.verdict for op in report.ops] == [Verdict.LEFT_ON_CPU, Verdict.REFUSED, Verdict.RUNS, Verdict.RUNS]
    assert [partition.taken for partition in report.partitions] == [False, True]


def test_a_partition_of_one_op_is_taken() -> None:
    assert report_of(chain(["ROUND", "RELU"]), OPENCL).delegated.ops == 1


def test_an_op_that_fails_keeps_all_others_from_running() -> None:
    report = report_of(chain(["RELU", "SIGN", "RELU"]), OPENGL)
    assert report.verdict is TargetVerdict.FAILS_AT_START
    assert [op.verdict for op in report.ops] == [Verdict.LEFT_ON_CPU, Verdict.FAILS_AT_START, Verdict.LEFT_ON_CPU]


def test_an_op_that_fails_outside_of_what_is_taken_does_no_harm() -> None:
    report = report_of(chain(["SIGN", "ROUND", "RELU", "RELU"]), OPENGL)
    assert report.verdict is TargetVerdict.PARTIAL


def test_sizes_that_are_known_late_keep_a_whole_graph_off() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source, sizes = graph.input("in", "FLOAT32", (1, 16)), graph.input("sizes", "INT32", (2,))
    reshaped = graph.tensor("reshaped", "FLOAT32", (4, 4), shape_signature=[-1, -1])
    graph.op("RESHAPE", [source, sizes], [reshaped])
    out = graph.tensor("out", "FLOAT32", (4, 4), shape_signature=[-1, -1])
    graph.op("RELU", [reshaped], [out])
    graph.output(out)
    report = report_of(model.to_bytes(), OPENCL)
    assert types_of(report.ops, Verdict.REFUSED) == {"RESHAPE", "RELU"}
    assert "only when it runs" in report.ops[1].reason


def test_sizes_that_the_caller_sets_keep_nothing_off() -> None:
    assert report_of(build_dynamic_shape(), OPENCL).verdict is TargetVerdict.FULL


def test_a_split_runs_on_opencl() -> None:
    assert report_of(build_split_shuffle(), OPENCL).verdict is TargetVerdict.FULL


def test_a_split_keeps_opengl_from_starting() -> None:
    assert_no_shader_for_split(report_of(build_split_shuffle(), OPENGL))


def test_the_split_model_runs_on_opencl(real_file: Callable[[str], Path]) -> None:
    report = report_of_file(real_file("delegate-cases/sr_split_f32.tflite"), OPENCL)
    assert report.verdict is TargetVerdict.FULL


def test_the_split_model_keeps_opengl_from_starting(real_file: Callable[[str], Path]) -> None:
    assert_no_shader_for_split(report_of_file(real_file("delegate-cases/sr_split_f32.tflite"), OPENGL))


def assert_no_shader_for_split(report: TargetReport) -> None:
    assert report.verdict is TargetVerdict.FAILS_AT_START
    failed = [op for op in report.ops if op.verdict is Verdict.FAILS_AT_START]
    assert {(op.type, op.reason) for op in failed} == {("SPLIT", "there is no OpenGL shader for SPLIT")}


@pytest.mark.parametrize("target", [OPENCL, OPENGL], ids=["opencl", "opengl"])
def test_every_rule_names_the_commit_it_was_read_at(target: Target) -> None:
    places = [condition.source for rule in target.rules.values() for _, condition in rule.conditions]
    assert places
    assert [place for place in places if "google-ai-edge/LiteRT" not in place] == []


def test_quantized_weights_per_channel_are_taken() -> None:
    assert report_of(build_quantized(), OPENCL).verdict is TargetVerdict.FULL
