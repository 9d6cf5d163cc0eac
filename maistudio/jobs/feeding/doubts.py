"""What in a result suggests that the model was fed the wrong numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from maistudio.imaging.picture import Pixels
from maistudio.jobs.feeding.channels import Depth, Packed

FLAT = 0.01
LIVELY = 0.03
"""Standard deviations in parts of white."""
MUCH = 0.5
"""Part of the values that lie at black or white."""

LOOKED_AT = 256
"""Rows and columns that tell enough; more would take as long as a small network."""


def doubts(given: Packed, result: Pixels, depth: Depth) -> Iterator[str]:
    """What is odd about a result beside the picture it was made from."""
    before, result = _thinned(given.pixels), _thinned(result)
    if _spread(result, depth.white) < FLAT and _spread(before, given.white) > LIVELY:
        yield "the result is all but one colour: was the model fed the right values? Try others with --values"
        return
    at_ends = _at_ends(result, depth.white)
    if at_ends > MUCH and _at_ends(before, given.white) < MUCH / 2:
        yield (
            f"{at_ends:.0%} of the result is clipped at black or white: was the model fed the right values? "
            "Try others with --values"
        )


def _thinned(pixels: Pixels) -> Pixels:
    down, across = (max(1, side // LOOKED_AT) for side in pixels.shape[:2])
    return pixels[::down, ::across]


def _spread(pixels: Pixels, white: float) -> float:
    """Of a channel's values, on average."""
    return float(pixels.std(axis=(0, 1), dtype=np.float64).mean()) / white


def _at_ends(pixels: Pixels, white: float) -> float:
    return float(np.mean((pixels <= 0) | (pixels >= white)))
