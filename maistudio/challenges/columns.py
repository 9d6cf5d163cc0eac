"""The columns a published table may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["words", "number", "note"]


@dataclass(frozen=True, slots=True)
class Column:
    """``heading`` is what is printed above it; a number's cell may also hold words, such as "Failed"."""

    id: str
    heading: str
    kind: Kind


_ALL = (
    Column("team", "Team", "words"),
    Column("author", "Author", "words"),
    Column("framework", "Framework", "words"),
    Column("size_kb", "Model size, KB", "number"),
    Column("size_mb", "Model size, MB", "number"),
    Column("psnr", "PSNR", "number"),
    Column("ssim", "SSIM", "number"),
    Column("psnr_drop", "Δ PSNR", "number"),
    Column("ssim_drop", "Δ SSIM", "number"),
    Column("cpu_ms", "CPU", "number"),
    Column("accelerator_ms", "Accelerator", "number"),
    Column("speed_up", "Speed-up", "number"),
    Column("score", "Final score", "number"),
    Column("mos", "MOS", "number"),
    Column("standing", "Standing", "note"),
    Column("scored_by", "Scored by", "note"),
    Column("note", "Note", "note"),
)
COLUMNS: Mapping[str, Column] = MappingProxyType({column.id: column for column in _ALL})
"""Columns by id; those of kind "note" are the challenge file's own and not the report's."""
