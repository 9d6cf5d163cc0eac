"""Look at a constant: its stored and real values with their statistics and histograms; save either."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maistudio.errors import WeightError
from maistudio.jobs.progress import Job, Progress
from maistudio.save import save_bytes
from maistudio.tflite.model import Model
from maistudio.tflite.weights import Histogram, TensorStatistics, decode, histogram, real_values, statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Look:
    """Values of one form; ``statistics`` and ``histogram`` are None for values that are not numbers."""

    values: NDArray[Any] = field(repr=False)
    statistics: TensorStatistics | None
    histogram: Histogram | None

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers, which other programs read; strings are not."""
        return self.values.dtype.kind in "biufc"


@dataclass(frozen=True, slots=True)
class Weights:
    """A constant as it is ``stored`` and, where it is quantized, as the ``real`` numbers that stands for.

    ``fault`` says why there are no real values although the tensor is quantized.
    """

    stored: Look
    real: Look | None
    fault: str = ""


def look_at_weights(model: Model, subgraph: int, tensor: int) -> Job[Weights]:
    """Decode a constant and describe its values.

    Raises WeightError where it can't be decoded and StaleFileError where the file changed since it was opened.
    """
    described = model.subgraphs[subgraph].tensors[tensor]
    yield Progress("Reading weights", 0.0)
    values = decode(model, subgraph, described)
    yield Progress("Counting values", 0.2)
    stored = _look(values)
    if described.quantization is None or values.dtype.kind not in "iu":
        return Weights(stored, None)
    yield Progress("Dequantizing", 0.6)
    try:
        real = real_values(model, subgraph, described)
    except WeightError as error:
        return Weights(stored, None, str(error))
    if real.dtype == values.dtype:
        return Weights(stored, None)
    yield Progress("Counting values", 0.8)
    return Weights(stored, _look(real))


def save_values(values: NDArray[Any], path: Path) -> Job[Path]:
    """Write numbers to ``path`` in NumPy's .npy format, with their shape.

    Raises ExportError where the file can't be written.
    """
    import numpy as np

    yield Progress("Writing the values")
    data = io.BytesIO()
    np.save(data, values, allow_pickle=False)
    save_bytes(path, data.getvalue(), "the file")
    return path


def _look(values: NDArray[Any]) -> Look:
    if values.dtype.kind not in "iufb" or values.size == 0:
        return Look(values, None, None)
    return Look(values, statistics(values), histogram(values))
