"""How much memory a run will take, from the file alone."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from maistudio.tflite.costs import tensor_bytes
from maistudio.tflite.memory import plan_memory
from maistudio.tflite.model import Model, Op
from maistudio.tflite.shapes import Shape, Shapes

POINTER_BYTES = 8
INTERPRETER_BYTES = 64 << 20
"""What a process with LiteRT takes before it holds a model."""

KERNELS = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D"})
"""Ops that XNNPACK runs through tables of pointers; their second input holds the kernel, (·, height, width, ·)."""


def memory_to_run(model: Model, shapes: Shapes, weight_bytes: int, subgraph: int = 0) -> int | None:
    """Bytes that a process needs to run a subgraph at these shapes; None where one of them is unknown.

    That is the arena, XNNPACK's tables of pointers, the weights twice (XNNPACK packs its own), the inputs and outputs
    on their way, and LiteRT itself. The tables dwarf the rest in large pictures: for every pixel of a convolution's
    output a pointer to each of its taps, kept as long as the model is (XNNPACK's indirection buffers).
    """
    graph, sizes = model.subgraphs[subgraph], shapes.tensors[subgraph]
    arena = plan_memory(model, subgraph, shapes).arena_bytes
    tables = [_table_bytes(op, sizes) for op in graph.ops]
    if arena is None or None in tables:
        return None
    ends = (tensor_bytes(graph.tensors[tensor], sizes[tensor]) or 0 for tensor in (*graph.inputs, *graph.outputs))
    return INTERPRETER_BYTES + arena + sum(table or 0 for table in tables) + sum(ends) + 2 * weight_bytes


def _table_bytes(op: Op, shapes: Sequence[Shape | None]) -> int | None:
    """The table of one op, 0 for ops without; None where a shape is unknown."""
    if op.type not in KERNELS or op.custom:
        return 0
    kernel, output = shapes[op.inputs[1]], shapes[op.outputs[0]]
    if kernel is None or output is None or len(kernel) != 4:
        return None
    taps = prod(kernel[1:3])
    return POINTER_BYTES * taps * prod(output[:-1]) if taps > 1 else 0
