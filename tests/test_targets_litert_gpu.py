"""LiteRT's GPU accelerator (ML Drift): each condition of its rules, and what a real compile said of whole models."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import gpu_cases
import pytest
from delegate_cases import NAMES, recorded, report_of_file
from models import build_fp16_weights, build_int4, read_bytes
from target_files import chain, report_of
from target_models import (
    NONE,
    SOUND,
    Case,
    Slot,
    assert_told,
    build_split_shuffle,
    changed,
    computed,
    first_op,
    pairs,
    rows,
    stored,
    whole,
)

from maistudio.targets.catalogue import shipped_targets
from maistudio.targets.values import TargetVerdict, Verdict
from maistudio.tflite.draft import ModelDraft, blockwise, per_channel, per_tensor

(ML_DRIFT,) = shipped_targets(("litert-gpu",))

CUSTOM = {"Resampler", "MaxUnpooling2D", "MaxPoolingWithArgmax2D", "Convolution2DTransposeBias"}
NEWEST: Mapping[str, int] = {
    "ABS": 5, "COS": 2, "ELU": 2, "EXP": 2, "GELU": 3, "LOG": 2, "LOGISTIC": 2, "NEG": 2, "RSQRT": 2, "SIGN": 2,
    "SIN": 2, "SQRT": 2, "SQUARE": 2, "TANH": 2, "FLOOR": 2, "CEIL": 2, "ROUND": 2, "RELU": 2, "RELU6": 2,
    "RELU_N1_TO_1": 2, "LEAKY_RELU": 2, "PRELU": 1, "ADD": 6, "ADD_N": 6, "MUL": 8, "DIV": 2, "SUB": 2, "FLOOR_DIV": 3,
    "FLOOR_MOD": 2, "MAXIMUM": 4, "MINIMUM": 4, "POW": 2, "SQUARED_DIFFERENCE": 2, "LOGICAL_AND": 2, "EQUAL": 2,
    "NOT_EQUAL": 2, "GREATER": 2, "GREATER_EQUAL": 2, "LESS": 2, "LESS_EQUAL": 2, "SELECT": 1, "SELECT_V2": 1,
    "CONV_2D": 6, "DEPTHWISE_CONV_2D": 6, "TRANSPOSE_CONV": 3, "FULLY_CONNECTED": 14, "AVERAGE_POOL_2D": 2,
    "MAX_POOL_2D": 2, "SPACE_TO_DEPTH": 2, "RESIZE_BILINEAR": 3, "RESIZE_NEAREST_NEIGHBOR": 3, "PAD": 5, "PADV2": 5,
    "MIRROR_PAD": 5, "SOFTMAX": 4, "RESHAPE": 1, "CONCATENATION": 6, "SLICE": 8, "STRIDED_SLICE": 2, "TRANSPOSE": 9,
    "TOPK_V2": 1, "CUMSUM": 1, "ONE_HOT": 1, "QUANTIZE": 2, "DEQUANTIZE": 3, "LSTM": 4,
}  # fmt: skip
"""The newest version of each op that is taken; other ops are taken in any."""

FULL = {"kernel_type": "FULL", "fused_activation_function": "TANH"}
FLAT = (1, 64)
DEEP = (1, 2, 2, 2, 4)
WINDOWS = ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "MAX_POOL_2D", "AVERAGE_POOL_2D")
ACTIVATED = ("ADD", "MUL", "DIV", "SUB", "CONV_2D", "DEPTHWISE_CONV_2D", "MAX_POOL_2D", "FULLY_CONNECTED")
FLOATS_ONLY = ("RELU", "SOFTMAX", "RESIZE_BILINEAR", "AVERAGE_POOL_2D", "LOGISTIC", "DEPTH_TO_SPACE", "MEAN", "PRELU")

CLAMP = Case("STABLEHLO_CLAMP", (computed(1), computed(), computed(1)), (computed(),))
UPDATE = Case("DYNAMIC_UPDATE_SLICE", (computed(), computed(1, 2, 2, 4), computed(4, of="INT32")), (computed(),), {})
SPREAD = Case("STABLEHLO_BROADCAST_IN_DIM", (computed(4, 4), whole(1, 2)), (computed(1, 4, 4),))
MORE: Mapping[str, Case] = {
    "CBRT": Case("STABLEHLO_CBRT", (computed(),), (computed(),)),
    "REMAINDER": Case("STABLEHLO_REMAINDER", (computed(), computed()), (computed(),)),
    "CLAMP": CLAMP,
    "BITCAST": Case("BITCAST", (computed(),), (computed(of="INT32"),)),
    "BROADCAST_IN_DIM": SPREAD,
    "DYNAMIC_UPDATE_SLICE": UPDATE,
    "REDUCE_ANY": Case("REDUCE_ANY", (computed(of="BOOL"), whole(1)), (computed(1, 1, 4, 4, of="BOOL"),)),
    "a composite with a parser": Case(
        "STABLEHLO_COMPOSITE",
        (computed(),),
        (computed(),),
        {"name": "odml.rms_norm"},
    ),
}
"""Sound ops that the classic delegate doesn't know."""
WIDE_TYPES = ("RELU", "EXP", "ABS", "TILE", "EQUAL", "RESHAPE", "LOGICAL_AND", "EMBEDDING_LOOKUP")
"""An op of each group that takes its own types."""

