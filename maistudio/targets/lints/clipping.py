"""Lints about the end of a network that makes pictures: where it clips, and what its output's integers stand for."""

from __future__ import annotations

from collections.abc import Iterator

from maistudio.targets.lints.bounds import bounds_of
from maistudio.targets.lints.hit import Hit, counted, where
from maistudio.targets.lints.pictures import picture_output
from maistudio.targets.lints.view import FLOATS, GraphView, ModelView
from maistudio.tflite.model import Op, Tensor
from maistudio.tflite.text import elide_middle, number_text, type_text

RANGES = ((0.0, 255.0), (0.0, 1.0), (-1.0, 1.0))
"""What the integers of a picture may stand for, from the lowest to the highest."""

TOLERANCE = 1.0
"""How far either end may lie off, in integers: calibrated scales miss by a fraction. One grey level is 48 dB."""

_CODES = {"UINT8": (0, 255), "INT8": (-128, 127)}
_CLIPS = frozenset({"MINIMUM", "MAXIMUM", "RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1"})
_CONVERSIONS = frozenset({"QUANTIZE", "DEQUANTIZE"})
_NAME = 40


def late_clip(model: ModelView) -> Iterator[Hit]:
    """Clips between the last DEPTH_TO_SPACE and the picture that the model makes."""
    view, output = model.main, picture_output(model)
    if view is None or output is None:
        return
    clips: list[Op] = []
    op = view.producer(output)
    for _ in view.graph.ops:
        if op is None or op.type not in _CLIPS | _CONVERSIONS:
            break
        if op.type in _CLIPS:
            clips.append(op)
        op = view.producer(_clipped_input(view, op))
    if op is None or op.type != "DEPTH_TO_SPACE" or not clips:
        return
    places = tuple(view.place(clip) for clip in reversed(clips))
    yield Hit(
        "clip-after-depth-to-space",
        places,
        {"clips": counted(len(clips), "clip", "comes", "come"), "where": where(places)},
    )


def _clipped_input(view: GraphView, op: Op) -> Tensor | None:
    """What an op clips; None where it compares two computed tensors."""
    if op.type not in ("MINIMUM", "MAXIMUM"):
        return view.input(op, 0)
    computed = [tensor for tensor in (view.input(op, 0), view.input(op, 1)) if not view.is_constant(tensor)]
    return computed[0] if len(computed) == 1 else None


def wrong_scale(model: ModelView) -> Iterator[Hit]:
    """An 8-bit output whose integers, as the file's scale maps them, don't span one of RANGES within TOLERANCE."""
    view, output = model.main, picture_output(model)
    if view is None or output is None or output.quantization is None or output.type not in _CODES:
        return
    scales, zero_points = output.quantization.scales, output.quantization.zero_points or (0,)
    if len(scales) != 1 or not 0 < scales[0] < float("inf"):
        return
    scale, zero_point = scales[0], zero_points[0]
    low, high = (scale * (code - zero_point) for code in _CODES[output.type])
    if any(max(abs(low - least), abs(high - most)) <= TOLERANCE * scale for least, most in RANGES):
        return
    words = {
        "type": type_text(output.type),
        "name": elide_middle(output.label, _NAME),
        "scale": number_text(scale),
        "zero_point": str(zero_point).replace("-", "−"),
        "low": number_text(low, 4),
        "high": number_text(high, 4),
        "wanted": "0 to 255" if max(abs(low), abs(high)) > 2 else "0 to 1",
    }
    yield Hit("output-scale", _made_by(view, output), words)


def unclipped(model: ModelView) -> Iterator[Hit]:
    """A float output that reaches beyond what a clip, or a bounded activation, would leave."""
    view, output = model.main, picture_output(model)
    if view is None or output is None or output.type not in FLOATS:
        return
    bounds = bounds_of(view, output)
    if bounds.below and bounds.above:
        return
    sides = " at its lowest value" if bounds.above else " at its largest value" if bounds.below else ""
    words = {"name": elide_middle(output.label, _NAME), "sides": sides}
    yield Hit("unclipped-output", _made_by(view, output), words)


def _made_by(view: GraphView, tensor: Tensor) -> tuple[tuple[int, int], ...]:
    maker = view.producer(tensor)
    return () if maker is None else (view.place(maker),)
