"""Ops taken out that change nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from maistudio.targets.rewrites.clips import CLIPPED, FUSING, Interval, clip_of, everything_of, interval_of, source_of
from maistudio.targets.rewrites.editable import EditableModel
from maistudio.targets.rewrites.graph import Graph
from maistudio.targets.rewrites.node import Node

ID = "remove-idle"


def remove_idle(model: EditableModel) -> int:
    count = 0
    for graph in model.graphs:
        for node in graph.nodes:
            if not graph.has(node) or not node.is_whole or len(node.outputs) != 1:
                continue
            reason = _why_idle(graph, node) if model.may_begin_at(graph, node) else None
            source = None if reason is None else _source(graph, node)
            if source is not None and graph.bypass(node, source):
                model.note(ID, graph, [node], f"removed: {reason}")
                count += 1
    return count


def _why_idle(graph: Graph, node: Node) -> str | None:
    """Why the op's output equals its input, as LiteRT computes both; None where it may differ."""
    test, inputs = _TESTS.get(node.type, (None, 0))
    return test(graph, node) if test is not None and len(node.inputs) >= inputs and graph.is_pure(node) else None


def _source(graph: Graph, node: Node) -> int | None:
    """The tensor that an idle op passes on."""
    if node.type == "SPLIT":
        return node.inputs[1]
    if node.type == "QUANTIZE":
        return _quantized_from(graph, node)
    if node.type in ("ADD", "MUL", "MINIMUM", "MAXIMUM"):
        return source_of(graph, node)
    return node.inputs[0]


def _same_shape(graph: Graph, node: Node, source: int) -> bool:
    """Whether input and output are of one known shape, type and quantization."""
    shape = graph.fixed_shape(source)
    return shape is not None and shape == graph.fixed_shape(node.outputs[0]) and graph.alike(source, node.outputs[0])


def _reshape(graph: Graph, node: Node) -> str | None:
    shape = graph.fixed_shape(node.inputs[0])
    wanted = graph.integers(node.inputs[1]) if len(node.inputs) > 1 else node.option("new_shape")
    if shape is None or wanted is None or len(wanted) != len(shape):
        return None
    fits = all(size in (-1, known) for size, known in zip(wanted, shape, strict=True))
    return "the shape stays as it is" if fits and _same_shape(graph, node, node.inputs[0]) else None


def _squeeze(graph: Graph, node: Node) -> str | None:
    # Without dimensions named, all of size 1 go.
    keeps = not node.option("squeeze_dims") and 1 not in (graph.fixed_shape(node.inputs[0]) or (1,))
    return "there is no dimension to take away" if keeps and _same_shape(graph, node, node.inputs[0]) else None


def _transpose(graph: Graph, node: Node) -> str | None:
    order = graph.integers(node.inputs[1])
    fine = order is not None and order == list(range(len(order))) and graph.alike(node.inputs[0], node.outputs[0])
    return "the order of the dimensions stays as it is" if fine else None


def _pad(graph: Graph, node: Node) -> str | None:
    amounts = graph.integers(node.inputs[1])
    fine = bool(amounts) and not any(amounts or ()) and graph.alike(node.inputs[0], node.outputs[0])
    return "it pads by nothing" if fine else None


def _slice(graph: Graph, node: Node) -> str | None:
    source = node.inputs[0]
    begin, size, shape = graph.integers(node.inputs[1]), graph.integers(node.inputs[2]), graph.shape(source)
    if begin is None or size is None or shape is None or any(begin) or len(size) != len(shape):
        return None
    whole = all(wanted in (-1, max(0, known)) for wanted, known in zip(size, shape, strict=True))
    return "it takes all there is" if whole and graph.alike(source, node.outputs[0]) else None


def _strided_slice(graph: Graph, node: Node) -> str | None:
    source = node.inputs[0]
    begin, end, strides = (graph.integers(tensor) for tensor in node.inputs[1:4])
    shape = graph.shape(source)
    masks = [node.option(name) for name in ("ellipsis_mask", "new_axis_mask", "shrink_axis_mask", "offset")]
    if begin is None or end is None or strides is None or shape is None or any(masks) or None in masks:
        return None
    if len(begin) > len(shape) or not len(begin) == len(end) == len(strides) or any(step != 1 for step in strides):
        return None
    begins, ends = node.option("begin_mask"), node.option("end_mask")
    whole = all(
        (begins >> axis & 1 or begin[axis] == 0) and (ends >> axis & 1 or end[axis] >= shape[axis] >= 0)
        for axis in range(len(begin))
    )
    return "it takes all there is" if whole and graph.alike(source, node.outputs[0]) else None


def _cast(graph: Graph, node: Node) -> str | None:
    return "the type stays as it is" if graph.alike(node.inputs[0], node.outputs[0]) else None


def _concatenation(graph: Graph, node: Node) -> str | None:
    alone = len(node.inputs) == 1 and node.option("fused_activation_function") == "NONE"
    return "it joins one tensor to nothing" if alone and graph.alike(node.inputs[0], node.outputs[0]) else None


