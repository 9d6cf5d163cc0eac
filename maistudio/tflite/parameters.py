"""The constants ops compute with: weights and biases, told from shapes, axes, paddings, indices and settings.

An input of an op holds parameters
- of a convolution, matrix product, recurrent cell or PRELU: at the places of data, weights and biases;
- of a look-up, concatenation or arithmetic op: where its numbers stand for reals (floats, or quantized integers).
A constant of one element in arithmetic (a scale, an offset, an exponent) is a setting, and so are the bounds of
MINIMUM and MAXIMUM. A constant counts as well when it comes by way of ops that only unpack, convert or rearrange it
(DEQUANTIZE, TRANSPOSE), as an argument of a called subgraph, or out of a variable set once at start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from maistudio.tflite.model import Model, Op, Subgraph, Tensor
from maistudio.tflite.options import word_option

_FORWARD_LSTM = (*range(18), *range(20, 24))
_PLACES: dict[str, tuple[int, ...]] = {
    op_type: places
    for op_types, places in (
        ("CONV_2D DEPTHWISE_CONV_2D CONV_3D FULLY_CONNECTED", (0, 1, 2)),
        ("TRANSPOSE_CONV CONV_3D_TRANSPOSE", (1, 2, 3)),
        ("BATCH_MATMUL PRELU STABLEHLO_DOT_GENERAL STABLEHLO_CONVOLUTION", (0, 1)),
        ("LSTM UNIDIRECTIONAL_SEQUENCE_LSTM", _FORWARD_LSTM),
        ("BIDIRECTIONAL_SEQUENCE_LSTM", (*range(35), *range(40, 48))),
        ("RNN UNIDIRECTIONAL_SEQUENCE_RNN SVDF", (0, 1, 2, 3)),
        ("BIDIRECTIONAL_SEQUENCE_RNN", (0, 1, 2, 3, 5, 6, 7, 10, 11)),
    )
    for op_type in op_types.split()
}
"""Inputs that are data, weights or biases whatever their type, by the order of inputs in TFLite's kernels."""

_BIASES: dict[str, tuple[tuple[int, int], ...]] = {
    op_type: pairs
    for op_types, pairs in (
        ("CONV_2D DEPTHWISE_CONV_2D CONV_3D FULLY_CONNECTED", ((2, 1),)),
        ("TRANSPOSE_CONV CONV_3D_TRANSPOSE", ((3, 1),)),
        ("LSTM UNIDIRECTIONAL_SEQUENCE_LSTM", tuple((place, 2) for place in (12, 13, 14, 15, 17))),
        (
            "BIDIRECTIONAL_SEQUENCE_LSTM",
            (*((place, 2) for place in (12, 13, 14, 15, 17)), *((place, 19) for place in (29, 30, 31, 32, 34))),
        ),
        ("RNN UNIDIRECTIONAL_SEQUENCE_RNN SVDF", ((3, 1),)),
        ("BIDIRECTIONAL_SEQUENCE_RNN", ((3, 1), (7, 5))),
    )
    for op_type in op_types.split()
}
"""Inputs that are biases, each with the input that holds the weights beside it."""

_TABLES: dict[str, tuple[int, ...]] = {"GATHER": (0,), "GATHER_ND": (0,), "EMBEDDING_LOOKUP": (1,)}
_JOINING = frozenset({"CONCATENATION", "PACK"})
_ARITHMETIC = frozenset(
    (
        *("ADD", "SUB", "MUL", "DIV", "ADD_N", "POW", "SQUARED_DIFFERENCE", "ATAN2"),
        *("STABLEHLO_ADD", "STABLEHLO_SUBTRACT", "STABLEHLO_MULTIPLY", "STABLEHLO_DIVIDE", "STABLEHLO_POWER"),
    )
)
_REARRANGING: dict[str, int] = {
    op_type: place
    for op_types, place in (
        (
            """DEQUANTIZE QUANTIZE DENSIFY CAST BITCAST RESHAPE TRANSPOSE SQUEEZE EXPAND_DIMS SLICE STRIDED_SLICE
            BROADCAST_TO TILE PAD PADV2 MIRROR_PAD SPLIT_V UNPACK REVERSE_V2 STABLEHLO_RESHAPE STABLEHLO_TRANSPOSE
            STABLEHLO_CONVERT STABLEHLO_BROADCAST_IN_DIM STABLEHLO_SLICE""",
            0,
        ),
        ("SPLIT", 1),
    )
    for op_type in op_types.split()
}
"""Ops that hand on what stands at this input, in another form."""

