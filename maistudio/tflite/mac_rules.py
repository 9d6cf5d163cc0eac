"""Multiply-accumulates of the ops that have any: convolutions, matrix products and recurrent cells.

Each rule counts one per product of a weight and a value, as TFLite's kernels compute them, padding included.
Bias additions, activations, gates' elementwise work and peephole connections are not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod

from maistudio.tflite.model import Op
from maistudio.tflite.options import int_option, ints_option, word_option
from maistudio.tflite.shapes import Shape

_Shapes = Sequence[Shape | None]
_Rule = Callable[[Op, _Shapes, _Shapes], int | None]


def has_macs(op: Op) -> bool:
    """Whether ops of this type do multiply-accumulates; nobody can tell of a custom op."""
    return op.type in _RULES


def macs_of(op: Op, inputs: _Shapes, outputs: _Shapes) -> int | None:
    """The multiply-accumulates of one op from the shapes of its inputs and outputs; None where they don't say.

    ``inputs`` has an entry for each of the op's inputs, None where it is omitted or unknown.
    Ops of other types, control flow among them, have none.
    """
    if op.custom or op.type.startswith("BUILTIN_"):
        return None
    rule = _RULES.get(op.type)
    return rule(op, inputs, outputs) if rule is not None else 0


def _at(shapes: _Shapes, place: int, *ranks: int) -> Shape | None:
    """The shape at ``place`` if it is known and of one of these ranks (any rank if none is given)."""
    shape = shapes[place] if place < len(shapes) else None
    return shape if shape is not None and (not ranks or len(shape) in ranks) else None


def _convolution(_: Op, inputs: _Shapes, outputs: _Shapes) -> int | None:
    """Weights are [out, height, width, in per group]: each output element takes one group's window."""
    weights, result = _at(inputs, 1, 4), _at(outputs, 0)
    return None if weights is None or result is None else prod(result) * prod(weights[1:])


def _depthwise_convolution(_: Op, inputs: _Shapes, outputs: _Shapes) -> int | None:
    """Weights are [1, height, width, out]: each output element takes a window of one channel."""
    weights, result = _at(inputs, 1, 4), _at(outputs, 0)
    return None if weights is None or result is None else prod(result) * weights[1] * weights[2]


def _transposed_convolution(_: Op, inputs: _Shapes, _outputs: _Shapes) -> int | None:
    """Weights are [out, height, width, in]: each input element is spread over a window of every output channel."""
    weights, data = _at(inputs, 1, 4), _at(inputs, 2, 4)
    return None if weights is None or data is None else prod(data) * prod(weights[:3])


def _convolution_3d(_: Op, inputs: _Shapes, outputs: _Shapes) -> int | None:
    """Weights are [depth, height, width, in per group, out]."""
    weights, result = _at(inputs, 1, 5), _at(outputs, 0)
    return None if weights is None or result is None else prod(result) * prod(weights[:4])


def _transposed_convolution_3d(_: Op, inputs: _Shapes, _outputs: _Shapes) -> int | None:
    """Weights are [depth, height, width, out, in]."""
    weights, data = _at(inputs, 1, 5), _at(inputs, 2, 5)
    return None if weights is None or data is None else prod(data) * prod(weights[:4])


def _fully_connected(_: Op, inputs: _Shapes, _outputs: _Shapes) -> int | None:
    """Weights are [units, in]: every row of ``in`` values gives ``units`` sums."""
    data, weights = _at(inputs, 0), _at(inputs, 1, 2)
    if data is None or weights is None or weights[1] <= 0:
        return None
    return prod(data) // weights[1] * prod(weights)


def _batch_matmul(op: Op, inputs: _Shapes, outputs: _Shapes) -> int | None:
    left, result = _at(inputs, 0), _at(outputs, 0)
    if left is None or result is None or len(left) < 2:
        return None
    return prod(result) * (left[-2] if op.options.get("adj_x") else left[-1])


def _matrices(inputs: _Shapes, places: Iterable[int]) -> int:
    """The elements of those of these inputs that are matrices; omitted ones count nothing."""
    return sum(prod(shape) for place in places if (shape := _at(inputs, place, 2)) is not None)


def _steps(data: Shape | None) -> int | None:
    """How often a recurrent cell runs: once for each batch and time step of [batch, in] or [batch, time, in]."""
    return None if data is None or len(data) < 2 else prod(data[:-1])


def _cell(*places: int) -> _Rule:
    """A recurrent cell whose weight matrices are at these inputs: each multiplies a vector once a step."""

    def rule(_: Op, inputs: _Shapes, _outputs: _Shapes) -> int | None:
        steps = _steps(_at(inputs, 0))
        weights = _matrices(inputs, places)
        return None if steps is None or not weights else steps * weights

    return rule


_LSTM_MATRICES = (*range(1, 9), 16)


def _lstm(op: Op, inputs: _Shapes, outputs: _Shapes) -> int | None:
    basic = word_option(op, "kernel_type", "FULL") == "BASIC"
    return _cell(2)(op, inputs, outputs) if basic else _cell(*_LSTM_MATRICES)(op, inputs, outputs)


def _svdf(op: Op, inputs: _Shapes, outputs: _Shapes) -> int | None:
    """Feature weights [filters, in] and time weights [filters, memory] each multiply once a step."""
    return _cell(1, 2)(op, inputs, outputs)


def _dot_general(op: Op, inputs: _Shapes, outputs: _Shapes) -> int | None:
    left, result = _at(inputs, 0), _at(outputs, 0)
    contracted = ints_option(op, "lhs_contracting_dimensions")
    if left is None or result is None or not all(0 <= axis < len(left) for axis in contracted):
        return None
    return prod(result) * prod(left[axis] for axis in contracted)


def _stablehlo_convolution(op: Op, inputs: _Shapes, outputs: _Shapes) -> int | None:
    weights, result = _at(inputs, 1), _at(outputs, 0)
    axis = int_option(op, "kernel_output_feature_dimension", 0)
    if weights is None or result is None or not 0 <= axis < len(weights) or weights[axis] <= 0:
        return None
    return prod(result) * (prod(weights) // weights[axis])


_RULES: Mapping[str, _Rule] = {
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise_convolution,
    "TRANSPOSE_CONV": _transposed_convolution,
    "CONV_3D": _convolution_3d,
    "CONV_3D_TRANSPOSE": _transposed_convolution_3d,
    "FULLY_CONNECTED": _fully_connected,
    "BATCH_MATMUL": _batch_matmul,
    "LSTM": _lstm,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": _cell(*_LSTM_MATRICES),
    "BIDIRECTIONAL_SEQUENCE_LSTM": _cell(*_LSTM_MATRICES, *range(18, 26), 33, *range(40, 48)),
    "RNN": _cell(1, 2),
    "UNIDIRECTIONAL_SEQUENCE_RNN": _cell(1, 2),
    "BIDIRECTIONAL_SEQUENCE_RNN": _cell(1, 2, 5, 6, 10, 11),
    "SVDF": _svdf,
    "STABLEHLO_DOT_GENERAL": _dot_general,
    "STABLEHLO_CONVOLUTION": _stablehlo_convolution,
}
