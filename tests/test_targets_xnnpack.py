"""The rules for XNNPACK say, node by node, what LiteRT's interpreter hands to it."""

from __future__ import annotations

import os
import struct
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

import pytest
from litert import Refusal
from models import read_bytes
from one_change import in_type, one_changes
from real_models import REFUSED
from taken_nodes import Taken, nodes_taken
from target_files import report_of
from target_models import NONE, SOUND, Case, Slot, changed, computed, pairs, sparse, stored, whole

from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.profile import Target
from maistudio.targets.values import TargetReport, Verdict
from maistudio.tflite.draft import GraphDraft, ModelDraft, blockwise, per_channel, per_tensor
from maistudio.tflite.read import read_model

RUNS, REFUSES, FAILS = Verdict.RUNS, Verdict.REFUSED, Verdict.FAILS_AT_START
LARGE = "MicroISP"
"""Loading it takes LiteRT 10 GB."""
ENOUGH_MEMORY = 14 << 30
IMAGE = (1, 4, 4, 4)


def scaled(scale: float, zero_point: int = 0, of: str = "INT8", shape: Sequence[int] = IMAGE) -> Slot:
    return computed(*shape, of=of, quantization=per_tensor(scale, zero_point))


def weights(*shape: int, of: str = "INT8", **fields: Any) -> Slot:
    return stored(*shape, of=of, **({"quantization": per_tensor(0.5)} | fields))


def half(*shape: int) -> Slot:
    return computed(*shape, of="FLOAT16")


BIAS = stored(4, of="INT32", quantization=per_tensor(0.25))
FOUR = [0.5, 0.25, 0.125, 1.0]
SEVEN = (1,) * 7
SHAPES_DONT_FIT = ("reshape runtime", "overflowed")
"""What LiteRT says of tensors that no kernel could compute, XNNPACK or not."""


def conv(source: Slot, filter_: Slot, bias: Slot, made: Slot | None = None, **options: Any) -> Case:
    return changed("CONV_2D", {0: source, 1: filter_, 2: bias}, {0: made or source}, options)


def matrix(source: Slot, filter_: Slot, bias: Slot, made: Slot, version: int = 1, **options: Any) -> Case:
    return changed("FULLY_CONNECTED", {0: source, 1: filter_, 2: bias}, {0: made}, options, version=version)


def two(op_type: str, first: Slot, second: Slot, made: Slot, **options: Any) -> Case:
    return changed(op_type, {0: first, 1: second}, {0: made}, options or None)


def one(op_type: str, source: Slot, made: Slot | None = None, version: int = 1, **options: Any) -> Case:
    return changed(op_type, {0: source}, {0: made or source}, options or None, version=version)


def _elementwise() -> dict[str, tuple[Case, Verdict]]:
    floats = ("CEIL", "EXP", "FLOOR", "GELU", "HARD_SWISH", "LOG", "NEG", "RELU", "RELU6", "RELU_N1_TO_1", "ROUND",
              "RSQRT", "SIN", "COS", "SQRT", "SQUARE", "ABS")  # fmt: skip
    return {
        **{f"{op_type} of floats": (one(op_type, computed()), RUNS) for op_type in floats},
        **{f"{op_type} of float16": (one(op_type, half()), RUNS) for op_type in floats},
        "RELU of int8": (one("RELU", computed(of="INT8"), version=2), REFUSES),
        "SIGN has no mapping": (one("SIGN", computed(), version=2), REFUSES),
        "ABS of six dimensions": (one("ABS", computed(1, 1, 1, 1, 1, 4)), RUNS),
        "ABS of seven dimensions": (one("ABS", computed(*SEVEN)), REFUSES),
        "ABS of nothing": (one("ABS", computed(0, 4)), REFUSES),
        "ABS from float32 to float16": (one("ABS", computed(), half()), FAILS),
        "ELU of int8": (one("ELU", computed(of="INT8")), RUNS),
        "ELU of uint8": (one("ELU", computed(of="UINT8")), REFUSES),
        "TANH of uint8": (one("TANH", computed(of="UINT8"), version=2), RUNS),
        "TANH of a scale on the last axis": (
            one("TANH", computed(of="INT8", quantization={**per_tensor(0.5), "quantized_dimension": 3}), version=2),
            REFUSES,
        ),
        "LEAKY_RELU with a slope": (one("LEAKY_RELU", computed(), alpha=0.1), RUNS),
        "LEAKY_RELU without a slope": (one("LEAKY_RELU", computed(), alpha=0.0), REFUSES),
        "LEAKY_RELU with a subnormal slope": (one("LEAKY_RELU", computed(), alpha=1e-42), REFUSES),
        "LEAKY_RELU of int8": (one("LEAKY_RELU", computed(of="INT8"), version=2, alpha=0.1), RUNS),
        "LEAKY_RELU of int8 with a small slope": (
            one("LEAKY_RELU", computed(of="INT8"), version=2, alpha=0.001),
            REFUSES,
        ),
        "LEAKY_RELU of far scales": (one("LEAKY_RELU", scaled(129), scaled(1), version=2, alpha=0.5), REFUSES),
        "QUANTIZE of floats": (one("QUANTIZE", computed(), computed(of="INT8"), version=2), RUNS),
        "QUANTIZE again": (one("QUANTIZE", scaled(0.5), scaled(0.25), version=2), RUNS),
        "QUANTIZE far": (one("QUANTIZE", scaled(1 / 257), scaled(1), version=2), REFUSES),
        "QUANTIZE from int8 to uint8": (
            one("QUANTIZE", computed(of="INT8"), computed(of="UINT8"), version=2),
            REFUSES,
        ),
        "DEQUANTIZE of computed int8": (one("DEQUANTIZE", computed(of="INT8"), computed(), version=2), RUNS),
        "DEQUANTIZE of computed float16": (one("DEQUANTIZE", half(), computed(), version=3), REFUSES),
        "a zero point out of range": (
            two("ADD", scaled(0.5, 200), computed(of="INT8"), computed(of="INT8")),
            FAILS,
        ),
        "ADD of float16": (two("ADD", half(), half(), half()), RUNS),
        "ADD of int32": (two("ADD", *[computed(of="INT32")] * 3), REFUSES),
        "ADD of near scales": (two("ADD", scaled(1 / 1024), scaled(1), scaled(1)), RUNS),
        "ADD of a small first scale": (two("ADD", scaled(1 / 2048), scaled(1), scaled(1)), REFUSES),
        "SUB of a large second scale": (two("SUB", scaled(1), scaled(256), scaled(1)), REFUSES),
        "MUL of small scales": (two("MUL", scaled(1 / 256), scaled(1 / 256), scaled(1)), RUNS),
        "MUL of too small scales": (two("MUL", scaled(1 / 256), scaled(1 / 257), scaled(1)), REFUSES),
        "MUL then ReLU6": (changed("MUL", options={"fused_activation_function": "RELU6"}), RUNS),
        "MUL then TANH": (changed("MUL", options={"fused_activation_function": "TANH"}), REFUSES),
        "DIV then a sign": (changed("DIV", options={"fused_activation_function": "SIGN_BIT"}), REFUSES),
        "MAXIMUM of floats": (changed("MAXIMUM"), RUNS),
        "MAXIMUM of int8": (two("MAXIMUM", *[computed(of="INT8")] * 3), REFUSES),
        "MAXIMUM of float32 and float16": (two("MAXIMUM", computed(), half(), computed()), FAILS),
        "SQUARED_DIFFERENCE": (changed("SQUARED_DIFFERENCE"), RUNS),
        "PRELU with a constant": (changed("PRELU"), RUNS),
        "PRELU with a computed slope": (changed("PRELU", {1: computed(4)}), REFUSES),
        "POW has no mapping": (changed("POW"), REFUSES),
    }  # fmt: skip


