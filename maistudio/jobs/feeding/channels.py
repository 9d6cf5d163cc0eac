"""Pictures as the channels a model takes, and what came out of it as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import DTypeLike

from maistudio.errors import PictureError
from maistudio.imaging.packing import pack_bayer, pack_frames, unpack_frames
from maistudio.imaging.picture import Meaning, Picture, Pixels
from maistudio.imaging.saving import DEEP, TIFF
from maistudio.jobs.feeding.form import RGB_CHANNELS, InputForm, Kind
from maistudio.runtime.protocol import TensorSpec


@dataclass(frozen=True, slots=True)
class Packed:
    """H×W×C pixels as a model takes them, with white still where the picture has it. ``notes`` say what was done."""

    pixels: Pixels
    white: float
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        return self.pixels.shape[0], self.pixels.shape[1]


def packed(pictures: Sequence[Picture], form: InputForm) -> Packed:
    """One picture, or as many frames as the model takes, in its channels.

    Raises PictureError for a mosaic of less than a cell.
    """
    first = pictures[0]
    if form.kind is Kind.MOSAIC:
        return _packed_mosaic(first, form)
    if form.kind is Kind.FRAMES:
        frames = [_as_rgb(picture.pixels) for picture in pictures]
        return Packed(pack_frames(np.stack(frames)), first.white, first.notes)
    if form.kind is Kind.GREY and first.meaning is Meaning.RGB:
        luma = cv2.cvtColor(np.ascontiguousarray(first.pixels), cv2.COLOR_RGB2GRAY)[..., None]
        return Packed(luma, first.white, (*first.notes, "the model takes grey: it was given the luma (BT.601)"))
    if form.kind is Kind.RGB and first.meaning is Meaning.GREY:
        rgb = _as_rgb(first.pixels)
        return Packed(rgb, first.white, (*first.notes, "the model takes RGB: grey was put into all three channels"))
    return Packed(first.pixels, first.white, first.notes)


def _packed_mosaic(picture: Picture, form: InputForm) -> Packed:
    assert form.mosaic is not None
    height, width = picture.height // 2 * 2, picture.width // 2 * 2
    if not height or not width:
        raise PictureError(picture.source, "is less than one Bayer cell of 2×2 pixels: choose another mosaic")
    notes = picture.notes
    if (height, width) != picture.pixels.shape[:2]:
        notes += (f"cut to {width}×{height}, whole Bayer cells",)
    return Packed(pack_bayer(picture.pixels[:height, :width], form.mosaic.order), picture.white, notes)


def _as_rgb(pixels: Pixels) -> Pixels:
    return pixels if pixels.shape[2] == RGB_CHANNELS else np.repeat(pixels, RGB_CHANNELS, axis=2)


@dataclass(frozen=True, slots=True)
class Depth:
    """How results are kept: their type and white."""

    dtype: DTypeLike
    white: float


EIGHT_BITS = Depth(np.uint8, 255.0)
SIXTEEN_BITS = Depth(np.uint16, 65535.0)
FLOATS = Depth(np.float32, 1.0)


def depth_for(picture: Picture, output: TensorSpec, suffix: str) -> Depth:
    """As deep as the picture where the output and the format of ``suffix`` can hold it, else 8 bits."""
    fine = np.dtype(output.dtype).itemsize > 1 and picture.meaning is not Meaning.BAYER
    kind = picture.pixels.dtype
    if fine and kind.kind == "f" and suffix.lower() in TIFF:
        return FLOATS
    if fine and kind != np.uint8 and suffix.lower() in DEEP:
        return SIXTEEN_BITS
    return EIGHT_BITS


def pictures_of(pixels: Pixels, depth: Depth, frames: int, source: str) -> list[Picture]:
    """The pictures in H×W×C pixels: one, or ``frames`` of RGB."""
    parts: list[Pixels] = list(unpack_frames(pixels)) if frames > 1 else [pixels]
    return [
        Picture(
            np.ascontiguousarray(part),
            Meaning.RGB if part.shape[2] == RGB_CHANNELS else Meaning.GREY,
            depth.white,
            source,
        )
        for part in parts
    ]
