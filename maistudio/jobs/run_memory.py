"""How much memory a run will take, from the file alone."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from maistudio.tflite.costs import tensor_bytes
from maistudio.tflite.elements import stored_size
from maistudio.tflite.memory import plan_memory
from maistudio.tflite.model import Model, Op, Subgraph
from maistudio.tflite.shapes import Shape, Shapes
from maistudio.timing.values import Engine

POINTER_BYTES = 8
INTERPRETER_BYTES = 64 << 20
"""What a process with LiteRT takes before it holds a model."""

KERNELS = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D"})
"""Ops that take memory beside the arena; their second input holds the kernel, (·, height, width, channels)."""


def memory_to_run(
    model: Model, shapes: Shapes, weight_bytes: int, subgraph: int = 0, engine: Engine = Engine.XNNPACK
) -> int | None:
    """Bytes that a process needs to run a subgraph at these shapes; None where one of them is unknown.

    That is the arena, what convolutions take beside it, the weights twice (XNNPACK packs its own), the inputs and
    outputs on their way, and LiteRT itself. XNNPACK's tables of pointers dwarf the rest in large pictures: for every
    pixel of a convolution's output a pointer to each of its taps, kept as long as the model is (its indirection
    buffers). LiteRT's own kernels lay the input of one convolution at a time out for a matrix product (im2col), its
    reference kernels take nothing.
    """
    graph, sizes = model.subgraphs[subgraph], shapes.tensors[subgraph]
    arena = plan_memory(model, subgraph, shapes).arena_bytes
    tables = [_beside(op, graph, sizes, engine) for op in graph.ops]
    if arena is None or None in tables:
        return None
    known = [table or 0 for table in tables]
    beside = max(known, default=0) if engine is Engine.BUILTIN else sum(known)
    ends = (tensor_bytes(graph.tensors[tensor], sizes[tensor]) or 0 for tensor in (*graph.inputs, *graph.outputs))
    return INTERPRETER_BYTES + arena + beside + sum(ends) + 2 * weight_bytes


def _beside(op: Op, graph: Subgraph, shapes: Sequence[Shape | None], engine: Engine) -> int | None:
    """What one op takes beside the arena, 0 for ops that take nothing; None where a shape is unknown."""
    if op.type not in KERNELS or op.custom or engine is Engine.REFERENCE:
        return 0
    kernel, output = shapes[op.inputs[1]], shapes[op.outputs[0]]
    if kernel is None or output is None or len(kernel) != 4:
        return None
    taps, pixels = prod(kernel[1:3]), prod(output[:-1])
    if taps == 1:
        return 0
    if engine is not Engine.BUILTIN:
        return POINTER_BYTES * taps * pixels
    depthwise = op.type == "DEPTHWISE_CONV_2D"
    return 0 if depthwise else stored_size(graph.tensors[op.inputs[0]].type, pixels * taps * kernel[3])
