"""What kind of pictures a model takes and gives, from its inputs and outputs and the challenge it was made for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from maistudio.challenges.challenge import Challenge
from maistudio.errors import ModelRunError
from maistudio.imaging.channel_orders import ChannelOrder
from maistudio.jobs.feeding.agreement import check_channels
from maistudio.jobs.feeding.tensors import PictureTensor, picture_tensors
from maistudio.runtime.protocol import TensorSpec
from maistudio.tflite.text import clean, list_text, shape_text

RGB_CHANNELS = 3
MOSAIC_CHANNELS = 4


class Kind(Enum):
    """What lies in the channels of a model's input."""

    RGB = "RGB"
    GREY = "grey"
    FRAMES = "frames of RGB"
    MOSAIC = "a packed Bayer mosaic"


@dataclass(frozen=True, slots=True)
class Mosaic:
    """How a mosaic becomes four channels. ``white_levels`` are those in use, in counts."""

    pattern: str
    order: ChannelOrder
    white_levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InputForm:
    """The input that takes the picture, or ``frames`` pictures one after the other in its channels."""

    tensor: PictureTensor
    kind: Kind
    frames: int = 1
    mosaic: Mosaic | None = None


def input_form(inputs: Sequence[TensorSpec], challenge: Challenge | None) -> InputForm:
    """What a model takes. Raises ModelRunError for a model that takes no picture, or more than one thing.

    Also for one that doesn't take what the challenge feeds.
    """
    if len(inputs) != 1:
        raise ModelRunError(
            f"it takes {len(inputs)} inputs ({_listed(inputs)}), and a picture is one: "
            "only models with a single input can be run on pictures"
        )
    found = picture_tensors(inputs)
    if not found:
        raise ModelRunError(
            f"its input {_listed(inputs)} takes no picture, which has four dimensions with 1, 3 or 4 channels: "
            "choose another model"
        )
    (tensor,) = found
    if tensor.channels == MOSAIC_CHANNELS:
        return InputForm(tensor, Kind.MOSAIC, mosaic=_mosaic(challenge))
    if challenge is not None:
        check_channels(tensor, challenge)
    if tensor.channels == 1:
        return InputForm(tensor, Kind.GREY)
    if tensor.channels == RGB_CHANNELS:
        return InputForm(tensor, Kind.RGB)
    return InputForm(tensor, Kind.FRAMES, tensor.channels // RGB_CHANNELS)


def output_form(outputs: Sequence[TensorSpec], shapes: Sequence[Sequence[int]], form: InputForm) -> PictureTensor:
    """The output that holds the pictures, the first of several, at the outputs' ``shapes`` after a run.

    Raises ModelRunError where none has the channels of pictures.
    """
    wanted = {1, RGB_CHANNELS} if form.frames == 1 else {RGB_CHANNELS * form.frames}
    for tensor in picture_tensors(outputs, shapes):
        if tensor.channels in wanted:
            return tensor
    given = list_text(
        f"{clean(spec.name)} {shape_text(tuple(shape))} {spec.dtype}"
        for spec, shape in zip(outputs, shapes, strict=True)
    )
    many = "" if form.frames == 1 else f" of {form.frames} frames"
    raise ModelRunError(f"it gives no picture{many} but {given}: give -o FILE.npy to save these numbers")


def _mosaic(challenge: Challenge | None) -> Mosaic:
    if challenge is None or challenge.model.channel_order is None:
        raise ModelRunError(
            "it takes 4 channels, as a packed Bayer mosaic has: say how the mosaic is packed with --challenge "
            "mai2022-learned-isp, or the id of another challenge with packing 'bayer'"
        )
    packing = challenge.model
    assert packing.channel_order is not None
    return Mosaic(packing.pattern, packing.channel_order, packing.white_levels)


def _listed(specs: Sequence[TensorSpec]) -> str:
    return list_text(f"{clean(spec.name)} {shape_text(spec.open_shape)} {spec.dtype}" for spec in specs) or "none"
