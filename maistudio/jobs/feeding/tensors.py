"""Which inputs and outputs of a model are pictures, and how their dimensions are laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from maistudio.imaging.picture import Pixels
from maistudio.runtime.protocol import TensorSpec

COLOURS = (1, 3, 4)
"""Channels of a grey picture, of RGB, of a packed mosaic."""
MOST_FRAMES = 64


class Layout(StrEnum):
    """The order of the dimensions of a picture's tensor."""

    CHANNELS_LAST = "N×H×W×C"
    CHANNELS_FIRST = "N×C×H×W"


@dataclass(frozen=True, slots=True)
class PictureTensor:
    """An input or output that holds pictures. ``height``, ``width`` and ``batch`` are None where the file leaves them.

    ``batch`` is how many pictures go in at once.
    """

    spec: TensorSpec
    layout: Layout
    channels: int
    batch: int | None
    height: int | None
    width: int | None

    @property
    def fixed_size(self) -> tuple[int, int] | None:
        """Height and width, None where one of them may be chosen."""
        return None if self.height is None or self.width is None else (self.height, self.width)

    def shape_at(self, size: tuple[int, int]) -> tuple[int, ...]:
        """The tensor's shape for pictures of this height and width, one at a time where that may be chosen."""
        batch = self.batch or 1
        if self.layout is Layout.CHANNELS_FIRST:
            return (batch, self.channels, *size)
        return (batch, *size, self.channels)

    def as_array(self, pixels: Pixels) -> Pixels:
        """H×W×C values as the tensor holds them, repeated where it takes several pictures."""
        placed = pixels.transpose(2, 0, 1) if self.layout is Layout.CHANNELS_FIRST else pixels
        return np.ascontiguousarray(np.broadcast_to(placed, (self.batch or 1, *placed.shape)))

    def as_pixels(self, array: Pixels) -> Pixels:
        """The first picture of what the tensor held, H×W×C."""
        first: Pixels = array[0]
        return first.transpose(1, 2, 0) if self.layout is Layout.CHANNELS_FIRST else first


def picture_tensors(
    specs: Sequence[TensorSpec], shapes: Sequence[Sequence[int]] | None = None
) -> tuple[PictureTensor, ...]:
    """Those that can be pictures: numbers in four dimensions, one of which counts colours or frames of RGB.

    ``shapes`` replaces the specs' own open shapes, -1 for a size that may be chosen.
    """
    found = (_picture(spec, shapes[place] if shapes else spec.open_shape) for place, spec in enumerate(specs))
    return tuple(each for each in found if each is not None)


def _picture(spec: TensorSpec, shape: Sequence[int]) -> PictureTensor | None:
    if len(shape) != 4 or spec.dtype not in ("float32", "float16", "uint8", "int8", "int16", "uint16", "int32"):
        return None
    batch, first, _, last = (size if size > 0 else None for size in shape)
    by_last = _colours(last)
    if by_last and (last in COLOURS or first not in COLOURS):
        layout, channels, height, width = Layout.CHANNELS_LAST, last, shape[1], shape[2]
    elif _colours(first):
        layout, channels, height, width = Layout.CHANNELS_FIRST, first, shape[2], shape[3]
    else:
        return None
    assert channels is not None
    return PictureTensor(spec, layout, channels, batch, _or_none(height), _or_none(width))


def _colours(size: int | None) -> bool:
    return size is not None and (size in COLOURS or (size % 3 == 0 and size <= 3 * MOST_FRAMES))


def _or_none(size: int) -> int | None:
    return size if size > 0 else None
