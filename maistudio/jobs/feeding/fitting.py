"""At which size a picture goes through a model: as it is, with its edges repeated, or in tiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, gcd, lcm

from maistudio.errors import ModelRunError, UsageError
from maistudio.imaging.tiling import Size, Tiling, plan_tiles
from maistudio.jobs.feeding.tensors import PictureTensor
from maistudio.jobs.run_memory import memory_to_run
from maistudio.tflite.model import Model
from maistudio.tflite.shapes import resolve_shapes
from maistudio.tflite.text import bytes_text

OVERLAP = 64
"""Pixels of the input by which tiles overlap unless told: half of it is more than the challenges' networks see."""
LARGEST_PART = 4
"""Of a tile: the overlap takes no more than this part of it, unless told."""

GRIDS = (1, 2, 4, 8, 16, 32, 64)
"""What a side may have to be divisible by, for the parts of a network that work at lower resolutions to fit."""
SIDES = (4096, 3072, 2048, 1536, 1024, 768, 512, 384, 256, 192, 128)
"""Of tiles that are tried when memory is short, in pixels; all are multiples of the coarsest grid."""

OVER_ALL = frozenset({"MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN"})
"""Ops that may take a whole picture together."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person may ask of tiles, in pixels of the input; None for what suits."""

    tile: int | None = None
    overlap: int | None = None


NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True)
class Fit:
    """The tiles a picture is run in: one where it goes in whole. ``notes`` say what had to be done."""

    tiling: Tiling
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _AtSize:
    """What the file says of a model at an input size."""

    scale: Fraction | None
    grid: int
    memory: int | None


