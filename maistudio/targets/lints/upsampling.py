"""Lints about how pictures grow: transposed convolution, nearest neighbour, copied channels."""

from __future__ import annotations

from collections.abc import Iterator

from maistudio.targets.lints.hit import Hit, counted, where
from maistudio.targets.lints.view import GraphView, ModelView
from maistudio.tflite.model import Op
from maistudio.tflite.text import list_text

MOST_CHANNELS = 64
"""Nearest upsampling of more is a feature pyramid's, where the 1×1 convolution would cost more than it saves."""


def transposed_convolutions(model: ModelView) -> Iterator[Hit]:
    """TRANSPOSE_CONV, wherever it stands."""
    places = tuple(view.place(op) for view, op in model.ops("TRANSPOSE_CONV"))
    if places:
        words = {
            "ops": counted(len(places), "op", "is a transposed convolution", "are transposed convolutions"),
            "where": where(places),
        }
        yield Hit("transposed-convolution", places, words)


def nearest_upsampling(model: ModelView) -> Iterator[Hit]:
    """RESIZE_NEAREST_NEIGHBOR by a whole number, the same in height and width, so that it copies every pixel."""
    found = []
    for view, op in model.ops("RESIZE_NEAREST_NEIGHBOR"):
        factor = _whole_factor(view, op)
        if factor:
            found.append((view.place(op), factor))
    if found:
        places = tuple(place for place, _ in found)
        factors = list_text(f"×{factor}" for factor in dict.fromkeys(factor for _, factor in found))
        words = {
            "ops": counted(len(found), "op", "upsamples", "upsample"),
            "where": where(places),
            "factors": factors,
        }
        yield Hit("nearest-upsampling", places, words)


def _whole_factor(view: GraphView, op: Op) -> int:
    """0 where it is none, or a tensor's size is unknown."""
    small, large = view.picture_shape(view.input(op, 0)), view.picture_shape(view.output(op))
    if small is None or large is None or min(small) < 1 or small[3] > MOST_CHANNELS or op.options.get("align_corners"):
        return 0
    (height, no_rows), (width, no_columns) = divmod(large[1], small[1]), divmod(large[2], small[2])
    return height if height == width > 1 and not (no_rows or no_columns) else 0


def copied_channels(model: ModelView) -> Iterator[Hit]:
    """CONCATENATION of one computed tensor with itself along the channels, four times or more."""
    found = []
    for view, op in model.ops("CONCATENATION"):
        source, shape = view.input(op, 0), view.picture_shape(view.output(op))
        same = len(op.inputs) >= 4 and len(set(op.inputs)) == 1
        if same and source is not None and not source.constant and shape and op.options.get("axis") in (3, -1):
            found.append((view.place(op), len(op.inputs)))
    if found:
        places = tuple(place for place, _ in found)
        words = {
            "ops": counted(len(found), "CONCATENATION", "joins", "join"),
            "copies": list_text(str(count) for count in dict.fromkeys(count for _, count in found)),
            "where": where(places),
        }
        yield Hit("copied-channels", places, words)
