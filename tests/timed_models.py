"""Models to time: small, and one for each way a model can refuse to run."""

from __future__ import annotations

from pathlib import Path

from models import build_conv_net

from maistudio.jobs.profile import ProfileRequest
from maistudio.runtime.bounds import Bounds
from maistudio.tflite.draft import ModelDraft
from maistudio.timing.presets import Limits
from maistudio.timing.values import Configuration

FIVE_RUNS = Limits(runs=5, seconds=0, cap_seconds=60, warmup_seconds=0)


def add_net(shape: tuple[int, ...] = (1, 4, 4, 3), open_shape: tuple[int, ...] | None = None) -> bytes:
    """One ADD of an input to itself; ``open_shape`` leaves sizes open."""
    model = ModelDraft("doubles")
    graph = model.subgraph()
    given = graph.input("x", "FLOAT32", shape, shape_signature=open_shape or ())
    doubled = graph.tensor("y", "FLOAT32", shape)
    graph.op("ADD", [given, given], [doubled], {"fused_activation_function": "NONE"})
    graph.output(doubled)
    return model.to_bytes()


def endless_net() -> bytes:
    """A WHILE whose condition is always true: a number that is squared over and over stays above -1."""
    model = ModelDraft("never ends")
    main, condition, body = (model.subgraph(name) for name in ("main", "condition", "body"))
    start = main.input("start", "FLOAT32", (1,))
    end = main.tensor("end", "FLOAT32", (1,))
    main.op("WHILE", [start], [end], {"cond_subgraph_index": 1, "body_subgraph_index": 2})
    main.output(end)
    now = condition.input("now", "FLOAT32", (1,))
    least = condition.constant("least", "FLOAT32", (1,), [-1.0])
    above = condition.tensor("above", "BOOL", (1,))
    condition.op("GREATER", [now, least], [above])
    condition.output(above)
    base = body.input("base", "FLOAT32", (1,))
    square = body.tensor("square", "FLOAT32", (1,))
    body.op("MUL", [base, base], [square], {"fused_activation_function": "NONE"})
    body.output(square)
    return model.to_bytes()


def custom_net(code: str) -> bytes:
    """One op of a custom code; "FlexErf" makes it TensorFlow's own."""
    model = ModelDraft("custom")
    graph = model.subgraph()
    given = graph.input("x", "FLOAT32", (1, 4))
    made = graph.tensor("y", "FLOAT32", (1, 4))
    graph.custom_op(code, [given], [made])
    graph.output(made)
    return model.to_bytes()


def written(folder: Path, data: bytes, name: str = "model.tflite") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def request(
    path: Path,
    configuration: Configuration | None = None,
    limits: Limits = FIVE_RUNS,
    with_ops: bool = False,
    bounds: Bounds | None = None,
) -> ProfileRequest:
    return ProfileRequest(path, configuration or Configuration(), limits, with_ops, bounds or Bounds())


def small_net(folder: Path) -> Path:
    return written(folder, build_conv_net())