def _layers() -> dict[str, tuple[Case, Verdict]]:
    eight, filter8, filter_, bias = computed(of="INT8"), weights(4, 3, 3, 4), stored(4, 3, 3, 4), stored(4)
    per_row = weights(4, 3, 3, 4, quantization=per_channel(FOUR, 0))
    out, wide = computed(1, 4), computed(1, 8)
    small = stored(4, 8)
    return {
        "CONV_2D of floats": (changed("CONV_2D"), RUNS),
        "CONV_2D of int8": (conv(eight, filter8, BIAS), RUNS),
        "CONV_2D of uint8": (conv(computed(of="UINT8"), weights(4, 3, 3, 4, of="UINT8"), BIAS), RUNS),
        "CONV_2D of float16": (conv(half(), stored(4, 3, 3, 4, of="FLOAT16"), stored(4, of="FLOAT16")), RUNS),
        "CONV_2D of float16 with a float32 bias": (conv(half(), stored(4, 3, 3, 4, of="FLOAT16"), bias), RUNS),
        "CONV_2D of int8 per channel": (
            conv(eight, per_row, stored(4, of="INT32", quantization=per_channel(FOUR, 0))),
            RUNS,
        ),
        "CONV_2D of int8 per input channel": (
            conv(eight, weights(4, 3, 3, 4, quantization=per_channel(FOUR, 3)), BIAS),
            REFUSES,
        ),
        "CONV_2D of int8 with a zero point in its weights": (
            conv(eight, weights(4, 3, 3, 4, quantization=per_tensor(0.5, 3)), BIAS),
            FAILS,
        ),
        "CONV_2D by int8 per channel with zero points": (
            conv(computed(), weights(4, 3, 3, 4, quantization=per_channel(FOUR, 0, [3] * 4)), bias),
            REFUSES,
        ),
        "CONV_2D by int8 per channel with a later zero point": (
            conv(computed(), weights(4, 3, 3, 4, quantization=per_channel(FOUR, 0, [0, 0, 0, 3])), bias),
            FAILS,
        ),
        "CONV_2D of floats by int8": (conv(computed(), per_row, bias), RUNS),
        "CONV_2D of floats by int8 with an int32 bias": (conv(computed(), filter8, BIAS), FAILS),
        "CONV_2D of int8 with a float bias": (conv(eight, filter8, bias), FAILS),
        "CONV_2D of a bias without scale": (conv(eight, filter8, stored(4, of="INT32")), REFUSES),
        "CONV_2D with a computed bias": (changed("CONV_2D", {2: computed(4)}), REFUSES),
        "CONV_2D with computed weights": (changed("CONV_2D", {1: computed(4, 3, 3, 4)}), REFUSES),
        "CONV_2D with a flat bias of two dimensions": (changed("CONV_2D", {2: stored(1, 4)}), REFUSES),
        "CONV_2D then TANH": (conv(computed(), filter_, bias, fused_activation_function="TANH"), REFUSES),
        "CONV_2D in groups": (conv(computed(), stored(4, 3, 3, 2), bias), RUNS),
        "CONV_2D in uneven groups": (conv(computed(), stored(4, 3, 3, 3), bias), FAILS),
        "DEPTHWISE_CONV_2D of floats": (changed("DEPTHWISE_CONV_2D"), RUNS),
        "DEPTHWISE_CONV_2D of int8 per channel": (
            changed("DEPTHWISE_CONV_2D", {0: eight, 1: weights(1, 3, 3, 4, quantization=per_channel(FOUR, 3)),
                                          2: stored(4, of="INT32", quantization=per_channel(FOUR, 0))}, {0: eight}),
            RUNS,
        ),
        "DEPTHWISE_CONV_2D of int8 per channel with a bias per tensor": (
            changed("DEPTHWISE_CONV_2D", {0: eight, 1: weights(1, 3, 3, 4, quantization=per_channel(FOUR, 3)), 2: BIAS},
                    {0: eight}),
            FAILS,
        ),
        "DEPTHWISE_CONV_2D of int8 with a float bias": (
            changed("DEPTHWISE_CONV_2D", {0: eight, 1: weights(1, 3, 3, 4)}, {0: eight}),
            FAILS,
        ),
        "DEPTHWISE_CONV_2D of floats by int8": (changed("DEPTHWISE_CONV_2D", {1: weights(1, 3, 3, 4)}), REFUSES),
        "FULLY_CONNECTED of floats": (changed("FULLY_CONNECTED"), RUNS),
        "FULLY_CONNECTED without bias": (matrix(wide, small, NONE, out), RUNS),
        "FULLY_CONNECTED of version 8": (matrix(wide, small, stored(4), out, version=8), REFUSES),
        "FULLY_CONNECTED with computed weights": (matrix(wide, computed(4, 8), NONE, out), REFUSES),
        "FULLY_CONNECTED with a computed bias": (matrix(wide, small, computed(4), out), REFUSES),
        "FULLY_CONNECTED by int8": (matrix(wide, weights(4, 8), stored(4), out, version=3), RUNS),
        "FULLY_CONNECTED by int8 per input": (
            matrix(wide, weights(4, 8, quantization=per_channel(FOUR * 2, 1)), NONE, out, version=5),
            REFUSES,
        ),
        "FULLY_CONNECTED by uint8": (matrix(wide, weights(4, 8, of="UINT8"), stored(4), out, version=3), REFUSES),
        "FULLY_CONNECTED by int4": (
            matrix(wide, weights(4, 8, of="INT4", quantization=per_channel(FOUR, 0)), NONE, out, version=7), RUNS),
        "FULLY_CONNECTED by int4 of odd width": (
            matrix(computed(1, 7), weights(4, 7, of="INT4", quantization=per_channel(FOUR, 0)), NONE, out, version=7),
            REFUSES,
        ),
        "FULLY_CONNECTED by int4 around 8": (
            matrix(wide, weights(4, 8, of="INT4", quantization=per_channel(FOUR, 0, [8] * 4)), NONE, out, version=7),
            RUNS,
        ),
        "FULLY_CONNECTED by int4 around 3": (
            matrix(wide, weights(4, 8, of="INT4", quantization=per_channel(FOUR, 0, [3] * 4)), NONE, out, version=7),
            FAILS,
        ),
        "FULLY_CONNECTED by int2 with one scale": (
            matrix(wide, weights(4, 8, of="INT2"), NONE, out, version=10), REFUSES),
        "FULLY_CONNECTED by int8 with a zero point": (
            matrix(wide, weights(4, 8, quantization=per_tensor(0.5, 3)), NONE, out, version=3), FAILS),
        "FULLY_CONNECTED of int8 by int8": (
            matrix(scaled(0.5, shape=(1, 8)), weights(4, 8), BIAS, scaled(0.5, shape=(1, 4)), version=4), RUNS),
        "FULLY_CONNECTED of int8 with a float bias": (
            matrix(scaled(0.5, shape=(1, 8)), weights(4, 8), stored(4), scaled(0.5, shape=(1, 4)), version=4), FAILS),
        "BATCH_MATMUL of floats": (changed("BATCH_MATMUL"), RUNS),
        "BATCH_MATMUL of float16": (two("BATCH_MATMUL", half(1, 4, 4), half(1, 4, 4), half(1, 4, 4)), RUNS),
        "BATCH_MATMUL by int8": (two("BATCH_MATMUL", computed(1, 4, 4), weights(1, 4, 4), computed(1, 4, 4)), RUNS),
        "BATCH_MATMUL by int8 with a zero point": (
            two("BATCH_MATMUL", computed(1, 4, 4), weights(1, 4, 4, quantization=per_tensor(0.5, 3)),
                computed(1, 4, 4)),
            FAILS,
        ),
        "BATCH_MATMUL by int8 per row": (
            two("BATCH_MATMUL", computed(1, 4, 4), weights(1, 4, 4, quantization=per_channel(FOUR, 1)),
                computed(1, 4, 4)),
            REFUSES,
        ),
        "BATCH_MATMUL by turned int8 per row": (
            two("BATCH_MATMUL", computed(1, 4, 4), weights(1, 4, 4, quantization=per_channel(FOUR, 1)),
                computed(1, 4, 4), adj_y=True),
            RUNS,
        ),
        "BATCH_MATMUL of int8 with a zero point": (
            two("BATCH_MATMUL", scaled(0.5, shape=(1, 4, 4)), scaled(0.5, 3, shape=(1, 4, 4)),
                scaled(0.5, shape=(1, 4, 4))),
            REFUSES,
        ),
        "TRANSPOSE_CONV of floats": (changed("TRANSPOSE_CONV"), RUNS),
        "TRANSPOSE_CONV with a filter below its stride": (
            changed("TRANSPOSE_CONV", {1: stored(4, 1, 1, 4)}),
            REFUSES,
        ),
        "TRANSPOSE_CONV to a computed size": (changed("TRANSPOSE_CONV", {0: computed(4, of="INT32")}), REFUSES),
        "TRANSPOSE_CONV by int8": (changed("TRANSPOSE_CONV", {1: weights(4, 2, 2, 4)}), RUNS),
        "TRANSPOSE_CONV by uint8": (changed("TRANSPOSE_CONV", {1: weights(4, 2, 2, 4, of="UINT8")}), FAILS),
        "TRANSPOSE_CONV then TANH": (
            changed("TRANSPOSE_CONV", options={"fused_activation_function": "TANH"}, version=4), REFUSES),
        "AVERAGE_POOL_2D of floats": (changed("AVERAGE_POOL_2D"), RUNS),
        "AVERAGE_POOL_2D of int8": (one("AVERAGE_POOL_2D", eight, version=2), REFUSES),
        "MAX_POOL_2D of int8": (one("MAX_POOL_2D", eight, version=2), RUNS),
        "MAX_POOL_2D of two scales": (one("MAX_POOL_2D", eight, scaled(0.25), version=2), FAILS),
        "MAX_POOL_2D of float16": (one("MAX_POOL_2D", half()), REFUSES),
        "MAX_POOL_2D with a stride over its window": (
            one("MAX_POOL_2D", computed(), computed(1, 2, 2, 4), stride_w=3, stride_h=3),
            REFUSES,
        ),
        "MEAN over height and width": (changed("MEAN"), RUNS),
        "SUM of int8": (changed("SUM", {0: eight}, {0: scaled(0.25, shape=(1, 1, 1, 4))}, version=2), RUNS),
        "REDUCE_MAX over computed axes": (changed("REDUCE_MAX", {1: computed(2, of="INT32")}), REFUSES),
        "REDUCE_PROD has no mapping": (changed("REDUCE_PROD"), REFUSES),
        "SOFTMAX": (changed("SOFTMAX"), RUNS),
        "SOFTMAX with a beta": (changed("SOFTMAX", options={"beta": 2.0}), REFUSES),
        "SOFTMAX of seven dimensions": (one("SOFTMAX", computed(*SEVEN)), FAILS),
        "Convolution2DTransposeBias": (
            Case("Convolution2DTransposeBias", (computed(), stored(4, 2, 2, 4), stored(4)), (computed(1, 8, 8, 4),),
                 custom=True),
            REFUSES,
        ),
    }  # fmt: skip


