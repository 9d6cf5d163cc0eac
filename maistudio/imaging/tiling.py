"""A picture cut into overlapping tiles of one size, and what was made of them put together again.

Two neighbours overlap by some pixels and are cut in the middle of them, so a tile's result counts only where it is
half the overlap or more from an edge that is no edge of the picture. A network that looks no further than that from
a pixel gives the same in tiles as in one piece, to the last bit: at the picture's own edges the tiles end there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from math import ceil

import numpy as np

from maistudio.errors import UsageError
from maistudio.imaging.picture import Pixels

Size = tuple[int, int]
"""Height and width in pixels."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a tile starts along one side, and from where up to where its result counts; in pixels."""

    start: int
    kept_from: int
    kept_to: int


@dataclass(frozen=True, slots=True)
class Tiling:
    """The tiles of a picture of ``size``, row by row. All have the size ``tile``.

    Where the picture is smaller than a tile, or no whole number of the steps asked for, its last row and column are
    repeated below and beside it; what comes of these is cut off again.
    """

    size: Size
    tile: Size
    rows: tuple[Span, ...]
    columns: tuple[Span, ...]

    def __len__(self) -> int:
        return len(self.rows) * len(self.columns)

    @property
    def padding(self) -> Size:
        """The rows repeated below, and the columns repeated beside the picture."""
        return self.rows[-1].kept_to - self.size[0], self.columns[-1].kept_to - self.size[1]

    def cut(self, pixels: Pixels) -> Iterator[Pixels]:
        """The tiles of an H×W×C picture of any type, as views of it where nothing is repeated.

        Raises UsageError for a picture of another size.
        """
        if pixels.shape[:2] != self.size:
            raise UsageError(f"a picture of {_shown(pixels.shape[:2])} to be cut as one of {_shown(self.size)}")
        below, beside = self.padding
        padded = np.pad(pixels, ((0, below), (0, beside), (0, 0)), mode="edge") if below or beside else pixels
        for row, column in product(self.rows, self.columns):
            yield padded[row.start : row.start + self.tile[0], column.start : column.start + self.tile[1]]

    def joined(self, results: Iterable[Pixels], scale: Fraction = Fraction(1)) -> Pixels:
        """The H×W×C results of all tiles as one picture of ``scale`` times the size, rounded up.

        ``results`` come in the order of ``cut`` and are used one at a time. Raises UsageError where their sizes are not
        ``scale`` times the tile's, or the places of the cuts are no whole pixels at that scale.
        """
        height, width = (ceil(side * scale) for side in self.size)
        wanted = tuple(side * scale for side in self.tile)
        picture: Pixels | None = None
        places = product(self.rows, self.columns)
        for (row, column), result in zip(places, results, strict=True):
            if result.shape[:2] != wanted:
                raise UsageError(f"a tile of {_shown(self.tile)} came back as {_shown(result.shape[:2])}")
            if picture is None:
                if len(self) == 1:
                    return result[:height, :width]
                picture = np.empty((height, width, *result.shape[2:]), result.dtype)
            to_rows, of_rows = _scaled(row, scale)
            to_columns, of_columns = _scaled(column, scale)
            place = picture[to_rows, to_columns]
            place[...] = result[of_rows, of_columns][: place.shape[0], : place.shape[1]]
        assert picture is not None, "a tiling has a tile"
        return picture


def plan_tiles(size: Size, tile: Size, overlap: int = 0, multiple: int = 1) -> Tiling:
    """Tiles of size ``tile`` over a picture of ``size``, neighbours overlapping by ``overlap`` pixels or more.

    Tiles start and are cut at multiples of ``multiple``, by which ``tile`` must be divisible: 2 for a mosaic, the
    factor of the coarsest grid inside a network, the denominator of a fraction it scales by. Half the overlap becomes
    one as well.

    Raises UsageError for sizes that aren't positive, and where nothing of a tile is left beside its overlap.
    """
    if min(*size, *tile, multiple) < 1 or overlap < 0:
        raise UsageError(f"tiles of {_shown(tile)} with {overlap} px overlap over {_shown(size)} make no sense")
    for side in tile:
        if side % multiple:
            raise UsageError(f"a tile of {_shown(tile)} must be divisible by {multiple}: give another size")
    (height, width), (tile_height, tile_width) = size, tile
    return Tiling(
        size, tile, _spans(height, tile_height, overlap, multiple), _spans(width, tile_width, overlap, multiple)
    )


def _spans(length: int, tile: int, overlap: int, multiple: int) -> tuple[Span, ...]:
    padded = max(tile, ceil(length / multiple) * multiple)
    step = tile - ceil(overlap / (2 * multiple)) * 2 * multiple
    if padded > tile and step < 1:
        raise UsageError(f"tiles of {tile} px can't overlap by {overlap} px: give less, or larger tiles")
    starts = [*range(0, padded - tile, step), padded - tile] if padded > tile else [0]
    cuts = [(first + tile + second) // 2 // multiple * multiple for first, second in pairwise(starts)]
    return tuple(Span(*each) for each in zip(starts, [0, *cuts], [*cuts, padded], strict=True))


def _scaled(span: Span, scale: Fraction) -> tuple[slice, slice]:
    """Where a tile's result goes, and which part of it."""
    start, kept_from, kept_to = (side * scale for side in (span.start, span.kept_from, span.kept_to))
    if any(side.denominator != 1 for side in (start, kept_from, kept_to)):
        raise UsageError(f"tiles can't be joined at a scale of {scale}: their places must be multiples of its parts")
    return slice(int(kept_from), int(kept_to)), slice(int(kept_from - start), int(kept_to - start))


def _shown(size: tuple[int, ...]) -> str:
    return "×".join(map(str, reversed(size)))