_UNPACKING = frozenset({"DEQUANTIZE", "DENSIFY"})
_ROUNDS = 8
"""A called subgraph is followed again when another caller hands it more; beyond this it is a damaged file."""


class Parameter(NamedTuple):
    """A constant as one op uses it: the tensor that holds it, and for a bias the place and weights it stands by.

    Converters merge equal constants, so the zero biases of several layers may be one tensor without being a shared
    parameter: ``key`` is the same for two uses of one parameter, and tells such biases apart.
    """

    subgraph: int
    tensor: int
    buffer: int
    bias_place: int = -1
    weights_buffer: int = -1

    @property
    def key(self) -> tuple[int, int, int]:
        return self.buffer, self.bias_place, self.weights_buffer


@dataclass(frozen=True, slots=True)
class Parameters:
    """``ops[subgraph][op]`` lists the parameters an op computes with."""

    ops: tuple[tuple[tuple[Parameter, ...], ...], ...]


_Origin = tuple[int, int]
_Origins = tuple[_Origin, ...]


def parameters_of(model: Model) -> Parameters:
    """The parameters of every op."""
    tracer = _Tracer(model)
    waiting = list(range(len(model.subgraphs)))
    rounds = [0] * len(waiting)
    while waiting:
        index = waiting.pop(0)
        if rounds[index] < _ROUNDS:
            rounds[index] += 1
            waiting.extend(graph for graph in tracer.follow(model.subgraphs[index]) if graph not in waiting)
    return Parameters(tuple(tuple(ops) for ops in tracer.used))


def unpacked_constants(graph: Subgraph) -> frozenset[int]:
    """Tensors that DEQUANTIZE or DENSIFY makes of a constant.

    TFLite fills them once at start and keeps them apart from activations.
    """
    unpacked: set[int] = set()
    for op in graph.ops:
        if op.type in _UNPACKING and op.inputs and op.inputs[0] >= 0:
            source = op.inputs[0]
            if graph.tensors[source].constant or source in unpacked:
                unpacked.update(op.outputs)
    return frozenset(unpacked)


