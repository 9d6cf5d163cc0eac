"""Lints about what tensors look like: more than four dimensions, frames in the batch, pieces joined otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from maistudio.targets.lints.hit import Hit, Place, counted, place_text, where
from maistudio.targets.lints.view import CONVOLUTIONS, FLOATS, GraphView, ModelView
from maistudio.tflite.model import Op
from maistudio.tflite.text import plural

MOST_DIMENSIONS = 4


def five_dimensions(model: ModelView) -> Iterator[Hit]:
    """Ops that read or make computed tensors of five dimensions or more."""
    found: list[Place] = []
    highest = 0
    for view in model.graphs:
        ranks = [0 if tensor.constant else len(view.shape(tensor) or tensor.shape) for tensor in view.graph.tensors]
        if max(ranks, default=0) <= MOST_DIMENSIONS:
            continue
        for op in view.graph.ops:
            rank = max((ranks[index] for index in (*op.inputs, *op.outputs) if 0 <= index < len(ranks)), default=0)
            if rank > MOST_DIMENSIONS:
                found.append(view.place(op))
                highest = max(highest, rank)
    if found:
        words = {"ops": counted(len(found), "op", "works", "work"), "rank": str(highest), "where": where(found)}
        yield Hit("five-dimensions", tuple(found), words)


def batch_as_frames(model: ModelView) -> Iterator[Hit]:
    """A batch of several pictures at an input, or made inside of an input of one, that convolutions run over.

    SPACE_TO_BATCH_ND, by which dilated convolutions are written, makes no frames.
    """
    view = model.main
    if view is None:
        return
    convolutions = [op for op in view.graph.ops if op.type in CONVOLUTIONS and _batch(view, op) > 1]
    if not convolutions:
        return
    given = [shape[0] for index in view.graph.inputs if (shape := view.picture_shape(view.tensor(index)))]
    if given and max(given) > 1:
        words = {"frames": f"The input is a batch of {max(given)} pictures", "where": ""}
        yield Hit("batch-as-frames", tuple(map(view.place, convolutions)), words)
        return
    frames = _batch(view, convolutions[0])
    op = next((op for op in view.graph.ops if _batch(view, op) == frames), None)
    if given and op is not None and op.type != "SPACE_TO_BATCH_ND":
        words = {
            "frames": f"{op.type} makes a batch of {frames} pictures of one input",
            "where": where([view.place(op)]),
        }
        yield Hit("batch-as-frames", (view.place(op), *map(view.place, convolutions)), words)


def _batch(view: GraphView, op: Op) -> int:
    shape = view.picture_shape(view.output(op))
    return shape[0] if shape else 0


def reordered_split(model: ModelView) -> Iterator[Hit]:
    """SPLIT or SPLIT_V of floats whose pieces one CONCATENATION, along the same axis, joins in another order."""
    found = []
    for view, op in model.ops("SPLIT", "SPLIT_V"):
        join = view.only_user(view.output(op))
        made = view.output(op)
        if join is None or made is None or join.type != "CONCATENATION" or made.type not in FLOATS:
            continue
        if set(join.inputs) == set(op.outputs) and join.inputs != op.outputs:
            found.append((view.place(op), view.place(join)))
    if found:
        places = tuple(place for pair in found for place in pair)
        words = {
            "splits": plural(len(found), "SPLIT op"),
            "where": f" ({place_text(places[0])} and {place_text(places[1])})",
        }
        yield Hit("split-reordered", places, words)
