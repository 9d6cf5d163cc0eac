"""Read a challenge file: the TOML of ``resources/challenges`` and of the user's own challenges."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isclose
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from maistudio.challenges.challenge import (
    Cell,
    Challenge,
    Device,
    Entry,
    ModelForm,
    Packing,
    RankedBy,
    RuntimeColumn,
    Standing,
    Track,
)
from maistudio.challenges.columns import COLUMNS, Column
from maistudio.challenges.layouts import Layout
from maistudio.errors import UsageError
from maistudio.imaging.channel_orders import ChannelOrder, Pattern, order_named
from maistudio.imaging.conventions import convention_named
from maistudio.toml.fields import Fields, as_number, facts_text, read_fields, unprintable

LARGEST_SIDE = 1 << 20

_TOP = ("id", "title", "year", "task", "report", "scale", "targets")
_TABLES = ("device", "model", "metric", "runtime", "score", "dataset", "track")
_DEVICE = ("name", "soc", "accelerator", "accelerator_name", "delegate")
_MODEL = ("input", "output", "values", "packing")
_PACKINGS = {"none": (), "frames": ("frames",), "bayer": ("pattern", "channel_order", "white_levels")}
"""The further keys of [model] that each packing has."""
_RUNTIMES = ("cpu_ms", "accelerator_ms")
_DASHES = ("", "-")
_NUMBER = re.compile(r"\s*[-+]?[\d.,_]+\s*")
_POWER = re.compile(r"(?:(\d{1,9}(?:\.\d{1,9})?)\s*[·*×]\s*)?2\s*\^\s*(\d{1,3})")


def read_challenge(path: Path, taken: Mapping[str, str] = MappingProxyType({})) -> Challenge:
    """The challenge that a file describes. ``taken`` says of each id that is no longer free who has it.

    Raises FactsFileError, with the line, for a file that can't be read or says something wrong or too little.
    """
    fields = read_fields(path, facts_text(path, "challenge"))
    fields.known_only((*_TOP, *_TABLES))
    identifier = _identifier(fields, "id")
    if identifier in taken:
        raise fields.wrong(("id",), f'the id "{identifier}" is {taken[identifier]}: choose another')
    runtime, score, metric = fields.table("runtime"), fields.table("score"), fields.table("metric")
    runtime.known_only(("column", "unit"))
    score.known_only(("constant", "constant_text"))
    metric.known_only(("convention", "mean_over"))
    column = cast("RuntimeColumn", runtime.choice("column", _RUNTIMES))
    scale = fields.whole("scale", 1, 16)
    try:
        convention = convention_named(metric.text("convention")).at_scale(scale)
    except UsageError as error:
        raise metric.wrong(("convention",), str(error)) from None
    return Challenge(
        id=identifier,
        title=fields.text("title"),
        year=fields.whole("year", 1900, 2999),
        task=fields.text("task"),
        report=fields.text("report"),
        scale=scale,
        targets=fields.texts("targets"),
        device=_device(fields.table("device")),
        model=_model(fields.table("model"), scale),
        convention=convention,
        mean_over=metric.text("mean_over"),
        runtime_column=column,
        runtime_unit=runtime.text("unit"),
        constant=_constant(score),
        constant_text=score.text("constant_text"),
        layouts=_layouts(fields),
        tracks=_tracks(fields, column),
    )


def _identifier(fields: Fields, name: str) -> str:
    value = fields.text(name)
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,79}", value):
        raise fields.wrong((name,), f'"{name}" may hold lower-case letters, digits, "-", "." and "_", up to 80')
    return value


def _constant(score: Fields) -> float:
    """The constant C, which must be what is printed where that reads like "10·2^48"."""
    constant = score.at_least_one("constant")
    printed = _POWER.fullmatch(score.text("constant_text").strip())
    if printed and not isclose(constant, float(printed[1] or 1) * 2.0 ** int(printed[2]), rel_tol=1e-9):
        raise score.wrong(("constant",), f'"constant" is not {printed[0]}, its "constant_text": mend one of them')
    return constant


def _device(fields: Fields) -> Device:
    fields.known_only(_DEVICE)
    return Device(**{name: fields.text(name) for name in _DEVICE})


def _model(fields: Fields, scale: int) -> ModelForm:
    packing = cast("Packing", fields.choice("packing", tuple(_PACKINGS)))
    fields.known_only((*_MODEL, *_PACKINGS[packing]))
    bayer = packing == "bayer"
    form = ModelForm(
        input=fields.wholes("input", 1, LARGEST_SIDE, 4),
        output=fields.wholes("output", 1, LARGEST_SIDE, 4),
        values=_values(fields),
        packing=packing,
        frames=fields.whole("frames", 1, 1000) if packing == "frames" else 1,
        pattern=fields.choice("pattern", tuple(Pattern)) if bayer else "",
        channel_order=_channel_order(fields) if bayer else None,
        white_levels=fields.wholes("white_levels", 1, 65535) if bayer else (),
    )
    _check_shapes(fields, form, scale)
    return form


def _check_shapes(fields: Fields, form: ModelForm, scale: int) -> None:
    _, height, width, channels = form.input
    wanted = {"frames": 3 * form.frames, "bayer": 4}.get(form.packing, channels)
    if channels != wanted:
        raise fields.wrong(("input",), f'"input" must have {wanted} channels with packing "{form.packing}"')
    factor = scale * 2 if form.packing == "bayer" else scale
    if form.output[1:3] != (height * factor, width * factor):
        size = f"{height * factor}×{width * factor}"
        raise fields.wrong(("output",), f'"output" must be {size} by the input, the scale and the packing')


def _channel_order(fields: Fields) -> ChannelOrder:
    try:
        return order_named(fields.text("channel_order"))
    except UsageError as error:
        raise fields.wrong(("channel_order",), str(error)) from None


def _values(fields: Fields) -> tuple[float, float] | None:
    value = fields.value("values")
    if value == "raw counts":
        return None
    numbers = [as_number(element) for element in value] if isinstance(value, list) else []
    if len(numbers) != 2 or numbers[0] is None or numbers[1] is None or numbers[0] >= numbers[1]:
        raise fields.wrong(("values",), '"values" must be a range such as [0, 255], or "raw counts"')
    return float(numbers[0]), float(numbers[1])


def _layouts(fields: Fields) -> tuple[Layout, ...]:
    tables = fields.tables("dataset")
    layouts = tuple(map(_layout, tables))
    _check_ids(tables, [layout.id for layout in layouts])
    return layouts


def _check_ids(tables: Sequence[Fields], ids: Sequence[str]) -> None:
    for index, (table, found) in enumerate(zip(tables, ids, strict=True)):
        if found in ids[:index]:
            raise table.wrong(("id",), f'the id "{found}" stands there twice: rename one')


def _layout(fields: Fields) -> Layout:
    fields.known_only(("id", "title", "input", "truth"))
    try:
        return Layout(
            id=_identifier(fields, "id"),
            title=fields.text("title"),
            input=fields.text("input"),
            truth=fields.text("truth", "") or None,
        )
    except UsageError as error:
        raise fields.wrong((), str(error)) from None


def _tracks(fields: Fields, runtime: RuntimeColumn) -> tuple[Track, ...]:
    tables = fields.tables("track")
    tracks = tuple(_track(table, runtime) for table in tables)
    if sum(track.ranked_by == "score" for track in tracks) != 1:
        raise fields.wrong(("track",), 'one [[track]] must have ranked_by = "score"')
    _check_ids(tables, [track.id for track in tracks])
    return tracks


def _track(fields: Fields, runtime: RuntimeColumn) -> Track:
    fields.known_only(("id", "title", "ranked_by", "columns", "rows"))
    columns = fields.texts("columns")
    for index, column in enumerate(columns):
        if column not in COLUMNS:
            raise fields.wrong(("columns", index), f'there is no column "{column}": use {", ".join(COLUMNS)}')
        if column in columns[:index]:
            raise fields.wrong(("columns", index), f'the column "{column}" stands there twice: remove one')
    if "team" not in columns:
        raise fields.wrong(("columns",), 'the column "team" is missing: add it')
    ranked_by = cast("RankedBy", fields.choice("ranked_by", ("score", "mos")))
    for column in ("psnr", runtime) if ranked_by == "score" else ("mos",):
        if column not in columns:
            raise fields.wrong(("columns",), f'the column "{column}" is missing, by which {ranked_by} ranks: add it')
    rows = fields.value("rows")
    if not isinstance(rows, list):
        raise fields.wrong(("rows",), '"rows" must be a list of rows')
    return Track(
        id=_identifier(fields, "id"),
        title=fields.text("title"),
        ranked_by=ranked_by,
        columns=tuple(column for column in columns if COLUMNS[column].kind != "note"),
        entries=tuple(_entry(fields, index, columns, row, runtime) for index, row in enumerate(rows)),
    )


def _entry(fields: Fields, index: int, columns: tuple[str, ...], row: object, runtime: RuntimeColumn) -> Entry:
    if not isinstance(row, list) or len(row) != len(columns):
        raise fields.wrong(("rows", index), f"a row must be a list of {len(columns)} cells, one for each column")
    cells = {}
    for place, (column, value) in enumerate(zip(columns, row, strict=True)):
        cell = _cell(value)
        fault = _fault(COLUMNS[column], value, cell)
        if cell is None or fault:
            raise fields.wrong(("rows", index, place), f'the cell of "{column}" {fault}')
        cells[column] = cell
    scored_by = cells.get("scored_by", Cell("")).text
    return Entry(
        cells={column: cell for column, cell in cells.items() if COLUMNS[column].kind != "note"},
        standing=_standing(fields, index, columns, cells),
        scored_by=_scored_by(fields, index, columns, scored_by) or runtime,
        note=cells.get("note", Cell("")).text,
    )


def _fault(column: Column, value: object, cell: Cell | None) -> str:
    """What is wrong with a cell, empty where nothing is."""
    if isinstance(value, str) and (unprinted := unprintable(value)):
        return f"must not hold {unprinted}"
    if column.kind != "number":
        return "" if isinstance(value, str) else "must be text in quotes"
    if cell is None:
        return "must be a number, or text in quotes"
    if cell.value is not None and not column.least <= cell.value <= column.most:
        return f"must be from {column.least:g} to {column.most:g}"
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return f'is "{value}" in quotes, which counts as words: take the quotes away'
    return ""


def _cell(value: Any) -> Cell | None:
    """A cell as written in the file: a number keeps its digits."""
    if isinstance(value, str):
        return Cell(value)
    number = as_number(value)
    return None if number is None else Cell(f"{Decimal(number):f}", float(number))


def _standing(fields: Fields, index: int, columns: tuple[str, ...], cells: Mapping[str, Cell]) -> Standing:
    text = cells.get("standing", Cell(Standing.RANKED)).text
    if text not in tuple(Standing):
        known = ", ".join(Standing)
        raise fields.wrong(("rows", index, columns.index("standing")), f'the standing "{text}" is none of {known}')
    return Standing(text)


def _scored_by(fields: Fields, index: int, columns: tuple[str, ...], text: str) -> RuntimeColumn | None:
    if text in _DASHES:
        return None
    if text not in ("cpu", "accelerator"):
        raise fields.wrong(("rows", index, columns.index("scored_by")), 'scored_by must be "cpu" or "accelerator"')
    return "cpu_ms" if text == "cpu" else "accelerator_ms"