def _layout() -> dict[str, tuple[Case, Verdict]]:
    eight = computed(of="INT8")
    axis = stored(of="INT32", values=[3])
    return {
        "DEPTH_TO_SPACE": (changed("DEPTH_TO_SPACE"), RUNS),
        "DEPTH_TO_SPACE of two scales": (
            one("DEPTH_TO_SPACE", eight, scaled(0.25, shape=(1, 8, 8, 1)), version=2), FAILS),
        "DEPTH_TO_SPACE of float16": (one("DEPTH_TO_SPACE", half(), half(1, 8, 8, 1)), RUNS),
        "DEPTH_TO_SPACE of one": (one("DEPTH_TO_SPACE", computed(), computed(), block_size=1), REFUSES),
        "SPACE_TO_DEPTH": (changed("SPACE_TO_DEPTH"), RUNS),
        "EXPAND_DIMS": (
            Case("EXPAND_DIMS", (computed(), stored(of="INT32", values=[0])), (computed(1, 1, 4, 4, 4),)), REFUSES),
        "PAD": (changed("PAD"), RUNS),
        "PAD of computed paddings": (changed("PAD", {1: computed(4, 2, of="INT32")}), REFUSES),
        "PAD of int64 paddings": (
            changed("PAD", {1: stored(4, 2, of="INT64", values=[0, 0, 1, 1, 1, 1, 0, 0])}, version=2),
            REFUSES,
        ),
        "PAD of two scales": (changed("PAD", {0: eight}, {0: scaled(0.25, shape=(1, 6, 6, 4))}, version=2), FAILS),
        "PADV2 has no mapping": (changed("PADV2"), REFUSES),
        "RESHAPE": (changed("RESHAPE"), RUNS),
        "RESHAPE to a computed shape": (changed("RESHAPE", {1: computed(2, of="INT32")}), REFUSES),
        "RESHAPE of two zero points": (changed("RESHAPE", {0: eight}, {0: scaled(0.5, 1, shape=(1, 64))}), REFUSES),
        "RESHAPE to seven dimensions": (
            changed("RESHAPE", {1: whole(1, 1, 1, 1, 1, 1, 64)}, {0: computed(1, 1, 1, 1, 1, 1, 64)}), REFUSES),
        "RESHAPE that says no shape": (
            Case("RESHAPE", (computed(),), (computed(1, 64),), {"new_shape": []}),
            FAILS,
        ),
        "RESIZE_BILINEAR": (changed("RESIZE_BILINEAR"), RUNS),
        "RESIZE_BILINEAR of float16": (one("RESIZE_BILINEAR", half(), half(1, 8, 8, 4)), REFUSES),
        "RESIZE_BILINEAR to a computed size": (changed("RESIZE_BILINEAR", {1: computed(2, of="INT32")}), REFUSES),
        "SLICE": (changed("SLICE"), RUNS),
        "SLICE to the end": (changed("SLICE", {2: whole(1, 4, 2, -1)}), REFUSES),
        "SLICE by int64": (
            changed("SLICE", {1: stored(4, of="INT64", values=[0, 0, 1, 0]),
                              2: stored(4, of="INT64", values=[1, 4, 2, 4])}),
            RUNS,
        ),
        "SLICE of two scales": (
            changed("SLICE", {0: eight}, {0: scaled(0.25, shape=(1, 4, 2, 4))}, version=2), FAILS),
        "STRIDED_SLICE of every other": (changed("STRIDED_SLICE"), REFUSES),
        "STRIDED_SLICE of stride 1": (changed("STRIDED_SLICE", {3: whole(1, 1, 1, 1)}, {0: computed()}), RUNS),
        "STRIDED_SLICE that drops a dimension": (
            changed("STRIDED_SLICE", {3: whole(1, 1, 1, 1)}, {0: computed(4, 4, 4)}, {"shrink_axis_mask": 1}),
            REFUSES,
        ),
        "STRIDED_SLICE of the first dimensions": (
            changed("STRIDED_SLICE", {1: whole(0, 0), 2: whole(1, 4), 3: whole(1, 1)}, {0: computed()}),
            REFUSES,
        ),
        "SPLIT in 2": (changed("SPLIT"), RUNS),
        "SPLIT in 5": (
            Case("SPLIT", (axis, computed(1, 4, 4, 5)), (computed(1, 4, 4, 1),) * 5, {"num_splits": 5}), REFUSES),
        "SPLIT along a computed axis": (changed("SPLIT", {0: Slot("INT32", ())}), REFUSES),
        "SPLIT_V has no mapping": (changed("SPLIT_V", version=2), REFUSES),
        "CONCATENATION of 5": (
            Case("CONCATENATION", (computed(),) * 5, (computed(1, 4, 4, 20),), {"axis": 3}), RUNS),
        "CONCATENATION of 6": (
            Case("CONCATENATION", (computed(),) * 6, (computed(1, 4, 4, 24),), {"axis": 3}), REFUSES),
        "CONCATENATION of 1": (Case("CONCATENATION", (computed(),), (computed(),), {"axis": 3}), REFUSES),
        "CONCATENATION of uint8 with two scales": (
            two("CONCATENATION", computed(of="UINT8"), scaled(0.25, of="UINT8"),
                scaled(0.5, of="UINT8", shape=(1, 4, 4, 8))),
            REFUSES,
        ),
        "CONCATENATION of int8 with two scales": (
            two("CONCATENATION", eight, scaled(0.25), scaled(0.5, shape=(1, 4, 4, 8))),
            FAILS,
        ),
        "TRANSPOSE": (changed("TRANSPOSE"), RUNS),
        "TRANSPOSE by a computed permutation": (changed("TRANSPOSE", {1: computed(4, of="INT32")}), REFUSES),
        "TRANSPOSE of two scales": (changed("TRANSPOSE", {0: eight}, {0: scaled(0.25)}, version=2), FAILS),
        "TRANSPOSE that names a dimension twice": (changed("TRANSPOSE", {1: whole(0, 1, 1, 2)}), FAILS),
        "GATHER has no mapping": (changed("GATHER"), REFUSES),
        "PAD of one dimension": (changed("PAD", {0: computed(4), 1: pairs(1, 1)}, {0: computed(6)}), RUNS),
    }  # fmt: skip