REFUSED: Mapping[str, tuple[Case, str]] = {
    "an op without parser": (Case("DENSIFY", (stored(4, 4),), (computed(4, 4),), {}), "no parser for DENSIFY"),
    "a custom op without parser": (Case("MyOp", (computed(),), (computed(),), custom=True), "no parser for MyOp"),
    "an op that the shared check doesn't know": (SOUND["RELU_0_TO_1"], "there is a parser for RELU_0_TO_1"),
    "8 bits of many scales": (
        changed("RELU", {0: computed(of="INT8", quantization=per_channel([0.5, 1, 2, 4], 3))}),
        "quantized per channel",
    ),
    **{f"{each} of int32": (changed(each, {0: computed(of="INT32")}), "input 0 is INT32") for each in FLOATS_ONLY},
    "ADD of int64": (changed("ADD", {0: computed(of="INT64"), 1: computed(of="INT64")}), "INT64"),
    "RESHAPE of int64": (changed("RESHAPE", {0: computed(of="INT64")}), "INT64"),
    "GREATER of int64": (changed("GREATER", {0: computed(of="INT64"), 1: computed(of="INT64")}), "INT64"),
    "CONV_2D of int32": (changed("CONV_2D", {0: computed(of="INT32")}), "INT32"),
    "LOGICAL_AND of floats": (changed("LOGICAL_AND", {0: computed(), 1: computed()}), "FLOAT32"),
    "ARG_MAX to int64": (
        changed("ARG_MAX", made={0: computed(1, 4, 4, of="INT64")}, options={"output_type": "INT64"}),
        "INT64",
    ),
    "ABS of a constant": (changed("ABS", {0: stored(*FLAT)}, {0: computed(*FLAT)}), "0 computed inputs"),
    "RELU of a constant": (changed("RELU", {0: stored(*FLAT)}, {0: computed(*FLAT)}), "0 computed inputs"),
    "PRELU of a computed alpha": (changed("PRELU", {1: computed(4)}), "computed"),
    "PRELU of an alpha for other channels": (changed("PRELU", {1: stored(1)}), "alpha is 1"),
    "ADD of two constants": (changed("ADD", {0: stored(4), 1: stored(4)}, {0: computed(4)}), "0 computed inputs"),
    "SUB of itself": (changed("SUB", same=True), "as two of its inputs"),
    "operands that don't fit": (
        changed("MUL", {0: computed(2, 4, 4, 4), 1: computed(2, 4)}, {0: computed(2, 4, 4, 4)}),
        "can't be broadcast",
    ),
    "CONV_2D without weights": (Case("CONV_2D", (computed(),), (computed(),), SOUND["CONV_2D"].options), "1 input"),
    "CONV_2D of a constant": (changed("CONV_2D", {0: stored(1, 4, 4, 4), 1: computed(4, 3, 3, 4)}), "constant"),
    "depthwise of int16 weights": (changed("DEPTHWISE_CONV_2D", {1: stored(1, 3, 3, 4, of="INT16")}), "INT16"),
    "TRANSPOSE_CONV of int16 weights": (changed("TRANSPOSE_CONV", {1: stored(4, 2, 2, 4, of="INT16")}), "INT16"),
    "FULLY_CONNECTED that keeps other dimensions": (
        changed("FULLY_CONNECTED", {0: computed(1, 1, 8)}, options={"keep_num_dims": True}),
        "keep_num_dims",
    ),
    "16-bit weights": (
        changed("FULLY_CONNECTED", {1: stored(4, 8, of="INT16", quantization=per_tensor(0.5))}),
        "INT16",
    ),
    "BATCH_MATMUL of a constant": (changed("BATCH_MATMUL", {0: stored(1, 2, 3, 4)}), "constant"),
    "corners and centres": (
        changed("RESIZE_BILINEAR", options={"align_corners": True, "half_pixel_centers": True}),
        "both set",
    ),
    "paddings of a matrix": (changed("PAD", {0: computed(4, 4), 1: pairs(1, 1, 1, 1)}, {0: computed(6, 6)}), "2×2"),
    "int64 paddings": (changed("PAD", {1: stored(4, 2, of="INT64", values=[0] * 8)}, {0: computed()}), "INT64"),
    "PACK along an axis that isn't there": (changed("PACK", options={"axis": -7}), "axis −7"),
    "UNPACK along an axis that isn't there": (changed("UNPACK", options={"axis": 7}), "axis 7"),
    "SPLIT along an axis that isn't there": (changed("SPLIT", {0: stored(of="INT32", values=[7])}), "axis 7"),
    "SPLIT_V of a constant": (changed("SPLIT_V", {0: stored(1, 4, 4, 4)}), "0 computed inputs"),
    "SLICE of a constant": (changed("SLICE", {0: stored(1, 4, 4, 4)}), "constant"),
    "SLICE from int64": (changed("SLICE", {1: stored(4, of="INT64", values=[0, 0, 1, 0])}), "INT64"),
    "SLICE with too few begins": (
        changed("SLICE", {1: whole(0, 1), 2: whole(4, 2)}, {0: computed(1, 4, 2, 4)}),
        "2 begins",
    ),
    "a dropped axis": (
        changed("STRIDED_SLICE", made={0: computed(2, 2, 4)}, options={"shrink_axis_mask": 1}),
        "shrink_axis_mask",
    ),
    "STRIDED_SLICE backwards": (
        changed("STRIDED_SLICE", {1: whole(0, 3, 0, 0), 2: whole(1, 0, 4, 4), 3: whole(1, -2, 2, 1)}),
        "−2",
    ),
    "STRIDED_SLICE from a computed place": (changed("STRIDED_SLICE", {1: computed(4)}), "computed"),
    "STRIDED_SLICE past the end": (changed("STRIDED_SLICE", {2: whole(1, 9, 4, 4)}), "leave 1×5×2×4"),
    "TRANSPOSE of five dimensions": (
        changed("TRANSPOSE", {0: computed(*DEEP), 1: whole(0, 2, 1, 3, 4)}, {0: computed(*DEEP)}),
        "its permutation",
    ),
    "TRANSPOSE of a list": (changed("TRANSPOSE", {0: computed(4), 1: whole(0)}, {0: computed(4)}), "its permutation"),
    "REVERSE_V2 along an axis that isn't there": (changed("REVERSE_V2", {1: whole(7)}), "axis 7"),
    "SUM over an axis that isn't there": (changed("SUM", {1: whole(7)}), "axis 7"),
    "ARG_MAX along an axis that isn't there": (changed("ARG_MAX", {1: stored(of="INT32", values=[7])}), "axis 7"),
    "ARG_MAX along a computed axis": (changed("ARG_MAX", {1: computed(1, of="INT32")}), "computed"),
    "TOPK_V2 of a computed count": (changed("TOPK_V2", {1: computed(1, of="INT32")}), "computed"),
    "GATHER by a matrix": (
        changed("GATHER", {1: stored(1, 2, of="INT32")}, {0: computed(1, 4, 4, 1)}, {"axis": 3}),
        "rank 2",
    ),
    "ONE_HOT of int64": (changed("ONE_HOT", {0: computed(1, of="INT64")}), "INT64"),
    "QUANTIZE without a scale": (
        changed("QUANTIZE", made={0: computed(of="INT8", quantization=None)}),
        "not quantized",
    ),
    "DEQUANTIZE of a constant list": (
        changed("DEQUANTIZE", {0: stored(4, of="INT8", quantization=per_tensor(1))}, {0: computed(4)}),
        "rank 1",
    ),
    "ADD of one int64": (changed("ADD", {1: stored(1, of="INT64")}), "its constant is one INT64"),
    "SUB of one int64": (changed("SUB", {1: stored(1, of="INT64")}), "its constant is one INT64"),
    "MUL of a computed scalar": (changed("MUL", {1: Slot("FLOAT32", ())}), "scalar"),
    "SUB of a computed scalar": (changed("SUB", {1: Slot("FLOAT32", ())}), "scalar"),
    "SUB that doesn't fit": (changed("SUB", {1: computed(4, 3)}), "can't be broadcast"),
    "FULLY_CONNECTED of a constant": (changed("FULLY_CONNECTED", {0: stored(1, 8), 1: computed(4, 8)}), "constant"),
    "FULLY_CONNECTED of two outputs": (changed("FULLY_CONNECTED", made={1: computed(1, 4)}), "2 outputs"),
    "depthwise of a constant": (
        changed("DEPTHWISE_CONV_2D", {0: stored(1, 4, 4, 4), 1: computed(1, 3, 3, 4)}),
        "input 0 is a constant",
    ),
    "TRANSPOSE_CONV of a constant": (
        changed("TRANSPOSE_CONV", {1: computed(4, 2, 2, 4), 2: stored(1, 4, 4, 4)}),
        "input 2 is a constant",
    ),
    "BATCH_MATMUL by 16-bit weights": (changed("BATCH_MATMUL", {1: stored(1, 2, 4, 5, of="INT16")}), "INT16"),
    "BATCH_MATMUL of constants": (changed("BATCH_MATMUL", {0: stored(1, 2, 3, 4), 1: stored(1, 2, 4, 5)}), "0 comp"),
    "EMBEDDING_LOOKUP of three": (changed("EMBEDDING_LOOKUP", {2: computed(4)}), "3 inputs"),
    "EMBEDDING_LOOKUP to another rank": (changed("EMBEDDING_LOOKUP", made={0: computed(1, 2, 4)}), "differ in rank"),
    "EMBEDDING_LOOKUP of int8 without scale": (
        changed("EMBEDDING_LOOKUP", {1: stored(3, 4, of="INT8")}),
        "not quantized",
    ),
    "PADV2 by 16 bits": (changed("PADV2", {2: stored(of="INT16", values=[1])}), "INT16"),
    "SOFTMAX of a constant": (changed("SOFTMAX", {0: stored(*FLAT)}, {0: computed(*FLAT)}), "0 computed inputs"),
    "CONCATENATION of two outputs": (changed("CONCATENATION", made={1: computed()}), "2 outputs"),
    "CONCATENATION with SIGN_BIT": (
        changed("CONCATENATION", options={"fused_activation_function": "SIGN_BIT"}),
        "SIGN_BIT",
    ),
    "SPLIT_V along an axis that isn't there": (changed("SPLIT_V", {2: stored(of="INT32", values=[7])}), "axis 7"),
    "SPLIT along a computed axis": (changed("SPLIT", {0: computed(1, of="INT32")}), "input 0 is INT32"),
    "SLICE of int64 sizes": (changed("SLICE", {2: stored(4, of="INT64", values=[1, 4, 2, 4])}), "INT64"),
    "STRIDED_SLICE to a computed place": (changed("STRIDED_SLICE", {2: computed(4, of="INT32")}), "computed"),
    "REVERSE_V2 of a constant": (changed("REVERSE_V2", {0: stored(*FLAT)}, {0: computed(*FLAT)}), "0 computed"),
    "REVERSE_V2 along int64": (changed("REVERSE_V2", {1: stored(1, of="INT64", values=[1])}), "INT64"),
    "MEAN over an axis that isn't there": (changed("MEAN", {1: whole(7)}), "axis 7"),
    "ARG_MAX of a constant": (changed("ARG_MAX", {0: stored(1, 4, 4, 4)}), "0 computed inputs"),
    "TOPK_V2 of one output": (Case("TOPK_V2", SOUND["TOPK_V2"].inputs, (computed(1, 4, 4, 2),)), "1 output"),
    "TOPK_V2 of several counts": (changed("TOPK_V2", {1: whole(2, 2)}), "2 elements"),
    "GATHER to another type": (changed("GATHER", made={0: computed(1, 4, 4, 2, of="FLOAT16")}), "differ in type"),
    "QUANTIZE of two outputs": (changed("QUANTIZE", made={1: computed(of="INT8")}), "2 outputs"),
    "DEQUANTIZE of many scales": (
        changed("DEQUANTIZE", {0: computed(of="INT8", quantization=per_channel([0.5, 1, 2, 4], 3))}),
        "quantized per channel",
    ),
    "GELU of a constant": (changed("GELU", {0: stored(*FLAT)}, {0: computed(*FLAT)}), "0 computed inputs"),
    "COS of a constant": (changed("COS", {0: stored(*FLAT)}, {0: computed(*FLAT)}), "0 computed inputs"),
    "ADD of a constant matrix that doesn't fit": (changed("ADD", {1: stored(3, 4)}), "can't be broadcast"),
    "ADD of a list that doesn't fit": (changed("ADD", {1: computed(3)}), "can't be broadcast"),
    "CBRT of int8": (Case("STABLEHLO_CBRT", (computed(of="INT8"),), (computed(of="INT8"),)), "INT8"),
    "CBRT to another type": (Case("STABLEHLO_CBRT", (computed(),), (computed(of="FLOAT16"),)), "differ in type"),
    "CBRT of a constant": (Case("STABLEHLO_CBRT", (stored(*FLAT),), (computed(*FLAT),)), "0 computed inputs"),
    "REMAINDER of constants": (
        Case("STABLEHLO_REMAINDER", (stored(4), stored(4)), (computed(4),)),
        "two computed inputs",
    ),
    "REMAINDER of two outputs": (
        Case("STABLEHLO_REMAINDER", (computed(), computed()), (computed(), computed())),
        "2 outputs",
    ),
    "CLAMP of several types": (replace(CLAMP, inputs=(computed(1), computed(of="FLOAT16"), computed(1))), "in type"),
    "CLAMP by lists": (replace(CLAMP, inputs=(computed(4), computed(), computed(4))), "bounds"),
    "CLAMP by constants": (replace(CLAMP, inputs=(stored(1), computed(), stored(1))), "1 computed input"),
    "BITCAST of a constant": (Case("BITCAST", (stored(*FLAT),), (computed(*FLAT, of="INT32"),)), "0 computed inputs"),
    "BROADCAST_IN_DIM of a constant": (replace(SPREAD, inputs=(stored(4, 4), whole(1, 2))), "0 computed inputs"),
    "BROADCAST_IN_DIM by int64": (replace(SPREAD, inputs=(computed(4, 4), stored(2, of="INT64"))), "INT64"),
    "BROADCAST_IN_DIM of a scalar": (
        replace(SPREAD, inputs=(Slot("FLOAT32", ()), whole(1, 2))),
        "input 0 has rank 0",
    ),
    "BROADCAST_IN_DIM to a scalar": (replace(SPREAD, outputs=(Slot("FLOAT32", ()),)), "output has rank 0"),
    "DYNAMIC_UPDATE_SLICE of two": (replace(UPDATE, inputs=UPDATE.inputs[:2]), "2 inputs"),
    "DYNAMIC_UPDATE_SLICE of two types": (
        replace(UPDATE, inputs=(computed(), computed(1, 2, 2, 4, of="FLOAT16"), computed(4, of="INT32"))),
        "differ in type",
    ),
    "DYNAMIC_UPDATE_SLICE at a matrix": (
        replace(UPDATE, inputs=(*UPDATE.inputs[:2], computed(1, 4, of="INT32"))),
        "input 2 has rank 2",
    ),
    "DYNAMIC_UPDATE_SLICE of scalars": (
        replace(UPDATE, inputs=(Slot("FLOAT32", ()), Slot("FLOAT32", ()), computed(4, of="INT32"))),
        "rank 0",
    ),
    "ARG_MAX along two axes": (changed("ARG_MAX", {1: whole(1, 2)}), "2 elements"),
    "ONE_HOT of a list of off values": (changed("ONE_HOT", {3: stored(2)}), "input 3 has 2 elements"),
    "DEQUANTIZE without a scale": (changed("DEQUANTIZE", {0: computed(of="INT8", quantization=None)}), "not quantized"),
    **{
        f"{each} of int64": (
            changed(each, {0: computed(*SOUND[each].inputs[0].shape, of="INT64")}),
            "input 0 is INT64",
        )
        for each in WIDE_TYPES
    },
    **{
        f"{each} to int64": (
            changed(each, made={0: computed(*SOUND[each].outputs[0].shape, of="INT64")}),
            "the output is INT64",
        )
        for each in WIDE_TYPES
    },
    "MAX_POOL_2D to int32": (changed("MAX_POOL_2D", made={0: computed(of="INT32")}), "the output is INT32"),
    "ONE_HOT from floats": (changed("ONE_HOT", {0: computed(1)}), "input 0 is FLOAT32"),
    "ONE_HOT to int32": (changed("ONE_HOT", made={0: computed(1, 3, of="INT32")}), "the output is INT32"),
    "TOPK_V2 to int64": (changed("TOPK_V2", made={1: computed(1, 4, 4, 2, of="INT64")}), "INT64"),
    "REDUCE_ANY of floats": (
        Case("REDUCE_ANY", (computed(), whole(1)), (computed(1, 1, 4, 4, of="BOOL"),)),
        "input 0 is FLOAT32",
    ),
    "REDUCE_ANY to floats": (
        Case("REDUCE_ANY", (computed(of="BOOL"), whole(1)), (computed(1, 1, 4, 4),)),
        "the output is FLOAT32",
    ),
    "EMBEDDING_LOOKUP of half floats": (changed("EMBEDDING_LOOKUP", {1: stored(3, 4, of="FLOAT16")}), "FLOAT16"),
    "EMBEDDING_LOOKUP by a matrix": (changed("EMBEDDING_LOOKUP", {0: computed(1, 2, of="INT32")}), "rank 2"),
    **{
        f"{each} with SIGN_BIT": (changed(each, options={"fused_activation_function": "SIGN_BIT"}), "SIGN_BIT")
        for each in ACTIVATED
    },
    **{f"{each} without steps": (changed(each, options={"stride_w": 0}), "stride_w") for each in WINDOWS},
    **{f"{each} without rows": (changed(each, options={"stride_h": 0}), "stride_h") for each in WINDOWS},
}
"""Built so, the op stays on the CPU; and a piece of the reason."""

