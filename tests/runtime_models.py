"""Small models for what a run has to get right: types, shapes, names, state, and what never ends."""

from __future__ import annotations

from collections.abc import Sequence

from maistudio.tflite.draft import ModelDraft


def build_echo(element_type: str, shape: Sequence[int] = (1, 4)) -> bytes:
    """A model whose input is its output."""
    model = ModelDraft()
    graph = model.subgraph()
    graph.output(graph.input("in", element_type, shape))
    return model.to_bytes()


def build_relu(shape: Sequence[int], signature: Sequence[int] | None = None, out: Sequence[int] | None = None) -> bytes:
    """RELU, of a shape that may be open by its signature."""
    model = ModelDraft()
    graph = model.subgraph()
    fields = {} if signature is None else {"shape_signature": list(signature)}
    source = graph.input("in", "FLOAT32", shape, **fields)
    result = graph.tensor("out", "FLOAT32", shape if out is None else out)
    graph.op("RELU", [source], [result])
    graph.output(result)
    return model.to_bytes()


def build_many(names: Sequence[str] = ("a", "b", "a", ""), echo: bool = True) -> bytes:
    """Inputs of these names; as outputs their sums with the first, and with ``echo`` the first itself."""
    model = ModelDraft()
    graph = model.subgraph()
    inputs = [graph.input(name, "FLOAT32", (1, place + 1)) for place, name in enumerate(names)]
    for place, source in enumerate(inputs):
        result = graph.tensor("sum", "FLOAT32", (1, place + 1))
        graph.op("ADD", [source, inputs[0]], [result], {})
        graph.output(result)
    if echo:
        graph.output(inputs[0])
    return model.to_bytes()


def build_counter() -> bytes:
    """A resource variable that grows by the input at each run; signatures "count" on it and "same" beside it."""
    model = ModelDraft()
    variable = {"container": "", "shared_name": "count"}
    graph = model.subgraph()
    step = graph.input("step", "FLOAT32", (1,))
    graph.op("CALL_ONCE", [], [], {"init_subgraph_index": 1})
    handle = graph.tensor("handle", "RESOURCE", ())
    graph.op("VAR_HANDLE", [], [handle], variable)
    before, after = graph.tensor("before", "FLOAT32", (1,)), graph.tensor("after", "FLOAT32", (1,))
    graph.op("READ_VARIABLE", [handle], [before], {})
    graph.op("ADD", [before, step], [after], {})
    graph.op("ASSIGN_VARIABLE", [handle, after], [], {})
    graph.output(after)
    init = model.subgraph("init")
    init_handle = init.tensor("handle", "RESOURCE", ())
    init.op("VAR_HANDLE", [], [init_handle], variable)
    init.op("ASSIGN_VARIABLE", [init_handle, init.constant("zero", "FLOAT32", (1,), [0.0])], [], {})
    return model.to_bytes()


def build_endless() -> bytes:
    """WHILE whose condition always holds."""
    model = ModelDraft()
    graph = model.subgraph()
    start = graph.input("start", "INT32", (1,))
    out = graph.tensor("out", "INT32", (1,))
    graph.op("WHILE", [start], [out], {"cond_subgraph_index": 1, "body_subgraph_index": 2})
    graph.output(out)
    condition = model.subgraph("cond")
    condition.input("count", "INT32", (1,))
    condition.output(condition.constant("true", "BOOL", (1,), [True]))
    body = model.subgraph("body")
    source, one = body.input("count", "INT32", (1,)), body.constant("one", "INT32", (1,), [1])
    result = body.tensor("result", "INT32", (1,))
    body.op("ADD", [source, one], [result], {})
    body.output(result)
    return model.to_bytes()


def build_gather(size: int = 4) -> bytes:
    """GATHER of floats by an int32 index, which LiteRT refuses beyond ``size``."""
    model = ModelDraft()
    graph = model.subgraph()
    index = graph.input("index", "INT32", (1,))
    table = graph.constant("table", "FLOAT32", (size,), [float(place) for place in range(size)])
    out = graph.tensor("out", "FLOAT32", (1,))
    graph.op("GATHER", [table, index], [out], {"axis": 0})
    graph.output(out)
    return model.to_bytes()
