"""The columns a published table may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["words", "number", "note"]


@dataclass(frozen=True, slots=True)
class Column:
    """``heading`` is what is printed above it; a number's cell may also hold words, such as "Failed".

    Its numbers lie in ``least``..``most``.
    """

    id: str
    heading: str
    kind: Kind
    least: float = 0
    most: float = 1e12


_ALL = (
    Column("team", "Team", "words"),
    Column("author", "Author", "words"),
    Column("framework", "Framework", "words"),
    Column("size_kb", "Model size, KB", "number"),
    Column("size_mb", "Model size, MB", "number"),
    Column("psnr", "PSNR", "number", -200, 200),
    Column("ssim", "SSIM", "number", -1, 1),
    Column("psnr_drop", "Δ PSNR", "number", -200, 200),
    Column("ssim_drop", "Δ SSIM", "number", -2, 2),
    Column("cpu_ms", "CPU", "number", 1e-6),
    Column("accelerator_ms", "Accelerator", "number", 1e-6),
    Column("speed_up", "Speed-up", "number"),
    Column("score", "Final score", "number", 0, 1e30),
    Column("mos", "MOS", "number", 0, 100),
    Column("standing", "Standing", "note"),
    Column("scored_by", "Scored by", "note"),
    Column("note", "Note", "note"),
)
COLUMNS: Mapping[str, Column] = MappingProxyType({column.id: column for column in _ALL})
"""Columns by id; those of kind "note" are the challenge file's own and not the report's."""