UNLIKE_CLASSIC = {
    "int32 in", "int32 out", "bool in", "ADD of two ranks", "MUL of two ranks", "ADD of rank 3 to batch 2",
    "MUL of a one by one and two pictures", "a comparison cast to int32",
    "a comparison that nothing casts", "a comparison cast twice", "a comparison read by LOGICAL_AND", "CAST to uint8",
    "CAST of a graph's bool", "SELECT of a constant matrix", "FULLY_CONNECTED of nothing", "SLICE of a matrix",
    "STRIDED_SLICE of a matrix", "GATHER from bool", "LOGICAL_AND of int32", "ONE_HOT of a matrix",
    "ONE_HOT of computed values", "DENSIFY of what is computed", "a newer DENSIFY", "an op without parser",
}  # fmt: skip
"""Cases that the classic delegate refuses, and the accelerator takes or keeps off for another reason."""
AS_CLASSIC = {
    name: each for name, each in gpu_cases.REFUSED.items() if name not in UNLIKE_CLASSIC and each[0].type not in CUSTOM
}

FAILS: Mapping[str, tuple[Case, str]] = {
    "BATCH_MATMUL of itself": (
        changed("BATCH_MATMUL", {0: computed(1, 2, 3, 3), 1: computed(1, 2, 3, 3)}, same=True),
        "as two of its inputs",
    ),
    "UNPACK of a constant": (changed("UNPACK", {0: stored(1, 4, 4, 2)}), "input 0 is a constant"),
    "SPLIT of a constant": (changed("SPLIT", {1: stored(1, 4, 4, 4)}), "input 1 is a constant"),
    "CUMSUM of a constant": (changed("CUMSUM", {0: stored(1, 4, 4, 4)}), "input 0 is a constant"),
    "ONE_HOT of a constant": (changed("ONE_HOT", {0: whole(1)}), "input 0 is a constant"),
    "ONE_HOT of computed values": (changed("ONE_HOT", {3: computed(1)}), "input 3 is computed"),
    "ONE_HOT of a computed value": (changed("ONE_HOT", {2: computed(1)}), "input 2 is computed"),
    "DEQUANTIZE of a constant matrix": (
        changed("DEQUANTIZE", {0: stored(4, 4, of="INT8", quantization=per_tensor(1))}, {0: computed(4, 4)}),
        "4 in dimension 0",
    ),
    **{
        f"{each} of 4-bit weights without scales": (
            changed(each, {1: stored(*SOUND[each].inputs[1].shape, of="INT4")}),
            "input 1 is not quantized",
        )
        for each in ("CONV_2D", "DEPTHWISE_CONV_2D")
    },
}
"""Built so, the op is accepted and then ends the process, or can't be built: all seen with LiteRT 2.3.0."""

