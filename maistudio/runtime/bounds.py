"""What a child may use: memory, wall time and CPU time."""

from __future__ import annotations

from dataclasses import dataclass

MEMORY_SHARE = 0.8
"""Of the machine's memory: beyond, it swaps, and the system kills what it likes."""
STAGE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """``memory_bytes`` is None for 80 % of the machine's. Seconds hold for one stage: a load, or a single inference.

    ``cpu_seconds`` counts all threads and all that the child does; None leaves it unbounded.
    """

    memory_bytes: int | None = None
    wall_seconds: float = STAGE_SECONDS
    cpu_seconds: float | None = None

    @property
    def memory(self) -> int:
        """The bound on memory in bytes."""
        if self.memory_bytes is not None:
            return self.memory_bytes
        import psutil

        return int(psutil.virtual_memory().total * MEMORY_SHARE)
