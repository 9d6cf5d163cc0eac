"""Shape rules of elementwise ops, reductions, matrix products and recurrent cells."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from maistudio.tflite.options import int_option, ints_option, word_option
from maistudio.tflite.shaping.call import Call, MisfitError, Rules, Shape, axis_in, broadcast, text_of

_KEEPING = """RELU RELU6 RELU_N1_TO_1 RELU_0_TO_1 LEAKY_RELU PRELU ELU GELU HARD_SWISH LOGISTIC TANH SOFTMAX LOG_SOFTMAX
    ABS NEG EXP LOG SQRT RSQRT SQUARE SIN COS CEIL FLOOR ROUND SIGN LOGICAL_NOT CAST QUANTIZE DEQUANTIZE FAKE_QUANT
    DENSIFY ZEROS_LIKE CUMSUM L2_NORMALIZATION LOCAL_RESPONSE_NORMALIZATION REVERSE_V2 REVERSE_SEQUENCE
    DYNAMIC_UPDATE_SLICE MATRIX_SET_DIAG REAL IMAG COMPLEX_ABS BUCKETIZE
    STABLEHLO_LOGISTIC STABLEHLO_TANH STABLEHLO_ABS STABLEHLO_COSINE STABLEHLO_EXPONENTIAL STABLEHLO_FLOOR
    STABLEHLO_LOG STABLEHLO_NEGATE STABLEHLO_RSQRT STABLEHLO_CBRT STABLEHLO_CONVERT STABLEHLO_ADD STABLEHLO_SUBTRACT
    STABLEHLO_MULTIPLY STABLEHLO_DIVIDE STABLEHLO_MAXIMUM STABLEHLO_MINIMUM STABLEHLO_POWER STABLEHLO_REMAINDER
    STABLEHLO_AND STABLEHLO_OR STABLEHLO_COMPARE STABLEHLO_SHIFT_LEFT STABLEHLO_DYNAMIC_UPDATE_SLICE"""
_BROADCASTING = """ADD SUB MUL DIV POW SQUARED_DIFFERENCE MINIMUM MAXIMUM FLOOR_DIV FLOOR_MOD EQUAL NOT_EQUAL LESS
    LESS_EQUAL GREATER GREATER_EQUAL LOGICAL_AND LOGICAL_OR ATAN2 BITWISE_XOR RIGHT_SHIFT ADD_N SELECT_V2"""
_REDUCING = "MEAN SUM REDUCE_MAX REDUCE_MIN REDUCE_PROD REDUCE_ANY REDUCE_ALL"


def _as_first(call: Call) -> list[Shape]:
    return [call.shape(0)]


def _broadcast(call: Call) -> list[Shape]:
    return [broadcast(*(call.shape(place) for place in range(len(call.op.inputs))))]


def _select(call: Call) -> list[Shape]:
    """The condition has one entry for all, one for each first index, or one for each element."""
    chosen, other = call.shape(1), call.shape(2)
    if chosen != other:
        raise MisfitError(f"it selects between {text_of(chosen)} and {text_of(other)}")
    return [chosen]


def _reduction(call: Call) -> list[Shape]:
    data, axes = call.shape(0), call.ints(1)
    dropped = {axis_in(axis, len(data)) for axis in axes}
    if call.op.options.get("keep_dims"):
        return [tuple(1 if axis in dropped else size for axis, size in enumerate(data))]
    return [tuple(size for axis, size in enumerate(data) if axis not in dropped)]


def _arg_reduction(call: Call) -> list[Shape]:
    data = call.shape(0)
    axis = axis_in(call.scalar(1), len(data))
    return [(*data[:axis], *data[axis + 1 :])]


def _top_k(call: Call) -> list[Shape]:
    data, count = call.shape(0), call.scalar(1)
    if not data or count > data[-1]:
        raise MisfitError(f"it takes {count} of {text_of(data)}")
    return [(*data[:-1], count)] * 2


def _fully_connected(call: Call) -> list[Shape]:
    data, (units, width) = call.shape(0), call.ranked(1, 2)
    if width < 1 or prod(data) % width:
        raise MisfitError(f"{text_of(data)} does not divide into rows of the weights' {width}")
    if call.op.options.get("keep_num_dims"):
        if not data or data[-1] != width:
            raise MisfitError(f"the last dimension of {text_of(data)} is not the weights' {width}")
        return [(*data[:-1], units)]
    return [(prod(data) // width, units)]


def _batch_matmul(call: Call) -> list[Shape]:
    left, right = call.shape(0), call.shape(1)
    if len(left) < 2 or len(right) < 2:
        raise MisfitError(f"{text_of(left)} and {text_of(right)} are no matrices")
    rows, inner = left[-2:][::-1] if call.op.options.get("adj_x") else left[-2:]
    other, columns = right[-2:][::-1] if call.op.options.get("adj_y") else right[-2:]
    if inner != other:
        raise MisfitError(f"{text_of(left)} and {text_of(right)} do not multiply: {inner} is not {other}")
    return [(*broadcast(left[:-2], right[:-2]), rows, columns)]


def _dot_general(call: Call) -> list[Shape]:
    """The batch dimensions, then what is left of each side."""
    left, right = call.shape(0), call.shape(1)
    batch = ints_option(call.op, "lhs_batching_dimensions")
    left_used = {axis_in(axis, len(left)) for axis in (*batch, *ints_option(call.op, "lhs_contracting_dimensions"))}
    right_used = {
        axis_in(axis, len(right))
        for name in ("rhs_batching_dimensions", "rhs_contracting_dimensions")
        for axis in ints_option(call.op, name)
    }
    left_kept = (size for axis, size in enumerate(left) if axis not in left_used)
    right_kept = (size for axis, size in enumerate(right) if axis not in right_used)
    return [(*(left[axis] for axis in batch), *left_kept, *right_kept)]


def _lstm(call: Call) -> list[Shape | None]:
    if word_option(call.op, "kernel_type", "FULL") == "BASIC":
        batch, width = call.ranked(0, 2)
        units = call.ranked(1, 2)[1]
        return [(batch, units), (batch, units), (batch, width + units), (batch, 4 * units)]
    return [(*call.shape(0)[:-1], _last(call.shape(8)))]


def _last(shape: Shape) -> int:
    """The units of recurrent weights: [cells, units], or [units] where they are diagonal."""
    if not shape:
        raise MisfitError("its recurrent weights are a scalar")
    return shape[-1]


def _bidirectional_lstm(call: Call) -> list[Shape | None]:
    return _both_directions(call, _last(call.shape(8)), _last(call.shape(25)))


def _recurrent(call: Call) -> list[Shape | None]:
    return [(*call.shape(0)[:-1], call.ranked(1, 2)[0])]


def _bidirectional_recurrent(call: Call) -> list[Shape | None]:
    return _both_directions(call, call.ranked(1, 2)[0], call.ranked(5, 2)[0])


def _both_directions(call: Call, forward: int, backward: int) -> list[Shape | None]:
    steps = call.shape(0)[:-1]
    if call.op.options.get("merge_outputs"):
        return [(*steps, forward + backward)]
    return [(*steps, forward), (*steps, backward)]


def _svdf(call: Call) -> list[Shape | None]:
    rank = int_option(call.op, "rank", 1)
    filters = call.ranked(1, 2)[0]
    if rank < 1 or filters % rank:
        raise MisfitError(f"{filters} filters do not divide into units of rank {rank}")
    return [(call.ranked(0, 2)[0], filters // rank)]


def _for_each(words: str, rule: Callable[[Call], list[Shape]]) -> Rules:
    return dict.fromkeys(words.split(), rule)


RULES: Rules = {
    **_for_each(_KEEPING, _as_first),
    **_for_each(_BROADCASTING, _broadcast),
    **_for_each(_REDUCING, _reduction),
    "SELECT": _select,
    "ARG_MAX": _arg_reduction,
    "ARG_MIN": _arg_reduction,
    "TOPK_V2": _top_k,
    "FULLY_CONNECTED": _fully_connected,
    "BATCH_MATMUL": _batch_matmul,
    "STABLEHLO_DOT_GENERAL": _dot_general,
    "LSTM": _lstm,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": _lstm,
    "BIDIRECTIONAL_SEQUENCE_LSTM": _bidirectional_lstm,
    "RNN": _recurrent,
    "UNIDIRECTIONAL_SEQUENCE_RNN": _recurrent,
    "BIDIRECTIONAL_SEQUENCE_RNN": _bidirectional_recurrent,
    "SVDF": _svdf,
}
