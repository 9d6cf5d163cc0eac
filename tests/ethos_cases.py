"""Models of one op each for Vela's conditions, with what Vela 5.2.0 said of the op for the Ethos-U55."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Any

from maistudio.tflite.draft import ModelDraft, per_channel, per_tensor

RUNS, REFUSED, FAILS = "runs", "refused", "fails_at_start"


@dataclass(frozen=True)
class T:
    """A tensor: a constant where it has ``values`` (one for all elements, or all), quantized where it has a scale."""

    type: str
    shape: tuple[int, ...]
    scale: float | Sequence[float] | None = 0.5
    zero_point: int = 0
    values: int | Sequence[int] | None = None
    signature: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Case:
    op: str
    inputs: tuple[T, ...]
    outputs: tuple[T, ...]
    verdict: str
    options: Mapping[str, Any] | None = None

    def build(self) -> bytes:
        model = ModelDraft()
        graph = model.subgraph()
        ins = [_put(graph, f"in{place}", each) for place, each in enumerate(self.inputs)]
        outs = [_put(graph, f"out{place}", each) for place, each in enumerate(self.outputs)]
        graph.values["inputs"] += [index for index, each in zip(ins, self.inputs, strict=True) if each.values is None]
        graph.op(self.op, ins, outs, self.options)
        graph.output(*outs)
        return model.to_bytes()


def _put(graph: Any, name: str, tensor: T) -> int:
    fields: dict[str, Any] = {}
    if tensor.scale is not None:
        fields["quantization"] = (
            per_tensor(tensor.scale, tensor.zero_point)
            if isinstance(tensor.scale, float)
            else per_channel(tensor.scale, 0)
        )
    if tensor.signature is not None:
        fields["shape_signature"] = list(tensor.signature)
    if tensor.values is None:
        return int(graph.tensor(name, tensor.type, tensor.shape, **fields))
    values = [tensor.values] * prod(tensor.shape) if isinstance(tensor.values, int) else tensor.values
    return int(graph.constant(name, tensor.type, tensor.shape, values, **fields))


def i8(*shape: int, **more: Any) -> T:
    return T("INT8", shape, **more)


def u8(*shape: int, **more: Any) -> T:
    return T("UINT8", shape, **more)


def i16(*shape: int, **more: Any) -> T:
    return T("INT16", shape, **more)


def i32(*shape: int, **more: Any) -> T:
    return T("INT32", shape, **{"scale": None, **more})


def f32(*shape: int, **more: Any) -> T:
    return T("FLOAT32", shape, scale=None, **more)


def ints(*values: int) -> T:
    """An int32 constant, such as axes."""
    return T("INT32", (len(values),), scale=None, values=values)


def conv(
    verdict: str,
    size: tuple[int, int] = (8, 8),
    kernel: int = 3,
    stride: int = 1,
    padding: str = "SAME",
    dilation: int = 1,
    op: str = "CONV_2D",
    source: T | None = None,
    weights: T | None = None,
    bias: T | None = None,
    out: T | None = None,
) -> Case:
    span = (kernel - 1) * dilation + 1
    left = [-(-each // stride) if padding == "SAME" else (each - span) // stride + 1 for each in size]
    shape = (4, kernel, kernel, 4) if op == "CONV_2D" else (1, kernel, kernel, 4)
    options = {
        "padding": padding, "stride_w": stride, "stride_h": stride, "dilation_w_factor": dilation,
        "dilation_h_factor": dilation,
    }  # fmt: skip
    return Case(
        op,
        (
            source or i8(1, *size, 4),
            weights or i8(*shape, values=1),
            bias or i32(4, scale=0.25, values=0),
        ),
        (out or i8(1, *left, 4),),
        verdict,
        options if op == "CONV_2D" else {**options, "depth_multiplier": 1},
    )


def pool(
    verdict: str, op: str, size: tuple[int, int], window: tuple[int, int], padding: str, out: T, stride: int = 1
) -> Case:
    options = {
        "padding": padding, "stride_w": stride, "stride_h": stride, "filter_height": window[0],
        "filter_width": window[1],
    }  # fmt: skip
    return Case(op, (i8(1, *size, 4),), (out,), verdict, options)


def up(
    verdict: str,
    out: tuple[int, int],
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: str = "SAME",
    weights: T | None = None,
    bias: tuple[T, ...] = (),
) -> Case:
    """A transposed convolution of 4×4."""
    return Case(
        "TRANSPOSE_CONV",
        (ints(1, *out, 4), weights or i8(4, *kernel, 4, values=1), i8(1, 4, 4, 4), *bias),
        (i8(1, *out, 4),),
        verdict,
        {"padding": padding, "stride_h": stride[0], "stride_w": stride[1]},
    )


def resize(verdict: str, source: tuple[int, int], out: tuple[int, int], op: str = "BILINEAR", **options: bool) -> Case:
    name = "RESIZE_BILINEAR" if op == "BILINEAR" else "RESIZE_NEAREST_NEIGHBOR"
    return Case(name, (i8(1, *source, 4), ints(*out)), (i8(1, *out, 4),), verdict, options)


def transpose(verdict: str, shape: tuple[int, ...], order: tuple[int, ...], of: str = "INT8") -> Case:
    scale = 0.5 if of == "INT8" else None
    out = tuple(shape[axis] for axis in order)
    return Case("TRANSPOSE", (T(of, shape, scale), ints(*order)), (T(of, out, scale),), verdict, {})


def mean(verdict: str, shape: tuple[int, ...], axes: tuple[int, ...], of: str = "INT8") -> Case:
    out = tuple(1 if place in axes else size for place, size in enumerate(shape))
    return Case("MEAN", (T(of, shape), ints(*axes)), (T(of, out),), verdict, {"keep_dims": True})


def full(verdict: str, weights: T | None = None, bias: T | None = None) -> Case:
    """A fully connected layer of int8."""
    inputs = (i8(1, 8), weights or i8(4, 8, values=1), bias or i32(4, scale=0.25, values=0))
    return Case("FULLY_CONNECTED", inputs, (i8(1, 4),), verdict, {})


def lstm(kind: str = "INT8", rank: int = 3, inputs: int = 24, out: T | None = None) -> Case:
    """An LSTM that only looks like one, and makes no sense to Vela."""
    source = T(kind, (1, 2, 4)[-rank:])
    return Case("UNIDIRECTIONAL_SEQUENCE_LSTM", (source,) * inputs, (out or source,), FAILS, {})


def same(verdict: str, op: str, source: T, out: T | None = None, options: Mapping[str, Any] | None = None) -> Case:
    """An op of one input, with an output like it."""
    return Case(op, (source,), (out or source,), verdict, options)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "conv": conv(RUNS),
        "conv stride 4, not padded": conv(RUNS, (9, 9), stride=4, padding="VALID"),
        "conv stride 4, padded": conv(REFUSED, (9, 9), 5, 4),
        "conv stride 4, padding that adds nothing": conv(RUNS, (8, 8), 4, 4),
        "conv stride 4, dilated": conv(REFUSED, (12, 12), stride=4, padding="VALID", dilation=2),
        "conv stride 9 with one place left": conv(RUNS, (5, 5), 7, 9),
        "conv of int4 weights": conv(FAILS, weights=T("INT4", (4, 3, 3, 4), values=1)),
        "conv of int16 weights": conv(REFUSED, weights=i16(4, 3, 3, 4, values=1)),
        "conv with a computed bias": conv(REFUSED, bias=i32(4, scale=0.25)),
        "conv with an int16 bias": conv(REFUSED, bias=i16(4, values=0)),
        "conv with a bias over two axes": conv(REFUSED, bias=i32(2, 2, scale=0.25, values=0)),
        "conv per channel": conv(RUNS, weights=i8(4, 3, 3, 4, scale=[0.5, 0.25, 0.5, 0.25], values=1)),
        "conv of unquantized weights": conv(REFUSED, weights=i8(4, 3, 3, 4, scale=None, values=1)),
        "conv of unquantized int8": conv(REFUSED, source=i8(1, 8, 8, 4, scale=None)),
        "conv in groups": conv(RUNS, source=i8(1, 8, 8, 8)),
        "conv of int16": conv(RUNS, source=i16(1, 8, 8, 4), out=i16(1, 8, 8, 4), bias=T("INT64", (4,), 0.25, values=0)),
        "conv with a bias above 40 bits": conv(
            REFUSED, source=i16(1, 8, 8, 4), out=i16(1, 8, 8, 4), bias=T("INT64", (4,), 0.25, values=1 << 41)
        ),
        "depthwise stride 3": conv(RUNS, (9, 9), stride=3, op="DEPTHWISE_CONV_2D"),
        "depthwise stride 4": conv(REFUSED, (9, 9), stride=4, padding="VALID", op="DEPTHWISE_CONV_2D"),
        "transposed conv of 2": up(RUNS, (8, 8), (3, 3), (2, 2)),
        "transposed conv of 3": up(REFUSED, (12, 12), (3, 3), (3, 3)),
        "transposed conv of 2 down, 1 across": up(REFUSED, (8, 4), (3, 3), (2, 1)),
        "transposed conv, not padded": up(RUNS, (9, 9), (3, 3), (2, 2), "VALID"),
        "transposed conv, not padded, too small": up(REFUSED, (8, 8), (3, 3), (2, 2), "VALID"),
        "average of 8×8, padded": pool(RUNS, "AVERAGE_POOL_2D", (16, 16), (8, 8), "SAME", i8(1, 16, 16, 4)),
        "average of 9×9, padded": pool(REFUSED, "AVERAGE_POOL_2D", (16, 16), (9, 9), "SAME", i8(1, 16, 16, 4)),
        "average of 9×9": pool(RUNS, "AVERAGE_POOL_2D", (16, 16), (9, 9), "VALID", i8(1, 8, 8, 4)),
        "average of 257×1": pool(REFUSED, "AVERAGE_POOL_2D", (300, 2), (257, 1), "VALID", i8(1, 44, 2, 4)),
        "largest of 9×9, padded": pool(RUNS, "MAX_POOL_2D", (16, 16), (9, 9), "SAME", i8(1, 16, 16, 4)),
        "largest of 257×1": pool(REFUSED, "MAX_POOL_2D", (300, 2), (257, 1), "VALID", i8(1, 44, 2, 4)),
        "largest of int8 as uint8": pool(FAILS, "MAX_POOL_2D", (4, 4), (1, 1), "VALID", u8(1, 4, 4, 4)),
        "fully connected": Case(
            "FULLY_CONNECTED", (i8(1, 8), i8(4, 8, values=1), i32(4, scale=0.25, values=0)), (i8(1, 4),), RUNS, {}
        ),
        "fully connected, computed weights": Case("FULLY_CONNECTED", (i8(1, 8), i8(4, 8)), (i8(1, 4),), RUNS, {}),
        "fully connected, computed weights, int16": Case(
            "FULLY_CONNECTED", (i16(1, 8), i8(4, 8)), (i16(1, 4),), REFUSED, {}
        ),
        "fully connected that keeps ranks": Case(
            "FULLY_CONNECTED", (i8(1, 2, 8), i8(4, 8, values=1)), (i8(2, 4),), FAILS, {"keep_num_dims": True}
        ),
        "matrices of int8": Case("BATCH_MATMUL", (i8(2, 4, 8), i8(2, 8, 4)), (i8(2, 4, 4),), RUNS, {}),
        "matrices of int16": Case("BATCH_MATMUL", (i16(2, 4, 8), i16(2, 8, 4)), (i16(2, 4, 4),), REFUSED, {}),
        "matrices and a vector": Case("BATCH_MATMUL", (i8(4, 8), i8(8)), (i8(4),), FAILS, {}),
        "add": Case("ADD", (i8(1, 4, 4, 4), i8(1, 4, 4, 4)), (i8(1, 4, 4, 4),), RUNS, {}),
        "add of plain int32": Case("ADD", (i32(1, 4, 4, 4), i32(1, 4, 4, 4)), (i32(1, 4, 4, 4),), RUNS, {}),
        "add of plain int32, then ReLU": Case(
            "ADD",
            (i32(1, 4, 4, 4), i32(1, 4, 4, 4)),
            (i32(1, 4, 4, 4),),
            REFUSED,
            {"fused_activation_function": "RELU"},
        ),
        "add of int32 with a zero point": Case(
            "ADD", (i32(1, 4, scale=0.5, zero_point=1), i32(1, 4)), (i32(1, 4),), REFUSED, {}
        ),
        "add of int8, then ReLU": Case(
            "ADD", (i8(1, 4), i8(1, 4)), (i8(1, 4),), RUNS, {"fused_activation_function": "RELU"}
        ),
        "add of int8 and int16": Case("ADD", (i8(1, 4), i16(1, 4)), (i16(1, 4),), FAILS, {}),
        "add of int8 to uint8": Case("ADD", (i8(1, 4), i8(1, 4)), (u8(1, 4),), FAILS, {}),
        "add of uint8 to int8": Case("ADD", (u8(1, 4), u8(1, 4)), (i8(1, 4),), FAILS, {}),
        "add of uint8 to int32": Case("ADD", (u8(1, 4), u8(1, 4)), (i32(1, 4),), RUNS, {}),
        "add of shapes that don't join": Case("ADD", (i8(1, 4), i8(1, 4)), (i8(2, 4),), FAILS, {}),
        "multiply by a row": Case("MUL", (i8(1, 4, 4, 4), i8(4)), (i8(1, 4, 4, 4),), RUNS, {}),
        "multiply to both shapes": Case("MUL", (i8(1, 4, 1, 4), i8(1, 1, 4, 4)), (i8(1, 4, 4, 4),), RUNS, {}),
        "uint8 with a negative zero point": same(REFUSED, "RELU", u8(1, 4, zero_point=-1)),
        "maximum": Case("MAXIMUM", (i8(1, 4), i8(1, 4)), (i8(1, 4),), RUNS, {}),
        "maximum of another scale": Case("MAXIMUM", (i8(1, 4), i8(1, 4, scale=0.25)), (i8(1, 4),), REFUSED, {}),
        "minimum of another type": Case("MINIMUM", (i8(1, 4), i8(1, 4)), (i16(1, 4),), FAILS, {}),
        "arg max of 127": Case("ARG_MAX", (i8(1, 2, 2, 127), ints(3)), (i32(1, 2, 2),), RUNS, {"output_type": "INT32"}),
        "arg max of 128": Case(
            "ARG_MAX", (i8(1, 2, 2, 128), ints(3)), (i32(1, 2, 2),), REFUSED, {"output_type": "INT32"}
        ),
        "arg max of two pictures": Case(
            "ARG_MAX", (i8(2, 2, 2, 4), ints(3)), (i32(2, 2, 2),), FAILS, {"output_type": "INT32"}
        ),
        "arg max over the height": Case(
            "ARG_MAX", (i8(1, 2, 2, 4), ints(1)), (i32(1, 2, 4),), REFUSED, {"output_type": "INT32"}
        ),
        "arg max of floats": Case(
            "ARG_MAX", (f32(1, 2, 2, 4), ints(3)), (i32(1, 2, 2),), FAILS, {"output_type": "INT32"}
        ),
        "mean over height and width": mean(RUNS, (1, 8, 8, 4), (1, 2)),
        "mean of two pictures": mean(REFUSED, (2, 8, 8, 4), (1, 2)),
        "mean over the channels": mean(REFUSED, (1, 8, 8, 4), (3,)),
        "mean over the channels of a row": mean(RUNS, (1, 1, 8, 4), (3,)),
        "mean along 5000": mean(REFUSED, (1, 5000, 2, 4), (1,)),
        "mean of many int16": mean(REFUSED, (1, 512, 256, 1), (1, 2), "INT16"),
        "softmax": same(RUNS, "SOFTMAX", i8(1, 8), options={"beta": 1.0}),
        "softmax backwards": same(FAILS, "SOFTMAX", i8(1, 8), options={"beta": -1.0}),
        "softmax of many places": same(REFUSED, "SOFTMAX", i8(1, 512, 256, 2), options={"beta": 1.0}),
        "softmax to int16": same(RUNS, "SOFTMAX", i8(1, 8), i16(1, 8), {"beta": 1.0}),
        "softmax to uint8": same(FAILS, "SOFTMAX", i8(1, 8), u8(1, 8), {"beta": 1.0}),
        "reshape": Case("RESHAPE", (i8(1, 8), ints(2, 4)), (i8(2, 4),), RUNS, {"new_shape": [2, 4]}),
        "reshape to another scale": Case(
            "RESHAPE", (i8(1, 8), ints(2, 4)), (i8(2, 4, scale=0.25),), FAILS, {"new_shape": [2, 4]}
        ),
        "reshape to fewer": Case("RESHAPE", (i8(1, 8), ints(2, 2)), (i8(2, 2),), FAILS, {"new_shape": [2, 2]}),
        "concatenation": Case("CONCATENATION", (i8(1, 4), i8(1, 2)), (i8(1, 6),), RUNS, {"axis": 1}),
        "concatenation that doesn't add up": Case(
            "CONCATENATION", (i8(1, 4), i8(1, 2)), (i8(1, 7),), FAILS, {"axis": 1}
        ),
        "concatenation of plain int32": Case(
            "CONCATENATION", (i32(1, 4), i32(1, 2)), (i32(1, 6),), REFUSED, {"axis": 1}
        ),
        "split": Case("SPLIT", (ints(3), i8(1, 4, 4, 8)), (i8(1, 4, 4, 4),) * 2, RUNS, {"num_splits": 2}),
        "split into fewer than stated": Case(
            "SPLIT", (ints(3), i8(1, 4, 4, 8)), (i8(1, 4, 4, 2),) * 3, REFUSED, {"num_splits": 4}
        ),
        "split by sizes": Case(
            "SPLIT_V", (i8(1, 4, 4, 8), ints(2, 6), ints(3)), (i8(1, 4, 4, 2), i8(1, 4, 4, 6)), RUNS, {"num_splits": 2}
        ),
        "slice": Case("SLICE", (i8(1, 8), ints(0, 2), ints(1, 4)), (i8(1, 4),), RUNS, {}),
        "slice from a computed place": Case("SLICE", (i8(1, 8), i32(2), ints(1, 4)), (i8(1, 4),), REFUSED, {}),
        "strided slice by 2 in height": Case(
            "STRIDED_SLICE",
            (i8(1, 8, 8, 4), ints(0, 0, 0, 0), ints(1, 8, 8, 4), ints(1, 2, 1, 1)),
            (i8(1, 4, 8, 4),),
            RUNS,
            {},
        ),
        "strided slice by 2 in channels": Case(
            "STRIDED_SLICE",
            (i8(1, 8, 8, 4), ints(0, 0, 0, 0), ints(1, 8, 8, 4), ints(1, 1, 1, 2)),
            (i8(1, 8, 8, 2),),
            REFUSED,
            {},
        ),
        "pad": Case(
            "PAD",
            (i8(1, 4, 4, 4), T("INT32", (4, 2), None, values=[0, 0, 1, 1, 1, 1, 0, 0])),
            (i8(1, 6, 6, 4),),
            RUNS,
            {},
        ),
        "pad by computed widths": Case(
            "PADV2", (i8(1, 4, 4, 4), i32(4, 2), i8(values=0)), (i8(1, 6, 6, 4),), REFUSED, {}
        ),
        "pad with three inputs": Case(
            "PAD", (i8(1, 4), T("INT32", (2, 2), None, values=0), i8(values=0)), (i8(1, 4),), FAILS, {}
        ),
        "pad of int32": Case("PAD", (i32(1, 4), T("INT32", (2, 2), None, values=0)), (i32(1, 4),), REFUSED, {}),
        "mirrored pad": Case(
            "MIRROR_PAD",
            (i8(1, 4, 4, 4), T("INT32", (4, 2), None, values=[0, 0, 1, 1, 1, 1, 0, 0])),
            (i8(1, 6, 6, 4),),
            RUNS,
            {"mode": "REFLECT"},
        ),
        "transpose of width and height": transpose(RUNS, (1, 4, 6, 8), (0, 2, 1, 3)),
        "transpose of everything": transpose(RUNS, (2, 4, 6, 8), (3, 2, 1, 0)),
        "transpose of everything, large": transpose(REFUSED, (2, 300, 300, 2), (3, 2, 1, 0)),
        "transpose of a large batch": transpose(REFUSED, (300, 300, 2, 2), (0, 2, 1, 3)),
        "transpose of one large picture": transpose(RUNS, (1, 300, 300, 300), (0, 3, 1, 2)),
        "transpose of int32, width and height": transpose(RUNS, (1, 4, 6, 8), (0, 2, 1, 3), "INT32"),
        "transpose of int32, channels first": transpose(REFUSED, (1, 4, 6, 8), (0, 3, 1, 2), "INT32"),
        "transpose of int32 of rank 5": transpose(REFUSED, (1, 1, 4, 6, 8), (0, 1, 3, 2, 4), "INT32"),
        "resize 2 times": resize(RUNS, (4, 4), (8, 8)),
        "resize 3 times": resize(REFUSED, (4, 4), (12, 12)),
        "resize 8 times": resize(RUNS, (4, 4), (32, 32)),
        "resize 16 times": resize(REFUSED, (4, 4), (64, 64)),
        "resize 2 times, half-pixel centres": resize(RUNS, (4, 4), (8, 8), half_pixel_centers=True),
        "resize 4 times, half-pixel centres": resize(REFUSED, (4, 4), (16, 16), half_pixel_centers=True),
        "resize 2 times, aligned corners": resize(RUNS, (5, 5), (9, 9), align_corners=True),
        "resize of one place": resize(RUNS, (1, 1), (3, 7)),
        "resize to the same size": resize(RUNS, (4, 4), (4, 4)),
        "resize to the same size, half-pixel centres": resize(REFUSED, (4, 4), (4, 4), half_pixel_centers=True),
        "resize in width alone": resize(REFUSED, (4, 4), (4, 8)),
        "resize of a row": resize(RUNS, (1, 4), (1, 8)),
        "nearest 4 times": resize(RUNS, (4, 4), (16, 16), "NEAREST"),
        "nearest 5 times": resize(REFUSED, (4, 4), (20, 20), "NEAREST"),
        "reverse": Case("REVERSE_V2", (i8(1, 4, 4, 4), ints(2)), (i8(1, 4, 4, 4),), REFUSED, {}),
        "log of int8": same(RUNS, "LOG", i8(1, 4)),
        "log of uint8": same(REFUSED, "LOG", u8(1, 4)),
        "GELU of int8": same(RUNS, "GELU", i8(1, 4), options={}),
        "GELU of int16": same(REFUSED, "GELU", i16(1, 4), options={}),
        "ELU of int8": same(RUNS, "ELU", i8(1, 4)),
        "ELU of uint8": same(REFUSED, "ELU", u8(1, 4)),
        "rsqrt of int8": same(RUNS, "RSQRT", i8(1, 4)),
        "rsqrt of uint8": same(REFUSED, "RSQRT", u8(1, 4)),
        "hard swish of int8": same(RUNS, "HARD_SWISH", i8(1, 4), options={}),
        "hard swish of int16": same(FAILS, "HARD_SWISH", i16(1, 4), options={}),
        "exp of int8": same(RUNS, "EXP", i8(1, 4), options={}),
        "sigmoid of int16": same(RUNS, "LOGISTIC", i16(1, 4, scale=2.0**-12), i16(1, 4, scale=2.0**-15)),
        "ReLU per channel": same(REFUSED, "RELU", i8(4, 4, scale=[0.5, 0.25, 0.5, 0.25])),
        "ReLU of int32": same(REFUSED, "RELU", i32(1, 4, scale=0.5)),
        "ReLU of floats": same(REFUSED, "RELU", f32(1, 4)),
        "negative of int8": same(RUNS, "NEG", i8(1, 4), options={}),
        "requantize": same(RUNS, "QUANTIZE", i8(1, 4), u8(1, 4, zero_point=128), {}),
        "quantize floats": same(REFUSED, "QUANTIZE", f32(1, 4), i8(1, 4), {}),
        "dequantize": same(REFUSED, "DEQUANTIZE", i8(1, 4), f32(1, 4), {}),
        "depth to space": same(REFUSED, "DEPTH_TO_SPACE", i8(1, 4, 4, 4), i8(1, 8, 8, 1), {"block_size": 2}),
        "an open batch": same(RUNS, "RELU", i8(1, 4, 4, 4, signature=(-1, 4, 4, 4))),
        "an open height": same(REFUSED, "RELU", i8(1, 4, 4, 4, signature=(1, -1, 4, 4))),
        "a computed single number": same(REFUSED, "RELU", i8()),
        "gather": Case("GATHER", (i8(4, 4), ints(1, 2)), (i8(2, 4),), REFUSED, {}),
        "gather to another type": Case("GATHER", (i8(4, 4), ints(1, 2)), (u8(2, 4),), FAILS, {}),
        "pack": Case("PACK", (i8(1, 4), i8(1, 4)), (i8(2, 1, 4),), RUNS, {"values_count": 2, "axis": 0}),
        "tile": Case("TILE", (i8(1, 4), ints(1, 2)), (i8(1, 8),), RUNS, {}),
        "expand dimensions": Case("EXPAND_DIMS", (i8(1, 4), ints(0)), (i8(1, 1, 4),), RUNS, {}),
        "sum of int32": Case("SUM", (i32(1, 4, 4, 4), ints(3)), (i32(1, 4, 4, 1),), RUNS, {"keep_dims": True}),
        "largest of a side": Case(
            "REDUCE_MAX", (i8(1, 4, 4, 4), ints(3)), (i8(1, 4, 4, 1),), RUNS, {"keep_dims": True}
        ),
        "largest of int32": Case(
            "REDUCE_MAX",
            (i32(1, 4, 4, 4, scale=0.5), ints(3)),
            (i32(1, 4, 4, 1, scale=0.5),),
            REFUSED,
            {"keep_dims": True},
        ),
        "depthwise of int16 weights": conv(REFUSED, op="DEPTHWISE_CONV_2D", weights=i16(1, 3, 3, 4, values=1)),
        "depthwise with an int16 bias": conv(REFUSED, op="DEPTHWISE_CONV_2D", bias=i16(4, values=0)),
        "depthwise with a bias above 40 bits": conv(
            REFUSED,
            op="DEPTHWISE_CONV_2D",
            source=i16(1, 8, 8, 4),
            out=i16(1, 8, 8, 4),
            bias=T("INT64", (4,), 0.25, values=1 << 41),
        ),
        "transposed conv of int16 weights": up(REFUSED, (8, 8), (3, 3), (2, 2), weights=i16(4, 3, 3, 4, values=1)),
        "transposed conv with an int16 bias": up(REFUSED, (8, 8), (3, 3), (2, 2), bias=(i16(4, values=0),)),
        "transposed conv with a bias above 40 bits": up(
            REFUSED, (8, 8), (3, 3), (2, 2), bias=(T("INT64", (4,), 0.25, values=1 << 41),)
        ),
        "fully connected of int16 weights": full(REFUSED, i16(4, 8, values=1)),
        "fully connected with an int16 bias": full(REFUSED, bias=i16(4, values=0)),
        "fully connected with a bias above 40 bits": full(REFUSED, bias=T("INT64", (4,), 0.25, values=1 << 41)),
        "average by 4, padded": pool(REFUSED, "AVERAGE_POOL_2D", (9, 9), (5, 5), "SAME", i8(1, 3, 3, 4), 4),
        "average by 4": pool(RUNS, "AVERAGE_POOL_2D", (9, 9), (5, 5), "VALID", i8(1, 2, 2, 4), 4),
        "average of int8 as uint8": pool(FAILS, "AVERAGE_POOL_2D", (4, 4), (1, 1), "VALID", u8(1, 4, 4, 4)),
        "largest by 4, padded": pool(REFUSED, "MAX_POOL_2D", (9, 9), (5, 5), "SAME", i8(1, 3, 3, 4), 4),
        "arg max to int16": Case(
            "ARG_MAX", (i8(1, 2, 2, 4), ints(3)), (i16(1, 2, 2),), FAILS, {"output_type": "INT32"}
        ),
        "minimum of shapes that don't join": Case("MINIMUM", (i8(1, 4), i8(1, 4)), (i8(2, 4),), FAILS, {}),
        "squared difference": Case("SQUARED_DIFFERENCE", (i8(1, 4), i8(1, 4)), (i8(1, 4),), RUNS, {}),
        "squared difference of shapes that don't join": Case(
            "SQUARED_DIFFERENCE", (i8(1, 4), i8(1, 4)), (i8(2, 4),), FAILS, {}
        ),
        "exp to another shape": same(FAILS, "EXP", i8(1, 4), i8(2, 4), {}),
        "exp to another type": same(FAILS, "EXP", i8(1, 4), u8(1, 4), {}),
        "rsqrt to another shape": same(FAILS, "RSQRT", i8(1, 4), i8(2, 4)),
        "rsqrt to another type": same(FAILS, "RSQRT", i8(1, 4), u8(1, 4)),
        "GELU to another shape": same(FAILS, "GELU", i8(1, 4), i8(2, 4), {}),
        "GELU to another type": same(FAILS, "GELU", i8(1, 4), u8(1, 4), {}),
        "ELU to another shape": same(FAILS, "ELU", i8(1, 4), i8(2, 4)),
        "ELU to another type": same(FAILS, "ELU", i8(1, 4), u8(1, 4)),
        "log to another shape": same(REFUSED, "LOG", i8(1, 4), i8(2, 4)),
        "log to another type": same(REFUSED, "LOG", i8(1, 4), u8(1, 4)),
        "hard swish to another type": same(FAILS, "HARD_SWISH", i8(1, 4), u8(1, 4), {}),
        "softmax to another shape": same(FAILS, "SOFTMAX", i8(1, 8), i8(2, 4), {"beta": 1.0}),
        "strided slice from a computed place": Case(
            "STRIDED_SLICE", (i8(2, 8), i32(2), ints(2, 8), ints(1, 1)), (i8(2, 8),), REFUSED, {}
        ),
        "strided slice to a computed place": Case(
            "STRIDED_SLICE", (i8(2, 8), ints(0, 0), i32(2), ints(1, 1)), (i8(2, 8),), REFUSED, {}
        ),
        "strided slice by computed steps": Case(
            "STRIDED_SLICE", (i8(2, 8), ints(0, 0), ints(2, 8), i32(2)), (i8(2, 8),), REFUSED, {}
        ),
        "strided slice of three inputs": Case(
            "STRIDED_SLICE", (i8(2, 8), ints(0, 0), ints(2, 8)), (i8(2, 8),), FAILS, {}
        ),
        "slice of a computed size": Case("SLICE", (i8(1, 8), ints(0, 2), i32(2)), (i8(1, 4),), REFUSED, {}),
        "pad by int16 widths": Case(
            "PADV2", (i8(1, 4), T("INT16", (2, 2), None, values=0), i8(values=0)), (i8(1, 4),), REFUSED, {}
        ),
        "pad with a computed value": Case(
            "PADV2", (i8(1, 4), T("INT32", (2, 2), None, values=0), i8(1)), (i8(1, 4),), REFUSED, {}
        ),
        "transpose by a computed order": Case("TRANSPOSE", (i8(2, 4), i32(2)), (i8(4, 2),), REFUSED, {}),
        "transpose by an int64 order": Case(
            "TRANSPOSE", (i8(2, 4), T("INT64", (2,), None, values=[1, 0])), (i8(4, 2),), FAILS, {}
        ),
        "an LSTM of floats": lstm("FLOAT32"),
        "an LSTM of rank 2": lstm(rank=2, out=i8(1, 2, 4)),
        "an LSTM to rank 2": lstm(out=i8(2, 4)),
        "an LSTM to another type": lstm(out=i16(1, 2, 4)),
        "an LSTM of 20 inputs": lstm(inputs=20),
        "gather by uint8": Case("GATHER", (i8(4, 4), u8(2, values=1)), (i8(2, 4),), FAILS, {}),
        "a scale of 2 to the 32": same(REFUSED, "RELU", i8(1, 4, scale=2.0**32)),
        "a scale of 2 to the 31": same(RUNS, "RELU", i8(1, 4, scale=2.0**31)),
        "add, then a sign bit": Case(
            "ADD", (i8(1, 4), i8(1, 4)), (i8(1, 4),), FAILS, {"fused_activation_function": "SIGN_BIT"}
        ),
    }
)
