"""Constants decoded when somebody looks at them: stored values, real values, statistics, histogram."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, prod, sqrt
from typing import TYPE_CHECKING, Any

from maistudio.errors import WeightError
from maistudio.tflite.elements import decode_elements, stored_size
from maistudio.tflite.model import BufferSpan, Model, Quantization, QuantizationKind, Tensor
from maistudio.tflite.sparse import DENSE_LIMIT, densify, stored_count
from maistudio.tflite.text import elide_middle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHUNK = 2**20
"""Elements widened to float64 at once by ``statistics`` and ``histogram``."""

UNIQUE_LIMIT = 4096
NAME_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class TensorStatistics:
    """Of ``count`` values: range, mean and standard deviation (divided by n) over the finite ones.

    ``minimum`` to ``std`` are None where no value is finite. ``zeros`` is the fraction of exact zeros, 0 to 1.
    ``unique`` counts distinct finite values, None where there are more than the limit asked for.
    """

    count: int
    minimum: float | None
    maximum: float | None
    mean: float | None
    std: float | None
    zeros: float
    nans: int
    infinities: int
    unique: int | None


@dataclass(frozen=True, slots=True)
class Histogram:
    """``counts[i]`` finite values lie in [``edges[i]``, ``edges[i + 1]``), the last bin closed at both ends."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


def decode(model: Model, subgraph_index: int, tensor: Tensor) -> NDArray[Any]:
    """The stored values of a constant, in its shape; see ``elements.decode_elements`` for the types.

    Raises WeightError where the tensor holds no data here or its bytes don't fit, StaleFileError where the
    file changed since it was opened.
    """
    try:
        return _decode(model, tensor)
    except WeightError as error:
        raise WeightError(f"subgraph {subgraph_index}, tensor {tensor.index} ({_short(tensor)}): {error}") from None


def real_values(model: Model, subgraph_index: int, tensor: Tensor) -> NDArray[Any]:
    """A constant's values as reals: dequantized to float32 where it is quantized, else as stored.

    Raises what ``decode`` raises, and WeightError where scales are missing or don't fit.
    """
    values = decode(model, subgraph_index, tensor)
    quantization = tensor.quantization
    if quantization is None or quantization.kind is QuantizationKind.CUSTOM or values.dtype.kind not in "iu":
        return values
    try:
        if quantization.kind is not QuantizationKind.BLOCKWISE:
            return dequantize(values, quantization)
        scales = _companion(model, subgraph_index, quantization.scales_tensor, "scales")
        zero_points = None
        if quantization.zero_points_tensor >= 0:
            zero_points = _companion(model, subgraph_index, quantization.zero_points_tensor, "zero points")
        return dequantize(values, quantization, scales, zero_points)
    except WeightError as error:
        raise WeightError(f"subgraph {subgraph_index}, tensor {tensor.index} ({_short(tensor)}): {error}") from None


def dequantize(
    values: NDArray[Any],
    quantization: Quantization,
    block_scales: NDArray[Any] | None = None,
    block_zero_points: NDArray[Any] | None = None,
) -> NDArray[np.float32]:
    """``scale * (stored - zero_point)`` in float32, in the shape of ``values``.

    Per tensor and per channel take scales from ``quantization``; blockwise takes one scale (and zero point)
    per ``block_size`` consecutive elements from the given arrays. Raises WeightError where their number is wrong.
    """
    import numpy as np

    if quantization.kind is QuantizationKind.BLOCKWISE:
        return _dequantize_blocks(values, quantization.block_size, block_scales, block_zero_points)
    scales = np.asarray(quantization.scales, dtype=np.float64)
    if scales.size == 0:
        raise WeightError("its quantization gives no scale")
    zero_points = np.asarray(quantization.zero_points or (0,), dtype=np.float64)
    if zero_points.size not in (1, scales.size):
        raise WeightError(f"its quantization gives {zero_points.size} zero points for {scales.size} scales")
    along: tuple[int, ...] = ()
    if scales.size > 1:
        axis = quantization.axis
        if not 0 <= axis < values.ndim or values.shape[axis] != scales.size:
            raise WeightError(
                f"its quantization gives {scales.size} scales along dimension {axis} of {list(values.shape)}"
            )
        along = tuple(-1 if place == axis else 1 for place in range(values.ndim))
    return _scaled(values, scales.reshape(along), zero_points.reshape(along if zero_points.size > 1 else ()))


