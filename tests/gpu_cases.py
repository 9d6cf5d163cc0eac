"""Ops that the classic TFLite GPU delegate doesn't run, one for each of its conditions, with a piece of the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from target_models import (
    SOUND,
    Case,
    Slot,
    changed,
    computed,
    pairs,
    sparse,
    stored,
    whole,
)

from maistudio.tflite.draft import per_channel, per_tensor

FLAT = (1, 64)
SCALAR = Slot("FLOAT32", ())
DEEP = (1, 2, 2, 2, 4)
ACTIVATED = ("ADD", "MUL", "DIV", "SUB", "CONV_2D", "DEPTHWISE_CONV_2D", "MAX_POOL_2D", "AVERAGE_POOL_2D")
WINDOWS = ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "MAX_POOL_2D", "AVERAGE_POOL_2D")

COMPUTED_BIAS: Mapping[str, Case] = {
    **{each: changed(each, {2: computed(4)}) for each in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")},
    "TRANSPOSE_CONV": changed("TRANSPOSE_CONV", {3: computed(4)}),
}
"""Ops of constant weights with a bias that another op makes."""

REFUSED: Mapping[str, tuple[Case, str]] = {
    "five dimensions": (changed("ABS", {0: computed(*DEEP)}, {0: computed(*DEEP)}), "rank 5"),
    "a bias of five dimensions": (changed("CONV_2D", {2: stored(1, 1, 1, 1, 4)}), "input 2 has rank 5"),
    "a computed bias of int32": (changed("CONV_2D", {2: computed(4, of="INT32")}), "input 2 is INT32"),
    "int32 in": (changed("ADD", {0: computed(of="INT32"), 1: computed(of="INT32")}), "INT32"),
    "int32 out": (changed("QUANTIZE", made={0: computed(of="INT32")}), "the output is INT32"),
    "bool in": (changed("RESHAPE", {0: computed(of="BOOL")}, {0: computed(*FLAT, of="BOOL")}), "BOOL"),
    "int16": (changed("RELU", {0: computed(of="INT16")}, {0: computed(of="INT16")}), "INT16"),
    "a constant operand of one": (changed("ABS", {0: stored(*FLAT)}, {0: computed(*FLAT)}), "computed input"),
    **{f"{each} of three": (changed(each, {2: computed()}), "3 inputs") for each in ("ADD", "ADD_N", "MUL")},
    "ADD of two ranks": (changed("ADD", {1: computed(4, 4)}), "not broadcast"),
    "MUL of two ranks": (changed("MUL", {1: computed(4, 4)}), "not broadcast"),
    "ADD of rank 3 to batch 2": (
        changed("ADD", {0: computed(2, 4, 4, 4), 1: computed(4, 4, 4)}, {0: computed(2, 4, 4, 4)}),
        "not broadcast",
    ),
    "MUL of a one by one and two pictures": (
        changed("MUL", {0: computed(2, 4, 4, 4), 1: computed(1, 1)}, {0: computed(2, 4, 4, 4)}),
        "not broadcast",
    ),
    "DIV of two constants": (changed("DIV", {0: stored(4), 1: stored(4)}, {0: computed(4)}), "two computed inputs"),
    "DIV of two outputs": (changed("DIV", made={1: computed()}), "2 outputs"),
    "a comparison that nothing casts": (changed("LESS", read_by=()), "read 0 times"),
    "a comparison cast to int32": (changed("LESS", read_as="INT32"), "makes INT32"),
    "a comparison cast twice": (changed("LESS", read_by=("CAST", "CAST")), "read 2 times"),
    "a comparison read by LOGICAL_AND": (changed("LESS", read_by=("LOGICAL_NOT",)), "LOGICAL_NOT"),
    "CAST to uint8": (changed("CAST", made={0: computed(of="UINT8")}), "casts between other types"),
    "CAST of a graph's bool": (
        changed("CAST", {0: computed(of="BOOL")}, {0: computed()}, read_by=("RELU",)),
        "not made by an op",
    ),
    "SELECT of four": (changed("SELECT", {3: computed()}), "4 inputs"),
    "SELECT of an int32 condition": (
        changed("SELECT", {0: computed(of="INT32")}),
        "BOOL or FLOAT16 or FLOAT32 is",
    ),
    "SELECT of a list as a branch": (changed("SELECT_V2", {1: computed(4)}), "output's shape"),
    "SELECT of a broadcast branch": (changed("SELECT_V2", {1: computed(1, 1, 1, 4)}), "output's shape"),
    "SELECT of a constant matrix": (
        changed(
            "SELECT_V2",
            {0: computed(4, 4, of="BOOL"), 1: stored(4, 4), 2: computed(4, 4)},
            {0: computed(4, 4)},
        ),
        "rank 2",
    ),
    "CONV_2D of three computed": (changed("CONV_2D", {1: computed(4, 3, 3, 4), 2: computed(4)}), "computed inputs"),
    "CONV_2D without weights": (Case("CONV_2D", (computed(),), (computed(),), SOUND["CONV_2D"].options), "input"),
    "no dilation of rows": (changed("CONV_2D", options={"dilation_h_factor": 0}), "dilation_h_factor"),
    "depthwise of three computed": (
        changed("DEPTHWISE_CONV_2D", {1: computed(1, 3, 3, 4), 2: computed(4)}),
        "3 computed inputs",
    ),
    "depthwise of three dimensions": (changed("DEPTHWISE_CONV_2D", {0: computed(4, 4, 4)}), "input 0 has rank 3"),
    "depthwise weights of three": (changed("DEPTHWISE_CONV_2D", {1: stored(3, 3, 4)}), "input 1 has rank 3"),
    "depthwise to three dimensions": (changed("DEPTHWISE_CONV_2D", made={0: computed(4, 4, 4)}), "output has rank 3"),
    "no dilation of depthwise columns": (
        changed("DEPTHWISE_CONV_2D", options={"dilation_w_factor": 0}),
        "dilation_w_factor",
    ),
    "TRANSPOSE_CONV of three computed": (
        changed("TRANSPOSE_CONV", {0: computed(4), 1: computed(4, 2, 2, 4)}),
        "3 computed inputs",
    ),
    "FULLY_CONNECTED of nothing": (Case("FULLY_CONNECTED", (), (computed(1, 4),), {}), "0 inputs"),
    "no dilation": (changed("CONV_2D", options={"dilation_w_factor": 0}), "dilation_w_factor"),
    "no dilation of depthwise": (changed("DEPTHWISE_CONV_2D", options={"dilation_h_factor": 0}), "dilation_h_factor"),
    "depthwise of another multiplier": (changed("DEPTHWISE_CONV_2D", options={"depth_multiplier": 2}), "multiplier"),
    "depthwise weights of other channels": (changed("DEPTHWISE_CONV_2D", {1: stored(1, 3, 3, 8)}), "8 channels"),
    "depthwise of another batch": (changed("DEPTHWISE_CONV_2D", made={0: computed(2, 4, 4, 4)}), "its batch changes"),
    "depthwise bias of other channels": (changed("DEPTHWISE_CONV_2D", {2: stored(3)}), "bias"),
    "shuffled weights": (changed("FULLY_CONNECTED", options={"weights_format": "SHUFFLED4x16INT8"}), "weights_format"),
    "FULLY_CONNECTED of three computed": (
        changed("FULLY_CONNECTED", {1: computed(4, 8), 2: computed(4)}),
        "computed inputs",
    ),
    "FULLY_CONNECTED of a constant": (changed("FULLY_CONNECTED", {0: stored(1, 8), 1: computed(4, 8)}), "constant"),
    "FULLY_CONNECTED that keeps other dimensions": (
        changed("FULLY_CONNECTED", {0: computed(1, 1, 8)}, options={"keep_num_dims": True}),
        "keep_num_dims",
    ),
    "BATCH_MATMUL of three": (changed("BATCH_MATMUL", {2: computed(1)}), "3 inputs"),
    "no window": (changed("MAX_POOL_2D", options={"filter_width": 0}), "filter_width"),
    "no height of the window": (changed("AVERAGE_POOL_2D", options={"filter_height": 0}), "filter_height"),
    "blocks of one": (changed("DEPTH_TO_SPACE", made={0: computed()}, options={"block_size": 1}), "block_size"),
    "blocks of one back": (changed("SPACE_TO_DEPTH", made={0: computed()}, options={"block_size": 1}), "block_size"),
    "corners and centres": (
        changed("RESIZE_BILINEAR", options={"align_corners": True, "half_pixel_centers": True}),
        "both set",
    ),
    "computed sizes of a blend": (changed("RESIZE_BILINEAR", {1: computed(2)}), "2 computed inputs"),
    "computed paddings": (changed("PAD", {1: computed(4, 2)}), "2 computed inputs"),
    "SLICE without sizes": (Case("SLICE", (computed(), whole(0, 0, 0, 0)), (computed(),)), "2 inputs"),
    "STRIDED_SLICE without steps or ends": (
        Case("STRIDED_SLICE", (computed(), whole(0, 0, 0, 0)), (computed(),), {}),
        "2 inputs",
    ),
    "SUM over computed axes": (changed("SUM", {1: computed(2)}), "2 computed inputs"),
    "CUMSUM of three": (changed("CUMSUM", {2: computed()}), "3 inputs"),
    "CUMSUM to another type": (changed("CUMSUM", made={0: computed(of="FLOAT16")}), "differ in type"),
    "ONE_HOT of five": (changed("ONE_HOT", {4: computed()}), "5 inputs"),
    "computed sizes": (changed("RESIZE_NEAREST_NEIGHBOR", {1: computed(2)}), "computed inputs"),
    "SYMMETRIC mirrors": (changed("MIRROR_PAD", options={"mode": "SYMMETRIC"}), "mode"),
    "paddings of a matrix": (
        changed("PAD", {0: computed(4, 4), 1: pairs(1, 1, 1, 1)}, {0: computed(6, 6)}),
        "2×2",
    ),
    "a temperature": (changed("SOFTMAX", options={"beta": 2.0}), "beta"),
    "a computed new shape": (changed("RESHAPE", {1: computed(2)}), "computed inputs"),
    "SLICE of a matrix": (
        changed("SLICE", {0: computed(4, 4), 1: whole(0, 0), 2: whole(2, 4)}, {0: computed(2, 4)}),
        "rank 2",
    ),
    "an ellipsis": (changed("STRIDED_SLICE", options={"ellipsis_mask": 1}), "ellipsis_mask"),
    "a new axis": (changed("STRIDED_SLICE", options={"new_axis_mask": 1}), "new_axis_mask"),
    "a dropped axis": (
        changed("STRIDED_SLICE", made={0: computed(2, 2, 4)}, options={"shrink_axis_mask": 1}),
        "shrink_axis_mask",
    ),
    "STRIDED_SLICE of a matrix": (
        changed(
            "STRIDED_SLICE",
            {0: computed(4, 4), 1: whole(0, 0), 2: whole(4, 4), 3: whole(2, 2)},
            {0: computed(2, 2)},
        ),
        "rank 2",
    ),
    "a computed permutation": (changed("TRANSPOSE", {1: computed(4)}), "computed inputs"),
    "computed repeats": (changed("TILE", {1: computed(4)}), "computed inputs"),
    "MEAN over int64 axes": (changed("MEAN", {1: stored(2, of="INT64", values=[1, 2])}), "INT64"),
    "SUM over int64 axes": (changed("SUM", {1: stored(2, of="INT64", values=[1, 2])}), "INT64"),
    "MEAN over computed axes": (changed("MEAN", {1: computed(2)}), "computed inputs"),
    "CUMSUM of int8": (changed("CUMSUM", {0: computed(of="INT8")}, {0: computed(of="INT8")}), "INT8"),
    "CUMSUM along int64": (changed("CUMSUM", {1: stored(of="INT64", values=[3])}), "INT64"),
    "GATHER by a matrix": (
        changed("GATHER", {1: stored(1, 2, of="INT32")}, {0: computed(1, 4, 4, 1)}, {"axis": 3}),
        "rank 2",
    ),
    "GATHER by int64": (changed("GATHER", {1: stored(2, of="INT64")}), "INT64"),
    "GATHER from bool": (changed("GATHER", {0: computed(of="BOOL")}), "input 0 is BOOL"),
    "GATHER of constants": (changed("GATHER", {0: stored(1, 4, 4, 4)}), "two computed inputs"),
    "GATHER of two outputs": (changed("GATHER", made={1: computed()}), "2 outputs"),
    "LOGICAL_AND of int32": (changed("LOGICAL_AND", {0: computed(of="INT32")}), "input 0 is INT32"),
    "LESS to int32": (changed("LESS", made={0: computed(of="INT32")}), "the output is INT32"),
    "HARD_SWISH of a constant": (changed("HARD_SWISH", {0: stored(*FLAT)}, {0: computed(*FLAT)}), "0 computed inputs"),
    "CAST of a constant": (changed("CAST", {0: stored(*FLAT)}), "0 computed inputs"),
    "MAX_POOL_2D of a constant": (changed("MAX_POOL_2D", {0: stored(1, 4, 4, 4)}), "0 computed inputs"),
    "DEPTH_TO_SPACE of a constant": (changed("DEPTH_TO_SPACE", {0: stored(1, 4, 4, 4)}), "0 computed inputs"),
    "SPACE_TO_DEPTH of a constant": (changed("SPACE_TO_DEPTH", {0: stored(1, 4, 4, 4)}), "0 computed inputs"),
    "ONE_HOT of int64": (changed("ONE_HOT", {0: computed(1, of="INT64")}), "input 0 is INT64: INT32 is"),
    "ONE_HOT along the first axis": (
        changed("ONE_HOT", {0: computed(2, of="INT32")}, {0: computed(3, 2)}, {"axis": 0}),
        "axis is 0",
    ),
    "ONE_HOT of a matrix": (
        changed("ONE_HOT", {0: computed(2, 5, of="INT32")}, {0: computed(2, 5, 3)}),
        "dimension 0",
    ),
    "ONE_HOT of lists": (changed("ONE_HOT", {2: stored(2)}), "2 elements"),
    "ONE_HOT of computed values": (changed("ONE_HOT", {3: computed(1)}), "computed"),
    "QUANTIZE of a constant": (changed("QUANTIZE", {0: stored(*FLAT)}, {0: computed(*FLAT, of="INT8")}), "computed"),
    "DEQUANTIZE of an int16 constant": (changed("DEQUANTIZE", {0: stored(1, 4, 4, 4, of="INT16")}), "INT16"),
    "DEQUANTIZE of two": (changed("DEQUANTIZE", {1: computed(of="INT8")}), "2 inputs"),
    "DENSIFY of what is computed": (Case("DENSIFY", (computed(),), (computed(),), {}), "1 computed input"),
    "a newer DENSIFY": (replace(sparse(), version=2), "version"),
    "a full LSTM of two outputs": (
        Case("LSTM", (computed(1, 4),) * 20, (computed(1, 4),) * 2, {"kernel_type": "FULL"}),
        "2 outputs",
    ),
    "a plain LSTM with RELU": (changed("LSTM", options={"fused_activation_function": "RELU"}), "RELU"),
    "a clipped LSTM": (changed("LSTM", options={"cell_clip": 1.0}), "cell_clip"),
    "a clipped projection": (changed("LSTM", options={"proj_clip": 1.0}), "proj_clip"),
    "an LSTM of five inputs by the full kernel": (changed("LSTM", options={"kernel_type": "FULL"}), "5 inputs"),
    "an LSTM of computed weights": (changed("LSTM", {2: computed(16, 8)}), "computed inputs"),
    "Resampler of another batch": (changed("Resampler", {1: computed(2, 4, 4, 2)}), "batch sizes 1 and 2"),
    "Resampler of one coordinate": (changed("Resampler", {1: computed(1, 4, 4, 1)}), "dimension"),
    "Resampler at three dimensions": (changed("Resampler", {1: computed(4, 4, 2)}), "input 1 has rank 3"),
    "Resampler of three dimensions": (changed("Resampler", {0: computed(4, 4, 4)}), "input 0 has rank 3"),
    "Resampler at constants": (changed("Resampler", {1: stored(1, 4, 4, 2)}), "1 computed input"),
    "unpooling without indices": (
        Case("MaxUnpooling2D", (computed(),), (computed(),), custom=True),
        "computed input",
    ),
    "pooling with indices and one output": (
        Case("MaxPoolingWithArgmax2D", (computed(),), (computed(),), custom=True),
        "output",
    ),
    "a custom transposed convolution without weights": (
        Case("Convolution2DTransposeBias", (computed(),), (computed(),), custom=True),
        "input",
    ),
    "an op without parser": (SOUND["CEIL"], "no parser for CEIL"),
    "a custom op without parser": (Case("MyOp", (computed(),), (computed(),), custom=True), "no parser for MyOp"),
    **{
        f"{each} with SIGN_BIT": (changed(each, options={"fused_activation_function": "SIGN_BIT"}), "SIGN_BIT")
        for each in ACTIVATED
        if each != "ADD"
    },
    **{f"{each} without steps": (changed(each, options={"stride_w": 0}), "stride_w") for each in WINDOWS},
    **{f"{each} without rows": (changed(each, options={"stride_h": 0}), "stride_h") for each in WINDOWS},
}
"""Built so, the op stays on the CPU; and a piece of the reason."""

FAILS: Mapping[str, tuple[Case, str]] = {
    "a computed scalar": (
        changed("SUM", {0: computed(4), 1: whole(0)}, {0: SCALAR}, {"keep_dims": False}),
        "rank 0",
    ),
    "8 bits without a scale": (changed("RELU", {0: computed(of="INT8", quantization=None)}), "without one scale"),
    "8 bits of many scales": (
        changed("RELU", {0: computed(of="INT8", quantization=per_channel([0.5, 1, 2, 4], 3))}),
        "without one scale",
    ),
    "RELU of a constant": (changed("RELU", {0: stored(*FLAT)}, {0: computed(*FLAT)}), "constant"),
    "PRELU of a computed alpha": (changed("PRELU", {1: computed(4)}), "computed"),
    "PRELU of an alpha for other channels": (changed("PRELU", {1: stored(1)}), "alpha is 1"),
    "PRELU of a constant": (changed("PRELU", {0: stored(1, 4, 4, 4), 1: computed(4)}), "input 0 is a constant"),
    "SUB of itself": (changed("SUB", same=True), "as two of its inputs"),
    "ADD with SIGN_BIT": (changed("ADD", options={"fused_activation_function": "SIGN_BIT"}), "SIGN_BIT"),
    **{
        f"{each} of a batch of constants": (
            changed(each, {0: computed(2, 4, 4, 4), 1: stored(2, 4, 4, 4)}, {0: computed(2, 4, 4, 4, of=made)}),
            "its constant is 2×4×4×4",
        )
        for each, made in (("ADD", "FLOAT32"), ("ADD_N", "FLOAT32"), ("SUB", "FLOAT32"), ("LESS", "BOOL"))
    },
    "a comparison of three": (changed("LESS", {2: computed()}), "3 inputs"),
    "SELECT by one of its branches": (changed("SELECT", {0: computed()}, same=True), "as two of its inputs"),
    "MUL of two constants": (changed("MUL", {0: stored(4), 1: stored(4)}, {0: computed(4)}), "both operands"),
    "a comparison with itself": (changed("LESS", same=True), "as two of its inputs"),
    "SELECT by a constant": (changed("SELECT", {0: stored(1, 4, 4, 4, of="BOOL")}), "constant"),
    "SELECT of a constant list": (
        changed("SELECT", {0: computed(4, of="BOOL"), 1: stored(4), 2: computed(4)}, {0: computed(4)}),
        "fewer than four",
    ),
    "SELECT of a constant list else": (
        changed("SELECT", {0: computed(4, of="BOOL"), 1: computed(4), 2: stored(4)}, {0: computed(4)}),
        "fewer than three",
    ),
    "CONV_2D of a constant": (changed("CONV_2D", {0: stored(1, 4, 4, 4), 1: computed(4, 3, 3, 4)}), "constant"),
    **{f"{each} of a computed bias": (case, "its bias is computed") for each, case in COMPUTED_BIAS.items()},
    "a computed bias in groups": (
        changed("CONV_2D", {1: stored(4, 3, 3, 2), 2: computed(4)}),
        "its bias is computed",
    ),
    "a computed bias, two per channel": (
        changed(
            "DEPTHWISE_CONV_2D",
            {0: computed(1, 4, 4, 1), 1: stored(1, 3, 3, 2), 2: computed(2)},
            {0: computed(1, 4, 4, 2)},
            {"depth_multiplier": 2},
        ),
        "its bias is computed",
    ),
    "CONV_2D of 4-bit weights": (changed("CONV_2D", {1: stored(4, 3, 3, 4, of="INT4")}), "INT4"),
    "computed weights in groups": (changed("CONV_2D", {1: computed(4, 3, 3, 2)}), "grouped"),
    "depthwise of a constant": (
        changed("DEPTHWISE_CONV_2D", {0: stored(1, 4, 4, 4), 1: computed(1, 3, 3, 4)}),
        "constant",
    ),
    "depthwise of 4-bit weights": (changed("DEPTHWISE_CONV_2D", {1: stored(1, 3, 3, 4, of="INT4")}), "INT4"),
    "depthwise of computed weights for two": (
        changed(
            "DEPTHWISE_CONV_2D",
            {0: computed(2, 4, 4, 4), 1: computed(2, 3, 3, 4)},
            {0: computed(2, 4, 4, 4)},
        ),
        "dimension",
    ),
    "depthwise of computed weights, two per channel": (
        changed(
            "DEPTHWISE_CONV_2D",
            {0: computed(1, 4, 4, 1), 1: computed(1, 3, 3, 2), 2: stored(2)},
            {0: computed(1, 4, 4, 2)},
            {"depth_multiplier": 2},
        ),
        "before they are there",
    ),
    "TRANSPOSE_CONV of a constant": (
        changed("TRANSPOSE_CONV", {1: computed(4, 2, 2, 4), 2: stored(1, 4, 4, 4)}),
        "constant",
    ),
    "TRANSPOSE_CONV of 4-bit weights": (changed("TRANSPOSE_CONV", {1: stored(4, 2, 2, 4, of="INT4")}), "INT4"),
    "weights that are no matrix": (changed("FULLY_CONNECTED", {1: stored(1, 4, 8)}), "not a matrix"),
    "4-bit weights": (changed("FULLY_CONNECTED", {1: stored(4, 8, of="INT4")}), "INT4"),
    "weights of other columns": (changed("FULLY_CONNECTED", {0: computed(1, 4, 2)}), "2 input channels"),
    "BATCH_MATMUL of a constant": (changed("BATCH_MATMUL", {0: stored(1, 2, 3, 4)}), "constant"),
    "BATCH_MATMUL by constant matrices": (changed("BATCH_MATMUL", {1: stored(1, 2, 4, 5)}), "not a matrix"),
    "BATCH_MATMUL of itself": (
        changed("BATCH_MATMUL", {0: computed(1, 2, 3, 3), 1: computed(1, 2, 3, 3)}, same=True),
        "as two of its inputs",
    ),
    "int64 paddings": (changed("PAD", {1: stored(4, 2, of="INT64", values=[0] * 8)}, {0: computed()}), "INT64"),
    "SOFTMAX of a constant": (changed("SOFTMAX", {0: stored(*FLAT)}, {0: computed(*FLAT)}), "constant"),
    "CONCATENATION with SIGN_BIT": (
        changed("CONCATENATION", options={"fused_activation_function": "SIGN_BIT"}),
        "SIGN_BIT",
    ),
    "CONCATENATION of a constant list": (
        changed("CONCATENATION", {0: computed(4), 1: stored(4)}, {0: computed(8)}, {"axis": 0}),
        "rank 1",
    ),
    "PACK of a constant list": (
        changed("PACK", {0: computed(4), 1: stored(4)}, {0: computed(2, 4)}, {"axis": 0}),
        "rank 1",
    ),
    "PACK of itself along rows": (
        changed("PACK", made={0: computed(1, 2, 4, 4)}, options={"axis": 1}, same=True),
        "as two of its inputs",
    ),
    "UNPACK of a constant": (changed("UNPACK", {0: stored(1, 4, 4, 2)}), "constant"),
    "SPLIT of a constant": (changed("SPLIT", {1: stored(1, 4, 4, 4)}), "constant"),
    "SPLIT along a computed axis": (changed("SPLIT", {0: computed(1)}), "computed"),
    "SPLIT_V of a constant": (changed("SPLIT_V", {0: stored(1, 4, 4, 4)}), "constant"),
    "SPLIT_V along a computed axis": (changed("SPLIT_V", {2: computed(1)}), "computed"),
    "SLICE of a constant": (changed("SLICE", {0: stored(1, 4, 4, 4)}), "constant"),
    "SLICE from int64": (changed("SLICE", {1: stored(4, of="INT64", values=[0, 0, 1, 0])}), "INT64"),
    "SLICE of int64 sizes": (changed("SLICE", {2: stored(4, of="INT64", values=[1, 4, 2, 4])}), "INT64"),
    "SLICE with too few begins": (
        changed("SLICE", {1: whole(0, 1), 2: whole(4, 2)}, {0: computed(1, 4, 2, 4)}),
        "begins",
    ),
    "STRIDED_SLICE of a constant": (changed("STRIDED_SLICE", {0: stored(1, 4, 4, 4)}), "constant"),
    "STRIDED_SLICE backwards": (
        changed("STRIDED_SLICE", {1: whole(0, 3, 0, 0), 2: whole(1, 0, 4, 4), 3: whole(1, -2, 2, 1)}),
        "−2",
    ),
    "STRIDED_SLICE from a computed place": (changed("STRIDED_SLICE", {1: computed(4)}), "computed"),
    "STRIDED_SLICE to a computed place": (changed("STRIDED_SLICE", {2: computed(4)}), "computed"),
    "STRIDED_SLICE of three dimensions": (
        changed(
            "STRIDED_SLICE",
            {0: computed(4, 4, 4), 1: whole(0, 0, 0), 2: whole(4, 4, 4), 3: whole(1, 2, 1)},
            {0: computed(4, 2, 4)},
        ),
        "leave 4×4×2×4 where the output is 4×1×2×4",
    ),
    "STRIDED_SLICE past the end": (changed("STRIDED_SLICE", {2: whole(1, 9, 4, 4)}), "leave 1×5×2×4"),
    "STRIDED_SLICE of two begins": (
        changed("STRIDED_SLICE", {1: whole(0, 0), 2: whole(1, 4), 3: whole(1, 2)}, {0: computed(1, 2, 4, 4)}),
        "2 elements",
    ),
    "TRANSPOSE of a list": (changed("TRANSPOSE", {0: computed(4), 1: whole(0)}, {0: computed(4)}), "1 element"),
    "TRANSPOSE of a constant": (
        changed("TRANSPOSE", {0: stored(1, 4, 4, 4), 1: computed(4)}),
        "input 0 is a constant",
    ),
    "MEAN over an axis that isn't there": (changed("MEAN", {1: whole(7)}), "axis 7"),
    "GATHER from a constant": (changed("GATHER", {0: stored(1, 4, 4, 4), 1: computed(2, of="INT32")}), "constant"),
    "SUM over an axis that isn't there": (changed("SUM", {1: whole(7)}), "axis 7"),
    "GATHER along an axis that isn't there": (changed("GATHER", options={"axis": 7}), "axis 7"),
    "PACK along an axis that isn't there": (changed("PACK", options={"axis": -7}), "axis −7"),
    "UNPACK along an axis that isn't there": (changed("UNPACK", options={"axis": 7}), "axis 7"),
    "SPLIT along an axis that isn't there": (changed("SPLIT", {0: stored(of="INT32", values=[7])}), "axis 7"),
    "SPLIT_V along an axis that isn't there": (changed("SPLIT_V", {2: stored(of="INT32", values=[7])}), "axis 7"),
    "CUMSUM of a constant": (changed("CUMSUM", {0: stored(1, 4, 4, 4)}), "input 0 is a constant"),
    "ONE_HOT of a constant": (changed("ONE_HOT", {0: whole(1)}), "input 0 is a constant"),
    "TILE of a constant": (changed("TILE", {0: stored(1, 4, 4, 4), 1: computed(4)}), "input 0 is a constant"),
    "QUANTIZE without a scale": (
        changed("QUANTIZE", made={0: computed(of="INT8", quantization=None)}),
        "without one scale",
    ),
    "QUANTIZE to float16": (changed("QUANTIZE", made={0: computed(of="FLOAT16")}), "FLOAT16"),
    "DEQUANTIZE of a constant matrix": (
        changed("DEQUANTIZE", {0: stored(4, 4, of="INT8", quantization=per_tensor(1))}, {0: computed(4, 4)}),
        "rank 2",
    ),
    "DEQUANTIZE of a 4-bit constant": (
        changed("DEQUANTIZE", {0: stored(1, 4, 4, 4, of="INT4", quantization=per_tensor(1))}),
        "INT4",
    ),
    "DENSIFY of dense values": (Case("DENSIFY", (stored(4, 4),), (computed(4, 4),), {}), "sparse"),
}
"""Built so, the op is accepted and then can't be built on OpenCL."""
