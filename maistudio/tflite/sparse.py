"""A sparse constant laid out densely: the TACO format of TFLite's SparsityParameters."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, Any

from maistudio.errors import WeightError
from maistudio.tflite.model import SparseDimension, Sparsity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DENSE_LIMIT = 2**30
"""Most bytes a sparse constant may take once it is dense."""


def stored_count(sparsity: Sparsity) -> int:
    """How many values the file holds for this sparsity, checked level by level before anything is allocated.

    A run of dense levels multiplies the nodes above it; a CSR level has one row per node above it.
    Raises WeightError where the levels contradict each other.
    """
    nodes = 1
    for level, dimension in enumerate(sparsity.dimensions):
        if dimension.format == "DENSE":
            if dimension.dense_size <= 0:
                raise WeightError(f"level {level} of the sparse layout has the size {dimension.dense_size}")
            nodes *= dimension.dense_size
        else:
            _check_rows(level, dimension, nodes)
            nodes = len(dimension.indices)
    return nodes


def _check_rows(level: int, dimension: SparseDimension, nodes: int) -> None:
    segments, indices = dimension.segments, dimension.indices
    if len(segments) != nodes + 1:
        raise WeightError(f"level {level} of the sparse layout has {len(segments)} row bounds for {nodes:,} rows")
    if segments[0] != 0 or segments[-1] != len(indices):
        raise WeightError(f"the row bounds of level {level} of the sparse layout don't span its {len(indices)} indices")
    if any(later < earlier for earlier, later in pairwise(segments)):
        raise WeightError(f"the row bounds of level {level} of the sparse layout go backwards")
    if indices and min(indices) < 0:
        raise WeightError(f"level {level} of the sparse layout has the index {min(indices)}")


def densify(values: NDArray[Any], sparsity: Sparsity, shape: tuple[int, ...]) -> NDArray[Any]:
    """``values`` (1-D, as stored) at their places in an array of ``shape``, zero elsewhere.

    Raises WeightError where the layout does not fit ``shape`` or the result would exceed DENSE_LIMIT bytes.
    """
    import numpy as np

    size = prod(shape) * values.itemsize
    if size > DENSE_LIMIT:
        raise WeightError(
            f"laid out densely, this sparse constant takes {size:,} bytes, more than the {DENSE_LIMIT:,} shown here"
        )
    places = _flat_places(sparsity, shape)
    if places.size != values.size:
        raise WeightError(f"the file holds {values.size:,} values where the sparse layout asks for {places.size:,}")
    dense = np.zeros(prod(shape), dtype=values.dtype)
    dense[places] = values
    return dense.reshape(shape)


def _flat_places(sparsity: Sparsity, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """The row-major index of each stored value.

    Nodes of a level are numbered in storage order, so one running index per node is all that is kept.
    """
    import numpy as np

    stored_count(sparsity)
    strides = _level_strides(sparsity, shape)
    places = np.zeros(1, dtype=np.int64)
    for dimension, stride in zip(sparsity.dimensions, strides, strict=True):
        if dimension.format == "DENSE":
            steps = np.arange(dimension.dense_size, dtype=np.int64) * stride
            places = (places[:, None] + steps[None, :]).reshape(-1)
        else:
            bounds = np.asarray(dimension.segments, dtype=np.int64)
            row_lengths = bounds[1:] - bounds[:-1]
            places = np.repeat(places, row_lengths) + np.asarray(dimension.indices, dtype=np.int64) * stride
    return places


def _level_strides(sparsity: Sparsity, shape: tuple[int, ...]) -> tuple[int, ...]:
    """How far apart neighbours of each level lie in the dense array.

    ``traversal_order`` names the tensor's dimensions 0 to rank - 1, then its blocks; block b splits
    dimension ``block_map[b]``.
    """
    rank, blocks = len(shape), sparsity.block_map
    order, dimensions = sparsity.traversal_order, sparsity.dimensions
    if sorted(order) != list(range(rank + len(blocks))) or len(dimensions) != len(order):
        raise WeightError(f"the sparse layout's traversal order {list(order)} does not fit {rank} dimensions")
    if len(set(blocks)) != len(blocks) or any(not 0 <= target < rank for target in blocks):
        raise WeightError(f"the sparse layout's block map {list(blocks)} does not fit {rank} dimensions")
    level_of = {name: level for level, name in enumerate(order)}
    block_size = [1] * rank
    reach = [0] * rank
    for block, target in enumerate(blocks):
        block_size[target] = dimensions[level_of[rank + block]].dense_size
        reach[target] = _largest(dimensions[level_of[rank + block]])
    for axis in range(rank):
        reach[axis] += _largest(dimensions[level_of[axis]]) * block_size[axis]
        if reach[axis] >= shape[axis]:
            raise WeightError(f"the sparse layout reaches index {reach[axis]} of dimension {axis} in {list(shape)}")
    axis_stride = [prod(shape[axis + 1 :]) for axis in range(rank)]
    return tuple(
        axis_stride[name] * block_size[name] if name < rank else axis_stride[blocks[name - rank]] for name in order
    )


def _largest(dimension: SparseDimension) -> int:
    """The largest index a level takes."""
    if dimension.format == "DENSE":
        return dimension.dense_size - 1
    return max(dimension.indices, default=0)
