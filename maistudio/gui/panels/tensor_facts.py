"""What the details panel says of a tensor, its values apart."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from maistudio.gui.document import Selected
from maistudio.gui.panels.facts import Fact, Group
from maistudio.gui.panels.neighbours import op_words, subgraph_words
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.tables import byte_size
from maistudio.tflite.links import Links
from maistudio.tflite.model import (
    BITS_PER_ELEMENT,
    BufferSpan,
    Quantization,
    QuantizationKind,
    Sparsity,
    Subgraph,
    Tensor,
    TensorMetadata,
)
from maistudio.tflite.shapes import Shape
from maistudio.tflite.text import (
    bytes_text,
    clean,
    count_text,
    number_text,
    percent_text,
    plural,
    shape_text,
    type_text,
    zero_point_text,
)


def tensor_groups(opened: OpenedModel, links: Links, subgraph: int, index: int) -> tuple[Group, ...]:
    """Everything known of one tensor but its values."""
    graph = opened.model.subgraphs[subgraph]
    tensor = graph.tensors[index]
    groups = (
        Group("Tensor", _identity(opened, graph, tensor)),
        Group("From the metadata", _from_metadata(opened, graph, index)),
        Group("Quantization", _quantization(graph, tensor)),
        Group("Sparsity", _sparsity(tensor)),
        Group("Graph", _neighbours(graph, links, index), at_first=12),
        Group("In the file", _storage(opened, tensor), folded=True),
    )
    return tuple(group for group in groups if group.facts)


def _identity(opened: OpenedModel, graph: Subgraph, tensor: Tensor) -> tuple[Fact, ...]:
    shape = opened.shapes.tensors[graph.index][tensor.index]
    facts = [
        Fact("Name", clean(tensor.name) or "none"),
        Fact("Type", type_text(tensor.type)),
        Fact("Shape", _shape_in_file(tensor, shape), wrap=True),
    ]
    if tensor.open_shape != tensor.shape:
        tip = "The shape with ? for dimensions that are unknown until the model runs"
        facts.append(Fact("Signature", shape_text(tensor.open_shape), tip=tip, wrap=True))
    if shape != tensor.shape and (shape is not None or tensor.has_rank):
        tip = "The shape at the input shapes that costs are given for"
        facts.append(Fact("Worked out", shape_text(shape), tip=tip, wrap=True))
    if shape is not None:
        facts.append(Fact("Elements", count_text(prod(shape))))
    size = byte_size(tensor, shape)
    if size is not None:
        facts.append(Fact("Size", bytes_text(size), tip=f"{size:,} bytes"))
    if len(opened.model.subgraphs) > 1:
        facts.append(Fact("Subgraph", subgraph_words(opened, graph.index), target=graph.index))
    facts += [Fact("Signature name", clean(name)) for name in _signature_names(opened, graph.index, tensor.index)]
    return tuple(facts)


def _shape_in_file(tensor: Tensor, worked_out: Shape | None) -> str:
    if tensor.has_rank:
        return shape_text(tensor.shape)
    return shape_text(None) if worked_out is None else "no rank given"


def _signature_names(opened: OpenedModel, subgraph: int, tensor: int) -> list[str]:
    return [
        f"{signature.key}: {entry.name}"
        for signature in opened.model.signatures
        if signature.subgraph == subgraph
        for entry in (*signature.inputs, *signature.outputs)
        if entry.tensor == tensor
    ]


def _from_metadata(opened: OpenedModel, graph: Subgraph, index: int) -> tuple[Fact, ...]:
    metadata = opened.model.metadata
    if metadata is None or graph.index != 0:
        return ()
    facts: list[Fact] = []
    for tensors, entries in ((graph.inputs, metadata.inputs), (graph.outputs, metadata.outputs)):
        for tensor, entry in zip(tensors, entries, strict=False):
            if tensor == index:
                facts += metadata_facts(entry)
    return tuple(facts)


def metadata_facts(entry: TensorMetadata) -> list[Fact]:
    """The filled fields of a tensor's metadata."""
    facts = [
        Fact("Name", clean(entry.name)),
        Fact("Description", clean(entry.description), wrap=True),
        Fact("Content", clean(entry.content), wrap=True),
        Fact("Mean", _numbers(entry.normalization_mean), tip="Normalised value = (value − mean) / std"),
        Fact("Std", _numbers(entry.normalization_std), tip="Normalised value = (value − mean) / std"),
        Fact("Minimum", _numbers(entry.minimum)),
        Fact("Maximum", _numbers(entry.maximum)),
        Fact("Process units", clean("; ".join(entry.process_units)), wrap=True),
        Fact("Files", clean(", ".join(entry.associated_files)), wrap=True),
    ]
    return [fact for fact in facts if fact.value]