UNKNOWN: Mapping[str, tuple[Case, str]] = {
    **{each: (SOUND[each], "depends on its custom options") for each in sorted(CUSTOM)},
    "a full LSTM": (Case("LSTM", (computed(1, 4),) * 20, (computed(1, 4),), FULL), "the accelerator reads each weight"),
    "another composite": (
        replace(MORE["a composite with a parser"], options={"name": "mine"}),
        "mine",
    ),
}

TAKEN: Mapping[str, Case] = {
    "int32 sums": changed("ADD", {0: computed(of="INT32"), 1: computed(of="INT32")}, {0: computed(of="INT32")}),
    "int32 shapes": changed("RESHAPE", {0: computed(of="INT32")}, {0: computed(*FLAT, of="INT32")}),
    "CAST to uint8": changed("CAST", made={0: computed(of="UINT8")}),
    "a comparison that nothing casts": changed("LESS", read_by=()),
    "ADD of two ranks": changed("ADD", {1: computed(4, 4)}),
    "CONV_2D without bias": changed("CONV_2D", {2: NONE}),
    "CONV_2D in groups": changed("CONV_2D", {1: stored(4, 3, 3, 2)}),
    "SLICE of a matrix": changed("SLICE", {0: computed(4, 4), 1: whole(0, 0), 2: whole(2, 4)}, {0: computed(2, 4)}),
    "STRIDED_SLICE of a matrix": changed(
        "STRIDED_SLICE",
        {0: computed(4, 4), 1: whole(0, 0), 2: whole(4, 4), 3: whole(2, 2)},
        {0: computed(2, 2)},
    ),
    "BATCH_MATMUL by constants": changed("BATCH_MATMUL", {1: stored(1, 2, 4, 5)}),
    "resizing down": changed("RESIZE_BILINEAR", {1: whole(2, 8)}, {0: computed(1, 2, 8, 4)}),
}


