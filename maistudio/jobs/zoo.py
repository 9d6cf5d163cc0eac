"""The zoo as values and as a table: each row of the reports beside what was built of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from maistudio.challenges.challenge import Challenge, Entry
from maistudio.challenges.columns import COLUMNS
from maistudio.jobs.text_tables import TextTable
from maistudio.tflite.text import amount_text, count_text
from maistudio.zoo.built import Built, read_built
from maistudio.zoo.catalogue import shelves
from maistudio.zoo.rows import BASIS_TEXT, KIB, Row, Status

TOLERANCE = 0.15
"""So far off the reported size a built file may be before its row must say why."""
STATUS_TEXT = {
    Status.BUILT: "built",
    Status.NOT_DESCRIBED: "the report does not describe it",
    Status.CLASSICAL: "classical method",
}
_HEADINGS = (
    *("Team", "Name", "Basis", "Form", "Built, KiB", "Reported", "Off", "Parameters", "MACs", "CPU"),
    *("", "PSNR, dB"),
)
_NUMBERS = (False, False, False, False, True, True, True, True, True, True, True, True)
ABSENT = "–"


@dataclass(frozen=True, slots=True)
class ZooRow:
    """A row and what was measured of its network; ``built`` is None where nothing is built.

    ``also`` is the same entry in the report's other tables, such as that of opinion scores.
    """

    row: Row
    built: Built | None
    also: tuple[Entry, ...] = ()

    @property
    def built_kib(self) -> float | None:
        return self.built.size_bytes / KIB if self.built else None

    @property
    def off(self) -> float | None:
        """By what share the built file is larger than reported; None where one of the two is not known."""
        reported = self.row.reported_kib
        return self.built_kib / reported - 1 if self.built_kib and reported else None


@dataclass(frozen=True, slots=True)
class ZooShelf:
    """A challenge's rows in the order of its table."""

    challenge: Challenge
    rows: tuple[ZooRow, ...]


@dataclass(frozen=True, slots=True)
class Zoo:
    """All that is known without building; ``tensorflow`` built what was measured."""

    shelves: tuple[ZooShelf, ...]
    tensorflow: str


def read_zoo(challenge: str | None = None) -> Zoo:
    """The zoo, or the one challenge of it. Raises UsageError for a challenge it doesn't have."""
    measured = read_built()
    return Zoo(
        tuple(
            ZooShelf(
                shelf.challenge,
                tuple(
                    ZooRow(row, measured.networks.get(row.name), _also(shelf.challenge, row.entry))
                    for row in shelf.rows
                ),
            )
            for shelf in shelves(challenge)
        ),
        measured.tensorflow,
    )


def _also(challenge: Challenge, entry: Entry | None) -> tuple[Entry, ...]:
    """The same submission in other tables: its size, PSNR and SSIM are the same there."""
    if entry is None:
        return ()
    others = (each for track in challenge.tracks if track is not challenge.scored for each in track.entries)
    return tuple(each for each in others if _mark(each) == _mark(entry))


def _mark(entry: Entry) -> tuple[object, ...]:
    return (entry.size_kb, entry.value("psnr"), entry.value("ssim"))


def row_values(zoo_row: ZooRow) -> dict[str, Any]:
    """What ``maistudio zoo list --json`` prints of a row; unknown values are None, sizes KiB unless named bytes."""
    row, built = zoo_row.row, zoo_row.built
    return {
        "name": row.name or None,
        "team": row.team,
        "challenge": row.challenge,
        "place": row.place,
        "status": row.status.value,
        "provenance": row.basis.value if row.basis else None,
        "provenance_text": BASIS_TEXT[row.basis] if row.basis else STATUS_TEXT[row.status],
        "source": row.source or None,
        "architecture": row.architecture or None,
        "in_table": row.entry is not None,
        "reported": reported_values(zoo_row),
        "form": row.form.value if row.name else None,
        "built": {
            "form": built.form.value,
            "size_bytes": built.size_bytes,
            "parameters": built.parameters,
            "macs": built.macs,
            "ops": built.ops,
        }
        if built
        else None,
        "size_off_percent": None if zoo_row.off is None else round(100 * zoo_row.off, 1),
        "misses": row.misses or None,
    }


def reported_values(zoo_row: ZooRow) -> dict[str, Any]:
    """Every number of the report's tables; words such as "Failed" stay words, absent ones are None."""
    found: dict[str, Any] = {}
    for entry in (zoo_row.row.entry, *zoo_row.also):
        for name, cell in entry.cells.items() if entry else ():
            if COLUMNS[name].kind == "number" and name not in found:
                found[name] = cell.value if cell.value is not None else cell.text or None
    return found


def zoo_table(shelf: ZooShelf) -> TextTable:
    """Built beside reported, a line a row. Runtimes are the report's, in the challenge's unit."""
    challenge = shelf.challenge
    headings = list(_HEADINGS)
    headings[_HEADINGS.index("")] = challenge.device.accelerator
    return TextTable(tuple(headings), _NUMBERS, tuple(_line(row) for row in shelf.rows))


def _line(zoo_row: ZooRow) -> tuple[str, ...]:
    row, built, entry = zoo_row.row, zoo_row.built, zoo_row.row.entry
    size, *others = (reported_text(entry, column) for column in ("size", "cpu_ms", "accelerator_ms", "psnr"))
    if built is None or row.basis is None:
        return (
            row.team,
            f"{row.name} (not measured)" if row.name else STATUS_TEXT[row.status],
            *("",) * 3,
            size,
            *("",) * 3,
            *others,
        )
    return (
        row.team,
        row.name,
        row.basis.value,
        row.form.value,
        f"{built.size_bytes / KIB:,.1f}",
        size,
        off_text(zoo_row),
        count_text(built.parameters),
        amount_text(built.macs),
        *others,
    )


def off_text(zoo_row: ZooRow) -> str:
    """By how much the built file is off the reported size: "+3 %", with a star where the row says why."""
    if zoo_row.off is None:
        return ABSENT
    percent = round(100 * zoo_row.off)
    return f"{percent:{'+' if percent else ''}d} %{' *' if zoo_row.row.misses else ''}".replace("-", "−")


def reported_text(entry: Entry | None, column: str) -> str:
    """A reported value as printed, "–" where there is none; the column "size" is the file's, with its unit."""
    if entry is None:
        return ABSENT
    if column == "size":
        if entry.size_kb is None:
            return ABSENT
        in_mb = entry.text("size_mb")
        return f"{in_mb} MB" if in_mb else f"{entry.text('size_kb')} KB"
    text = entry.text(column)
    return ABSENT if text in ("", "-") else text
