"""Shape rules of convolutions, pools, resizes and ops that move pixels between space, depth and batch."""

from __future__ import annotations

from math import prod

from maistudio.tflite.options import int_option, word_option
from maistudio.tflite.shaping.call import Call, MisfitError, Rules, Shape, UnknownError, text_of


def _windows(call: Call, axis: str, size: int, kernel: int) -> int:
    """How many windows of ``kernel`` elements fit along an axis ("h", "w" or "d"); ComputeOutSize in padding.h."""
    stride = int_option(call.op, f"stride_{axis}", 1)
    dilation = int_option(call.op, f"dilation_{axis}_factor", 1)
    if stride < 1 or dilation < 1:
        raise MisfitError(f"stride {stride} and dilation {dilation} must be positive")
    reach = (kernel - 1) * dilation + 1
    if word_option(call.op, "padding", "SAME") == "SAME":
        return -(-size // stride)
    if size < reach:
        raise MisfitError(f"a window of {reach} does not fit in {size}")
    return (size - reach) // stride + 1


def _check_channels(channels: int, per_group: int) -> None:
    if per_group < 1 or channels % per_group:
        raise MisfitError(f"{channels} channels do not divide into groups of the weights' {per_group}")


def _convolution(call: Call) -> list[Shape]:
    batch, height, width, channels = call.ranked(0, 4)
    out, kernel_height, kernel_width, per_group = call.ranked(1, 4)
    _check_channels(channels, per_group)
    return [(batch, _windows(call, "h", height, kernel_height), _windows(call, "w", width, kernel_width), out)]


def _depthwise_convolution(call: Call) -> list[Shape]:
    batch, height, width, channels = call.ranked(0, 4)
    _, kernel_height, kernel_width, out = call.ranked(1, 4)
    if channels < 1 or out % channels:
        raise MisfitError(f"weights of {out} channels are no multiple of the input's {channels}")
    return [(batch, _windows(call, "h", height, kernel_height), _windows(call, "w", width, kernel_width), out)]


def _convolution_3d(call: Call) -> list[Shape]:
    batch, depth, height, width, channels = call.ranked(0, 5)
    kernel_depth, kernel_height, kernel_width, per_group, out = call.ranked(1, 5)
    _check_channels(channels, per_group)
    return [
        (
            batch,
            _windows(call, "d", depth, kernel_depth),
            _windows(call, "h", height, kernel_height),
            _windows(call, "w", width, kernel_width),
            out,
        )
    ]


def _transposed_convolution(call: Call) -> list[Shape]:
    """The result's shape is the first input."""
    result = call.ints(0)
    data = call.shape(2)
    if len(result) != len(data) or result[:1] != data[:1]:
        raise MisfitError(f"a result of {text_of(result)} is asked for from {text_of(data)}")
    return [result]


def _pool(call: Call) -> list[Shape]:
    batch, height, width, channels = call.ranked(0, 4)
    kernel_height, kernel_width = (int_option(call.op, f"filter_{side}", 1) for side in ("height", "width"))
    return [(batch, _windows(call, "h", height, kernel_height), _windows(call, "w", width, kernel_width), channels)]


def _resize(call: Call) -> list[Shape]:
    batch, _, _, channels = call.ranked(0, 4)
    size = call.ints(1)
    if len(size) != 2:
        raise MisfitError(f"its size has {len(size)} numbers, not 2")
    return [(batch, *size, channels)]


def _depth_to_space(call: Call) -> list[Shape]:
    batch, height, width, channels = call.ranked(0, 4)
    block = int_option(call.op, "block_size", 0)
    if block < 1 or channels % block**2:
        raise MisfitError(f"{channels} channels do not divide into blocks of {block}×{block}")
    return [(batch, height * block, width * block, channels // block**2)]


def _space_to_depth(call: Call) -> list[Shape]:
    batch, height, width, channels = call.ranked(0, 4)
    block = int_option(call.op, "block_size", 0)
    if block < 1 or height % block or width % block:
        raise MisfitError(f"{height}×{width} does not divide into blocks of {block}×{block}")
    return [(batch, height // block, width // block, channels * block**2)]


def _blocks(call: Call) -> tuple[Shape, tuple[int, ...], list[tuple[int, int]]]:
    """Input shape, block sizes, and the paddings or crops of each spatial dimension."""
    data, blocks, edges = call.shape(0), call.ints(1), call.ints(2)
    if len(edges) != 2 * len(blocks) or len(data) < len(blocks) + 1 or any(block < 1 for block in blocks):
        raise MisfitError(f"{len(blocks)} blocks and {len(edges)} edges do not go with {text_of(data)}")
    return data, blocks, list(zip(edges[::2], edges[1::2], strict=True))


def _space_to_batch(call: Call) -> list[Shape]:
    data, blocks, paddings = _blocks(call)
    spatial = []
    for size, block, (before, after) in zip(data[1:], blocks, paddings, strict=False):
        if (size + before + after) % block:
            raise MisfitError(f"{size} padded by {before} and {after} does not divide into blocks of {block}")
        spatial.append((size + before + after) // block)
    return [(data[0] * prod(blocks), *spatial, *data[1 + len(blocks) :])]


def _batch_to_space(call: Call) -> list[Shape]:
    data, blocks, crops = _blocks(call)
    if data[0] % prod(blocks):
        raise MisfitError(f"batch {data[0]} does not divide into blocks of {prod(blocks)}")
    spatial = [
        size * block - before - after for size, block, (before, after) in zip(data[1:], blocks, crops, strict=False)
    ]
    return [(data[0] // prod(blocks), *spatial, *data[1 + len(blocks) :])]


def _rfft_2d(call: Call) -> list[Shape]:
    data, lengths = call.shape(0), call.ints(1)
    if len(data) < 2 or len(lengths) != 2:
        raise UnknownError
    return [(*data[:-2], lengths[0], lengths[1] // 2 + 1)]


RULES: Rules = {
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise_convolution,
    "CONV_3D": _convolution_3d,
    "TRANSPOSE_CONV": _transposed_convolution,
    "CONV_3D_TRANSPOSE": _transposed_convolution,
    "AVERAGE_POOL_2D": _pool,
    "MAX_POOL_2D": _pool,
    "L2_POOL_2D": _pool,
    "RESIZE_BILINEAR": _resize,
    "RESIZE_NEAREST_NEIGHBOR": _resize,
    "DEPTH_TO_SPACE": _depth_to_space,
    "SPACE_TO_DEPTH": _space_to_depth,
    "SPACE_TO_BATCH_ND": _space_to_batch,
    "BATCH_TO_SPACE_ND": _batch_to_space,
    "RFFT2D": _rfft_2d,
}
