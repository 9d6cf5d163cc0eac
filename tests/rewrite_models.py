"""Small models to rewrite, and whether LiteRT makes the same of a model before and after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from litert import Refusal, litert_answers
from models import ramp, read_bytes

from maistudio.targets.rewrites.catalogue import rewrite_named
from maistudio.targets.rewrites.editable import EditableModel
from maistudio.tflite.draft import GraphDraft, ModelDraft, per_tensor
from maistudio.tflite.model import Model

SAME = {"padding": "SAME", "stride_w": 1, "stride_h": 1}
QUANTIZED = {"INT8": per_tensor(0.05, -3), "UINT8": per_tensor(0.05, 120), "INT16": per_tensor(0.001, 0)}
"""A quantization for each type that has one."""

_COMPARE = """
LIMITS = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767), "int32": (0, 9)}

def answer(request):
    old, new = request
    largest = 0.0
    for resolver in (OpResolverType.AUTO, OpResolverType.BUILTIN_REF):
        try:
            both = [Interpreter(path, experimental_op_resolver_type=resolver) for path in (old, new)]
        except ValueError as error:
            if resolver is OpResolverType.BUILTIN_REF and "Didn't find op" in str(error):
                continue  # the plain kernels lack versions that the others have
            raise
        for kind in range(3):
            outputs = []
            for interpreter in both:
                interpreter.allocate_tensors()
                random = numpy.random.default_rng(kind)
                for detail in interpreter.get_input_details():
                    name = detail["dtype"].__name__
                    if name.startswith("float"):
                        values = random.uniform(-2, 8, detail["shape"])
                    else:
                        low, high = LIMITS[name]
                        values = random.integers(low, high, detail["shape"], endpoint=True)
                        values = values if kind < 2 else numpy.where(values > (low + high) / 2, low, high)
                    interpreter.set_tensor(detail["index"], values.astype(detail["dtype"]))
                interpreter.invoke()
                details = interpreter.get_output_details()
                outputs.append([(d["name"], interpreter.get_tensor(d["index"])) for d in details])
            for (name, wanted), (new_name, made) in zip(*outputs, strict=True):
                assert name == new_name, (name, new_name)
                assert wanted.shape == made.shape, (wanted.shape, made.shape)
                apart = numpy.abs(wanted.astype(float) - made.astype(float))
                largest = max(largest, float(apart.max(initial=0)))
    return largest
"""


def largest_differences(pairs: Sequence[tuple[bytes, bytes]]) -> list[float]:
    """How far the outputs of the two models of each pair lie apart in LiteRT, by XNNPACK and by its plain kernels."""
    with TemporaryDirectory() as folder:
        requests = []
        for index, pair in enumerate(pairs):
            paths = [Path(folder) / f"{index}_{which}.tflite" for which in ("old", "new")]
            for path, data in zip(paths, pair, strict=True):
                path.write_bytes(data)
            requests.append([str(path) for path in paths])
        answers = litert_answers(_COMPARE, requests)
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert not refused, refused
    return answers


def rewrite(data: bytes, name: str, way: int = 0) -> tuple[int, bytes, Model]:
    """At how many places a rewrite changes a model, and the model it makes."""
    editable = EditableModel(read_bytes(data))
    count = rewrite_named(name).ways[way](editable)
    changed = editable.to_bytes()
    return count, changed, read_bytes(changed)


def types(model: Model, subgraph: int = 0) -> list[str]:
    """The types of a model's ops in order."""
    return [op.type for op in model.subgraphs[subgraph].ops]


def start(kind: str, shape: Sequence[int], **fields: Any) -> tuple[ModelDraft, GraphDraft, int]:
    """A model with one input."""
    model = ModelDraft()
    graph = model.subgraph()
    return model, graph, graph.input("in", kind, shape, **(like(kind) | fields))


def like(kind: str) -> dict[str, Any]:
    """The quantization of a tensor of this type, as its fields."""
    return {"quantization": QUANTIZED[kind]} if kind in QUANTIZED else {}


def step(
    graph: GraphDraft,
    op_type: str,
    inputs: Sequence[int],
    shape: Sequence[int],
    options: dict[str, Any] | None = None,
    name: str = "",
    **fields: Any,
) -> int:
    """An op and its output, of the type and quantization of its first computed input unless ``fields`` say other."""
    tensors = graph.values["tensors"]
    source = tensors[inputs[1] if op_type == "SPLIT" else inputs[0]]
    kept = {key: source[key] for key in ("quantization",) if key in source}
    version = fields.pop("version", 1)
    kind = fields.pop("type", source["type"])
    result = graph.tensor(name or f"t{len(tensors)}", kind, shape, **(kept | fields))
    graph.op(op_type, inputs, [result], options, version=version)
    return result


def number(graph: GraphDraft, kind: str, value: float) -> int:
    """A constant of one number, stored as it is."""
    return graph.constant(f"c{len(graph.values['tensors'])}", kind, (), [value], **like(kind))


def float_conv(graph: GraphDraft, source: int, channels: int, activation: str = "NONE", name: str = "") -> int:
    """A 1×1 float convolution."""
    shape = graph.values["tensors"][source]["shape"]
    count = channels * shape[3]
    weights = graph.constant(f"w{len(graph.values['tensors'])}", "FLOAT32", (channels, 1, 1, shape[3]), ramp(count))
    bias = graph.constant(f"b{len(graph.values['tensors'])}", "FLOAT32", (channels,), ramp(channels))
    options = SAME | {"fused_activation_function": activation}
    return step(graph, "CONV_2D", [source, weights, bias], (*shape[:3], channels), options, name)