def _dequantize_blocks(
    values: NDArray[Any], block_size: int, scales: NDArray[Any] | None, zero_points: NDArray[Any] | None
) -> NDArray[np.float32]:
    import numpy as np

    if scales is None:
        raise WeightError("its blockwise quantization names no tensor of scales")
    if block_size <= 0 or scales.size * block_size != values.size:
        raise WeightError(f"{scales.size:,} scales for blocks of {block_size} don't cover its {values.size:,} values")
    if zero_points is None:
        zero_points = np.zeros(1)
    if zero_points.size not in (1, scales.size):
        raise WeightError(f"its quantization gives {zero_points.size:,} zero points for {scales.size:,} scales")
    blocks = values.reshape(scales.size, block_size)
    return _scaled(blocks, scales.reshape(-1, 1), zero_points.reshape(-1, 1)).reshape(values.shape)


def _scaled(values: NDArray[Any], scales: NDArray[Any], zero_points: NDArray[Any]) -> NDArray[np.float32]:
    """Wide integers go through float64, since float32 holds only 24 bits of them."""
    import numpy as np

    wide = np.dtype(np.float64 if values.dtype.itemsize > 2 else np.float32)
    # A damaged scale may be infinite or no number; so are the values then.
    with np.errstate(over="ignore", invalid="ignore"):
        real = values.astype(wide)
        real -= zero_points.astype(wide)
        real *= scales.astype(wide)
        return real.astype(np.float32, copy=False)


def statistics(values: NDArray[Any], unique_limit: int = UNIQUE_LIMIT) -> TensorStatistics:
    """Statistics of an array of numbers or booleans, read in chunks of CHUNK elements.

    Raises WeightError for strings and complex numbers, which have no order.
    """
    import numpy as np

    count = zeros = nans = infinities = 0
    moments = _Moments()
    seen: NDArray[Any] | None = np.empty(0)
    for chunk in _chunks(values):
        finite = chunk[np.isfinite(chunk)]
        count += chunk.size
        zeros += int(chunk.size - np.count_nonzero(chunk))
        nans += int(np.isnan(chunk).sum())
        infinities += int(np.isinf(chunk).sum())
        moments.add(finite)
        if seen is not None:
            seen = np.union1d(seen, finite)
            seen = seen if seen.size <= unique_limit else None
    some = moments.count > 0
    return TensorStatistics(
        count=count,
        minimum=moments.minimum if some else None,
        maximum=moments.maximum if some else None,
        mean=moments.mean if some else None,
        std=sqrt(moments.squares / moments.count) if some else None,
        zeros=zeros / count if count else 0.0,
        nans=nans,
        infinities=infinities,
        unique=None if seen is None else int(seen.size),
    )


class _Moments:
    """Range, mean and summed squared deviations of finite values that come in parts.

    Parts combine without cancellation: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm
    for computing sample variances" (1979).
    """

    def __init__(self) -> None:
        self.count = 0
        self.minimum, self.maximum = inf, -inf
        self.mean = self.squares = 0.0

    def add(self, values: NDArray[np.float64]) -> None:
        import numpy as np

        if not values.size:
            return
        # float64 weights can overflow the sums; the result is then infinite, not an error.
        with np.errstate(over="ignore", invalid="ignore"):
            part_mean = float(values.mean())
            part_squares = float(((values - part_mean) ** 2).sum())
        total = self.count + values.size
        step = part_mean - self.mean
        self.squares += part_squares + step * step * self.count * values.size / total
        self.mean += step * values.size / total
        self.count = total
        self.minimum = min(self.minimum, float(values.min()))
        self.maximum = max(self.maximum, float(values.max()))


def histogram(values: NDArray[Any], bins: int = 64) -> Histogram:
    """Counts of the finite values in at most ``bins`` equal bins from the smallest to the largest.

    Integers spread over no more than ``bins`` values get one bin each, centred on the value; more are binned
    by whole numbers, so that no bin holds more values than its neighbour by rounding.
    Raises WeightError as ``statistics`` does.
    """
    import numpy as np

    minimum, maximum = _finite_range(values)
    if minimum > maximum:
        return Histogram(edges=(), counts=())
    edges = _edges(minimum, maximum, bins, whole=values.dtype.kind in "iub")
    counts = np.zeros(edges.size - 1, dtype=np.int64)
    for chunk in _chunks(values):
        counts += np.histogram(chunk[np.isfinite(chunk)], bins=edges)[0]
    return Histogram(edges=tuple(edges.tolist()), counts=tuple(counts.tolist()))


