"""The network of Diggers: recurrent in both directions, which run side by side in a batch of two."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import keras

from maistudio.zoo.blocks import slices
from maistudio.zoo.blocks.convolution import Tensor, conv
from maistudio.zoo.blocks.frames import COLOURS, FRAMES, frames_to_batch, join_batch, join_frames
from maistudio.zoo.blocks.imdb import imd_selected
from maistudio.zoo.blocks.selection_unit import selection_unit
from maistudio.zoo.blocks.shared import shared
from maistudio.zoo.blocks.tail import resize_bilinear

SCALE = 4
CHANNELS = 8
SLOPE = 0.1
FIRST_SLICE = 2
"""The team's first two slices take height and width out of the shape, and are no ops of the file."""


def diggers() -> keras.Model:
    """×4 super-resolution of ten frames, 0..1 and not clipped (section 4.1, Fig. 3; public code and model file)."""
    low = keras.Input((None, None, FRAMES * COLOURS), name="input")
    numbers = count(FIRST_SLICE)
    states = _both_ways(_features(frames_to_batch(low)), numbers)
    enlarge = shared(_enlarged, 4 * CHANNELS, "enlarge")
    pictures = []
    for forward, backward in zip(states, reversed(states), strict=True):
        seen = keras.layers.Concatenate()([_sliced(forward, 0, 1, numbers), _sliced(backward, 1, 2, numbers)])
        pictures.append(_sliced(enlarge(seen), 0, 1, numbers))  # all there is, but the team slices here too
    return keras.Model(low, keras.layers.Add()([join_frames(pictures), resize_bilinear(low, SCALE)]), name="diggers")


def _features(frames: Tensor) -> Tensor:
    """10×H×W×3 to 10×H×W×16: two blocks in a row, what both found."""
    first = imd_selected(conv(frames, CHANNELS, 5, name="first"), "features1")
    second = imd_selected(first, "features2")
    return keras.layers.Concatenate()([first, second])


def _both_ways(features: Tensor, numbers: Iterator[int]) -> list[Tensor]:
    """10×H×W×16 to ten states of 2×H×W×16: what is known after so many frames from the start, and from the end."""
    step = shared(_stepped, 4 * CHANNELS, "step")
    first = _sliced(features, 0, 1, numbers)
    state = join_batch([first, _sliced(features, FRAMES - 1, None, numbers)])
    states = [state]
    for place in range(1, FRAMES):
        forward = _sliced(features, place, place + 1, numbers)
        backward = _sliced(features, FRAMES - 1 - place, FRAMES - place, numbers)
        state = step(keras.layers.Concatenate()([state, join_batch([forward, backward])]))
        states.append(state)
    return states


def _stepped(x: Tensor) -> Tensor:
    """The state and the features of the next frame, 32 channels, to the next state of 16."""
    return imd_selected(conv(x, 2 * CHANNELS, 1, name="step_narrow"), "step")


def _enlarged(x: Tensor) -> Tensor:
    """What both directions know of a frame, H×W×32, to what is added to its bilinear enlargement, 4H×4W×3."""
    x = selection_unit(conv(x, CHANNELS, 1, name="enlarge_narrow"), "enlarge_select")
    x = imd_selected(x, "enlarge_block")
    for place in range(2):
        x = conv(resize_bilinear(x, 2), CHANNELS, name=f"enlarge{place}")
        x = keras.layers.LeakyReLU(negative_slope=SLOPE)(x)
    return conv(x, COLOURS, name="to_pixels")


def _sliced(x: Tensor, first: int, end: int | None, numbers: Iterator[int]) -> Tensor:
    """Numbered as the team's slices are, so that the converter writes the ops in the order of the team's file."""
    return slices.pictures(x, first, end, f"slice_{next(numbers)}")
