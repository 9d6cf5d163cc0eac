"""What LiteRT's profiler tells: the kernels that ran, by where they stand in the graph, before they are ops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from maistudio.timing.values import Engine


@dataclass(frozen=True, slots=True)
class Kernel:
    """One kernel and what it took: ``us`` is its mean per inference, ``calls`` how often an inference called it.

    One of LiteRT's own runs the op ``node`` of its subgraph. XNNPACK's stand at ``place`` in a ``partition``, both
    counted from 0 in their subgraph, and don't tell their op. Time in subgraphs that an op calls is theirs.
    """

    executor: Engine
    name: str
    subgraph: int
    us: float
    calls: float
    node: int | None = None
    partition: int | None = None
    place: int | None = None


@dataclass(frozen=True, slots=True)
class RawProfile:
    """The kernels in the order in which they first ran, and the wall time of each profiled run.

    ``cut_off`` where more ran than LiteRT's profiler can hold: the last ones are missing then.
    """

    kernels: tuple[Kernel, ...]
    wall_us: tuple[float, ...]
    cut_off: bool = False


def raw_profile_json(profile: RawProfile) -> dict[str, Any]:
    """The profile as plain values."""
    return asdict(profile)


def raw_profile_from(values: Mapping[str, Any]) -> RawProfile:
    """The profile of plain values. Raises KeyError, TypeError or ValueError where they are none."""
    kernels = tuple(Kernel(**{**kernel, "executor": Engine(kernel["executor"])}) for kernel in values["kernels"])
    return RawProfile(kernels, tuple(map(float, values["wall_us"])), bool(values["cut_off"]))
