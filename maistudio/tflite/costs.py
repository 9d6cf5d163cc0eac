"""What a model costs: parameters, MACs and bytes, per op and in all.

Convention: one multiply-accumulate (MAC) counts as 2 FLOPs. Only the multiply-accumulates of convolutions,
matrix products and recurrent cells are counted (``mac_rules``); elementwise work is not. A subgraph called by
control flow counts once, whatever its trip count.

Parameters are the elements of weights and biases (``parameters``), quantized or float16 ones counted as elements
too and sparse ones with their zeros; scales and zero points of a quantization are none. A constant that several
ops use counts once in the total and for each op in ``ops``; a bias counts once for each weights it stands by.
Weight bytes are what the file stores: once for each buffer, without the zeros of sparse ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from maistudio.tflite.elements import stored_size
from maistudio.tflite.mac_rules import has_macs, macs_of
from maistudio.tflite.model import BITS_PER_ELEMENT, Model, Op, Subgraph, Tensor
from maistudio.tflite.parameters import Parameter, Parameters, parameters_of, unpacked_constants
from maistudio.tflite.shapes import Shape, Shapes

_HANDLES = frozenset({"RESOURCE", "VARIANT"})


@dataclass(frozen=True, slots=True)
class OpCost:
    """The cost of one op. ``macs`` is None where a shape is unknown; sizes are bytes, None where unknown.

    ``activation_bytes`` is what the op reads and writes that is not constant.
    """

    macs: int | None
    params: int
    weight_bytes: int
    input_bytes: int | None
    output_bytes: int | None

    @property
    def activation_bytes(self) -> int | None:
        if self.input_bytes is None or self.output_bytes is None:
            return None
        return self.input_bytes + self.output_bytes


@dataclass(frozen=True, slots=True)
class Costs:
    """``ops[subgraph][op]`` and the model's totals. ``macs`` is None where no shape is known enough to count.

    ``macs_at_shape`` gives the input shapes the numbers hold for, by input name.
    ``uncounted`` lists (subgraph, op) whose MACs could not be counted (custom ops, unknown shapes).
    """

    ops: tuple[tuple[OpCost, ...], ...]
    params: int
    macs: int | None
    weight_bytes: int
    weight_bytes_by_type: Mapping[str, int]
    macs_at_shape: Mapping[str, tuple[int, ...]]
    uncounted: tuple[tuple[int, int], ...] = ()


def count_costs(model: Model, shapes: Shapes, known: Parameters | None = None) -> Costs:
    """The costs of a model at ``shapes``; its parameters are found where they are not ``known``."""
    weights = _Weights(model)
    parameters = (known or parameters_of(model)).ops
    ops = tuple(
        _op_costs(graph, shapes.tensors[graph.index], parameters[graph.index], weights) for graph in model.subgraphs
    )
    used = [parameter for graph in parameters for of_op in graph for parameter in of_op]
    bytes_by_type = weights.bytes_by_type(used)
    counted, uncounted = 0, []
    something_counted = False
    for graph in model.subgraphs:
        for op, cost in zip(graph.ops, ops[graph.index], strict=True):
            if cost.macs is None:
                uncounted.append((graph.index, op.index))
            else:
                counted += cost.macs
                something_counted = something_counted or has_macs(op)
    return Costs(
        ops=ops,
        params=weights.elements(used),
        macs=counted if something_counted or not uncounted else None,
        weight_bytes=sum(bytes_by_type.values()),
        weight_bytes_by_type=bytes_by_type,
        macs_at_shape=_input_shapes(model, shapes),
        uncounted=tuple(uncounted),
    )


def totals_of(model: Model, used: Iterable[Parameter]) -> tuple[int, int]:
    """The elements and stored bytes of these parameters, each counted once however many ops use it."""
    weights, parameters = _Weights(model), tuple(used)
    return weights.elements(parameters), weights.bytes(parameters)


def tensor_bytes(tensor: Tensor, shape: Shape | None) -> int | None:
    """Bytes a tensor takes while the model runs; None for an unknown shape or a type without a fixed size.

    A handle of a resource holds no data of its own.
    """
    if tensor.type in _HANDLES:
        return 0
    return None if shape is None else stored_size(tensor.type, prod(shape))


def _op_costs(
    graph: Subgraph, shapes: tuple[Shape | None, ...], parameters: tuple[tuple[Parameter, ...], ...], weights: _Weights
) -> tuple[OpCost, ...]:
    unpacked = unpacked_constants(graph)
    sizes = [
        0 if tensor.constant or tensor.index in unpacked else tensor_bytes(tensor, shapes[tensor.index])
        for tensor in graph.tensors
    ]
    return tuple(
        OpCost(
            _macs(op, shapes),
            weights.elements(used) if used else 0,
            weights.bytes(used) if used else 0,
            _sum(sizes, op.inputs),
            _sum(sizes, op.outputs),
        )
        for op, used in zip(graph.ops, parameters, strict=True)
    )


def _macs(op: Op, shapes: tuple[Shape | None, ...]) -> int | None:
    if not (op.custom or has_macs(op)):
        return macs_of(op, (), ())
    inputs = [shapes[tensor] if tensor >= 0 else None for tensor in op.inputs]
    return macs_of(op, inputs, [shapes[tensor] for tensor in op.outputs])


def _sum(sizes: list[int | None], tensors: tuple[int, ...]) -> int | None:
    """The bytes of these tensors, each counted once."""
    total = 0
    for tensor in tensors if len(tensors) == 1 else dict.fromkeys(tensors):
        if tensor >= 0:
            size = sizes[tensor]
            if size is None:
                return None
            total += size
    return total


class _Weights:
    """Elements and bytes of parameters."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def elements(self, parameters: Iterable[Parameter]) -> int:
        distinct = {parameter.key: parameter for parameter in parameters}
        return sum(self._elements(parameter) for parameter in distinct.values())

    def bytes(self, parameters: Iterable[Parameter]) -> int:
        return sum(self.model.buffers[buffer].size for buffer in {parameter.buffer for parameter in parameters})

    def bytes_by_type(self, parameters: Iterable[Parameter]) -> dict[str, int]:
        """Bytes by tensor type, the largest share first."""
        holders = {parameter.buffer: parameter for parameter in parameters}
        total: dict[str, int] = {}
        for buffer, parameter in holders.items():
            tensor_type = self._tensor(parameter).type
            total[tensor_type] = total.get(tensor_type, 0) + self.model.buffers[buffer].size
        return dict(sorted(total.items(), key=lambda entry: -entry[1]))

    def _tensor(self, parameter: Parameter) -> Tensor:
        return self.model.subgraphs[parameter.subgraph].tensors[parameter.tensor]

    def _elements(self, parameter: Parameter) -> int:
        """The dense elements; never more than the buffer can hold where nothing is sparse, whatever the shape says."""
        tensor = self._tensor(parameter)
        count = prod(size for size in tensor.shape if size >= 0)
        bits = BITS_PER_ELEMENT.get(tensor.type)
        if tensor.sparsity is not None or bits is None:
            return count
        return min(count, self.model.buffers[parameter.buffer].size * 8 // bits)


def _input_shapes(model: Model, shapes: Shapes) -> dict[str, Shape]:
    """The known shapes of the inputs of the main subgraph and of every signature."""
    entries = {0: ""} if model.subgraphs else {}
    for signature in model.signatures:
        entries.setdefault(signature.subgraph, f"{signature.key}: ")
    found: dict[str, Shape] = {}
    for index, prefix in entries.items():
        graph = model.subgraphs[index]
        for tensor in graph.inputs:
            shape, label = shapes.tensors[index][tensor], graph.tensors[tensor].label
            if shape is not None:
                found[label if label not in found else f"{prefix}{label}"] = shape
    return found
