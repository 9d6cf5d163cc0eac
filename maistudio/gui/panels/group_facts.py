"""What the details panel says of a group of ops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from maistudio.gui.document import Selected
from maistudio.gui.panels.cost_facts import exactly, placeholder_facts, uncounted_facts, with_share
from maistudio.gui.panels.facts import Fact, Group
from maistudio.gui.panels.neighbours import (
    TENSORS_LISTED,
    left_out,
    op_words,
    source_lines,
    subgraph_words,
    tensor_lines,
    user_lines,
)
from maistudio.jobs.open import OpenedModel
from maistudio.tflite.costs import totals_of
from maistudio.tflite.links import Links
from maistudio.tflite.model import Subgraph
from maistudio.tflite.parameters import unpacked_constants
from maistudio.tflite.text import amount_text, bytes_text, clean, count_text, plural

LINES_SHOWN = 24
"""Lines of the tensors at either end, and of the op types, before one asks for the rest."""


def group_groups(opened: OpenedModel, links: Links, selected: Selected) -> tuple[Group, ...]:
    """Everything known of the ops of a selected group together; groups of facts that would be empty are left out."""
    graph = opened.model.subgraphs[selected.subgraph]
    entering, leaving = ends_of(graph, links, selected.ops)
    groups = (
        Group("Group", _identity(opened, graph, selected)),
        Group("Ops by type", _types(opened, graph, selected.ops), at_first=LINES_SHOWN),
        Group("Inputs", _inputs(opened, links, graph, entering), at_first=LINES_SHOWN),
        Group("Outputs", _outputs(opened, links, graph, selected.ops, leaving), at_first=LINES_SHOWN),
        Group("Cost", _cost(opened, graph, selected.ops)),
    )
    return tuple(group for group in groups if group.facts)


def ends_of(graph: Subgraph, links: Links, ops: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The tensors that enter and leave these ops, each once, by first use and by production.

    Constants, unpacked ones included, belong to the ops that use them and don't enter.
    """
    inside = set(ops)
    unpacked = unpacked_constants(graph)

    def counts(tensor: int) -> bool:
        return 0 <= tensor < len(graph.tensors) and not graph.tensors[tensor].constant and tensor not in unpacked

    read = dict.fromkeys(tensor for op in ops for tensor in graph.ops[op].inputs if counts(tensor))
    made = dict.fromkeys(tensor for op in ops for tensor in graph.ops[op].outputs if counts(tensor))
    results = set(graph.outputs)
    entering = (tensor for tensor in read if links.producer[tensor] not in inside)
    leaving = (tensor for tensor in made if tensor in results or not inside.issuperset(links.users[tensor]))
    return tuple(entering), tuple(leaving)


def _identity(opened: OpenedModel, graph: Subgraph, selected: Selected) -> tuple[Fact, ...]:
    ends = (("First op", selected.ops[0]), ("Last op", selected.ops[-1]))
    facts = [Fact("Ops", f"{count_text(len(selected.ops))} of {count_text(len(graph.ops))}")]
    facts += [Fact(label, op_words(graph, op), Selected("op", graph.index, op)) for label, op in ends]
    if len(opened.model.subgraphs) > 1:
        facts.append(Fact("Subgraph", subgraph_words(opened, graph.index), target=graph.index))
    return tuple(facts)


def _types(opened: OpenedModel, graph: Subgraph, ops: Sequence[int]) -> tuple[Fact, ...]:
    """Op types with their ops and MACs, the most frequent ones first."""
    costs = opened.costs.ops[graph.index]
    macs: Counter[str] = Counter()
    for op in ops:
        macs[graph.ops[op].type] += costs[op].macs or 0
    found = Counter(graph.ops[op].type for op in ops).most_common()
    return tuple(
        Fact(clean(kind), f"{count_text(count)} · {amount_text(macs[kind])} MACs" if macs[kind] else count_text(count))
        for kind, count in found
    )


def _inputs(opened: OpenedModel, links: Links, graph: Subgraph, entering: Sequence[int]) -> tuple[Fact, ...]:
    shapes = opened.shown_shapes(graph.index)
    facts: list[Fact] = []
    for position, tensor in enumerate(entering[:TENSORS_LISTED]):
        facts += tensor_lines(opened, graph, shapes, str(position), tensor)
        facts += source_lines(links, graph, tensor)
    return (*facts, *left_out(entering))


def _outputs(
    opened: OpenedModel, links: Links, graph: Subgraph, ops: Sequence[int], leaving: Sequence[int]
) -> tuple[Fact, ...]:
    shapes, inside = opened.shown_shapes(graph.index), set(ops)
    facts: list[Fact] = []
    for position, tensor in enumerate(leaving[:TENSORS_LISTED]):
        facts += tensor_lines(opened, graph, shapes, str(position), tensor)
        facts += user_lines(graph, tensor, [user for user in links.users[tensor] if user not in inside])
    return (*facts, *left_out(leaving))


def _cost(opened: OpenedModel, graph: Subgraph, ops: Sequence[int]) -> tuple[Fact, ...]:
    total = opened.costs
    costs = [total.ops[graph.index][op] for op in ops]
    counted = sum(cost.macs or 0 for cost in costs)
    uncounted = [(graph.index, op) for op, cost in zip(ops, costs, strict=True) if cost.macs is None]
    macs = counted if counted or not uncounted else None
    of_graph = opened.parameters.ops[graph.index]
    params, weights = totals_of(opened.model, (parameter for op in ops for parameter in of_graph[op]))
    return (
        Fact("MACs", with_share(amount_text(macs), macs, total.macs), tip=exactly(macs, "MACs")),
        Fact("Parameters", with_share(count_text(params), params, total.params)),
        Fact("Weights", with_share(bytes_text(weights), weights, total.weight_bytes), tip=exactly(weights, "bytes")),
        *_live(opened, graph, ops),
        *placeholder_facts(opened),
        *uncounted_facts(opened, uncounted),
    )


def _live(opened: OpenedModel, graph: Subgraph, ops: Sequence[int]) -> tuple[Fact, ...]:
    """The most activations held while one of the ops runs, and which."""
    plan = opened.memory[graph.index]
    if not plan.live_bytes:
        return ()
    peak_op = max(ops, key=plan.live_bytes.__getitem__)
    live = plan.live_bytes[peak_op]
    words = with_share(bytes_text(live), live, plan.live_set_peak, "of the peak")
    left_out = f", without {plural(len(plan.unknown), 'tensor')} of unknown size" if plan.unknown else ""
    tip = f"The most activations that must be held while one of these ops runs{left_out}"
    return (
        Fact("Live memory", f"at least {words}" if plan.unknown else words, tip=tip),
        Fact("", f"at {op_words(graph, peak_op)}", Selected("op", graph.index, peak_op)),
    )
