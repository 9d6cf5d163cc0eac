"""What the NNAPI delegate offers at each API level."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import pytest
from target_files import report_of
from target_models import NONE, Case, Slot, changed, computed, first_op, pairs, sparse, stored, whole

from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.profile import Target
from maistudio.targets.values import TargetVerdict, Verdict
from maistudio.tflite.draft import ModelDraft, per_channel, per_tensor

LEVELS = (27, 28, 29, 30)
NEVER = 99
IMAGE = (1, 4, 4, 4)
BYTES, SIGNED = computed(of="UINT8"), computed(of="INT8")
NARROW = computed(of="UINT8", quantization=per_tensor(0.125))
"""A scale that 0.5 times 0.5 is above of."""
QUARTERS = computed(4, 2, 2, 4)
BIAS = stored(4, of="INT32", quantization=per_tensor(0.25))


@cache
def level(api: int) -> Target:
    return next(target for target in shipped_targets() if target.id == f"nnapi-{api}")


def filter8(of: str = "UINT8", scales: int = 1) -> Slot:
    quantization = per_tensor(0.5) if scales == 1 else per_channel([0.5] * scales, 0)
    return stored(4, 3, 3, 4, of=of, quantization=quantization)


def one(op_type: str, source: Slot, made: Slot | None = None, version: int = 1, **options: object) -> Case:
    return changed(op_type, {0: source}, {0: made or source}, options or None, version=version)


FROM: Mapping[str, tuple[Case, int]] = MappingProxyType(
    {
        "ADD of floats": (changed("ADD"), 27),
        "ADD of int32": (changed("ADD", {0: computed(of="INT32"), 1: computed(of="INT32")}), 30),
        "ADD of version 3": (changed("ADD", version=3), NEVER),
        "ADD of int32 then RELU": (
            changed("ADD", {0: computed(of="INT32")}, options={"fused_activation_function": "RELU"}), NEVER),
        "ADD of five dimensions": (
            changed("ADD", {0: computed(1, 1, 1, 1, 4), 1: computed(1, 1, 1, 1, 4)}), NEVER),
        "MUL of version 3": (changed("MUL", version=3), 29),
        "SUB of floats": (changed("SUB"), 28),
        "SUB of int8": (changed("SUB", {0: SIGNED, 1: SIGNED}), 29),
        "ARG_MAX": (changed("ARG_MAX"), 29),
        "ARG_MAX to int64": (changed("ARG_MAX", made={0: computed(1, 4, 4, of="INT64")}), NEVER),
        "AVERAGE_POOL_2D of a small window": (one("AVERAGE_POOL_2D", BYTES), 27),
        "AVERAGE_POOL_2D of a large window": (
            one("AVERAGE_POOL_2D", BYTES, filter_width=16, filter_height=17), 29),
        "CONV_2D of floats": (changed("CONV_2D"), 27),
        "CONV_2D without bias": (Case("CONV_2D", (computed(), stored(4, 3, 3, 4)), (computed(),), {}), NEVER),
        "CONV_2D of version 6": (changed("CONV_2D", version=6), NEVER),
        "CONV_2D of uint8": (
            changed("CONV_2D", {0: BYTES, 1: filter8(), 2: BIAS}, {0: BYTES}), 27),
        "CONV_2D of uint8 to a narrow scale": (
            changed("CONV_2D", {0: BYTES, 1: filter8(), 2: BIAS}, {0: NARROW}), 29),
        "CONV_2D of int8": (changed("CONV_2D", {0: SIGNED, 1: filter8("INT8"), 2: BIAS}, {0: SIGNED}), 29),
        "CONV_2D of uint8 per channel": (
            changed("CONV_2D", {0: BYTES, 1: filter8("INT8", 4), 2: BIAS}, {0: BYTES}), 29),
        "CONV_2D of floats by int8": (changed("CONV_2D", {1: filter8("INT8")}), 29),
        "CONV_2D with dilation": (changed("CONV_2D", options={"dilation_h_factor": 2}), 29),
        "CONV_2D in groups": (changed("CONV_2D", {1: stored(4, 3, 3, 2)}), 29),
        "DEPTHWISE_CONV_2D with dilation": (changed("DEPTHWISE_CONV_2D", options={"dilation_w_factor": 2}), 29),
        "DEPTHWISE_CONV_2D of int8": (
            changed("DEPTHWISE_CONV_2D", {0: SIGNED, 1: stored(1, 3, 3, 4, of="INT8")}, {0: SIGNED}), 29),
        "FULLY_CONNECTED of floats": (changed("FULLY_CONNECTED"), 27),
        "FULLY_CONNECTED that keeps dimensions": (changed("FULLY_CONNECTED", options={"keep_num_dims": True}), 30),
        "FULLY_CONNECTED to int16": (changed("FULLY_CONNECTED", made={0: computed(1, 4, of="INT16")}), NEVER),
        "FULLY_CONNECTED of floats by int8": (changed("FULLY_CONNECTED", {1: stored(4, 8, of="INT8")}), 29),
        "SOFTMAX of four dimensions": (changed("SOFTMAX"), 27),
        "SOFTMAX of three dimensions": (one("SOFTMAX", computed(1, 4, 4)), 29),
        "RESHAPE": (changed("RESHAPE"), 27),
        "RESHAPE to a computed shape": (changed("RESHAPE", {1: computed(2, of="INT32")}), NEVER),
        "RESIZE_BILINEAR of floats": (changed("RESIZE_BILINEAR"), 27),
        "RESIZE_BILINEAR to an oblong": (
            changed("RESIZE_BILINEAR", {1: whole(8, 6)}, {0: computed(1, 8, 6, 4)}), 29),
        "RESIZE_BILINEAR of uint8": (one("RESIZE_BILINEAR", BYTES, computed(1, 8, 8, 4, of="UINT8")), 29),
        "RESIZE_BILINEAR with half pixels": (changed("RESIZE_BILINEAR", options={"half_pixel_centers": True}), 30),
        "RESIZE_NEAREST_NEIGHBOR": (changed("RESIZE_NEAREST_NEIGHBOR"), 29),
        "RESIZE_NEAREST_NEIGHBOR with aligned corners": (
            changed("RESIZE_NEAREST_NEIGHBOR", options={"align_corners": True}), 30),
        "SQUEEZE of named dimensions": (
            Case("SQUEEZE", (computed(),), (computed(4, 4, 4),), {"squeeze_dims": [0]}), 28),
        "SQUEEZE of any dimensions": (Case("SQUEEZE", (computed(),), (computed(4, 4, 4),), {}), 29),
        "L2_NORMALIZATION of floats": (Case("L2_NORMALIZATION", (computed(),), (computed(),), {}), 27),
        "L2_NORMALIZATION of int8": (Case("L2_NORMALIZATION", (SIGNED,), (SIGNED,), {}, 2), 29),
        "CONCATENATION of equal scales": (
            changed("CONCATENATION", {0: BYTES, 1: BYTES}, {0: computed(1, 4, 4, 8, of="UINT8")}), 27),
        "CONCATENATION of two scales": (
            changed("CONCATENATION", {0: BYTES, 1: NARROW}, {0: computed(1, 4, 4, 8, of="UINT8")}), 29),
        "CONCATENATION then RELU": (
            changed("CONCATENATION", options={"fused_activation_function": "RELU"}), NEVER),
        "DEQUANTIZE of uint8": (one("DEQUANTIZE", BYTES, computed(), version=2), 27),
        "DEQUANTIZE of int8 around 0": (one("DEQUANTIZE", SIGNED, computed(), version=2), 29),
        "DEQUANTIZE of int8 around 3": (
            one("DEQUANTIZE", computed(of="INT8", quantization=per_tensor(0.5, 3)), computed(), version=2), 30),
        "DEQUANTIZE of computed float16": (one("DEQUANTIZE", computed(of="FLOAT16"), computed(), version=3), 30),
        "DENSIFY": (sparse(), 30),
        "RELU": (changed("RELU"), 27),
        "TANH of int8": (one("TANH", SIGNED, version=2), 29),
        "DIV": (changed("DIV"), 28),
        "DIV of int8": (changed("DIV", {0: SIGNED}), NEVER),
        "PAD of floats": (changed("PAD"), 28),
        "PAD of int8": (one("PAD", SIGNED, computed(1, 6, 6, 4, of="INT8"), version=2), 29),
        "PADV2": (changed("PADV2"), 29),
        "PAD of nothing": (changed("PAD", {0: computed(0, 4, 4, 4)}), NEVER),
        "BATCH_TO_SPACE_ND without crops": (
            Case("BATCH_TO_SPACE_ND", (QUARTERS, whole(2, 2), pairs(0, 0, 0, 0)), (computed(),), {}), 28),
        "BATCH_TO_SPACE_ND with crops": (
            Case("BATCH_TO_SPACE_ND", (QUARTERS, whole(2, 2), pairs(0, 1, 0, 0)), (computed(),), {}), NEVER),
        "STRIDED_SLICE": (changed("STRIDED_SLICE"), 28),
        "TRANSPOSE": (changed("TRANSPOSE"), 28),
        "TRANSPOSE by a computed permutation": (changed("TRANSPOSE", {1: computed(4, of="INT32")}), NEVER),
        "ABS": (changed("ABS"), 29),
        "RSQRT of version 2": (changed("RSQRT", version=2), 29),
        "SQRT of version 2": (changed("SQRT", version=2), NEVER),
        "SLICE": (changed("SLICE"), 29),
        "TRANSPOSE_CONV": (changed("TRANSPOSE_CONV"), 29),
        "DEPTH_TO_SPACE": (changed("DEPTH_TO_SPACE"), 27),
        "LSTM": (changed("LSTM"), NEVER),
        "MEAN": (changed("MEAN"), 28),
        "MEAN of int8": (one("MEAN", SIGNED, computed(1, 1, 1, 4, of="INT8"), version=2), 29),
        "MEAN to a scalar": (changed("MEAN", made={0: Slot("FLOAT32", ())}), NEVER),
        "MAXIMUM": (changed("MAXIMUM"), 29),
        "MAXIMUM with a computed scalar": (changed("MAXIMUM", {1: Slot("FLOAT32", ())}), NEVER),
        "CAST of uint8": (one("CAST", BYTES, computed(of="INT32")), 29),
        "CAST of int8": (one("CAST", SIGNED, computed(of="INT32")), 30),
        "SPLIT of int8": (changed("SPLIT", {1: SIGNED}), 30),
        "SPLIT of floats": (changed("SPLIT"), 29),
        "SPLIT_V": (changed("SPLIT_V"), 30),
        "SPLIT_V with an empty piece": (changed("SPLIT_V", {1: whole(0, 4)}), NEVER),
        "QUANTIZE to uint8": (one("QUANTIZE", computed(), BYTES, version=2), 29),
        "QUANTIZE to int8": (one("QUANTIZE", computed(), SIGNED, version=2), 30),
        "SQUARED_DIFFERENCE of floats": (changed("SQUARED_DIFFERENCE"), 28),
        "SQUARED_DIFFERENCE of uint8": (changed("SQUARED_DIFFERENCE", {0: BYTES, 1: BYTES}), 29),
        "SQUARED_DIFFERENCE of int8": (changed("SQUARED_DIFFERENCE", {0: SIGNED, 1: SIGNED}), 30),
        "PACK along the third axis": (
            changed("PACK", made={0: computed(1, 4, 2, 4)}, options={"axis": 2}, version=2), 30),
        "PACK along the last axis": (changed("PACK", version=2), NEVER),
        "UNPACK along the last axis": (changed("UNPACK", options={"axis": -1}, version=2), NEVER),
        "ELU": (changed("ELU"), 30),
        "SELECT": (changed("SELECT"), 29),
        "BATCH_MATMUL": (changed("BATCH_MATMUL", version=2), NEVER),
        "MIRROR_PAD": (changed("MIRROR_PAD"), NEVER),
        "REVERSE_V2": (changed("REVERSE_V2"), NEVER),
        "GELU has no mapping": (changed("GELU"), NEVER),
        "SELECT_V2 has no mapping": (changed("SELECT_V2"), NEVER),
        "PRELU": (changed("PRELU"), 29),
        "GATHER by a scalar": (changed("GATHER", {1: stored(of="INT32", values=[0])}), NEVER),
        "FULLY_CONNECTED without bias": (changed("FULLY_CONNECTED", {2: NONE}), 27),
    }
)  # fmt: skip
"""Ops, and the first API level at which the delegate offers them."""


@pytest.mark.parametrize("api", LEVELS)
@pytest.mark.parametrize("name", FROM)
def test_an_op_is_offered_from_its_level_on(name: str, api: int) -> None:
    case, first = FROM[name]
    report = first_op(case, level(api))
    assert report.verdict is (Verdict.CANDIDATE if api >= first else Verdict.REFUSED), report.reason


def test_what_is_offered_is_up_to_the_driver() -> None:
    assert first_op(changed("RELU"), level(30)).reason == "the NNAPI delegate offers it; the phone's driver decides"


@pytest.mark.parametrize(
    ("op_type", "api", "words"),
    [("ELU", 29, "NNAPI 1.3 (Android 11, API 30)"), ("ABS", 28, "NNAPI 1.2 (Android 10, API 29)"),
     ("DIV", 27, "NNAPI 1.1 (Android 9, API 28)"), ("BATCH_MATMUL", 30, "feature level 6")],
)  # fmt: skip
def test_a_refusal_names_the_level_that_is_needed(op_type: str, api: int, words: str) -> None:
    assert words in first_op(changed(op_type), level(api)).reason


def parts(lengths: tuple[int, ...]) -> bytes:
    """Runs of RELU between GELU ops, which NNAPI has none of."""
    model = ModelDraft()
    graph = model.subgraph()
    value = graph.input("in", "FLOAT32", IMAGE)
    for length in lengths:
        for op_type in ("GELU", *("RELU",) * length):
            made = graph.tensor("made", "FLOAT32", IMAGE)
            graph.op(op_type, [value], [made])
            value = made
    graph.output(value)
    return model.to_bytes()


def test_the_three_largest_partitions_are_handed_over() -> None:
    report = report_of(parts((2, 1, 3, 2)), level(30))
    assert [len(part.ops) for part in report.partitions if part.taken] == [2, 3, 2]


def test_float16_weights_are_folded() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", IMAGE)
    packed = graph.constant("packed", "FLOAT16", IMAGE, [1.0] * 64)
    wide, made = graph.tensor("wide", "FLOAT32", IMAGE), graph.tensor("out", "FLOAT32", IMAGE)
    graph.op("DEQUANTIZE", [packed], [wide], version=3)
    graph.op("ADD", [source, wide], [made], {})
    graph.output(made)
    assert report_of(model.to_bytes(), level(27)).verdict is TargetVerdict.CANDIDATE


@pytest.mark.parametrize("api", LEVELS)
def test_every_rule_names_its_source(api: int) -> None:
    for name, rule in level(api).rules.items():
        assert rule.source, name
        assert all(condition.source for _, condition in rule.conditions), name


@pytest.mark.parametrize("api", LEVELS)
def test_what_one_refusal_does_to_a_float16_model_is_noted(api: int) -> None:
    assert any("float16 weights one op that the driver refuses" in note for note in level(api).notes)
