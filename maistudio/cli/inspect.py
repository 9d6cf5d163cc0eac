"""``maistudio inspect``: a model's summary, as text or JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence

from maistudio.cli.output import labelled, print_lines
from maistudio.errors import UsageError
from maistudio.jobs.inspect import ops_by_type, summarise
from maistudio.jobs.open import OpenedModel, hash_file, open_model
from maistudio.jobs.progress import finish
from maistudio.tflite.links import op_name
from maistudio.tflite.model import Tensor
from maistudio.tflite.options import telling_options
from maistudio.tflite.text import (
    amount_text,
    bytes_text,
    clean,
    count_text,
    elide_middle,
    options_text,
    percent_text,
    quantization_text,
    shape_text,
    type_text,
)

NAME_WIDTH = 60
LINE_LIMIT = 2000
"""Longer lines are cut in the middle; ``--json`` tells everything."""
PROBLEMS_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help="a .tflite file")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--ops", action="store_true", help="list every op")
    parser.add_argument(
        "--shape",
        action="append",
        default=[],
        metavar="NAME=1x360x640x3",
        help="compute MACs and memory at this shape of the named input; may be given for several inputs",
    )


def run(args: argparse.Namespace) -> int:
    """Print the summary. Raises MaiStudioError for a file or shape that can't be used."""
    shapes = parse_shapes(args.shape)
    opened = finish(open_model(args.model, shapes))
    sha256 = finish(hash_file(args.model))
    if args.json:
        print_lines([json.dumps(summarise(opened, sha256, with_ops=args.ops), indent=1, allow_nan=False)])
    else:
        print_lines(elide_middle(line, LINE_LIMIT) for line in report(opened, sha256, with_ops=args.ops))
    return 0


