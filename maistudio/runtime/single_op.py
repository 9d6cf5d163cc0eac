"""One op of a model cut into a model of its own, with its constants, to ask a compiler about it alone. In the child."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import Builder

SMALL_BYTES = 1024
"""Constants up to this size (axes, permutations, shapes) may decide whether an op is taken; larger ones are weights."""
FLOAT16 = schema.TensorType.FLOAT16
DEQUANTIZE = schema.BuiltinOperator.DEQUANTIZE


@dataclass(frozen=True, slots=True)
class CutOp:
    """A model of one op. ``likeness`` is the same for two whose types, options, shapes and small constants are.

    ``names`` are the file's names of its tensors, which are called ``tensor_0``, ``tensor_1`` … in it.
    """

    content: bytes
    likeness: str
    names: tuple[str, ...]


def op_alone(model: Any, index: int) -> CutOp:
    """An op of the main subgraph. ``model`` is what the schema's object interface read, with its data inside.

    What makes float16 constants into float32 comes along. What an op calls (the bodies of WHILE and IF) does too.
    """
    graph = model.subgraphs[0]
    op = graph.operators[index]
    ops = [*_unpacking(model, graph, op), op]
    tensors = _tensors_of(graph, ops)
    place = {tensor: new for new, tensor in enumerate(tensors)}
    calls = _calls(op)
    buffers = list(model.buffers or ()) if calls else [schema.BufferT()]
    cut = schema.SubGraphT()
    cut.tensors = [_tensor(graph.tensors[tensor], model, buffers, place, new, calls) for tensor, new in place.items()]
    cut.operators = [_op(each, place) for each in ops]
    made = {tensor for each in ops for tensor in _known(each.outputs)}
    cut.inputs = [
        place[tensor]
        for tensor in tensors
        if tensor in _read(ops) and tensor not in made and not _constant(model, graph.tensors[tensor])
    ]
    cut.outputs = [place[tensor] for tensor in dict.fromkeys(_known(op.outputs))]
    alone = schema.ModelT()
    alone.version = model.version
    alone.operatorCodes = model.operatorCodes
    alone.subgraphs = [cut, *(model.subgraphs[1:] if calls else ())]
    alone.buffers = buffers
    names = tuple(_text(graph.tensors[tensor].name) for tensor in tensors)
    return CutOp(packed(alone), _likeness(alone, cut), names)


def packed(model: Any) -> bytes:
    builder = Builder(1 << 16)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _unpacking(model: Any, graph: Any, op: Any) -> list[Any]:
    """The ops that make float16 constants into the float32 this op reads."""
    read = set(_known(op.inputs))
    return [
        each
        for each in graph.operators
        if each is not op
        and read.intersection(_known(each.outputs))
        and _builtin(model.operatorCodes[each.opcodeIndex]) == DEQUANTIZE
        and all(_half_constant(model, graph.tensors[tensor]) for tensor in _known(each.inputs))
    ]


def _builtin(code: Any) -> int:
    """The number of a builtin op, which old files have in another field."""
    return int(max(code.builtinCode, code.deprecatedBuiltinCode))


def _half_constant(model: Any, tensor: Any) -> bool:
    return tensor.type == FLOAT16 and _constant(model, tensor)


def _tensors_of(graph: Any, ops: Sequence[Any]) -> list[int]:
    """Each tensor that these ops touch, once; those that hold the scales of others too."""
    found = dict.fromkeys(
        tensor for op in ops for side in (op.inputs, op.outputs, op.intermediates) for tensor in _known(side)
    )
    for tensor in tuple(found):
        found |= dict.fromkeys(_blockwise_tensors(graph.tensors[tensor]))
    return list(found)


def _blockwise_tensors(tensor: Any) -> list[int]:
    details = getattr(tensor.quantization, "details", None)
    if not isinstance(details, schema.BlockwiseQuantizationT):
        return []
    return [index for index in (details.scales, details.zeroPoints) if index >= 0]


def _read(ops: Iterable[Any]) -> set[int]:
    return {tensor for op in ops for tensor in _known(op.inputs)}


def _tensor(tensor: Any, model: Any, buffers: list[Any], place: Mapping[int, int], new: int, all_kept: bool) -> Any:
    """A copy that refers to the new model's buffers and tensors, and leaves no size open."""
    made = copy(tensor)
    made.name = f"tensor_{new}".encode()
    made.shapeSignature = None
    if not all_kept:
        made.buffer = 0
        if _constant(model, tensor):
            buffers.append(model.buffers[tensor.buffer])
            made.buffer = len(buffers) - 1
    if _blockwise_tensors(tensor):
        made.quantization = copy(tensor.quantization)
        made.quantization.details = details = copy(tensor.quantization.details)
        details.scales, details.zeroPoints = (place.get(old, -1) for old in (details.scales, details.zeroPoints))
    return made


def _op(op: Any, place: Mapping[int, int]) -> Any:
    made = copy(op)
    made.inputs, made.outputs = ([place.get(int(tensor), -1) for tensor in side] for side in _sides(op))
    made.intermediates = [place[tensor] for tensor in _known(op.intermediates)]
    made.debugMetadataIndex = -1
    return made


def _sides(op: Any) -> tuple[Any, Any]:
    return ([] if op.inputs is None else op.inputs, [] if op.outputs is None else op.outputs)


def _likeness(alone: Any, cut: Any) -> str:
    """A hash of the model without its weights and their scales, which it loses by that."""
    alone.buffers = [_shortened(buffer) for buffer in alone.buffers]
    cut.tensors = [_without_scales(tensor) for tensor in cut.tensors]
    return hashlib.sha256(packed(alone)).hexdigest()


def _shortened(buffer: Any) -> Any:
    if buffer.data is None or len(buffer.data) <= SMALL_BYTES:
        return buffer
    made = schema.BufferT()
    made.data = np.frombuffer(len(buffer.data).to_bytes(8, "little"), np.uint8)
    return made


def _without_scales(tensor: Any) -> Any:
    """The tensor with one scale for many: whether there are many may matter, what they are doesn't."""
    scales = getattr(tensor.quantization, "scale", None)
    if scales is None or len(scales) < 2:
        return tensor
    made = copy(tensor)
    made.quantization = copy(tensor.quantization)
    made.quantization.scale = [0.0] * len(scales)
    made.quantization.min = made.quantization.max = None
    return made


def _calls(op: Any) -> bool:
    """Whether it refers to other subgraphs."""
    options = (op.builtinOptions, op.builtinOptions2)
    return any("subgraphindex" in name.lower() for each in options if each is not None for name in vars(each))


def _constant(model: Any, tensor: Any) -> bool:
    buffers = model.buffers or ()
    data = buffers[tensor.buffer].data if tensor.buffer < len(buffers) else None
    return data is not None and len(data) > 0


def _known(tensors: Any) -> list[int]:
    return [] if tensors is None else [int(tensor) for tensor in tensors if tensor >= 0]


def _text(name: bytes | str | None) -> str:
    return name if isinstance(name, str) else (name or b"").decode(errors="replace")