@pytest.mark.parametrize("op_type", sorted(set(SOUND) - CUSTOM - {"RELU_0_TO_1"}))
def test_a_sound_op_runs(op_type: str) -> None:
    assert first_op(SOUND[op_type], ML_DRIFT).verdict is Verdict.RUNS


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in MORE.items()])
def test_a_sound_op_that_the_classic_delegate_lacks_runs(case: Case) -> None:
    assert first_op(case, ML_DRIFT).verdict is Verdict.RUNS


@pytest.mark.parametrize("op_type", sorted(NEWEST))
def test_the_newest_version_of_an_op_is_taken(op_type: str) -> None:
    assert first_op(changed(op_type, version=NEWEST[op_type]), ML_DRIFT).verdict is Verdict.RUNS


@pytest.mark.parametrize("op_type", sorted(NEWEST))
def test_a_version_newer_than_the_accelerator_is_refused(op_type: str) -> None:
    assert_told(first_op(changed(op_type, version=NEWEST[op_type] + 1), ML_DRIFT), Verdict.REFUSED, "version")


@pytest.mark.parametrize(("case", "words"), rows(REFUSED))
def test_is_refused(case: Case, words: str) -> None:
    assert_told(first_op(case, ML_DRIFT), Verdict.REFUSED, words)


