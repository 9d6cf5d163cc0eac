"""What samples amount to: the median with its interval, and counts for a histogram."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from maistudio.timing.values import Statistics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONFIDENCE = 0.95
FEWEST_FOR_CONFIDENCE = 6
"""Of fewer samples no two bound the median with CONFIDENCE: of n, the outermost do with 1 - 2^(1 - n)."""

FAR_OUT = 3.0
"""Samples farther from the quartiles than this many times their distance are beyond the histogram. Tukey (1977)."""
NARROWEST_SPREAD = 1e-3
"""The least distance of the quartiles assumed, as a share of the median: a coarse clock often gives the same value."""


def statistics_of(wall_us: Sequence[float]) -> Statistics:
    """Statistics of one or more samples in µs, each 0 or more and finite. Raises ValueError for none.

    The interval of the median holds with 95 % confidence or a little more, whatever the distribution, as long as the
    samples are independent: two order statistics chosen by the binomial distribution (Hahn and Meeker, Statistical
    Intervals, 1991, chapter 5). Under 6 samples it is their minimum and maximum, which hold with less: 93.75 % of 5,
    50 % of 2. Samples that drift or come in bursts are not independent, which the flag "unstable" tells.

    ``p90_us`` is the nearest rank, a time that was measured: the smallest that 90 % of the samples do not exceed
    (Hyndman and Fan, Sample Quantiles in Statistical Packages, 1996, definition 1). ``cv`` is the standard deviation
    of a sample (over n - 1) by the mean, 0 of a single one; throughput is 10⁶ by the mean, 0 where that is 0.
    """
    ordered = ascending(wall_us)
    n = len(ordered)
    if not n:
        raise ValueError("statistics need a sample")
    mean = float(ordered.mean())
    low = rank_of_interval(n)
    deviation = float(ordered.std(ddof=1)) if n > 1 and ordered[0] < ordered[-1] else 0.0
    return Statistics(
        runs=n,
        median_us=median_of_sorted(ordered),
        ci95_us=(float(ordered[low - 1]), float(ordered[n - low])),
        mean_us=mean,
        p90_us=float(ordered[-(-9 * n // 10) - 1]),
        min_us=float(ordered[0]),
        cv=deviation / mean if mean else 0.0,
        throughput_per_s=1e6 / mean if mean else 0.0,
    )


def tied(a: Statistics, b: Statistics) -> bool:
    """Whether the intervals of two medians overlap, so that neither is faster as far as these samples tell."""
    return a.ci95_us[0] <= b.ci95_us[1] and b.ci95_us[0] <= a.ci95_us[1]


def ascending(wall_us: Sequence[float]) -> NDArray[np.float64]:
    """The samples in order. numpy lets other threads work while it sorts a million of them, Python would not."""
    import numpy as np

    return np.sort(np.asarray(wall_us, np.float64))


def median(values: Sequence[float]) -> float:
    """The median of one or more numbers."""
    return median_of_sorted(ascending(values))


def median_of_sorted(ordered: Sequence[float] | NDArray[np.float64]) -> float:
    """The median of one or more ascending numbers."""
    middle = len(ordered) // 2
    below, above = float(ordered[middle - 1]), float(ordered[middle])
    return above if len(ordered) % 2 else below + (above - below) / 2


def rank_of_interval(n: int) -> int:
    """The rank, from 1, of the sample that begins the interval of the median of n; it ends as far from the other end.

    The number of samples below the median is binomial with p = 1/2. Its probabilities are summed from the middle
    outwards until they make up CONFIDENCE, which takes about √n steps.
    """
    below = n // 2
    inside = probability = math.exp(
        math.lgamma(n + 1) - math.lgamma(below + 1) - math.lgamma(n - below + 1) - n * math.log(2)
    )
    if n % 2:
        inside *= 2
    while inside < CONFIDENCE and below > 1:
        probability *= below / (n - below + 1)
        below -= 1
        inside += 2 * probability
    return max(below, 1)


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of samples between edges: ``counts[i]`` from ``edges[i]`` to below ``edges[i + 1]``, the last included.

    Edges are in µs, evenly spaced, one more than counts. ``below`` and ``above`` count the samples beyond them.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int
    above: int


def histogram(wall_us: Sequence[float], bins: int = 60) -> Histogram:
    """A histogram of one or more samples in µs, of at most ``bins`` bins. Raises ValueError for no sample or no bin.

    Bins are 2 · IQR / ∛n wide, or wider (Freedman and Diaconis, On the histogram as a density estimator, 1981). It
    reaches from the smallest to the largest sample that is not far out (FAR_OUT), so that one huge outlier does not
    press the others into one bin.
    """
    if not len(wall_us) or bins < 1:
        raise ValueError("a histogram needs a sample and a bin")
    import numpy as np

    ordered = ascending(wall_us)
    n = len(ordered)
    first, last = float(ordered[(n - 1) // 4]), float(ordered[n - 1 - (n - 1) // 4])
    spread = max(last - first, NARROWEST_SPREAD * median_of_sorted(ordered), NARROWEST_SPREAD)
    below = int(np.searchsorted(ordered, first - FAR_OUT * spread, "left"))
    inside = ordered[below : int(np.searchsorted(ordered, last + FAR_OUT * spread, "right"))]
    low, high = float(inside[0]), float(inside[-1])
    count = min(max(math.ceil((high - low) / (2 * spread / math.cbrt(n))), 1), bins)
    if low == high:
        low, high = low - spread / 2, high + spread / 2
    width = (high - low) / count
    places = np.minimum(((inside - low) / width).astype(np.int64), count - 1)
    counts = np.bincount(places, minlength=count)
    edges = (*(low + i * width for i in range(count)), high)
    return Histogram(edges, tuple(map(int, counts)), below, n - below - len(inside))