CASES: Mapping[str, tuple[Case, Verdict]] = MappingProxyType({**_elementwise(), **_layers(), **_layout()})


@cache
def xnnpack() -> Target:
    return next(target for target in shipped_targets() if target.id == "xnnpack")


def predicted(model: Path | bytes) -> TargetReport:
    return report_of(read_model(model) if isinstance(model, Path) else model, xnnpack())


def partitions(report: TargetReport, subgraphs: int) -> Taken:
    found: list[set[tuple[int, ...]]] = [set() for _ in range(subgraphs)]
    for part in report.partitions:
        if part.taken:
            found[part.subgraph].add(part.ops)
    return Taken(tuple(map(frozenset, found)))


Live = Callable[[bytes], Taken | Refusal]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Taken | Refusal]:
    """What LiteRT makes of every case, from one child."""
    folder = tmp_path_factory.mktemp("cases")
    paths = {name: folder / f"{place}.tflite" for place, name in enumerate(CASES)}
    for name, path in paths.items():
        path.write_bytes(CASES[name][0].to_bytes())
    return dict(zip(paths, nodes_taken(list(paths.values())), strict=True))


@pytest.fixture
def live(tmp_path: Path) -> Live:
    def ask(data: bytes) -> Taken | Refusal:
        path = tmp_path / "model.tflite"
        path.write_bytes(data)
        return nodes_taken([path])[0]

    return ask