@pytest.mark.parametrize(("case", "words"), rows(AS_CLASSIC))
def test_is_refused_as_by_the_classic_delegate(case: Case, words: str) -> None:
    assert_told(first_op(case, ML_DRIFT), Verdict.REFUSED, words)


@pytest.mark.parametrize(("case", "words"), rows(FAILS))
def test_fails_at_start(case: Case, words: str) -> None:
    assert_told(first_op(case, ML_DRIFT), Verdict.FAILS_AT_START, words)


@pytest.mark.parametrize(("case", "words"), rows(UNKNOWN))
def test_is_unknown(case: Case, words: str) -> None:
    assert_told(first_op(case, ML_DRIFT), Verdict.UNKNOWN, words)


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in TAKEN.items()])
def test_is_taken(case: Case) -> None:
    report = first_op(case, ML_DRIFT)
    assert (report.verdict, report.reason) == (Verdict.RUNS, "")


def test_float16_weights_are_folded_into_the_convolution() -> None:
    assert report_of(build_fp16_weights(), ML_DRIFT).verdict is TargetVerdict.FULL


def test_4_bit_weights_of_a_matrix_product_are_taken() -> None:
    assert report_of(read_bytes(build_int4()), ML_DRIFT).verdict is TargetVerdict.FULL


def test_8_bit_weights_with_a_scale_per_block_fail() -> None:
    model = ModelDraft()
    graph = model.subgraph()
    source = graph.input("in", "FLOAT32", (1, 64))
    scales = graph.constant("scales", "FLOAT16", (4, 2), [0.5] * 8)
    weights = graph.constant("weights", "INT8", (4, 64), [1] * 256, quantization=blockwise(32, scales))
    out = graph.tensor("out", "FLOAT32", (1, 4))
    graph.op("FULLY_CONNECTED", [source, weights, -1], [out], {})
    graph.output(out)
    report = report_of(model.to_bytes(), ML_DRIFT)
    assert_told(report.ops[0], Verdict.FAILS_AT_START, "input 1 is INT8")


