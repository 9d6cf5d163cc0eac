"""Pictures packed into channels as the challenges' models take them: frames one after the other, Bayer cells apart."""

from __future__ import annotations

import numpy as np

from maistudio.errors import UsageError
from maistudio.imaging.channel_orders import ChannelOrder
from maistudio.imaging.picture import Pixels


def pack_frames(frames: Pixels) -> Pixels:
    """N×H×W×C frames as H×W×(N·C): the channels of the first frame, then those of the second.

    Any type, which is kept. Raises UsageError for other shapes and for no frames.
    """
    if frames.ndim != 4 or frames.size == 0:
        raise UsageError(f"frames to pack must be N×H×W×C, none of them 0, not {_shown(frames)}")
    _, height, width, _ = frames.shape
    return np.ascontiguousarray(frames.transpose(1, 2, 0, 3)).reshape(height, width, -1)


def unpack_frames(packed: Pixels, channels: int = 3) -> Pixels:
    """H×W×(N·channels) as N×H×W×channels: what ``pack_frames`` packed.

    Raises UsageError for other shapes and where ``channels`` doesn't divide the channels there are.
    """
    if packed.ndim != 3 or packed.size == 0:
        raise UsageError(f"packed frames must be H×W×C, none of them 0, not {_shown(packed)}")
    height, width, total = packed.shape
    if channels < 1 or total % channels:
        raise UsageError(f"{total} packed channels are no whole number of frames with {channels} channels each")
    return np.ascontiguousarray(packed.reshape(height, width, -1, channels).transpose(2, 0, 1, 3))


def pack_bayer(raw: Pixels, order: ChannelOrder) -> Pixels:
    """A mosaic of H×W or H×W×1, both even, as H/2×W/2×4, its channels in ``order``.

    Any type, which is kept. Raises UsageError for other shapes.
    """
    mosaic = raw[..., 0] if raw.ndim == 3 and raw.shape[2] == 1 else raw
    if mosaic.ndim != 2 or mosaic.size == 0:
        raise UsageError(f"a mosaic to pack must be H×W with one channel, not {_shown(raw)}")
    if mosaic.shape[0] % 2 or mosaic.shape[1] % 2:
        raise UsageError(f"a mosaic to pack needs an even height and width, not {_shown(raw)}: crop it")
    return np.stack([mosaic[row::2, column::2] for row, column in order.positions], axis=-1)


def unpack_bayer(packed: Pixels, order: ChannelOrder) -> Pixels:
    """H×W×4 with its channels in ``order`` as the mosaic of 2H×2W. Raises UsageError for other shapes."""
    if packed.ndim != 3 or packed.shape[2] != 4 or packed.size == 0:
        raise UsageError(f"a packed mosaic must be H×W×4, not {_shown(packed)}")
    mosaic = np.empty((2 * packed.shape[0], 2 * packed.shape[1]), packed.dtype)
    for channel, (row, column) in enumerate(order.positions):
        mosaic[row::2, column::2] = packed[..., channel]
    return mosaic


def _shown(pixels: Pixels) -> str:
    return "×".join(str(side) for side in pixels.shape) or "a single value"