def fate(found: Taken | Refusal) -> Verdict:
    """What became of the only op of a model; LiteRT's own kernels may refuse what XNNPACK left to them."""
    if isinstance(found, Refusal):
        return FAILS if "XNNPackDelegate) failed" in found.reason else REFUSES
    return RUNS if any(found.partitions) else REFUSES


@pytest.mark.parametrize("name", CASES)
def test_a_rule_judges_an_op(name: str) -> None:
    case, expected = CASES[name]
    report = predicted(case.to_bytes()).ops[0]
    assert report.verdict is expected, report.reason
    assert bool(report.reason) is (expected is not RUNS)


@pytest.mark.parametrize("name", CASES)
def test_litert_does_what_the_rule_says(name: str, answers: Mapping[str, Taken | Refusal]) -> None:
    assert fate(answers[name]) is CASES[name][1], answers[name]


def assert_same(data: bytes, live: Live) -> Taken:
    found = live(data)
    assert isinstance(found, Taken), found
    assert partitions(predicted(data), len(found.partitions)) == found
    return found


def unpacked(graph: GraphDraft, element_type: str, shape: Sequence[int]) -> int:
    """A float32 tensor that DEQUANTIZE makes of a constant."""
    fields: dict[str, Any] = {} if element_type == "FLOAT16" else {"quantization": per_tensor(0.5)}
    packed = graph.constant("packed", element_type, shape, [1] * (4 * 3 * 3 * 4 if len(shape) == 4 else 4), **fields)
    made = graph.tensor("unpacked", "FLOAT32", shape)
    graph.op("DEQUANTIZE", [packed], [made], version=3)
    return made


