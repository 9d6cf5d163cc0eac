"""The summary of a model as plain values, ready for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from maistudio.jobs.open import OpenedModel
from maistudio.tflite.custom_options import custom_options
from maistudio.tflite.model import Model, ModelMetadata, Op, Tensor, TensorMetadata
from maistudio.tflite.shapes import Shape


def summarise(opened: OpenedModel, sha256: str, with_ops: bool = False) -> dict[str, Any]:
    """Everything ``maistudio inspect --json`` prints. ``with_ops`` adds ``op_list``.

    Sizes are bytes; MACs hold at ``macs_at_shape``; unknown numbers are None.
    """
    model, costs = opened.model, opened.costs
    plan = opened.memory[0] if opened.memory else None
    summary: dict[str, Any] = {
        "file": model.path,
        "size_bytes": model.size_bytes,
        "sha256": sha256,
        "schema_version": model.schema_version,
        "description": model.description,
        "subgraphs": [{"index": g.index, "name": g.name, "ops": len(g.ops)} for g in model.subgraphs],
        "ops": model.op_count,
        "ops_by_type": ops_by_type(model),
        "params": costs.params,
        "macs": costs.macs,
        "macs_at_shape": {name: list(shape) for name, shape in costs.macs_at_shape.items()},
        "weight_bytes": costs.weight_bytes,
        "weight_bytes_by_type": dict(costs.weight_bytes_by_type),
        "activation_peak_bytes": {
            "live_set": plan.live_set_peak if plan else None,
            "arena": plan.arena_bytes if plan else None,
        },
        "quantization": {"kind": opened.scheme.kind, "detail": opened.scheme.detail},
        "inputs": _interface(opened, "inputs"),
        "outputs": _interface(opened, "outputs"),
        "signatures": [
            {
                "key": signature.key,
                "subgraph": signature.subgraph,
                "inputs": {entry.name: entry.tensor for entry in signature.inputs},
                "outputs": {entry.name: entry.tensor for entry in signature.outputs},
            }
            for signature in model.signatures
        ],
        "metadata": _metadata(model),
        "associated_files": [
            {"name": file.name, "size_bytes": file.size, "description": file.description, "type": file.type}
            for file in model.associated_files
        ],
        "problems": [{"where": problem.where, "what": problem.what} for problem in opened.problems],
    }
    if with_ops:
        summary["op_list"] = _op_list(opened)
    return cast("dict[str, Any]", plain(summary))


def ops_by_type(model: Model) -> dict[str, int]:
    """How many ops there are of each type, most first."""
    return dict(Counter(op.type for graph in model.subgraphs for op in graph.ops).most_common())


def _interface(opened: OpenedModel, side: str) -> list[dict[str, Any]]:
    graph = opened.model.main
    if graph is None:
        return []
    indices: Sequence[int] = getattr(graph, side)
    return [_tensor(graph.tensors[index], opened.shape_of(0, graph.tensors[index])) for index in indices]


def _tensor(tensor: Tensor, shape: Shape | None) -> dict[str, Any]:
    quantization = tensor.quantization
    per_tensor = quantization is not None and len(quantization.scales) == 1
    return {
        "name": tensor.name,
        "shape": None if shape is None else list(shape),
        "shape_signature": list(tensor.open_shape),
        "dtype": tensor.type,
        "scale": quantization.scales[0] if quantization and per_tensor else None,
        "zero_point": (quantization.zero_points or (0,))[0] if quantization and per_tensor else None,
    }


def _metadata(model: Model) -> dict[str, Any]:
    entries = [{"name": entry.name, "size_bytes": entry.size, "text": entry.text} for entry in model.metadata_entries]
    return {"entries": entries, "model": _described(model.metadata) if model.metadata else None}


def _described(metadata: ModelMetadata) -> dict[str, Any]:
    return {
        "name": metadata.name,
        "description": metadata.description,
        "version": metadata.version,
        "author": metadata.author,
        "license": metadata.license,
        "min_parser_version": metadata.min_parser_version,
        "inputs": [_described_tensor(tensor) for tensor in metadata.inputs],
        "outputs": [_described_tensor(tensor) for tensor in metadata.outputs],
    }


def _described_tensor(tensor: TensorMetadata) -> dict[str, Any]:
    return {
        "name": tensor.name,
        "description": tensor.description,
        "content": tensor.content,
        "normalization": {"mean": list(tensor.normalization_mean), "std": list(tensor.normalization_std)},
        "min": list(tensor.minimum),
        "max": list(tensor.maximum),
        "process_units": list(tensor.process_units),
        "associated_files": list(tensor.associated_files),
    }


def _op_list(opened: OpenedModel) -> list[dict[str, Any]]:
    rows = []
    for graph in opened.model.subgraphs:
        for op, cost in zip(graph.ops, opened.costs.ops[graph.index], strict=True):
            rows.append(
                {
                    "subgraph": graph.index,
                    "index": op.index,
                    "type": op.type,
                    "version": op.version,
                    "inputs": list(op.inputs),
                    "outputs": list(op.outputs),
                    "options": _options(opened.model, op),
                    "macs": cost.macs,
                    "params": cost.params,
                    "bytes": {
                        "weights": cost.weight_bytes,
                        "inputs": cost.input_bytes,
                        "outputs": cost.output_bytes,
                    },
                }
            )
    return rows


def _options(model: Model, op: Op) -> dict[str, Any]:
    if op.custom and op.custom_options is not None:
        decoded = custom_options(model, op)
        if isinstance(decoded, bytes):
            return {"raw_bytes": len(decoded)}
        return dict(decoded)
    return dict(op.options)


def plain(value: object) -> Any:
    """A value that JSON can hold: bytes as hexadecimal, tuples as lists, NaN and infinities as words."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return str(value)
    return value
