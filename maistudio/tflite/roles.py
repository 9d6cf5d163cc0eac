"""What each input of an op is for, by the order of inputs in TFLite's builtin kernels."""

from __future__ import annotations

from maistudio.tflite.model import Subgraph

_LSTM_INPUTS = """input,
    input-to-input weights, input-to-forget weights, input-to-cell weights, input-to-output weights,
    recurrent-to-input weights, recurrent-to-forget weights, recurrent-to-cell weights, recurrent-to-output weights,
    cell-to-input weights, cell-to-forget weights, cell-to-output weights,
    input gate bias, forget gate bias, cell bias, output gate bias, projection weights, projection bias,
    output state, cell state,
    input layer norm, forget layer norm, cell layer norm, output layer norm"""

_INPUTS: tuple[tuple[str, str], ...] = (
    ("CONV_2D DEPTHWISE_CONV_2D CONV_3D FULLY_CONNECTED", "input, weights, bias"),
    ("TRANSPOSE_CONV CONV_3D_TRANSPOSE", "output shape, weights, input, bias"),
    ("LSTM UNIDIRECTIONAL_SEQUENCE_LSTM", _LSTM_INPUTS),
    ("RNN UNIDIRECTIONAL_SEQUENCE_RNN", "input, weights, recurrent weights, bias, hidden state"),
    (
        "BIDIRECTIONAL_SEQUENCE_RNN",
        (
            "input, forward weights, forward recurrent weights, forward bias, forward hidden state,"
            "backward weights, backward recurrent weights, backward bias, backward hidden state"
        ),
    ),
    ("SVDF", "input, feature weights, time weights, bias, state"),
    ("PRELU", "input, slope"),
    ("PAD MIRROR_PAD", "input, paddings"),
    ("PADV2", "input, paddings, pad value"),
    ("RESHAPE BROADCAST_TO", "input, shape"),
    ("TRANSPOSE", "input, permutation"),
    ("RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR", "input, size"),
    ("SLICE", "input, begin, size"),
    ("STRIDED_SLICE", "input, begin, end, strides"),
    ("DYNAMIC_UPDATE_SLICE", "input, update, start indices"),
    ("SPLIT", "axis, input"),
    ("SPLIT_V", "input, sizes, axis"),
    ("GATHER GATHER_ND", "input, indices"),
    ("SCATTER_ND", "indices, updates, shape"),
    ("SPARSE_TO_DENSE", "indices, shape, values, default value"),
    ("TILE", "input, multiples"),
    ("EXPAND_DIMS ARG_MAX ARG_MIN CUMSUM", "input, axis"),
    ("MEAN SUM REDUCE_MAX REDUCE_MIN REDUCE_PROD REDUCE_ANY REDUCE_ALL REVERSE_V2", "input, axes"),
    ("REVERSE_SEQUENCE", "input, lengths"),
    ("TOPK_V2", "input, k"),
    ("ONE_HOT", "indices, depth, on value, off value"),
    ("FILL", "shape, value"),
    ("RANGE", "start, limit, delta"),
    ("SPACE_TO_BATCH_ND", "input, block shape, paddings"),
    ("BATCH_TO_SPACE_ND", "input, block shape, crops"),
    ("SELECT SELECT_V2", "condition, if true, if false"),
    ("WHERE IF", "condition"),
    ("EMBEDDING_LOOKUP", "indices, table"),
    ("SEGMENT_SUM", "input, segments"),
    ("MATRIX_SET_DIAG", "input, diagonal"),
    ("RFFT2D", "input, transform length"),
    ("MULTINOMIAL", "logits, number of samples"),
    ("RANDOM_UNIFORM RANDOM_STANDARD_NORMAL", "shape"),
    ("NON_MAX_SUPPRESSION_V4", "boxes, scores, most outputs, IoU threshold, score threshold"),
    ("NON_MAX_SUPPRESSION_V5", "boxes, scores, most outputs, IoU threshold, score threshold, sigma"),
    ("READ_VARIABLE", "resource"),
    ("ASSIGN_VARIABLE", "resource, value"),
    ("HASHTABLE_FIND", "table, keys, default value"),
    ("HASHTABLE_IMPORT", "table, keys, values"),
    ("HASHTABLE_SIZE", "table"),
)
_ROLES: dict[str, tuple[str, ...]] = {
    op_type: tuple(" ".join(role.split()) for role in roles.split(","))
    for op_types, roles in _INPUTS
    for op_type in op_types.split()
}


def input_role(op_type: str, position: int, count: int) -> str:
    """What input ``position`` of ``count`` is: "weights" where the op type says so, else "input" or "input 2"."""
    roles = _ROLES.get(op_type, ())
    if position < len(roles):
        return roles[position]
    return "input" if count == 1 else f"input {position}"


def output_role(position: int, count: int) -> str:
    """What output ``position`` of ``count`` is called."""
    return "output" if count == 1 else f"output {position}"


def tensor_kinds(graph: Subgraph) -> tuple[str, ...]:
    """What each tensor of a subgraph is: input, output, constant, variable, intermediate, activation or unused.

    An input that is handed on as an output counts as an input; "unused" is what no op and no interface touches.
    """
    kinds = ["unused"] * len(graph.tensors)

    def mark(tensors: tuple[int, ...], kind: str) -> None:
        for tensor in tensors:
            if 0 <= tensor < len(kinds):
                kinds[tensor] = kind

    for op in graph.ops:
        mark(op.intermediates, "intermediate")
    for op in graph.ops:
        mark(op.inputs, "activation")
        mark(op.outputs, "activation")
    for tensor in graph.tensors:
        if tensor.constant:
            kinds[tensor.index] = "constant"
        elif tensor.variable:
            kinds[tensor.index] = "variable"
    mark(graph.outputs, "output")
    mark(graph.inputs, "input")
    return tuple(kinds)
