"""Whether a model is one that a challenge asks for."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from maistudio.challenges.challenge import Challenge
from maistudio.errors import ModelRunError
from maistudio.jobs.feeding.tensors import PictureTensor

PACKINGS = {"bayer": " (a packed Bayer mosaic)", "frames": " (RGB frames, one after the other)", "none": ""}


def check_channels(tensor: PictureTensor, challenge: Challenge) -> None:
    """Raise ModelRunError for an input that doesn't take what the challenge feeds."""
    wanted = challenge.model.input[-1]
    if tensor.channels != wanted:
        raise ModelRunError(
            f"it takes {_channels(tensor.channels)}, and the challenge {challenge.id} feeds {wanted}"
            f"{PACKINGS[challenge.model.packing]}: leave --challenge away, or give that of the model"
        )


def other_size(tensor: PictureTensor, challenge: Challenge) -> Iterator[str]:
    """A note where the file fixes the input at another size than the challenge's."""
    size, (height, width) = tensor.fixed_size, challenge.model.input[1:3]
    if size is not None and size != (height, width):
        yield f"its input is always {size[1]}×{size[0]}, and the challenge {challenge.id} asks for {width}×{height}"


def other_scale(scale: Fraction, challenge: Challenge) -> Iterator[str]:
    """A note where what comes out is not as many times as large as what went in as the challenge has it."""
    wanted = Fraction(challenge.model.output[1], challenge.model.input[1])
    if scale != wanted:
        yield f"it made {scale} times the size it was given, and the challenge {challenge.id} asks for {wanted} times"


def _channels(count: int) -> str:
    return f"{count} channel{'' if count == 1 else 's'}"
