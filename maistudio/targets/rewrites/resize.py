"""RESIZE_NEAREST_NEIGHBOR by a whole factor as a 1×1 convolution that copies the channels, and DEPTH_TO_SPACE.

Exact for finite numbers: every output of the convolution is one input times 1, plus zeros. For quantized tensors the
weights are stored 1 at a scale of 1, so that nothing is rounded. The recipe is that of "Nearest Convolution", NCNet
by MegSR, in "Efficient and Accurate Quantized Image Super-Resolution on Mobile NPUs, Mobile AI & AIM 2022 Challenge".
"""

from __future__ import annotations

from maistudio.targets.rewrites.editable import EditableModel
from maistudio.targets.rewrites.graph import Graph
from maistudio.targets.rewrites.node import Node
from maistudio.targets.rewrites.versions import conv_2d_version, depth_to_space_version
from maistudio.tflite.draft import per_channel, per_tensor

ID = "nearest-to-conv"
LARGEST_KERNEL = 2**16
"""Weights of the convolution: they grow with the square of the channels, and beyond this cost more than they gain."""


def to_convolution(model: EditableModel) -> int:
    count = 0
    for graph in model.graphs:
        for node in graph.nodes:
            factor = _factor(graph, node) if node.type == "RESIZE_NEAREST_NEIGHBOR" else 0
            if factor and model.may_begin_at(graph, node):
                made = _convolve(graph, node, factor)
                model.note(ID, graph, [node], "CONV_2D 1×1 and DEPTH_TO_SPACE", made)
                graph.remove(node)
                count += 1
    return count


def _factor(graph: Graph, node: Node) -> int:
    """The factor by which both sizes grow; 0 where it isn't whole, or where it can't be done exactly."""
    if len(node.inputs) != 2 or len(node.outputs) != 1 or not node.is_whole:
        return 0
    source, result = node.inputs[0], node.outputs[0]
    shape, sizes = graph.fixed_shape(source), graph.integers(node.inputs[1])
    if shape is None or len(shape) != 4 or sizes is None or len(sizes) != 2 or 0 in shape:
        return 0
    if graph.fixed_shape(result) != (shape[0], *sizes, shape[3]) or not _can_copy(graph, source, result):
        return 0
    factor = sizes[0] // shape[1]
    if factor < 2 or factor * shape[1] != sizes[0] or factor * shape[2] != sizes[1]:
        return 0
    if (factor * shape[3]) ** 2 > LARGEST_KERNEL:
        return 0
    return factor if all(_repeats(node, small, factor) for small in shape[1:3]) else 0


def _can_copy(graph: Graph, source: int, result: int) -> bool:
    kind = graph.type(source)
    if not graph.alike(source, result):
        return False
    if kind == "FLOAT32":
        return not graph.is_quantized(source)
    return kind in ("INT8", "UINT8") and graph.quantization(source) is not None


def _repeats(node: Node, small: int, factor: int) -> bool:
    """Whether the resize takes every input ``factor`` times in a row, by LiteRT's own arithmetic.

    In float32 from GetNearestNeighbor in tflite/kernels/internal/reference/resize_nearest_neighbor.h; without options
    8-bit tensors go through the fixed point of ResizeNearestNeighbor in …/optimized/optimized_ops.h.
    """
    import numpy as np

    large = small * factor
    corners, half = node.option("align_corners"), node.option("half_pixel_centers")
    ratio = (small - 1, large - 1) if corners and large > 1 else (small, large)
    scale = np.float32(ratio[0]) / np.float32(ratio[1])
    places = (np.arange(large, dtype=np.float32) + np.float32(0.5 if half else 0)) * scale
    taken = np.floor(places + np.float32(0.5)) if corners else np.floor(places)
    taken = np.clip(taken, 0, small - 1)
    wanted = np.arange(large) // factor
    fixed = wanted if corners or half else np.arange(large) * ((small << 16) // large + 1) >> 16
    return bool((taken == wanted).all() and (fixed == wanted).all())


def _convolve(graph: Graph, node: Node, factor: int) -> list[Node]:
    source, result = node.inputs[0], node.outputs[0]
    batch, height, width, channels = graph.fixed_shape(source) or ()
    copies = factor**2 * channels
    kind, name = graph.type(source), graph.name(result)
    numbers = [int(place % channels == channel) for place in range(copies) for channel in range(channels)]
    weights_like = bias_like = None
    if kind != "FLOAT32":
        scale, _ = graph.quantization(source) or (1.0, 0)
        weights_like = per_channel([1.0] * copies, 0) if kind == "INT8" else per_tensor(1.0)
        bias_like = per_channel([scale] * copies, 0) if kind == "INT8" else per_tensor(scale)
    weights = graph.add_constant(f"{name}/copies", kind, (copies, 1, 1, channels), numbers, weights_like)
    bias_kind = "FLOAT32" if kind == "FLOAT32" else "INT32"
    bias = graph.add_constant(f"{name}/bias", bias_kind, (copies,), [0] * copies, bias_like)
    deep = graph.add_tensor(f"{name}/deep", source, (batch, height, width, copies))
    options = {
        "padding": "SAME", "stride_w": 1, "stride_h": 1, "fused_activation_function": "NONE",
        "dilation_w_factor": 1, "dilation_h_factor": 1,
    }  # fmt: skip
    conv = graph.add_op(
        "CONV_2D", conv_2d_version(kind), [source, weights, bias], [deep], node, ("Conv2DOptions", options)
    )
    large = graph.add_op(
        "DEPTH_TO_SPACE", depth_to_space_version(kind), [deep], [result], node,
        ("DepthToSpaceOptions", {"block_size": factor}),
    )  # fmt: skip
    return [conv, large]
