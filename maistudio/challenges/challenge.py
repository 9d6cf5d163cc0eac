"""A challenge as values: everything its file says, its published results included."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from maistudio.challenges.layouts import Layout
from maistudio.imaging.channel_orders import ChannelOrder
from maistudio.imaging.conventions import Convention

Packing = Literal["none", "frames", "bayer"]
RuntimeColumn = Literal["cpu_ms", "accelerator_ms"]
RankedBy = Literal["score", "mos"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a published table: as printed, and its number where it is one."""

    text: str
    value: float | None = None


NO_CELL = Cell("")


class Standing(StrEnum):
    """How a row counts in the final ranking."""

    RANKED = "ranked"
    UNRANKED = "unranked"
    """Shown in the report but outside its ranking: late, or without a score."""
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Entry:
    """A published row. Sizes are in KB (1 MB = 1,000 KB), runtimes in the challenge's unit, drops FP32 to INT8.

    ``cells`` holds what is printed, by column; ``scored_by`` is the runtime that counts for the score.
    """

    cells: dict[str, Cell]
    standing: Standing
    scored_by: RuntimeColumn
    note: str

    def text(self, column: str) -> str:
        return self.cells.get(column, NO_CELL).text

    def value(self, column: str) -> float | None:
        return self.cells.get(column, NO_CELL).value

    @property
    def team(self) -> str:
        return self.text("team")

    @property
    def size_kb(self) -> float | None:
        in_mb = self.value("size_mb")
        return self.value("size_kb") if in_mb is None else round(in_mb * 1000, 6)

    @property
    def runtime_used(self) -> float | None:
        """The runtime the score is computed from, None where none was measured."""
        return self.value(self.scored_by)


@dataclass(frozen=True, slots=True)
class Track:
    """A published table: its columns in order, its rows in order, and what ranks them."""

    id: str
    title: str
    ranked_by: RankedBy
    columns: tuple[str, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Device:
    """What the runtimes were measured on. ``accelerator`` is its short name, such as GPU or NPU."""

    name: str
    soc: str
    accelerator: str
    accelerator_name: str
    delegate: str


@dataclass(frozen=True, slots=True)
class ModelForm:
    """What a submitted model takes and gives.

    ``values`` is the range of its input, None for a sensor's raw counts. With packing "frames", ``frames`` RGB frames
    lie in the channels; with "bayer", the mosaic of ``pattern`` is packed to half size in ``channel_order``, and
    ``white_levels`` are those in use.
    """

    input: tuple[int, ...]
    output: tuple[int, ...]
    values: tuple[float, float] | None
    packing: Packing = "none"
    frames: int = 1
    pattern: str = ""
    channel_order: ChannelOrder | None = None
    white_levels: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge. The score is 2^(2·PSNR) / (C · runtime), with C ``constant``, printed as ``constant_text``.

    ``runtime_column`` is the runtime that counts, in ``runtime_unit``. ``scale`` is the factor of super-resolution, 1
    where the size stays. Metrics are averaged over ``mean_over``.
    """

    id: str
    title: str
    year: int
    task: str
    report: str
    scale: int
    targets: tuple[str, ...]
    device: Device
    model: ModelForm
    convention: Convention
    mean_over: str
    runtime_column: RuntimeColumn
    runtime_unit: str
    constant: float
    constant_text: str
    layouts: tuple[Layout, ...]
    tracks: tuple[Track, ...]

    @property
    def runtime_label(self) -> str:
        """The runtime that counts, as a heading: "GPU, ms per 10 frames"."""
        return f"{self.runtime_name(self.runtime_column)}, {self.runtime_unit}"

    def runtime_name(self, column: str) -> str:
        return "CPU" if column == "cpu_ms" else self.device.accelerator

    @property
    def scored(self) -> Track:
        """The track ranked by the score."""
        return next(track for track in self.tracks if track.ranked_by == "score")