def convolution(filter_type: str, bias_type: str, reader: str = "") -> bytes:
    """A convolution whose weights and bias DEQUANTIZE unpacks, but for "FLOAT32", and another reader of the weights."""
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", IMAGE)
    plain = graph.constant("filter", "FLOAT32", (4, 3, 3, 4), [1.0] * 144) if filter_type == "FLOAT32" else -1
    filter_ = plain if plain >= 0 else unpacked(graph, filter_type, (4, 3, 3, 4))
    bias = (
        graph.constant("bias", "FLOAT32", (4,), [1.0] * 4)
        if bias_type == "FLOAT32"
        else unpacked(graph, bias_type, (4,))
    )
    made = graph.tensor("out", "FLOAT32", IMAGE)
    graph.op("CONV_2D", [source, filter_, bias], [made], {"padding": "SAME", "stride_w": 1, "stride_h": 1})
    graph.output(made)
    if reader:
        read = graph.tensor("read", "FLOAT32", (4, 3, 3, 4))
        graph.op(reader, [filter_], [read])
        graph.output(read)
    return model.to_bytes()


def test_weights_unpacked_from_float16_are_taken_with_their_convolution(live: Live) -> None:
    assert assert_same(convolution("FLOAT16", "FLOAT16"), live).partitions == (frozenset({(0, 1, 2)}),)


def test_a_float16_bias_beside_float32_weights_keeps_a_convolution_off(live: Live) -> None:
    assert assert_same(convolution("FLOAT32", "FLOAT16"), live).partitions == (frozenset(),)


def test_weights_unpacked_from_uint8_are_not_constant(live: Live) -> None:
    assert assert_same(convolution("UINT8", "FLOAT32"), live).partitions == (frozenset({(0,)}),)


def test_an_unpacking_op_stays_where_a_refused_op_reads_what_it_makes(live: Live) -> None:
    assert assert_same(convolution("INT8", "INT8", reader="SIGN"), live).partitions == (frozenset({(1, 2)}),)


def test_an_unpacking_op_goes_where_all_that_read_it_go(live: Live) -> None:
    assert assert_same(convolution("INT8", "INT8", reader="ABS"), live).partitions == (frozenset({(0, 1, 2, 3)}),)


def test_a_sparse_constant_is_unpacked(live: Live) -> None:
    assert fate(live(sparse().to_bytes())) is predicted(sparse().to_bytes()).ops[0].verdict is RUNS


def block_weights(block: int, count: int, element_type: str) -> bytes:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 64))
    scales = graph.constant("scales", "FLOAT16", (4, count), [0.5] * 4 * count)
    filter_ = graph.constant("filter", element_type, (4, 64), [1] * 256, quantization=blockwise(block, scales))
    made = graph.tensor("out", "FLOAT32", (1, 4))
    graph.op("FULLY_CONNECTED", [source, filter_, -1], [made], {}, version=12)
    graph.output(made)
    return model.to_bytes()


@pytest.mark.parametrize(
    ("block", "count", "element_type", "expected"),
    [(32, 2, "INT4", RUNS), (16, 4, "INT4", REFUSES), (32, 1, "INT4", FAILS), (32, 2, "INT8", FAILS)],
)
def test_blocks_of_weights_are_multiples_of_32_int4(
    block: int, count: int, element_type: str, expected: Verdict, live: Live
) -> None:
    data = block_weights(block, count, element_type)
    assert predicted(data).ops[0].verdict is expected
    assert fate(live(data)) is expected


