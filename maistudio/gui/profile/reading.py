"""A stored run with what is worked out of its samples. Made off the interface thread; imports numpy when it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from maistudio.jobs.plan import Outcome
from maistudio.jobs.profile import Live, ProfileRequest
from maistudio.jobs.progress import Job, Progress
from maistudio.timing.presets import PRESETS, Limits
from maistudio.timing.statistics import Histogram, histogram, median_of_sorted, statistics_of
from maistudio.timing.values import Run, Samples, Statistics, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Reading:
    """``wall_us`` are the run's samples in order; statistics are None without any."""

    run: Run
    wall_us: NDArray
    statistics: Statistics | None
    histogram: Histogram | None
    cpu_median_us: float | None


def read_run(run: Run) -> Reading:
    """Work out what a run's samples amount to."""
    import numpy as np

    wall_us = np.asarray(run.samples.wall_us, dtype=np.float64)
    # Sorted by numpy, which lets other threads go on meanwhile; sorting what is sorted takes Python no time.
    ordered = np.sort(wall_us).tolist()
    cpu = np.sort(np.asarray(run.samples.cpu_us, dtype=np.float64)).tolist()
    return Reading(
        run,
        wall_us,
        statistics_of(ordered) if ordered else None,
        histogram(ordered) if ordered else None,
        median_of_sorted(cpu) if cpu else None,
    )


def outcome_of(run: Run) -> Outcome:
    """A stored run as what came of asking for it."""
    limits = PRESETS.get(run.preset) or Limits(max(len(run.samples.wall_us), 1), 0, 0)
    request = ProfileRequest(
        Path(run.model.name), run.configuration, limits, with_ops=run.ops is not None, sha256=run.model.sha256
    )
    return Outcome(request, run, run.error)


def read_live(live: Live, status: Status, error: str | None = None) -> Job[Reading]:
    """What there is of a run that ended before its time."""
    yield Progress("Working out statistics")
    runs = min(len(live.wall_us), len(live.cpu_us))
    samples = Samples(tuple(live.wall_us[:runs]), tuple(live.cpu_us[:runs]))
    return read_run(replace(live.run, samples=samples, status=status, error=error))


class Trace:
    """The samples of a run that goes on, copied piece by piece from the thread that measures."""

    def __init__(self) -> None:
        import numpy as np

        self._room = np.empty(4096, dtype=np.float64)
        self._count = 0

    def take(self, wall_us: Sequence[float]) -> bool:
        """Take what has come since; whether there was any."""
        import numpy as np

        fresh = wall_us[self._count :]  # a copy: to look into the list itself would keep it from growing
        if not len(fresh):
            return False
        end = self._count + len(fresh)
        if end > len(self._room):
            grown = np.empty(max(2 * len(self._room), end), dtype=np.float64)
            grown[: self._count] = self._room[: self._count]
            self._room = grown
        self._room[self._count : end] = fresh
        self._count = end
        return True

    @property
    def values(self) -> NDArray:
        """All samples so far, in order."""
        return self._room[: self._count]


MOST_SORTED = 5_000
"""Samples that a live histogram and median are made of; of more, every second, third, … one."""


def live_shape(values: NDArray) -> tuple[float, Histogram]:
    """The median so far and a histogram of one or more samples, quick for any number of them."""
    import numpy as np

    step = -(-len(values) // MOST_SORTED)
    ordered = np.sort(values[::step]).tolist()
    found = histogram(ordered)
    if step > 1:
        counts = tuple(count * step for count in found.counts)
        found = replace(found, counts=counts, below=found.below * step, above=found.above * step)
    return median_of_sorted(ordered), found


def extremes(values: NDArray, most: int) -> tuple[NDArray, NDArray, NDArray]:
    """(first run number, smallest, largest) of at most ``most`` even stretches of the samples, runs counted from 1."""
    import numpy as np

    size = max(-(-len(values) // most), 1)
    starts = np.arange(0, len(values), size)
    return starts + 1, np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