def _split(graph: Graph, node: Node) -> str | None:
    source = node.inputs[1 if node.type == "SPLIT" else 0]
    return "its only piece is the whole" if graph.alike(source, node.outputs[0]) else None


def _block(graph: Graph, node: Node) -> str | None:
    fine = node.option("block_size") == 1 and graph.alike(node.inputs[0], node.outputs[0])
    return "blocks of 1 move nothing" if fine else None


def _tile(graph: Graph, node: Node) -> str | None:
    times = graph.integers(node.inputs[1])
    fine = bool(times) and set(times or ()) == {1} and graph.alike(node.inputs[0], node.outputs[0])
    return "it repeats once" if fine else None


def _arithmetic(neutral: float) -> Callable[[Graph, Node], str | None]:
    def test(graph: Graph, node: Node) -> str | None:
        if len(node.inputs) != 2 or node.option("fused_activation_function") != "NONE":
            return None
        source = source_of(graph, node) if node.type in ("ADD", "MUL") else node.inputs[0]
        other = node.inputs[1] if source == node.inputs[0] else node.inputs[0]
        values = None if graph.is_quantized(source) or source == other else graph.constant(other)
        if (
            values is None
            or not values.size
            or not (values == neutral).all()
            or not graph.alike(source, node.outputs[0])
        ):
            return None
        # A constant of more elements than one may stretch its operand.
        stretches = values.size > 1 or values.ndim > len(graph.shape(source) or ())
        if stretches and not _same_shape(graph, node, source):
            return None
        words = {"ADD": "adds", "SUB": "subtracts", "MUL": "multiplies by", "DIV": "divides by"}
        return f"it {words[node.type]} {neutral:.0f}"

    return test


def _quantized_from(graph: Graph, node: Node) -> int | None:
    """The tensor of the same numbers that a QUANTIZE makes again, directly or through the op before."""
    source, result = node.inputs[0], node.outputs[0]
    if graph.quantization(result) is None:
        return None
    if graph.alike(source, result):
        return source
    maker = graph.producer(source)
    if maker is None or maker.type not in ("DEQUANTIZE", "QUANTIZE") or graph.is_constant(maker.inputs[0]):
        return None
    first = maker.inputs[0]
    if not graph.alike(first, result):
        return None
    # On the way the numbers must not have been rounded or cut: as reals, or as the other sign's 8 bits.
    if maker.type == "DEQUANTIZE":
        return first if graph.type(source) == "FLOAT32" else None
    before, between = graph.quantization(first), graph.quantization(source)
    shifted = {graph.type(first): 0, graph.type(source): 0}.keys() == {"INT8", "UINT8"}
    if before is None or between is None or not shifted or before[0] != between[0]:
        return None
    return first if between[1] - before[1] == (128 if graph.type(source) == "UINT8" else -128) else None


def _quantize(graph: Graph, node: Node) -> str | None:
    source = _quantized_from(graph, node)
    if source is None:
        return None
    return "the numbers stay as they are" if source == node.inputs[0] else "it undoes the op before"


def _clip(graph: Graph, node: Node) -> str | None:
    passed = clip_of(graph, node)
    source = source_of(graph, node)
    held = None if passed is None else _held(graph, source)
    if passed is None or held is None or not passed.covers(held):
        return None
    if len(node.inputs) == 2 and graph.shape(source) is None:
        return None
    return "nothing that comes in lies outside of what it lets through"


def _held(graph: Graph, tensor: int) -> Interval | None:
    """The numbers that a tensor can hold, as its type and the op that makes it bound them."""
    everything, maker = everything_of(graph, tensor), graph.producer(tensor)
    if everything is None or maker is None:
        return everything
    fused = maker.option("fused_activation_function") if maker.type in FUSING else None
    made = interval_of(graph, fused, tensor) if fused in CLIPPED else clip_of(graph, maker)
    return everything if made is None else made


_TESTS: Mapping[str, tuple[Callable[[Graph, Node], str | None], int]] = MappingProxyType(
    {
        "RESHAPE": (_reshape, 1), "SQUEEZE": (_squeeze, 1), "TRANSPOSE": (_transpose, 2), "CAST": (_cast, 1),
        "PAD": (_pad, 2), "PADV2": (_pad, 2), "MIRROR_PAD": (_pad, 2), "TILE": (_tile, 2),
        "SLICE": (_slice, 3), "STRIDED_SLICE": (_strided_slice, 4), "SPLIT": (_split, 2), "SPLIT_V": (_split, 3),
        "QUANTIZE": (_quantize, 1), "CONCATENATION": (_concatenation, 1),
        "DEPTH_TO_SPACE": (_block, 1), "SPACE_TO_DEPTH": (_block, 1),
        "ADD": (_arithmetic(0), 2), "SUB": (_arithmetic(0), 2), "MUL": (_arithmetic(1), 2), "DIV": (_arithmetic(1), 2),
        "MINIMUM": (_clip, 2), "MAXIMUM": (_clip, 2),
        "RELU": (_clip, 1), "RELU6": (_clip, 1), "RELU_N1_TO_1": (_clip, 1), "RELU_0_TO_1": (_clip, 1),
    }
)  # fmt: skip
"""What shows that an op of a type is idle, and how many inputs it has at least."""
