"""The classic TFLite GPU delegate of today on OpenGL ES: the ops without a shader, and what shaders ask of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from gpu_cases import COMPUTED_BIAS
from target_models import (
    COMPARING,
    FULL_LSTM,
    SOUND,
    Case,
    assert_told,
    changed,
    computed,
    first_op,
    pairs,
    rows,
    stored,
    whole,
)

from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.values import Verdict
from maistudio.tflite.draft import per_tensor

(OPENGL,) = shipped_targets(("tflite-gpu-opengl",))
NO_PARSER = {"CEIL", "ROUND", "ARG_MAX", "TOPK_V2", "REVERSE_V2", "EMBEDDING_LOOKUP"}
NO_SHADER = {
    "SIGN", "BATCH_MATMUL", "UNPACK", "SPLIT", "SPLIT_V", "TRANSPOSE", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD",
    "CUMSUM", "GATHER", "ONE_HOT", "LOGICAL_AND", "CAST", "SELECT", "SELECT_V2", *COMPARING,
}  # fmt: skip
FOURS = changed("CONV_2D", {0: computed(1, 4, 4, 8), 1: stored(8, 3, 3, 4), 2: stored(8)}, {0: computed(1, 4, 4, 8)})
"""A convolution of two groups, each of four channels to four."""

FAILS: Mapping[str, tuple[Case, str]] = {
    **{
        f"{each} of computed weights": (
            changed(each, {1: computed(*SOUND[each].inputs[1].shape)}),
            "weights are computed",
        )
        for each in ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED")
    },
    "CONV_2D in groups": (changed("CONV_2D", {1: stored(4, 3, 3, 2)}), "2 groups"),
    "two filters per channel": (
        changed("CONV_2D", {1: stored(8, 3, 3, 1), 2: stored(8)}, {0: computed(1, 4, 4, 8)}),
        "4 groups",
    ),
    "RESHAPE of channels to batches": (
        changed("RESHAPE", {1: whole(4, 16)}, {0: computed(4, 16)}, {"new_shape": [4, 16]}),
        "batch sizes 1 and 4",
    ),
    "ADD of a value per column": (changed("ADD", {1: computed(1, 1, 4, 1)}), "OpenGL takes one shape"),
    "MUL of two that both spread": (
        changed("MUL", {0: computed(1, 4, 1, 4), 1: computed(1, 1, 4, 4)}),
        "OpenGL takes one shape",
    ),
    "SUB from a value per channel": (changed("SUB", {0: computed(1, 1, 1, 4)}), "OpenGL takes one shape"),
    "SUB of a picture of constants": (changed("SUB", {1: stored(1, 4, 4, 4)}), "one value, or one per channel"),
    "MEAN over channels": (changed("MEAN", {1: whole(3)}, {0: computed(1, 4, 4, 1)}), "height and width"),
    "MEAN over height": (changed("MEAN", {1: whole(1)}, {0: computed(1, 1, 4, 4)}), "height and width"),
    "PAD of the batch": (
        changed("PAD", {1: pairs(0, 1, 0, 0, 0, 0, 0, 0)}, {0: computed(2, 4, 4, 4)}),
        "it pads the batch",
    ),
    "PAD of a mirrored batch": (
        changed("MIRROR_PAD", {0: computed(2, 4, 4, 4), 1: pairs(1, 1, 0, 0, 0, 0, 0, 0)}, {0: computed(4, 4, 4, 4)}),
        "batch",
    ),
    "paddings of three dimensions": (
        changed("PAD", {0: computed(4, 4, 4), 1: pairs(0, 0, 1, 1, 0, 0)}, {0: computed(4, 6, 4)}),
        "three dimensions",
    ),
    "negative paddings": (
        changed("PAD", {1: pairs(0, 0, -1, 0, 0, 0, 0, 0)}, {0: computed(1, 3, 4, 4)}),
        "negative",
    ),
    "resizing down": (changed("RESIZE_BILINEAR", {1: whole(2, 8)}, {0: computed(1, 2, 8, 4)}), "only enlarges"),
    "picking down": (changed("RESIZE_NEAREST_NEIGHBOR", {1: whole(8, 2)}, {0: computed(1, 8, 2, 4)}), "only enlarges"),
    "CONCATENATION of batches": (
        changed("CONCATENATION", made={0: computed(2, 4, 4, 4)}, options={"axis": 0}),
        "it joins along the batch",
    ),
    "PACK of batches": (
        changed("PACK", made={0: computed(2, 1, 4, 4)}, options={"axis": 0}),
        "it packs along the batch",
    ),
    "CONCATENATION of two and a constant": (
        changed("CONCATENATION", {1: computed(), 2: stored(1, 4, 4, 4)}, {0: computed(1, 4, 4, 12)}),
        "it joins a constant",
    ),
    "CONCATENATION of constants": (
        changed("CONCATENATION", {0: stored(1, 4, 4, 4), 1: stored(1, 4, 4, 4)}),
        "it joins a constant",
    ),
    "DEQUANTIZE of an int8 constant": (
        changed("DEQUANTIZE", {0: stored(1, 4, 4, 4, of="INT8", quantization=per_tensor(1))}),
        "no OpenGL shader for constants",
    ),
    "a full LSTM": (FULL_LSTM, "the full kernel becomes additions"),
    "pointwise in groups of two": (
        changed("CONV_2D", {0: computed(1, 4, 4, 4), 1: stored(8, 1, 1, 2), 2: stored(8)}, {0: computed(1, 4, 4, 8)}),
        "2 groups",
    ),
    "pointwise in groups that make two": (
        changed("CONV_2D", {0: computed(1, 4, 4, 8), 1: stored(4, 1, 1, 4)}),
        "2 groups",
    ),
    "groups of fours of larger kernels": (FOURS, "2 groups"),
    "groups of fours in larger steps": (
        changed(
            "CONV_2D",
            {0: computed(1, 4, 4, 8), 1: stored(8, 1, 1, 4), 2: stored(8)},
            {0: computed(1, 2, 2, 8)},
            {"stride_w": 2, "stride_h": 2},
        ),
        "2 groups",
    ),
}
"""Built so, the op runs on OpenCL and keeps OpenGL from starting; and a piece of the reason."""

TAKEN: Mapping[str, Case] = {
    "a filter per channel": changed("CONV_2D", {1: stored(4, 3, 3, 1)}),
    "a pointwise filter per channel": changed("CONV_2D", {1: stored(4, 1, 1, 1)}),
    "a pointwise convolution": changed("CONV_2D", {1: stored(4, 1, 1, 4)}),
    "CONCATENATION of zeros": changed(
        "CONCATENATION", {0: computed(1, 1, 1, 4), 1: stored(1, 1, 1, 1, values=[0.0])}, {0: computed(1, 1, 1, 5)}
    ),
    "ADD of a value per channel": changed("ADD", {0: computed(1, 1, 1, 4)}),
    "SUB of a value per channel": changed("SUB", {1: computed(1, 1, 1, 4)}),
    "SUB of constants per channel": changed("SUB", {1: stored(4)}),
    "ADD of a picture of constants": changed("ADD", {1: stored(1, 4, 4, 4)}),
    "MUL of a value per pixel": changed("MUL", {1: computed(1, 4, 4, 1)}),
    "BATCH_MATMUL by a constant matrix": changed(
        "BATCH_MATMUL", {0: computed(1, 3, 4), 1: stored(4, 5)}, {0: computed(1, 3, 5)}
    ),
    "SPLIT into one": changed("SPLIT", made={0: computed(), 1: computed()}, options={"num_splits": 1}),
    "UNPACK of one": Case("UNPACK", (computed(1, 4, 4, 1),), (computed(1, 4, 4),), {"axis": 3, "num": 1}),
    "CONCATENATION along width": changed("CONCATENATION", made={0: computed(1, 4, 8, 4)}, options={"axis": 2}),
    "a batch of four": changed("RELU", {0: computed(4, 4, 4, 4)}, {0: computed(4, 4, 4, 4)}),
}


@pytest.mark.parametrize("op_type", sorted(NO_SHADER))
def test_an_op_without_a_shader_fails_at_start(op_type: str) -> None:
    assert_told(first_op(SOUND[op_type], OPENGL), Verdict.FAILS_AT_START, "no OpenGL shader for")


@pytest.mark.parametrize("op_type", sorted(set(SOUND) - NO_PARSER - NO_SHADER - {"MaxUnpooling2D"}))
def test_a_sound_op_that_has_a_shader_runs(op_type: str) -> None:
    assert first_op(SOUND[op_type], OPENGL).verdict is Verdict.RUNS


@pytest.mark.parametrize("op_type", sorted(NO_PARSER))
def test_an_op_without_a_parser_is_refused(op_type: str) -> None:
    assert_told(first_op(SOUND[op_type], OPENGL), Verdict.REFUSED, f"no parser for {op_type}")


@pytest.mark.parametrize(("case", "words"), rows(FAILS))
def test_a_shader_asks_more_than_the_parser(case: Case, words: str) -> None:
    assert_told(first_op(case, OPENGL), Verdict.FAILS_AT_START, words)


@pytest.mark.parametrize("op_type", sorted(COMPUTED_BIAS))
def test_a_computed_bias_is_not_taken_for_computed_weights(op_type: str) -> None:
    assert_told(first_op(COMPUTED_BIAS[op_type], OPENGL), Verdict.FAILS_AT_START, "its bias is computed")


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in TAKEN.items()])
def test_a_shader_takes(case: Case) -> None:
    report = first_op(case, OPENGL)
    assert (report.verdict, report.reason) == (Verdict.RUNS, "")


@pytest.mark.parametrize(
    ("case", "words"),
    [
        pytest.param(
            replace(FOURS, inputs=(FOURS.inputs[0], stored(8, 1, 1, 4), FOURS.inputs[2])),
            "shader for 1×1 kernels passes over groups",
            id="pointwise in groups of fours",
        ),
        pytest.param(
            changed("CONCATENATION", {1: stored(1, 4, 4, 4)}), "only where it is all zero", id="a constant to join"
        ),
    ],
)
def test_what_comes_of_it_is_unknown(case: Case, words: str) -> None:
    assert_told(first_op(case, OPENGL), Verdict.UNKNOWN, words)


def test_whether_a_release_has_the_shader_of_max_unpooling_is_unknown() -> None:
    assert first_op(SOUND["MaxUnpooling2D"], OPENGL).verdict is Verdict.UNKNOWN
