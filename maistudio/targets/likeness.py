"""Which tensors and ops of a subgraph rules can't tell apart: such ops are judged once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from math import prod

from maistudio.tflite.model import QuantizationKind, Subgraph, Tensor
from maistudio.tflite.shapes import Shape

MOST_VALUES = 64
"""Constants of more elements than this are not read: what rules ask of values is axes, paddings and sizes."""
SCHEMES = {
    QuantizationKind.PER_TENSOR: "per_tensor",
    QuantizationKind.PER_CHANNEL: "per_channel",
    QuantizationKind.BLOCKWISE: "blockwise",
    QuantizationKind.CUSTOM: "custom",
}


def kinds_of(
    graph: Subgraph, shapes: tuple[Shape | None, ...], folded: Collection[int], left: Collection[int]
) -> tuple[int, ...]:
    """A number for each tensor, equal for tensors that are alike in all but name, scales and values.

    ``folded`` are what folded ops make, ``left`` those of them that are read as they are stored.
    """
    return _numbered(graph, lambda tensor: (
        tensor.type, shapes[tensor.index], tensor.shape, tensor.shape_signature, tensor.constant, tensor.variable,
        tensor.has_rank, tensor.sparsity is not None, tensor.index in folded, tensor.index in left,
        _scheme_key(tensor),
    ))  # fmt: skip


def finer_kinds_of(graph: Subgraph, kinds: tuple[int, ...]) -> tuple[int, ...]:
    """As ``kinds``, for tensors with equal scales, zero points and small constants too."""
    return _numbered(graph, lambda tensor: (
        kinds[tensor.index],
        tensor.quantization and (tensor.quantization.scales, tensor.quantization.zero_points),
        tensor.buffer if _may_have_values(tensor) else 0,
    ))  # fmt: skip


def op_kinds_of(graph: Subgraph, kinds: tuple[int, ...]) -> tuple[int, ...]:
    """A number for each op, equal for ops that differ in nothing but tensors of equal ``kinds``."""
    numbers: dict[object, int] = {}
    count = len(kinds)
    keys = []
    for op in graph.ops:
        key = (
            op.type,
            op.version,
            op.custom,
            tuple(op.options.items()),
            tuple([kinds[index] if 0 <= index < count else -1 for index in op.inputs]),
            tuple([kinds[index] if 0 <= index < count else -1 for index in op.outputs]),
            _repeats(op.inputs),
        )
        keys.append(numbers.setdefault(key, len(numbers)))
    return tuple(keys)


def scheme_of(tensor: Tensor) -> str:
    """How a tensor is quantized, by the words of a target file: "none" where it has no scale."""
    quantization = tensor.quantization
    if quantization is None or not (quantization.scales or quantization.kind is QuantizationKind.BLOCKWISE):
        return "none"
    return SCHEMES[quantization.kind]


def _may_have_values(tensor: Tensor) -> bool:
    """Whether rules may be told the values of a constant."""
    most = {"INT32": MOST_VALUES, "INT64": MOST_VALUES, "FLOAT32": 1}.get(tensor.type, 0)
    return tensor.constant and 0 < prod(tensor.shape) <= most


def _numbered(graph: Subgraph, key: Callable[[Tensor], object]) -> tuple[int, ...]:
    numbers: dict[object, int] = {}
    return tuple(numbers.setdefault(key(tensor), len(numbers)) for tensor in graph.tensors)


def _scheme_key(tensor: Tensor) -> object:
    quantization = tensor.quantization
    return quantization and (quantization.kind, quantization.axis, quantization.block_size, len(quantization.scales))


def _repeats(indices: tuple[int, ...]) -> tuple[int, ...] | None:
    """Which inputs are one tensor, None where none are."""
    return None if len(set(indices)) == len(indices) else tuple(map(indices.index, indices))