def variables(*ops: str) -> bytes:
    """Ops one behind the other, on variables by name: "handle a", "write a", "read a", "sign"."""
    model = ModelDraft()
    graph = model.subgraph()
    value = graph.input("in", "FLOAT32", IMAGE)
    handles: dict[str, int] = {}
    for op in ops:
        kind, _, name = op.partition(" ")
        made = graph.tensor(op, "RESOURCE" if kind == "handle" else "FLOAT32", () if kind == "handle" else IMAGE)
        match kind:
            case "handle":
                graph.op("VAR_HANDLE", [], [made], {"container": "", "shared_name": name[0]})
                handles[name] = made
            case "write":
                graph.op("ASSIGN_VARIABLE", [handles[name], value], [], {})
            case "read":
                graph.op("READ_VARIABLE", [handles[name]], [made], {})
                value = made
            case _:
                graph.op(kind.upper(), [value], [made])
                value = made
    graph.output(value)
    return model.to_bytes()


def test_variables_go_with_what_reads_and_writes_them(live: Live) -> None:
    found = assert_same(variables("handle a", "write a", "read a", "abs"), live)
    assert found.partitions == (frozenset({(0, 1, 2, 3)}),)


def test_a_variable_that_nothing_taken_uses_stays(live: Live) -> None:
    assert assert_same(variables("handle a", "abs"), live).partitions == (frozenset({(1,)}),)


def test_ops_with_side_effects_keep_their_order(live: Live) -> None:
    ops = "handle a", "handle b", "handle a2", "write a", "sign", "write b", "read a2", "abs", "write a2"
    found = assert_same(variables(*ops), live)
    assert found.partitions == (frozenset({(0, 1, 2, 3), (5, 6, 7, 8)}),)


def test_a_variable_from_outside_of_a_subgraph_stays() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "RESOURCE", ())
    made = graph.tensor("out", "FLOAT32", IMAGE)
    graph.op("READ_VARIABLE", [source], [made], {})
    graph.output(made)
    assert "comes from outside" in predicted(model.to_bytes()).ops[0].reason


def unstated(op_type: str, options: Mapping[str, object] | None) -> bytes:
    """An op on a tensor whose shape the file doesn't state."""
    model = ModelDraft()
    graph = model.subgraph()
    source, shape = graph.input("in", "FLOAT32", IMAGE), graph.input("shape", "INT32", (4,))
    open_ = graph.tensor("open", "FLOAT32", (), has_rank=False)
    graph.op("RESHAPE", [source, shape], [open_], {})
    made = graph.tensor("out", "FLOAT32", (), has_rank=False)
    graph.op(op_type, [open_, open_] if op_type in ("ADD", "CONCATENATION") else [open_], [made], options)
    graph.output(made)
    return model.to_bytes()


@pytest.mark.parametrize(
    ("op_type", "options", "taken"), [("ABS", None, True), ("ADD", {}, True), ("CONCATENATION", {"axis": 3}, False)]
)
def test_shapes_that_the_file_leaves_open_count_as_scalars(
    op_type: str, options: Mapping[str, object] | None, taken: bool, live: Live
) -> None:
    found = assert_same(unstated(op_type, options), live)
    assert found.partitions == (frozenset({(1,)} if taken else ()),)


def mediapipe(padding: int, stride: int, filter_: int) -> bytes:
    """MediaPipe's pooling with options as TFLite stores them: padding, stride, filter, activation."""
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", IMAGE)
    made = [graph.tensor(name, "FLOAT32", (1, 2, 2, 4)) for name in ("largest", "places")]
    options = struct.pack("<7i", padding, stride, stride, filter_, filter_, 0, 0)
    graph.custom_op("MaxPoolingWithArgmax2D", [source], made, options)
    graph.output(*made)
    return model.to_bytes()


@pytest.mark.parametrize(
    ("padding", "stride", "filter_", "expected"), [(2, 2, 2, RUNS), (2, 1, 2, REFUSES), (0, 2, 2, REFUSES)]
)
def test_mediapipe_pools_windows_side_by_side(
    padding: int, stride: int, filter_: int, expected: Verdict, live: Live
) -> None:
    data = mediapipe(padding, stride, filter_)
    assert predicted(data).ops[0].verdict is expected
    assert fate(live(data)) is expected


