"""Copies of a model with what LiteRT's interpreter can't take, or can't change at run time, written otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import Builder

from maistudio.runtime.tensor_specs import unique
from maistudio.timing.values import Shape


def mended_copy(content: bytes) -> bytes:
    """The model with names in UTF-8, and 1 for each size it leaves open by a negative one, as converters write it.

    Inputs have names of their own, and outputs. What stood behind the flatbuffer comes to stand in it.
    """
    return _packed(_mended(content))


def fixed_twin(content: bytes, shapes: Mapping[int, Shape]) -> bytes:
    """As ``mended_copy``, with the main subgraph's tensors of ``shapes``, by index, fixed at those sizes.

    The shapes inside are LiteRT's to work out. Constants are copied as they are, so one that holds a shape still holds
    the old one.
    """
    model = _mended(content)
    for index, shape in shapes.items():
        tensor = model.subgraphs[0].tensors[index]
        tensor.shape = list(shape)
        tensor.shapeSignature = None
    return _packed(model)


def with_outputs(content: bytes, tensors: Sequence[int]) -> bytes:
    """As ``mended_copy``, with more outputs of the main subgraph: these tensors, by index."""
    model = _mended(content)
    graph = model.subgraphs[0]
    graph.outputs = [*map(int, () if graph.outputs is None else graph.outputs), *tensors]
    model.signatureDefs = None
    return _packed(model)


def whole_model(content: bytes) -> Any:
    """As ``mended_copy``, in the schema's object interface: what is to be cut up."""
    return _mended(content)


def _mended(content: bytes) -> Any:
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    for buffer in model.buffers or ():
        if buffer.offset > 1:  # 1 stands for "to be filled in"
            buffer.data = _behind(content, buffer.offset, buffer.size)
            buffer.offset = buffer.size = 0
    for graph in model.subgraphs or ():
        graph.name = _readable(graph.name)
        for op in graph.operators or ():
            if op.largeCustomOptionsOffset > 1:
                op.customOptions = _behind(content, op.largeCustomOptionsOffset, op.largeCustomOptionsSize)
                op.largeCustomOptionsOffset = op.largeCustomOptionsSize = 0
        for tensor in graph.tensors or ():
            tensor.name = _readable(tensor.name)
            _close_sizes(tensor)
        for ends in (graph.inputs, graph.outputs):
            _tell_apart([graph.tensors[index] for index in (() if ends is None else ends)])
    return model


def _tell_apart(tensors: Sequence[Any]) -> None:
    for tensor, name in zip(tensors, unique([(tensor.name or b"").decode() for tensor in tensors]), strict=True):
        tensor.name = name.encode()


def _close_sizes(tensor: Any) -> None:
    sizes = [] if tensor.shape is None else [int(size) for size in tensor.shape]
    if any(size < 0 for size in sizes):
        if tensor.shapeSignature is None or not len(tensor.shapeSignature):
            tensor.shapeSignature = sizes
        tensor.shape = [1 if size < 0 else size for size in sizes]


def _behind(content: bytes, offset: int, size: int) -> Any:
    return np.frombuffer(content, np.uint8)[offset : offset + size]


def _packed(model: Any) -> bytes:
    builder = Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _readable(name: bytes | str | None) -> bytes | None:
    raw = name.encode() if isinstance(name, str) else name
    return None if raw is None else raw.decode(errors="replace").encode()
