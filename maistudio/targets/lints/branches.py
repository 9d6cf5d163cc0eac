"""The lint about re-parameterisable branches that were exported without being fused.

Convolutions without an activation in between are one linear map: a sum of them over the same input is one
convolution, and so is a chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from maistudio.targets.lints.hit import Hit, counted, where
from maistudio.targets.lints.view import GraphView, ModelView, activation, kernel
from maistudio.tflite.model import Op, Tensor
from maistudio.tflite.text import plural

MOST = 64
"""Parts of one sum, and convolutions of one chain, that are looked at: a block has a handful, a faulty graph no end."""


@dataclass(frozen=True, slots=True)
class _Branch:
    """A chain of convolutions from tensor ``root``, in order; none where the root itself is added."""

    root: int
    convolutions: tuple[Op, ...]


def unfused_branches(model: ModelView) -> Iterator[Hit]:
    """Sums of branches over the same tensor, and chains of two convolutions that one does in fewer MACs."""
    places: list[tuple[int, int]] = []
    before = blocks = 0
    for view in model.graphs:
        counted_ops: set[int] = set()
        for op in reversed(view.graph.ops):
            block = _sum(view, op) if op.type == "ADD" and op.index not in counted_ops else ()
            if block:
                places.append(view.place(op))
                counted_ops.update(part.index for part in block)
                before += len(block)
                blocks += 1
        for op in view.graph.ops:
            if op.type == "CONV_2D" and op.index not in counted_ops:
                chain = _linear_chain(view, op).convolutions
                if len(chain) > 1 and _is_cheaper_fused(view, chain):
                    places.append(view.place(op))
                    before += len(chain)
                    blocks += 1
    if blocks:
        ordered = tuple(sorted(places))
        words = {
            "branches": counted(blocks, "block", "has branches", "have branches") + " without an activation in between",
            "before": plural(before, "op"),
            "after": plural(blocks, "convolution"),
            "where": where(ordered),
        }
        yield Hit("unfused-branches", ordered, words)


def _sum(view: GraphView, last: Op) -> tuple[Op, ...]:
    """The ops of a sum that one convolution could be, with its ADDs; none where it is no such sum."""
    adds: list[Op] = [last]
    leaves: list[_Branch] = []
    waiting = [view.tensor(index) for index in last.inputs]
    while waiting and len(leaves) + len(adds) < MOST:
        tensor = waiting.pop()
        op = view.producer(tensor)
        if op is not None and op.type == "ADD" and activation(op) == "NONE" and view.only_user(tensor) is not None:
            adds.append(op)
            waiting += [view.tensor(index) for index in op.inputs]
        elif tensor is not None:
            leaves.append(_branch(view, tensor))
    together: dict[int, list[_Branch]] = {}
    for leaf in leaves:
        together.setdefault(leaf.root, []).append(leaf)
    fusable = [group for group in together.values() if len(group) > 1 and any(branch.convolutions for branch in group)]
    if not fusable or not all(_fits(view, group) for group in fusable):
        return ()
    parts = [op for group in fusable for branch in group for op in branch.convolutions]
    return (*parts, *adds)


def _branch(view: GraphView, tensor: Tensor) -> _Branch:
    op = view.producer(tensor)
    alone = op is not None and op.type == "CONV_2D" and view.only_user(tensor) is not None
    if op is None or not alone or activation(op) != "NONE":
        return _Branch(tensor.index, ())
    return _linear_chain(view, op)


def _linear_chain(view: GraphView, last: Op) -> _Branch:
    """The convolutions up to ``last`` between which nothing stands and from which nothing else reads."""
    chain = [last]
    source = view.input(last, 0)
    while len(chain) < MOST:
        op = view.producer(source)
        if op is None or op.type != "CONV_2D" or activation(op) != "NONE" or view.only_user(source) is None:
            break
        if any(op is part for part in chain):
            break
        chain.insert(0, op)
        source = view.input(op, 0)
    return _Branch(source.index if source is not None else -1, tuple(chain))


def _fits(view: GraphView, group: Sequence[_Branch]) -> bool:
    """Whether the branches step over their input alike; an identity, and every chain but its first op, by 1."""
    steps = {_strides(branch.convolutions[0]) if branch.convolutions else (1, 1) for branch in group}
    later = {_strides(op) for branch in group for op in branch.convolutions[1:]}
    return group[0].root >= 0 and len(steps) == 1 and later <= {(1, 1)} and view.tensor(group[0].root) is not None


def _strides(op: Op) -> tuple[object, object]:
    return op.options.get("stride_h", 1), op.options.get("stride_w", 1)


def _is_cheaper_fused(view: GraphView, chain: Sequence[Op]) -> bool:
    """Whether one convolution takes fewer MACs a pixel, and no kernel larger than the largest of the chain."""
    sizes = [kernel(view, op) for op in chain]
    weights = [view.picture_shape(view.input(op, 1)) for op in chain]
    if any(_strides(op) != (1, 1) for op in chain):
        return False
    apart, first, last = 0, weights[0], weights[-1]
    height = width = 1
    for size, shape in zip(sizes, weights, strict=True):
        if size is None or shape is None or min(shape) < 1:
            return False
        apart += prod(shape)
        height, width = height + size[0] - 1, width + size[1] - 1
    known = [size for size in sizes if size is not None]
    if first is None or last is None or height > max(size[0] for size in known) or width > max(s[1] for s in known):
        return False
    return height * width * first[3] * last[0] < apart