@dataclass(frozen=True, slots=True)
class Fitter:
    """Fits pictures to one model, whose only input has the label ``name``.

    ``memory`` is what a run may take, in bytes, ``subgraph`` what is run.
    """

    model: Model
    subgraph: int
    name: str
    tensor: PictureTensor
    weight_bytes: int
    memory: int

    def fit(self, size: Size, wishes: Wishes) -> Fit:
        """How a picture of ``size`` goes in. Raises ModelRunError where even small tiles need too much memory.

        Raises UsageError for tiles that make no sense.
        """
        height, width = self.tensor.height, self.tensor.width
        if height is not None and width is not None:
            if wishes.tile is not None:
                raise UsageError(
                    f"--tile {wishes.tile}: the model's input is always {width}×{height}, and so are tiles"
                )
            _check_overlap(wishes, max(height, width))
            return self._in_tiles(size, (height, width), wishes, "the size of its input")
        whole, at = self._whole(size)
        if wishes.tile is not None:
            side = ceil(wishes.tile / at.grid) * at.grid
            _check_overlap(wishes, max(side, height or 0, width or 0))
            return self._in_tiles(size, self._cut_to(side, whole), wishes, "as asked for")
        if at.memory is None or at.memory <= self.memory:
            return self._in_tiles(size, whole, wishes, "")
        needed = f"it would need about {bytes_text(at.memory)} at once, and may take {bytes_text(self.memory)}"
        for side in SIDES:
            tile = self._cut_to(side, whole)
            memory = self._at(tile).memory
            if tile != whole and memory is not None and memory <= self.memory:
                return self._in_tiles(size, tile, wishes, needed)
        raise ModelRunError(f"{needed}, even in tiles of {SIDES[-1]} px: close other programs, or take another machine")

    def _in_tiles(self, size: Size, tile: Size, wishes: Wishes, why: str) -> Fit:
        at = self._at(tile)
        multiple = lcm(gcd(at.grid, *tile), at.scale.denominator if at.scale else 1)
        multiple = multiple if not tile[0] % multiple and not tile[1] % multiple else 1
        suitable = min(OVERLAP, min(tile) // LARGEST_PART) if 2 * multiple < min(tile) else 0
        overlap = suitable if wishes.overlap is None else wishes.overlap
        tiling = plan_tiles(size, tile, overlap, multiple)
        notes = tuple(_told(tiling, overlap, why))
        if len(tiling) == 1 and wishes.overlap is not None:
            notes += ("run in one piece: --overlap changes nothing",)
        if len(tiling) > 1 and any(op.type in OVER_ALL for op in self.model.subgraphs[self.subgraph].ops):
            notes += ("the model may average over the whole picture, which tiles change",)
        return Fit(tiling, notes)

    def _whole(self, size: Size) -> tuple[Size, _AtSize]:
        """The smallest size at which shapes go together and the output is the multiple of the input it ought to be."""
        # No square: an output with rows and columns exchanged would seem to fit
        wanted = self._at(self._rounded((size[0], size[0] + GRIDS[-1]), GRIDS[-1])).scale
        for grid in GRIDS:
            rounded = self._rounded(size, grid)
            at = self._at(rounded)
            if at.scale == wanted:
                return rounded, at
        return self._rounded(size, 1), self._at(self._rounded(size, 1))

    def _rounded(self, size: Size, grid: int) -> Size:
        """``size`` up to multiples of ``grid``, but for a side that the model fixes."""
        height, width = (ceil(side / grid) * grid for side in size)
        return self.tensor.height or height, self.tensor.width or width

    def _cut_to(self, side: int, whole: Size) -> Size:
        return self.tensor.height or min(side, whole[0]), self.tensor.width or min(side, whole[1])

    def _at(self, size: Size) -> _AtSize:
        """What the file's own shapes say, without running anything."""
        graph = self.model.subgraphs[self.subgraph]
        shapes = resolve_shapes(self.model, {self.name: self.tensor.shape_at(size)})
        sizes = shapes.tensors[self.subgraph]
        places = [sizes[tensor] for tensor in graph.outputs]
        memory = memory_to_run(self.model, shapes, self.weight_bytes, self.subgraph)
        inside = (sizes[tensor.index] for tensor in graph.tensors if not tensor.constant)
        grid = max(_grids(size, inside), default=1)
        return _AtSize(_scale(size, places), grid, memory)


def _check_overlap(wishes: Wishes, side: int) -> None:
    """Raise UsageError for an overlap of all of a tile's longer side, whether a picture needs tiles or not."""
    if wishes.overlap is not None and wishes.overlap >= side:
        raise UsageError(f"tiles of {side} px can't overlap by {wishes.overlap} px: give less, or larger tiles")


def _scale(size: Size, outputs: list[tuple[int, ...] | None]) -> Fraction | None:
    """By how much the first output with the shape of a picture is larger, where both sides agree."""
    for shape in outputs:
        if shape is None or len(shape) != 4:
            continue
        for height, width in (shape[1:3], shape[2:4]):
            scale = Fraction(height, size[0])
            if scale and scale == Fraction(width, size[1]):
                return scale
    return None


def _grids(size: Size, shapes: Iterator[tuple[int, ...] | None]) -> Iterator[int]:
    """The factors, powers of two, by which tensors inside a network are smaller than its input."""
    for shape in shapes:
        if shape is None or len(shape) != 4 or min(shape[1:3]) < 2:
            continue
        across, down = (side / inner for side, inner in zip(size, shape[1:3], strict=True))
        grid = 1 << max(0, ceil(across) - 1).bit_length()
        if grid in GRIDS and 0.75 < across / down < 1.34:
            yield grid


def _told(tiling: Tiling, overlap: int, why: str) -> Iterator[str]:
    if len(tiling) > 1:
        height, width = tiling.tile
        yield f"run in {len(tiling)} tiles of {width}×{height} that overlap by {overlap} px or more: {why}"
    below, beside = tiling.padding
    if below or beside:
        height, width = (side + more for side, more in zip(tiling.size, tiling.padding, strict=True))
        yield f"filled up to {width}×{height} by repeating its edges, which were cut off again"