def parse_shapes(texts: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The shapes asked for, by input. Raises UsageError for one written wrong, or an input named twice."""
    shapes: dict[str, tuple[int, ...]] = {}
    for text in texts:
        name, shape = parse_shape(text)
        if name in shapes:
            raise UsageError(f"--shape {text}: {name} has a shape already; give each input one")
        shapes[name] = shape
    return shapes


def parse_shape(text: str) -> tuple[str, tuple[int, ...]]:
    """An input's name and shape from "NAME=1x360x640x3". Raises UsageError."""
    name, separator, sizes = text.rpartition("=")
    try:
        shape = tuple(_size(size.strip()) for size in sizes.replace("×", "x").replace(",", "x").split("x"))
    except ValueError:
        shape = ()
    if not separator or not name or not shape:
        raise UsageError(f"--shape {text}: write it as NAME=1x360x640x3, with the input's name")
    return name, shape


def _size(text: str) -> int:
    """A dimension in decimal digits; ``int`` alone would take "1_0" for 10. Raises ValueError."""
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(text)
    return int(text)


def report(opened: OpenedModel, sha256: str, with_ops: bool) -> Iterable[str]:
    """The summary's lines for people, as long as what the file says."""
    model, costs = opened.model, opened.costs
    yield labelled("File", clean(model.path))
    yield labelled("Size", f"{bytes_text(model.size_bytes)} ({count_text(model.size_bytes)} bytes)")
    yield labelled("SHA-256", sha256)
    yield labelled("Schema", f"version {model.schema_version}")
    if model.description:
        yield labelled("Description", clean(model.description))
    yield from _interface("Inputs", opened, "inputs")
    yield from _interface("Outputs", opened, "outputs")
    yield labelled("Parameters", count_text(costs.params))
    yield labelled("MACs", _macs(opened))
    yield from _shape_hint(opened)
    types = ", ".join(f"{type_text(name)} {bytes_text(size)}" for name, size in costs.weight_bytes_by_type.items())
    yield labelled("Weights", f"{bytes_text(costs.weight_bytes)}" + (f" ({types})" if types else ""))
    if opened.memory:
        plan = opened.memory[0]
        live, arena = bytes_text(plan.live_set_peak), bytes_text(plan.arena_bytes)
        yield labelled("Activations", f"{live} live at the peak, {arena} in an arena")
    yield labelled("Quantization", f"{opened.scheme.kind}: {opened.scheme.detail}")
    yield from _op_types(opened)
    yield from _signatures(opened)
    yield from _metadata(opened)
    yield from _problems(opened)
    if with_ops:
        yield from _ops(opened)


def _name(text: str) -> str:
    return elide_middle(clean(text), NAME_WIDTH)


def _interface(label: str, opened: OpenedModel, side: str) -> Iterable[str]:
    graph = opened.model.main
    if graph is None:
        return
    shapes = opened.shown_shapes(0)
    for index in graph.inputs if side == "inputs" else graph.outputs:
        yield labelled(label, _tensor(graph.tensors[index], shapes[index]))
        label = ""


def _tensor(tensor: Tensor, shape: tuple[int, ...] | None) -> str:
    parts = [_name(tensor.label), shape_text(shape), type_text(tensor.type)]
    if tensor.dynamic and shape != tensor.open_shape:
        parts.append(f"(signature {shape_text(tensor.shape_signature)})")
    if tensor.quantization is not None:
        parts.append(quantization_text(tensor.quantization))
    return "  ".join(parts)


def _macs(opened: OpenedModel) -> str:
    costs = opened.costs
    at = ", ".join(f"{_name(name)} {shape_text(shape)}" for name, shape in costs.macs_at_shape.items())
    if costs.macs is None:
        return "unknown: a shape they depend on is unknown; give it with --shape NAME=1x360x640x3"
    text = f"{amount_text(costs.macs)} ({count_text(costs.macs)}; 1 MAC = 2 FLOPs)"
    if costs.uncounted:
        text += f", {count_text(len(costs.uncounted))} ops not counted"
    return f"{text} at {at}{', a placeholder' if opened.at_placeholder else ''}" if at else text


def _shape_hint(opened: OpenedModel) -> Iterable[str]:
    """How to ask for other shapes, where an unknown dimension stands at the file's placeholder."""
    graph = opened.model.main
    if graph is None or not opened.at_placeholder:
        return
    for tensor in (graph.tensors[index] for index in graph.inputs):
        if tensor.dynamic:
            wanted = "x".join("N" if size == -1 else str(size) for size in tensor.open_shape)
            yield labelled("", f"the file leaves dimensions open; set them: --shape {clean(tensor.label)}={wanted}")


def _op_types(opened: OpenedModel) -> Iterable[str]:
    model = opened.model
    counts = ops_by_type(model)
    graphs = f" in {len(model.subgraphs)} subgraphs" if len(model.subgraphs) > 1 else ""
    yield labelled("Ops", f"{count_text(model.op_count)}{graphs}")
    for name, count in counts.items():
        yield labelled("", f"{count:>7,}  {percent_text(count, model.op_count):>6}  {_name(name)}")


def _signatures(opened: OpenedModel) -> Iterable[str]:
    label = "Signatures"
    for signature in opened.model.signatures:
        inputs, outputs = (
            ", ".join(_name(entry.name) for entry in entries) for entries in (signature.inputs, signature.outputs)
        )
        yield labelled(label, f"{_name(signature.key)}({inputs}) → {outputs}, subgraph {signature.subgraph}")
        label = ""


def _metadata(opened: OpenedModel) -> Iterable[str]:
    model = opened.model
    if model.metadata is not None:
        told = (model.metadata.name, model.metadata.version, model.metadata.author, model.metadata.description)
        yield labelled("Metadata", ", ".join(clean(text) for text in told if text) or "present, without a description")
    label = "Entries"
    for entry in model.metadata_entries:
        value = clean(entry.text) or bytes_text(entry.size)
        yield labelled(label, f"{_name(entry.name)}: {value}")
        label = ""
    label = "Files"
    for file in model.associated_files:
        yield labelled(label, f"{clean(file.name)}, {bytes_text(file.size)}")
        label = ""


def _problems(opened: OpenedModel) -> Iterable[str]:
    label = "Problems"
    for problem in opened.problems[:PROBLEMS_SHOWN]:
        yield labelled(label, f"{clean(problem.where)}: {clean(problem.what)}")
        label = ""
    if len(opened.problems) > PROBLEMS_SHOWN:
        yield labelled("", f"and {len(opened.problems) - PROBLEMS_SHOWN} more; --json lists them all")


def _ops(opened: OpenedModel) -> Iterable[str]:
    for graph in opened.model.subgraphs:
        shapes = opened.shapes.tensors[graph.index]
        yield ""
        yield f"Subgraph {graph.index} {clean(graph.name)}".rstrip()
        for op, cost in zip(graph.ops, opened.costs.ops[graph.index], strict=True):
            outputs = ", ".join(shape_text(shapes[index]) for index in op.outputs)
            macs = f"{amount_text(cost.macs)} MACs" if cost.macs else ""
            name = _name(op_name(graph, op))
            parts = (
                f"{op.index:>6}  {_name(op.type):<24}",
                f"{outputs:<20}",
                f"{macs:<14}",
                *(part for part in (name, options_text(telling_options(op))) if part),
            )
            yield "  ".join(parts).rstrip()
