"""The recorded answers of real checkers for the models of ``delegate-cases``, beside what targets say of them."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from target_files import report_of

from maistudio.targets.profile import Target
from maistudio.targets.values import OpReport, TargetReport, Verdict
from maistudio.tflite.read import read_model

NAMES = (
    "argmax", "batch4_f32", "big_width", "cast_bool_mask", "cast_f32_i32_f32", "cast_f32_u8", "cast_i32_f32",
    "conv3d_5d_f32", "custom_op", "dynamic_batch", "dynamic_hw", "gather_const_f32", "gather_nd_f32",
    "gather_runtime_f32", "gelu", "grouped_conv", "if_cond", "lstm", "mirror_pad_reflect", "pow_square_clip",
    "prelu_like_leaky", "reduce_mean", "reshape5d_f32", "resize_bicubic_flex", "resize_bilinear_ac",
    "resize_bilinear_hp", "resize_nearest", "softmax", "softplus_flexless", "space_to_depth", "split_batch_f32",
    "split_simple_f32", "split_simple_int8", "sr_dynrange", "sr_f32", "sr_int8", "sr_split_f32",
    "strided_slice_newaxis", "strided_slice_shrink", "strided_slice_step2", "transpose4d_f32",
)  # fmt: skip


def recorded(path: Path, checker: str) -> str:
    """What a checker said of a model: "ok", or what is wrong."""
    answers = json.loads(path.with_name("delegate-cases.json").read_text(encoding="utf-8"))
    found = next(said for name, said in answers[path.stem].items() if name.startswith(checker))
    assert isinstance(found, str)
    return found


def flagged(path: Path, checker: str) -> set[str]:
    """The op types that TensorFlow's GPU check names as incompatible."""
    said = recorded(path, checker)
    return set() if said == "ok" else set(said.split("; "))


def report_of_file(path: Path, target: Target) -> TargetReport:
    return report_of(read_model(path), target)


def types_of(ops: Collection[OpReport], verdict: Verdict) -> set[str]:
    """The types of the ops that the rules give a verdict."""
    return {op.type for op in ops if op.rule.verdict is verdict}
