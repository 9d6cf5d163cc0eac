"""Advice on a model: what stands in its way to a phone, and the reports' recipe for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from maistudio.targets.lint_texts import lint_texts
from maistudio.targets.lints.branches import unfused_branches
from maistudio.targets.lints.clipping import late_clip, unclipped, wrong_scale
from maistudio.targets.lints.float_parts import float_interface, float_islands, requantized
from maistudio.targets.lints.hit import Hit
from maistudio.targets.lints.kernels import large_kernels, odd_channels
from maistudio.targets.lints.layout import batch_as_frames, five_dimensions, reordered_split
from maistudio.targets.lints.skewed_weights import skewed_first_layer
from maistudio.targets.lints.upsampling import copied_channels, nearest_upsampling, transposed_convolutions
from maistudio.targets.lints.view import ModelView, view_of
from maistudio.targets.values import Finding
from maistudio.tflite.model import Model
from maistudio.tflite.parameters import Parameters
from maistudio.tflite.shapes import Shapes

Lint = Callable[[ModelView], Iterator[Hit]]

LINTS: tuple[Lint, ...] = (
    *(wrong_scale, reordered_split, float_interface, float_islands, requantized, large_kernels),
    *(transposed_convolutions, nearest_upsampling, copied_channels, late_clip, unfused_branches),
    *(five_dimensions, batch_as_frames, skewed_first_layer, odd_channels, unclipped),
)


def find(model: Model, shapes: Shapes, parameters: Parameters) -> tuple[Finding, ...]:
    """What is to be said about a model, the gravest first; each lint at most once.

    Reads the weights of first convolutions only; weights that can't be read are passed over.
    """
    view = view_of(model, shapes)
    hits = [hit for lint in LINTS for hit in lint(view)]
    texts = lint_texts()
    return tuple(map(_finding, sorted(hits, key=lambda hit: texts[hit.lint].rank)))


def _finding(hit: Hit) -> Finding:
    text = lint_texts()[hit.lint]
    subgraph, op = hit.places[0] if hit.places else (0, None)
    return Finding(
        id=hit.lint,
        subgraph=subgraph,
        op=op,
        message=text.message.format_map(hit.words),
        advice=text.advice.format_map(hit.words),
        source=text.source.format_map(hit.words),
        rewrite=text.rewrite if hit.rewritable else "",
        places=hit.places,
    )