def test_only_the_largest_partition_is_taken() -> None:
    report = report_of(chain(["RELU", "RELU_0_TO_1", "RELU", "RELU"]), ML_DRIFT)
    assert [op.verdict for op in report.ops] == [Verdict.LEFT_ON_CPU, Verdict.REFUSED, Verdict.RUNS, Verdict.RUNS]


@pytest.mark.parametrize("op_type", ["SPLIT", "SPLIT_V"])
def test_a_split_runs(op_type: str) -> None:
    assert report_of(build_split_shuffle(op_type), ML_DRIFT).verdict is TargetVerdict.FULL


def test_that_a_reordered_split_comes_out_wrong_is_told_with_the_target() -> None:
    assert any("drops a SPLIT" in note for note in ML_DRIFT.notes)


def test_a_constant_layer_input_is_refused_by_the_check_of_the_newer_commit() -> None:
    report = first_op(changed("FULLY_CONNECTED", {0: stored(1, 8), 1: computed(4, 8)}), ML_DRIFT)
    assert "gpu_compatibility.cc:797 of google-ai-edge/LiteRT f674577" in report.rule.source


def test_a_real_compile_can_be_asked() -> None:
    assert ML_DRIFT.prover == "litert-gpu"


def test_every_rule_names_the_commit_it_was_read_at() -> None:
    places = [condition.source for rule in ML_DRIFT.rules.values() for _, condition in rule.conditions]
    assert places
    assert [place for place in places if not re.search(r"LiteRT [0-9a-f]{40}|LiteRT 2\.3\.0", place)] == []


