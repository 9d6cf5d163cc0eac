"""Small models that a compiler takes in part, not at all, or dies of."""

from __future__ import annotations

from collections.abc import Sequence

from maistudio.tflite.draft import GraphDraft, ModelDraft

FLOATS = (1, 4, 4, 4)
REFUSED_BY_GPU = "ZEROS_LIKE"
REFUSED_BY_BOTH = "LOCAL_RESPONSE_NORMALIZATION"
"""With these options it computes what it was given."""
KEEPING = {"radius": 0, "bias": 1.0, "alpha": 0.0, "beta": 1.0}


def started() -> tuple[ModelDraft, GraphDraft, int]:
    model = ModelDraft()
    graph = model.subgraph()
    return model, graph, graph.input("in", "FLOAT32", FLOATS)


def chained(graph: GraphDraft, tensor: int, types: Sequence[str]) -> int:
    """Ops of one input one after the other; the last one's output."""
    for op_type in types:
        made = graph.tensor(f"after {op_type} {len(graph.values['tensors'])}", "FLOAT32", FLOATS)
        graph.op(op_type, [tensor], [made], KEEPING if op_type == REFUSED_BY_BOTH else None)
        tensor = made
    return tensor


def build_ops(*types: str) -> bytes:
    """A chain of ops of one input."""
    model, graph, image = started()
    graph.output(chained(graph, image, types))
    return model.to_bytes()


def swapped(graph: GraphDraft, tensor: int) -> int:
    """The two halves of the channels the other way round."""
    axis = graph.constant("axis", "INT32", (), [3])
    halves = [graph.tensor(f"half {place}", "FLOAT32", (1, 4, 4, 2)) for place in (0, 1)]
    graph.op("SPLIT", [axis, tensor], halves, {"num_splits": 2})
    made = graph.tensor("swapped", "FLOAT32", FLOATS)
    graph.op("CONCATENATION", halves[::-1], [made], {"axis": 3})
    return made


def build_swap(*after: str) -> bytes:
    """SPLIT and CONCATENATION that reorder, between other ops: LiteRT 2.3.0's GPU loses the reordering."""
    model, graph, image = started()
    made = swapped(graph, chained(graph, image, ["ABS"]))
    graph.output(chained(graph, made, after or ["RELU"]))
    return model.to_bytes()


def build_bare_swap() -> bytes:
    """The same with the pair a partition of its own, which the GPU accepts and can't build."""
    model, graph, image = started()
    graph.output(chained(graph, swapped(graph, image), [REFUSED_BY_BOTH]))
    return model.to_bytes()


def build_squared_matrix(*before: str) -> bytes:
    """BATCH_MATMUL of a tensor with itself, on which LiteRT's GPU ends the process."""
    model = ModelDraft()
    graph = model.subgraph()
    matrix = graph.input("in", "FLOAT32", (1, 4, 4))
    for op_type in before:
        made = graph.tensor(op_type, "FLOAT32", (1, 4, 4))
        graph.op(op_type, [matrix], [made])
        matrix = made
    out = graph.tensor("out", "FLOAT32", (1, 4, 4))
    graph.op("BATCH_MATMUL", [matrix, matrix], [out], {})
    graph.output(out)
    return model.to_bytes()


def build_half_weights(*after: str, before: Sequence[str] = ()) -> bytes:
    """A convolution over float16 weights that DEQUANTIZE unpacks, between ops of one input."""
    model, graph, image = started()
    image = chained(graph, image, before)
    half = graph.constant("half", "FLOAT16", (4, 1, 1, 4), [1.0] * 16)
    weights = graph.tensor("weights", "FLOAT32", (4, 1, 1, 4))
    graph.op("DEQUANTIZE", [half], [weights], version=3)
    bias = graph.constant("bias", "FLOAT32", (4,), [0.0] * 4)
    out = graph.tensor("conv", "FLOAT32", FLOATS)
    graph.op("CONV_2D", [image, weights, bias], [out], {"stride_w": 1, "stride_h": 1, "padding": "SAME"})
    graph.output(chained(graph, out, after))
    return model.to_bytes()


def build_reshapes() -> bytes:
    """Two RESHAPEs of which the GPU takes the first, and one the second is needed for: to 4-D, to 5-D, to 4-D."""
    model, graph, tensor = started()
    for place, shape in enumerate(((1, 4, 8, 2), (1, 4, 4, 2, 2), FLOATS)):
        wanted = graph.constant(f"shape {place}", "INT32", (len(shape),), shape)
        made = graph.tensor(f"reshaped {place}", "FLOAT32", shape)
        graph.op("RESHAPE", [tensor, wanted], [made], {"new_shape": list(shape)})
        tensor = made
    graph.output(tensor)
    return model.to_bytes()


def build_unread(op_type: str) -> bytes:
    """A chain the runtime's delegate takes, with an op beside it whose output nobody reads."""
    model, graph, image = started()
    made = chained(graph, image, ["ABS"])
    chained(graph, made, [op_type])
    graph.output(chained(graph, made, ["NEG"]))
    return model.to_bytes()


def build_custom_after(*before: str) -> bytes:
    """A custom op after ops of one input."""
    model, graph, image = started()
    out = graph.tensor("out", "FLOAT32", FLOATS)
    graph.custom_op("MyOp", [chained(graph, image, before)], [out])
    graph.output(out)
    return model.to_bytes()


def build_called_once() -> bytes:
    """CALL_ONCE, which makes nothing, beside an op that XNNPACK leaves."""
    model, graph, image = started()
    graph.op("CALL_ONCE", [], [], {"init_subgraph_index": 1})
    graph.output(chained(graph, image, [REFUSED_BY_BOTH]))
    called = model.subgraph("init")
    chained(called, called.constant("value", "FLOAT32", FLOATS, [1.0] * 64), [REFUSED_BY_BOTH])
    return model.to_bytes()