def random_graph(random: Random) -> bytes:
    """A few ops, some that XNNPACK doesn't take, with weights of several kinds, shared and unshared."""
    model = ModelDraft()
    graph = model.subgraph()
    values = [graph.input("in", "FLOAT32", IMAGE)]
    kept: dict[tuple[int, ...], list[int]] = {}

    def constant(*shape: int) -> int:
        kind = random.choice(("FLOAT32", "FLOAT16", "INT8", "UINT8", "again"))
        if kind == "again" and kept.get(shape):
            return random.choice(kept[shape])
        if kind in ("FLOAT32", "again"):
            count = 144 if len(shape) == 4 else 4
            made = graph.constant("constant", "FLOAT32", shape, [1.0] * count)
        else:
            made = unpacked(graph, kind, shape)
        kept.setdefault(shape, []).append(made)
        return made

    for place in range(random.randint(2, 12)):
        made = graph.tensor(f"t{place}", "FLOAT32", IMAGE)
        source = random.choice(values[-5:])
        match random.randrange(6):
            case 0 | 1:
                inputs = [source, constant(4, 3, 3, 4), constant(4)]
                graph.op("CONV_2D", inputs, [made], {"padding": "SAME", "stride_w": 1, "stride_h": 1})
            case 2:
                graph.op(random.choice(("ADD", "MUL")), [source, constant(4)], [made], {})
            case 3:
                graph.op(random.choice(("POW", "PRELU", "MAXIMUM")), [source, constant(4)], [made])
            case 4:
                graph.op(random.choice(("SIGN", "ABS", "TANH")), [source], [made])
            case _:
                graph.op("ADD", [source, random.choice(values)], [made], {})
        values.append(made)
    graph.output(values[-1])
    return model.to_bytes()


@pytest.mark.slow
def test_random_graphs_are_cut_as_litert_cuts_them(tmp_path: Path) -> None:
    paths = [tmp_path / f"{seed}.tflite" for seed in range(200)]
    for seed, path in enumerate(paths):
        path.write_bytes(random_graph(Random(seed)))
    differ = {
        path.name: (partitions(predicted(path), 1), found)
        for path, found in zip(paths, nodes_taken(paths), strict=True)
        if partitions(predicted(path), 1) != found
    }
    assert not differ


def changed_ops() -> list[tuple[str, Case]]:
    """Sound ops of the types that XNNPACK maps, in float and in 8 bits, each changed in one place."""
    by_type = {op_type: case for op_type, case in SOUND.items() if op_type in xnnpack().rules and not case.custom}
    by_type["STRIDED_SLICE"] = changed("STRIDED_SLICE", {3: whole(1, 1, 1, 1)}, {0: computed()})
    by_type["LEAKY_RELU"] = changed("LEAKY_RELU", options={"alpha": 0.1})
    return [
        (f"{op_type} in {element_type}, {words}", case)
        for op_type, sound in by_type.items()
        for element_type in ("FLOAT32", "FLOAT16", "INT8", "UINT8")
        if element_type == "FLOAT32" or op_type not in ("QUANTIZE", "DEQUANTIZE")
        for words, case in one_changes(in_type(sound, element_type))
    ]


@pytest.mark.slow
def test_one_change_to_a_sound_op_is_judged_as_litert_judges_it(tmp_path: Path) -> None:
    tried = dict(Random(0).sample(changed_ops(), 2500))
    paths = [tmp_path / f"{place}.tflite" for place in range(len(tried))]
    for path, case in zip(paths, tried.values(), strict=True):
        path.write_bytes(case.to_bytes())
    differ = {}
    met: Counter[Verdict] = Counter()
    for (words, _), path, found in zip(tried.items(), paths, nodes_taken(paths), strict=True):
        if isinstance(found, Refusal) and (
            "XNNPackDelegate" not in found.reason or any(each in found.reason for each in SHAPES_DONT_FIT)
        ):
            continue
        met[fate(found)] += 1
        said = predicted(path).ops[0]
        if said.verdict is not fate(found):
            differ[words] = (said.verdict, said.reason, found)
    assert not differ
    assert min(met[RUNS], met[REFUSES], met[FAILS]) > 200


def assert_files_are_judged(paths: Sequence[Path]) -> None:
    """Every subgraph of every file that LiteRT loads, node by node and partition by partition."""
    differ = {}
    loaded = 0
    for path, found in zip(paths, nodes_taken(paths), strict=True):
        if isinstance(found, Taken):
            loaded += 1
            said = partitions(predicted(path), len(found.partitions))
            if said != found:
                differ[path.name] = (said, found)
    assert not differ
    assert loaded > len(paths) / 2


def test_the_delegate_cases_are_judged_node_by_node(models_folder: Path) -> None:
    assert_files_are_judged(sorted(models_folder.glob("delegate-cases/*.tflite")))


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["challenge", "hard", "large"])
def test_every_file_is_judged_node_by_node(folder: str, models_folder: Path) -> None:
    paths = [path for path in sorted(models_folder.glob(f"{folder}/*.tflite")) if path.name not in REFUSED]
    assert_files_are_judged([path for path in paths if LARGE not in path.name])


@pytest.mark.slow
def test_the_largest_file_is_judged_node_by_node(models_folder: Path) -> None:
    if os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") < ENOUGH_MEMORY:
        pytest.skip(f"LiteRT needs 10 GB for {LARGE}")
    assert_files_are_judged(list(models_folder.glob(f"*/*{LARGE}*.tflite")))


def test_every_rule_names_its_source() -> None:
    for name, rule in xnnpack().rules.items():
        assert rule.source, name
        assert all(condition.source for _, condition in rule.conditions), name


def test_no_rule_stays_silent_about_a_refusal() -> None:
    report = predicted(changed("GATHER").to_bytes()).ops[0]
    assert report.reason == "XNNPACK's delegate doesn't map GATHER: LiteRT's own kernel runs it"
    assert read_bytes(changed("GATHER").to_bytes()).subgraphs[0].ops[0].type == "GATHER"