DIED = {"custom_op", "lstm", "resize_bicubic_flex"}
"""Models that LiteRT itself refused, so the accelerator was never asked."""
GIST: Mapping[str, str] = {
    "Operation is not supported.": "no parser for",
    "Tensor dimensions must be less than 5.": "less than 5 is taken",
    "Permutation for transpose is invalid.": "its permutation",
    "Max version supported: 2. Requested version 4.": "version",
    "Slice does not support shrink_axis_mask parameter.": "shrink_axis_mask",
}
"""What the accelerator says, and the words that the rules have for it."""


@pytest.mark.parametrize("name", sorted(set(NAMES) - DIED))
def test_the_rules_say_what_the_accelerator_said(name: str, real_file: Callable[[str], Path]) -> None:
    path = real_file(f"delegate-cases/{name}.tflite")
    said = recorded(path, "ML Drift")
    refused = [op for op in report_of_file(path, ML_DRIFT).ops if op.rule.verdict is Verdict.REFUSED]
    reasons = [] if said == "all GPU" else said.partition(" [")[0].split("; ")
    assert len(refused) == count_on_cpu(said)
    assert {op.type for op in refused} == {reason.partition(":")[0] for reason in reasons}
    for reason in reasons:
        op_type, _, words = reason.partition(": ")
        gist = next(ours for theirs, ours in GIST.items() if words.startswith(theirs))
        assert any(op.type == op_type and gist in op.reason for op in refused)


def count_on_cpu(said: str) -> int:
    """How many ops the accelerator left: "[2 GPU, / CPU 3]" is 3, "[No GPU, and all 2]" is 2."""
    found = re.search(r"(?:CPU|all) (\d+)\]", said)
    return int(found[1]) if found else 0