def _quantization(graph: Subgraph, tensor: Tensor) -> tuple[Fact, ...]:
    quantization = tensor.quantization
    if quantization is None:
        return ()
    facts = [Fact("Kind", quantization.kind.value, tip="real = scale × (stored − zero point)")]
    if quantization.kind is QuantizationKind.BLOCKWISE:
        facts.append(
            Fact("Block size", count_text(quantization.block_size), tip="Consecutive elements that share a scale")
        )
        companions = (("Scales", quantization.scales_tensor), ("Zero points", quantization.zero_points_tensor))
        for label, index in companions:
            if 0 <= index < len(graph.tensors):
                target = Selected("tensor", graph.index, index)
                facts.append(Fact(label, clean(graph.tensors[index].label), target))
        return tuple(facts)
    if quantization.kind is QuantizationKind.PER_CHANNEL:
        facts.append(Fact("Axis", str(quantization.axis)))
    facts += _scales(quantization)
    facts += _represented(tensor, quantization)
    calibrated = _extent(quantization.minimum, quantization.maximum)
    if calibrated:
        facts.append(Fact("Calibrated", calibrated, tip="The range the converter saw"))
    return tuple(facts)


def _scales(quantization: Quantization) -> list[Fact]:
    scales, zero_points = quantization.scales, quantization.zero_points
    facts = []
    if len(scales) == 1:
        facts.append(Fact("Scale", number_text(scales[0], 9)))
    elif scales:
        facts.append(Fact("Scales", f"{len(scales):,}, {_scales_extent(min(scales), max(scales))}", wrap=True))
    if zero_points:
        low, high = min(zero_points), max(zero_points)
        words = zero_point_text(low) if low == high else f"{zero_point_text(low)} to {zero_point_text(high)}"
        facts.append(Fact("Zero point" if low == high else "Zero points", words))
    return facts


def _scales_extent(low: float, high: float) -> str:
    """Both ends, with as many digits as it takes to tell them apart."""
    if low == high:
        return f"all {number_text(low)}"
    digits = 4 if number_text(low, 4) != number_text(high, 4) else 9
    return f"{number_text(low, digits)} to {number_text(high, digits)}"


def _represented(tensor: Tensor, quantization: Quantization) -> list[Fact]:
    """The reals that the integers of a per-tensor quantized tensor can stand for."""
    bits = BITS_PER_ELEMENT.get(tensor.type)
    if len(quantization.scales) != 1 or bits is None or not tensor.type.startswith(("INT", "UINT")) or bits > 16:
        return []
    low = 0 if tensor.type.startswith("UINT") else -(2 ** (bits - 1))
    high = low + 2**bits - 1
    zero_point = quantization.zero_points[0] if quantization.zero_points else 0
    scale = quantization.scales[0]
    words = f"{number_text((low - zero_point) * scale, 5)} to {number_text((high - zero_point) * scale, 5)}"
    return [Fact("Range", words, tip="The reals that the stored integers can stand for")]


def _extent(minimum: Sequence[float], maximum: Sequence[float]) -> str:
    if not minimum or not maximum:
        return ""
    return f"{number_text(min(minimum), 5)} to {number_text(max(maximum), 5)}"


def _sparsity(tensor: Tensor) -> tuple[Fact, ...]:
    sparsity = tensor.sparsity
    if sparsity is None:
        return ()
    facts = [Fact("Traversal order", _integers(sparsity.traversal_order))]
    if sparsity.block_map:
        facts.append(Fact("Block map", _integers(sparsity.block_map)))
    facts += [Fact(f"Level {level}", words) for level, words in enumerate(_levels(sparsity))]
    return tuple(facts)


def _levels(sparsity: Sparsity) -> list[str]:
    return [
        f"dense, {dimension.dense_size:,}"
        if dimension.format == "DENSE"
        else f"{clean(dimension.format)}, {plural(len(dimension.indices), 'index', 'indices')}"
        for dimension in sparsity.dimensions
    ]


def _neighbours(graph: Subgraph, links: Links, index: int) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    if index in graph.inputs:
        facts.append(Fact("Input", f"{graph.inputs.index(index)} of the subgraph"))
    if index in graph.outputs:
        facts.append(Fact("Output", f"{graph.outputs.index(index)} of the subgraph"))
    producer = links.producer[index]
    if producer is not None:
        facts.append(Fact("Produced by", op_words(graph, producer), Selected("op", graph.index, producer)))
    for position, user in enumerate(links.users[index]):
        facts.append(Fact("" if position else "Used by", op_words(graph, user), Selected("op", graph.index, user)))
    if not links.users[index] and index not in graph.outputs:
        facts.append(Fact("Used by", "no op", aside=True))
    return tuple(facts)


def _storage(opened: OpenedModel, tensor: Tensor) -> tuple[Fact, ...]:
    facts = [Fact("Tensor", str(tensor.index)), Fact("Buffer", str(tensor.buffer))]
    if not tensor.constant or not 0 <= tensor.buffer < len(opened.model.buffers):
        return tuple(facts)
    span = opened.model.buffers[tensor.buffer]
    if span.external:
        facts.append(Fact("Stored in", clean(span.external)))
    return (*facts, *_place(span, opened.model.size_bytes))


def _place(span: BufferSpan, file_size: int) -> tuple[Fact, ...]:
    share = percent_text(span.size, file_size)
    return (
        Fact("Offset", f"{count_text(span.offset)} (0x{span.offset:x})"),
        Fact(
            "Bytes",
            f"{count_text(span.size)} · {share} of the file" if share and not span.external else count_text(span.size),
        ),
        *((Fact("", "outside the flatbuffer", aside=True),) if span.outside_flatbuffer else ()),
    )


def _integers(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _numbers(numbers: Sequence[float]) -> str:
    return ", ".join(number_text(number) for number in numbers)
