"""Read a file of the zoo: what stands behind each row of a challenge's result table (``resources/zoo/*.toml``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from maistudio.challenges.challenge import Challenge, Entry, Standing
from maistudio.toml.fields import Fields, facts_text, read_fields
from maistudio.zoo.forms import Form
from maistudio.zoo.rows import Basis, Row, Status

_ALWAYS = ("team", "status", "in_table")
_KEYS = (*_ALWAYS, "name", "basis", "source", "architecture", "form", "multiple", "least", "white", "misses")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_SIDE = 256
RAW_WHITE = 1023.0
"""Of a 10-bit sensor, for models that take raw counts."""


def read_rows(path: Path, challenge: Challenge) -> tuple[Row, ...]:
    """The rows of a challenge's table in its order, then those that its report's text alone describes.

    Raises FactsFileError, with the line, for a file that can't be read, says something wrong, or whose rows are not
    those of the table.
    """
    fields = read_fields(path, facts_text(path, "zoo"))
    fields.known_only(("challenge", "row"))
    if fields.text("challenge") != challenge.id:
        raise fields.wrong(("challenge",), f'"challenge" is not {challenge.id}: mend it')
    entries = list(_placed(challenge))
    rows: list[Row] = []
    for number, table in enumerate(fields.tables("row")):
        table.known_only(_KEYS)
        entry, place = None, None
        if table.values.get("in_table", True):
            if number >= len(entries):
                raise table.wrong((), f"the table has only {len(entries)} rows: remove this, or say in_table = false")
            entry, place = entries[number]
            if table.text("team") != entry.team:
                raise table.wrong(("team",), f'row {number + 1} of the table is of "{entry.team}": keep its order')
        rows.append(_row(table, challenge, entry, place))
    if sum(row.entry is not None for row in rows) < len(entries):
        raise fields.wrong((), f"the table has {len(entries)} rows: add a [[row]] for each")
    return tuple(rows)


def _placed(challenge: Challenge) -> Iterator[tuple[Entry, int | None]]:
    """The table's rows, each with its place among the ranked."""
    place = 0
    for entry in challenge.scored.entries:
        ranked = entry.standing is Standing.RANKED
        place += ranked
        yield entry, place if ranked else None


def _row(fields: Fields, challenge: Challenge, entry: Entry | None, place: int | None) -> Row:
    status = Status(fields.choice("status", tuple(Status), Status.BUILT))
    row = Row(challenge.id, fields.text("team"), place, entry, status, source=fields.text("source", ""))
    if status is not Status.BUILT:
        return row
    name = fields.text("name")
    if not _NAME.fullmatch(name):
        raise fields.wrong(("name",), '"name" may hold lower-case letters, digits and "_", up to 40')
    usual = Form.INT8 if "quantized" in challenge.task else Form.FP32
    return replace(
        row,
        name=name,
        basis=Basis(fields.choice("basis", tuple(Basis))),
        source=fields.text("source"),
        architecture=fields.text("architecture"),
        form=Form(fields.choice("form", tuple(Form), usual)),
        multiple=_side(fields, "multiple"),
        least=_side(fields, "least"),
        white=fields.at_least_one("white") if "white" in fields.values else _white(challenge),
        misses=fields.text("misses", ""),
    )


def _white(challenge: Challenge) -> float:
    return RAW_WHITE if challenge.model.values is None else challenge.model.values[1]


def _side(fields: Fields, name: str) -> int:
    return fields.whole(name, 1, MOST_SIDE) if name in fields.values else 1
