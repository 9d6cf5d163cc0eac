"""What the summary says of a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from maistudio.gui.document import Selected
from maistudio.gui.panels.cost_facts import PLACEHOLDER, uncounted_facts
from maistudio.gui.panels.facts import Fact, Group
from maistudio.gui.panels.neighbours import op_words, subgraph_words
from maistudio.gui.panels.tensor_facts import metadata_facts
from maistudio.jobs.open import OpenedModel
from maistudio.jobs.tables import op_types
from maistudio.tflite.model import Signature, SignatureTensor, Subgraph
from maistudio.tflite.shapes import Shape
from maistudio.tflite.shaping.stated import is_left_open
from maistudio.tflite.text import (
    amount_text,
    bytes_text,
    clean,
    count_text,
    percent_text,
    plural,
    quantization_text,
    shape_text,
    type_text,
)

LISTED = 16
"""Lines of a group that may list many ops or tensors before it asks to be opened further."""

SIGNATURES_APART = 8
"""Signatures that have a title of their own; those after them share one."""

HASH_LABEL = "SHA-256"
HASH_WAIT = "being worked out"

_MACS_TIP = (
    "Multiply-accumulates of convolutions, matrix products and recurrent cells; elementwise work is not counted. "
    "A subgraph called by control flow counts once."
)
_LIVE_TIP = "The most activation bytes that are needed at one time: no plan can do with less"
_ARENA_TIP = "The size of an arena planned greedily, largest tensors first, as a runtime allocates it"


def heading_words(opened: OpenedModel) -> str:
    """The model in one line."""
    words = [plural(opened.model.op_count, "op")]
    if len(opened.model.subgraphs) > 1:
        words.append(plural(len(opened.model.subgraphs), "subgraph"))
    return " · ".join([*words, opened.scheme.kind] if opened.model.op_count else words)


def first_groups(opened: OpenedModel, sha256: str, can_ask: bool = False) -> tuple[Group, ...]:
    """What stands before the ops by type; groups that would be empty are left out.

    ``can_ask`` makes the shapes of inputs with unknown dimensions a link to their choice.
    """
    graph = opened.model.main
    of_main = " of subgraph 0" if len(opened.model.subgraphs) > 1 else ""
    groups = (
        Group("Problems", _problems(opened), at_first=LISTED),
        Group("Model", _file(opened, sha256)),
        Group(f"Inputs{of_main}", _interface(opened, graph, graph.inputs) if graph else ()),
        Group(f"Outputs{of_main}", _interface(opened, graph, graph.outputs) if graph else ()),
        Group("Cost", _cost(opened, can_ask) if opened.model.op_count else (), at_first=LISTED),
        Group(f"Memory{of_main}", _memory(opened), at_first=LISTED),
        Group("Quantization", _quantization(opened) if opened.model.op_count else (), at_first=LISTED),
    )
    return tuple(group for group in groups if group.facts)


def last_groups(opened: OpenedModel) -> tuple[Group, ...]:
    """What stands after the ops by type."""
    signatures = opened.model.signatures
    groups = (
        Group("Subgraphs", _subgraphs(opened)),
        *(
            Group(f"Signature {clean(signature.key)}".strip(), _signature(opened, signature))
            for signature in signatures[:SIGNATURES_APART]
        ),
        _more_signatures(opened, signatures[SIGNATURES_APART:]),
        Group("Metadata", _metadata(opened), at_first=LISTED),
    )
    return tuple(group for group in groups if group.facts)


def type_groups(opened: OpenedModel) -> tuple[Group, ...]:
    """The ops by type as text, for copying."""
    total, macs = opened.model.op_count, opened.costs.macs
    facts = []
    for share in op_types(opened):
        words = f"{len(share.ops):,} · {percent_text(len(share.ops), total)} of ops"
        part = percent_text(share.macs, macs) if share.macs else ""
        facts.append(Fact(clean(share.type), f"{words} · {part} of MACs" if part else words))
    return (Group("Ops by type", tuple(facts)),) if facts else ()


def file_groups(opened: OpenedModel) -> tuple[Group, ...]:
    """The packed files as text, for copying."""
    files = opened.model.associated_files
    facts = tuple(
        Fact(clean(file.name), f"{bytes_text(file.size)} {clean(file.description)}".strip()) for file in files
    )
    return (Group("Files", facts),) if facts else ()


def _problems(opened: OpenedModel) -> tuple[Fact, ...]:
    return tuple(Fact(clean(problem.where), clean(problem.what), wrap=True) for problem in opened.problems)


def _file(opened: OpenedModel, sha256: str) -> tuple[Fact, ...]:
    model = opened.model
    size = count_text(model.size_bytes)
    facts = [
        Fact("File", clean(Path(model.path).name), tip=clean(model.path)),
        Fact("Folder", clean(str(Path(model.path).parent))),
        Fact("Size", f"{bytes_text(model.size_bytes)} · {size} bytes" if model.size_bytes >= 1024 else f"{size} bytes"),
        Fact(HASH_LABEL, sha256 or HASH_WAIT, aside=not sha256),
        Fact("Schema", f"version {model.schema_version}"),
    ]
    if model.description:
        facts.append(Fact("Description", clean(model.description), wrap=True))
    if model.main is None:
        facts.append(Fact("Ops", "none: the file holds no subgraph", wrap=True))
    elif not model.op_count:
        facts.append(Fact("Ops", "none"))
    return tuple(facts)


def _interface(opened: OpenedModel, graph: Subgraph, tensors: Sequence[int]) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    shapes = opened.shown_shapes(graph.index)
    for position, index in enumerate(tensors):
        if not 0 <= index < len(graph.tensors):
            facts.append(Fact(str(position), f"tensor {index} does not exist", aside=True))
            continue
        tensor = graph.tensors[index]
        facts.append(Fact(str(position), clean(tensor.label), Selected("tensor", graph.index, index)))
        facts.append(Fact("", f"{shape_text(shapes[index])} {type_text(tensor.type)}", wrap=True))
        if tensor.quantization is not None:
            facts.append(Fact("", quantization_text(tensor.quantization), aside=True))
    return tuple(facts)


def _cost(opened: OpenedModel, can_ask: bool) -> tuple[Fact, ...]:
    costs = opened.costs
    flops = None if costs.macs is None else 2 * costs.macs
    facts = [
        *_wish_for_shapes(opened, can_ask),
        Fact("Parameters", count_text(costs.params), tip="Elements of weights and biases"),
        _number_by_shape(opened, "MACs", amount_text(costs.macs), f"{count_text(costs.macs)} MACs\n{_MACS_TIP}"),
        _number_by_shape(opened, "FLOPs", amount_text(flops), "2 for each MAC"),
        *_costliest(opened),
        *_at_shapes(opened, can_ask),
    ]
    facts.append(Fact("Weights", bytes_text(costs.weight_bytes), tip=f"{costs.weight_bytes:,} bytes"))
    for name, size in sorted(costs.weight_bytes_by_type.items(), key=lambda pair: -pair[1]):
        share = percent_text(size, costs.weight_bytes)
        facts.append(Fact("", f"{type_text(name)} {bytes_text(size)} · {share}", aside=True))
    return (*facts, *uncounted_facts(opened, costs.uncounted))


def _wish_for_shapes(opened: OpenedModel, can_ask: bool) -> list[Fact]:
    """The link to the choice of input shapes, where the numbers hold for placeholders."""
    if not (can_ask and opened.at_placeholder):
        return []
    tip = "The file leaves dimensions open: costs and memory hold for the sizes that stand in for them"
    return [Fact("", "Set input shapes…", "input shapes", tip)]


def _number_by_shape(opened: OpenedModel, label: str, number: str, tip: str) -> Fact:
    """A number that depends on the input shapes, saying so where these are placeholders."""
    return Fact(label, f"{number} {PLACEHOLDER}" if opened.at_placeholder else number, tip=tip, wrap=True)


def _costliest(opened: OpenedModel) -> list[Fact]:
    """The op with the most MACs of all subgraphs, the first of equal ones."""
    macs = {
        (graph.index, op.index): opened.costs.ops[graph.index][op.index].macs or 0
        for graph in opened.model.subgraphs
        for op in graph.ops
    }
    if not any(macs.values()):
        return []
    subgraph, op = max(macs, key=macs.__getitem__)
    most = macs[subgraph, op]
    words = f"{_op_in(opened, subgraph, op)} · {amount_text(most)} ({percent_text(most, opened.costs.macs)})"
    return [Fact("Most MACs", words, Selected("op", subgraph, op), tip="The op with the most MACs", wrap=True)]


def _op_in(opened: OpenedModel, subgraph: int, op: int) -> str:
    """How an op is called, with its subgraph where there are several."""
    words = op_words(opened.model.subgraphs[subgraph], op)
    return f"{words} · subgraph {subgraph}" if len(opened.model.subgraphs) > 1 else words


def _at_shapes(opened: OpenedModel, can_ask: bool) -> list[Fact]:
    """The input shapes that the numbers hold for, as links where there is a choice."""
    shapes = opened.costs.macs_at_shape
    words = [f"{shape_text(shape)} {clean(name)}".strip() for name, shape in shapes.items()]
    if not (can_ask and _has_open_input(opened)):
        return [Fact("" if position else "At shape", word, aside=True) for position, word in enumerate(words)]
    tip = "The file leaves dimensions open: choose the input shapes that costs and memory are worked out for"
    return [
        Fact("" if position else "At shape", word, "input shapes", tip)
        for position, word in enumerate(words or ["choose input shapes"])
    ]


def _has_open_input(opened: OpenedModel) -> bool:
    entries = {0, *(signature.subgraph for signature in opened.model.signatures)}
    return any(
        is_left_open(graph.tensors[tensor])
        for graph in opened.model.subgraphs
        if graph.index in entries
        for tensor in graph.inputs
        if 0 <= tensor < len(graph.tensors)
    )


def _memory(opened: OpenedModel) -> tuple[Fact, ...]:
    graph = opened.model.main
    if graph is None or not graph.ops or not opened.memory:
        return ()
    plan = opened.memory[graph.index]
    facts = [
        _number_by_shape(opened, "Live-set peak", bytes_text(plan.live_set_peak), _LIVE_TIP),
        _number_by_shape(opened, "Arena", bytes_text(plan.arena_bytes), _ARENA_TIP),
    ]
    if plan.peak_op is not None:
        words = _op_in(opened, graph.index, plan.peak_op)
        facts.append(Fact("Peak at", words, Selected("op", graph.index, plan.peak_op)))
    if plan.unknown:
        tip = "Activation tensors whose size is unknown until the model runs"
        facts.append(Fact("Unknown", plural(len(plan.unknown), "tensor"), tip=tip, aside=True))
        facts += [
            Fact("", clean(graph.tensors[index].label), Selected("tensor", graph.index, index))
            for index in plan.unknown
            if 0 <= index < len(graph.tensors)
        ]
    return tuple(facts)


def _quantization(opened: OpenedModel) -> tuple[Fact, ...]:
    scheme = opened.scheme
    facts = [Fact("Scheme", scheme.kind), Fact("", scheme.detail, wrap=True, aside=True)]
    for position, (graph, op) in enumerate(scheme.breaking):
        words = op_words(opened.model.subgraphs[graph], op)
        label = "" if position else plural(len(scheme.breaking), "exception")
        facts.append(Fact(label, words, Selected("op", graph, op), tip="An op that does not follow the scheme"))
    return tuple(fact for fact in facts if fact.value)


def _subgraphs(opened: OpenedModel) -> tuple[Fact, ...]:
    graphs = opened.model.subgraphs
    if len(graphs) < 2:
        return ()
    return tuple(
        Fact(str(graph.index), f"{clean(graph.name) or 'unnamed'} · {plural(len(graph.ops), 'op')}", graph.index)
        for graph in graphs
    )


def _signature(opened: OpenedModel, signature: Signature) -> tuple[Fact, ...]:
    graphs = opened.model.subgraphs
    if not 0 <= signature.subgraph < len(graphs):
        return (Fact("Subgraph", f"{signature.subgraph} does not exist", aside=True),)
    graph = graphs[signature.subgraph]
    shapes = opened.shown_shapes(graph.index)
    facts = [Fact("Subgraph", subgraph_words(opened, graph.index), graph.index)] if len(graphs) > 1 else []
    facts += _signature_side(graph, shapes, "Input", signature.inputs)
    facts += _signature_side(graph, shapes, "Output", signature.outputs)
    return tuple(facts)


def _more_signatures(opened: OpenedModel, signatures: Sequence[Signature]) -> Group:
    facts: list[Fact] = []
    for signature in signatures:
        facts += [Fact("Signature", clean(signature.key) or "unnamed"), *_signature(opened, signature)]
    return Group(f"More signatures ({len(signatures):,})", tuple(facts), folded=True, at_first=LISTED)


def _signature_side(
    graph: Subgraph, shapes: Sequence[Shape | None], label: str, entries: Sequence[SignatureTensor]
) -> list[Fact]:
    facts = []
    for entry in entries:
        exists = 0 <= entry.tensor < len(graph.tensors)
        target = Selected("tensor", graph.index, entry.tensor) if exists else None
        shape = shape_text(shapes[entry.tensor]) if exists else "does not exist"
        facts.append(Fact(label, clean(entry.name) or "unnamed", target))
        facts.append(Fact("", f"tensor {entry.tensor} · {shape}", aside=True, wrap=True))
    return facts


def _metadata(opened: OpenedModel) -> tuple[Fact, ...]:
    facts = []
    metadata = opened.model.metadata
    if metadata is not None:
        facts += [
            Fact("Name", clean(metadata.name), wrap=True),
            Fact("Description", clean(metadata.description), wrap=True),
            Fact("Version", clean(metadata.version)),
            Fact("Author", clean(metadata.author), wrap=True),
            Fact("License", clean(metadata.license), wrap=True),
            Fact("Parser", clean(metadata.min_parser_version), tip="The least version of a metadata parser"),
        ]
        for side, entries in (("Input", metadata.inputs), ("Output", metadata.outputs)):
            for position, entry in enumerate(entries):
                inner = metadata_facts(entry)
                facts += [Fact(f"{side} {position}", inner[0].value), *inner[1:]] if inner else []
    for buffer in opened.model.metadata_entries:
        words = clean(buffer.text) or bytes_text(buffer.size)
        facts.append(Fact(clean(buffer.name) or "unnamed", words, wrap=bool(buffer.text)))
    return tuple(fact for fact in facts if fact.value)