class _Tracer:
    """Follows constants forward through the subgraphs."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.used: list[list[tuple[Parameter, ...]]] = [[()] * len(graph.ops) for graph in model.subgraphs]
        self.origins: list[dict[int, _Origins]] = [{} for _ in model.subgraphs]
        """Per subgraph: which constants stand behind a tensor that is none itself."""
        self.variable_names = _variable_names(model)
        self.variables = _variables_set_once(model, self.variable_names)

    def follow(self, graph: Subgraph) -> Iterable[int]:
        """Note the parameters of each op; gives the called subgraphs that must be followed again."""
        index, tensors, origins = graph.index, graph.tensors, self.origins[graph.index]
        constant = [tensor.constant for tensor in tensors]
        used = self.used[index]
        again: set[int] = set()

        def behind(tensor: int) -> _Origins:
            if tensor < 0:
                return ()
            return ((index, tensor),) if constant[tensor] else origins.get(tensor, ())

        for number, op in enumerate(graph.ops):
            place = _REARRANGING.get(op.type)
            if place is not None:
                if place < len(op.inputs) and (source := behind(op.inputs[place])):
                    origins.update(dict.fromkeys(op.outputs, source))
            elif op.subgraphs:
                again.update(self._hand_over(op, [behind(tensor) for tensor in op.inputs]))
            elif op.type == "READ_VARIABLE" and op.inputs and op.outputs:
                name = self.variable_names.get((index, op.inputs[0]), "")
                if name in self.variables:
                    origins[op.outputs[0]] = (self.variables[name],)
            elif any(constant[tensor] or tensor in origins for tensor in op.inputs if tensor >= 0):
                used[number] = self._parameters(op, [behind(tensor) for tensor in op.inputs])
        return again

    def _hand_over(self, op: Op, arguments: list[_Origins]) -> Iterable[int]:
        """Bind the arguments of a call to the inputs of what it calls."""
        arguments = arguments[1:] if op.type in ("IF", "STABLEHLO_CASE") else arguments
        for called in op.subgraphs:
            changed = False
            for tensor, source in zip(self.model.subgraphs[called].inputs, arguments, strict=False):
                known = self.origins[called].get(tensor, ())
                merged = tuple(dict.fromkeys((*known, *source)))
                if merged != known:
                    self.origins[called][tensor] = merged
                    changed = True
            if changed:
                yield called

    def _parameters(self, op: Op, origins: list[_Origins]) -> tuple[Parameter, ...]:
        found: list[Parameter] = []
        weights_place = dict(_BIASES.get(op.type, ()))
        for place, sources in enumerate(origins):
            for graph, tensor in sources:
                if not _holds_parameters(op, place, self.model.subgraphs[graph].tensors[tensor]):
                    continue
                beside = weights_place.get(place, len(origins))
                weights = origins[beside] if beside < len(origins) else ()
                bias = (place, self._buffer(weights[0])) if weights else ()
                found.append(Parameter(graph, tensor, self._buffer((graph, tensor)), *bias))
        return tuple(dict.fromkeys(found))

    def _buffer(self, origin: _Origin) -> int:
        return self.model.subgraphs[origin[0]].tensors[origin[1]].buffer


def _holds_parameters(op: Op, place: int, tensor: Tensor) -> bool:
    if op.type in _PLACES:
        return place in _PLACES[op.type]
    if not stands_for_reals(tensor) or prod(tensor.shape) == 1:
        return False
    if op.type in _TABLES:
        return place in _TABLES[op.type]
    return op.custom or op.type in _ARITHMETIC or op.type in _JOINING or op.type.startswith("BUILTIN_")


def stands_for_reals(tensor: Tensor) -> bool:
    """Whether its numbers are floats, integers with a scale, or a sparse matrix."""
    quantization = tensor.quantization
    scaled = quantization is not None and (bool(quantization.scales) or quantization.scales_tensor >= 0)
    return "FLOAT" in tensor.type or scaled or tensor.sparsity is not None


def _variable_names(model: Model) -> dict[_Origin, str]:
    """The shared name behind each resource handle, by subgraph and tensor."""
    return {
        (graph.index, handle): word_option(op, "shared_name", "") + "/" + word_option(op, "container", "")
        for graph in model.subgraphs
        for op in graph.ops
        if op.type == "VAR_HANDLE"
        for handle in op.outputs
    }


def _variables_set_once(model: Model, names: Mapping[_Origin, str]) -> dict[str, _Origin]:
    """Variables by name whose one value is a constant assigned while the model starts (CALL_ONCE)."""
    at_start = {
        called for graph in model.subgraphs for op in graph.ops if op.type == "CALL_ONCE" for called in op.subgraphs
    }
    assigned: dict[str, list[_Origin | None]] = {}
    for graph in model.subgraphs:
        for op in graph.ops:
            if op.type == "ASSIGN_VARIABLE" and len(op.inputs) > 1 and (graph.index, op.inputs[0]) in names:
                value = op.inputs[1]
                fixed = value >= 0 and graph.index in at_start and graph.tensors[value].constant
                name = names[graph.index, op.inputs[0]]
                assigned.setdefault(name, []).append((graph.index, value) if fixed else None)
    return {name: values[0] for name, values in assigned.items() if len(values) == 1 and values[0] is not None}
