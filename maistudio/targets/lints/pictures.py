"""Whether a model makes pictures of pictures."""

from __future__ import annotations

from maistudio.targets.lints.view import CONVOLUTIONS, GraphView, ModelView
from maistudio.tflite.model import Tensor

SMALLEST = 8
"""Sides below this, in pixels, are no picture, unless the file leaves them open."""

_TYPES = frozenset({"FLOAT32", "FLOAT16", "UINT8", "INT8"})


def picture_output(model: ModelView) -> Tensor | None:
    """The output of a model that makes a picture (or frames) of one; None for other models.

    It makes one where it has convolutions, its first subgraph has one output and the two are NHWC; the output is at
    least as high and wide as the first input that is a picture, and either has 3 channels, or as many as that input,
    which are 1, 4 or a multiple of 3 (a frame's RGB each). So a classifier, a detector, a segmentation into classes
    and a depth map of an RGB picture are none.
    """
    view = model.main
    if view is None or len(view.graph.outputs) != 1:
        return None
    output = view.tensor(view.graph.outputs[0])
    size = view.picture_shape(output)
    if output is None or size is None or output.type not in _TYPES or not _is_large(view, output):
        return None
    if not any(op.type in CONVOLUTIONS for graph in model.graphs for op in graph.graph.ops):
        return None
    for index in view.graph.inputs:
        source = view.tensor(index)
        given = view.picture_shape(source)
        if source is None or given is None or not _is_large(view, source) or not _holds_pixels(given[3]):
            continue
        if size[1] >= given[1] and size[2] >= given[2] and size[3] in (3, given[3]):
            return output
    return None


def _holds_pixels(channels: int) -> bool:
    return channels in (1, 4) or (channels > 0 and channels % 3 == 0)


def _is_large(view: GraphView, tensor: Tensor) -> bool:
    shape = view.picture_shape(tensor)
    if shape is None:
        return False
    fixed = tensor.open_shape
    opened = len(fixed) == 4 and -1 in fixed[1:3]
    return opened or (shape[1] >= SMALLEST and shape[2] >= SMALLEST)