def _finite_range(values: NDArray[Any]) -> tuple[float, float]:
    """The smallest and largest finite value; (inf, -inf) where there is none."""
    import numpy as np

    minimum, maximum = inf, -inf
    for chunk in _chunks(values):
        finite = chunk[np.isfinite(chunk)]
        if finite.size:
            minimum, maximum = min(minimum, float(finite.min())), max(maximum, float(finite.max()))
    return minimum, maximum


def _edges(minimum: float, maximum: float, bins: int, whole: bool) -> NDArray[np.float64]:
    import numpy as np

    if whole:
        spread = int(maximum - minimum) + 1
        width = -(-spread // bins)
        edges = minimum - 0.5 + width * np.arange(-(-spread // width) + 1, dtype=np.float64)
        # Beyond 2**53 halves, and then neighbours, fall together.
        if _increasing(edges):
            return edges
    if minimum == maximum:
        margin = abs(minimum) / 2 or 0.5
        return np.array([minimum - margin, maximum + margin])
    # Weighted ends, because the span of extreme floats overflows.
    places = np.arange(bins + 1) / bins
    edges = minimum * (1 - places) + maximum * places
    edges[-1] = maximum
    return edges if _increasing(edges) else np.array([minimum, maximum])


def _increasing(edges: NDArray[np.float64]) -> bool:
    return bool((edges[1:] > edges[:-1]).all())


def _chunks(values: NDArray[Any]) -> Iterator[NDArray[np.float64]]:
    import numpy as np

    if values.dtype.kind not in "iufb":
        raise WeightError("only numbers have statistics; look at the values instead")
    flat = values.reshape(-1)
    for start in range(0, flat.size, CHUNK):
        # A signalling NaN in the file warns when it is widened.
        with np.errstate(invalid="ignore"):
            chunk = flat[start : start + CHUNK].astype(np.float64)
        yield chunk


def _decode(model: Model, tensor: Tensor) -> NDArray[Any]:
    if not tensor.constant or not 0 <= tensor.buffer < len(model.buffers):
        raise WeightError("it has no data in the file; its values exist only while the model runs")
    if min(tensor.shape, default=1) < 0:
        raise WeightError(f"its shape {list(tensor.shape)} has a negative dimension, so its values can't be laid out")
    span = model.buffers[tensor.buffer]
    if tensor.sparsity is None:
        _check_size(tensor, span)
        return decode_elements(_read(model, span), tensor.type, tensor.shape)
    count = stored_count(tensor.sparsity)
    dense = stored_size(tensor.type, prod(tensor.shape))
    if dense is None or dense > DENSE_LIMIT:
        raise WeightError(f"laid out densely, {list(tensor.shape)} of {tensor.type} is more than can be shown")
    stored = decode_elements(_read(model, span), tensor.type, (count,))
    return densify(stored, tensor.sparsity, tensor.shape)


def _check_size(tensor: Tensor, span: BufferSpan) -> None:
    """Refuse a wrong size before reading a possibly large buffer."""
    size = stored_size(tensor.type, prod(tensor.shape))
    if size is not None and not span.external and size != span.size:
        raise WeightError(
            f"{list(tensor.shape)} of {tensor.type} takes {size:,} bytes but the file holds {span.size:,}; "
            "export the model again"
        )


def _read(model: Model, span: BufferSpan) -> bytes:
    if span.external:
        raise WeightError(f"its data lies in another file, {span.external!r}, which is not read")
    if span.offset < 0 or span.size < 0 or span.offset + span.size > model.size_bytes:
        raise WeightError(f"its data at byte {span.offset:,} lies beyond the end of the file; export the model again")
    data = model.source.read(span.offset, span.size)
    if len(data) != span.size:
        raise WeightError(f"its data at byte {span.offset:,} is cut short; export the model again")
    return data


def _companion(model: Model, subgraph_index: int, index: int, what: str) -> NDArray[Any]:
    tensors = model.subgraphs[subgraph_index].tensors
    if not 0 <= index < len(tensors):
        raise WeightError(f"the tensor of its {what}, {index}, does not exist")
    return decode(model, subgraph_index, tensors[index])


def _short(tensor: Tensor) -> str:
    return elide_middle(tensor.label, NAME_CHARACTERS)
