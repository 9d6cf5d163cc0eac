"""The tables of ops and tensors as values: columns that compute a cell when asked, and their export as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Literal

from maistudio.jobs.open import OpenedModel
from maistudio.save import save_bytes
from maistudio.tflite.elements import stored_size
from maistudio.tflite.kinds import OpKind, kind_of
from maistudio.tflite.links import Links, brief_name, common_scope, links_of, op_name
from maistudio.tflite.model import Subgraph, Tensor
from maistudio.tflite.options import telling_options
from maistudio.tflite.roles import tensor_kinds
from maistudio.tflite.shapes import Shape
from maistudio.tflite.text import clean, options_text, quantization_text, shape_text, type_text

Unit = Literal["", "count", "macs", "bytes", "percent", "us", "real", "ratio"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``value(row)`` is what it holds and sorts by (None for nothing), ``text(row)`` how that is written.

    ``unit`` is empty for words and otherwise says what the whole or real number counts. Where they differ from
    ``text``, ``export(row)`` is how it is written for other programs, ``brief(row)`` how where there is little room.
    """

    title: str
    value: Callable[[int], Any]
    text: Callable[[int], str]
    unit: Unit = ""
    export: Callable[[int], str] | None = None
    brief: Callable[[int], str] | None = None

    @property
    def heading(self) -> str:
        """The title with its unit, as export writes it."""
        unit = {"bytes": "bytes", "us": "µs"}.get(self.unit)
        return f"{self.title} ({unit})" if unit else self.title

    @property
    def largest_first(self) -> bool:
        """Whether the largest number is what one looks for: of costs it is, of places in the file it isn't."""
        return bool(self.unit) and self.title != "#"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows 0 to ``rows`` - 1, one per op or tensor of a subgraph in file order.

    ``kind`` gives the kind of a row's op, for its colour; None where rows have none.
    """

    columns: tuple[Column, ...]
    rows: int
    kind: Callable[[int], OpKind] | None = None


def op_table(opened: OpenedModel, subgraph: int) -> Table:
    """The ops of a subgraph with their shapes, costs and options."""
    graph = opened.model.subgraphs[subgraph]
    shapes = opened.shown_shapes(subgraph)
    costs = opened.costs.ops[subgraph]
    live = opened.memory[subgraph].live_bytes
    total = opened.costs.macs
    ops = graph.ops

    count = len(shapes)
    activation = [not tensor.constant for tensor in graph.tensors]

    def inputs(row: int) -> list[Shape | None]:
        return [shapes[tensor] for tensor in ops[row].inputs if 0 <= tensor < count and activation[tensor]]

    def outputs(row: int) -> list[Shape | None]:
        return [shapes[tensor] for tensor in ops[row].outputs if 0 <= tensor < count]

    def share(row: int) -> float | None:
        macs = costs[row].macs
        return 100 * macs / total if macs is not None and total else None

    return Table(
        (
            _number("#", lambda row: ops[row].index, "count"),
            _word("Type", lambda row: clean(ops[row].type)),
            _name(lambda row: op_name(graph, ops[row]), len(ops)),
            _shapes("Inputs", inputs),
            _shapes("Outputs", outputs),
            _number("MACs", lambda row: costs[row].macs, "macs"),
            _number("% of MACs", share, "percent"),
            _number("Parameters", lambda row: costs[row].params, "count"),
            _number("Weights", lambda row: costs[row].weight_bytes, "bytes"),
            _number("Activations", lambda row: costs[row].activation_bytes, "bytes"),
            _number("Live", lambda row: live[row] if row < len(live) else None, "bytes"),
            _word("Options", lambda row: options_text(telling_options(ops[row]))),
        ),
        len(ops),
        lambda row: kind_of(ops[row].type, ops[row].custom),
    )


def tensor_table(opened: OpenedModel, subgraph: int) -> Table:
    """The tensors of a subgraph with what they are, their size and who makes and uses them."""
    graph = opened.model.subgraphs[subgraph]
    shapes, shown = opened.shapes.tensors[subgraph], opened.shown_shapes(subgraph)
    buffers = opened.model.buffers
    tensors = graph.tensors
    kinds = tensor_kinds(graph)
    links = links_of(graph)

    def size(row: int) -> int | None:
        tensor = tensors[row]
        if tensor.constant and 0 <= tensor.buffer < len(buffers):
            return buffers[tensor.buffer].size
        return byte_size(tensor, shapes[row])

    def producer(row: int) -> str:
        op = links.producer[row]
        return "" if op is None else _op_words(graph, (op,))

    return Table(
        (
            _number("#", lambda row: tensors[row].index, "count"),
            _name(lambda row: tensors[row].name, len(tensors)),
            _word("Type", lambda row: type_text(tensors[row].type)),
            _shapes("Shape", lambda row: [shown[row]]),
            _number("Size", size, "bytes"),
            _word("Kind", lambda row: kinds[row]),
            _word("Quantization", lambda row: quantization_text(tensors[row].quantization)),
            Column("Produced by", lambda row: links.producer[row], producer),
            _users(graph, links),
        ),
        len(tensors),
    )


@dataclass(frozen=True, slots=True)
class TypeShare:
    """The ops of one type in all subgraphs. ``macs`` is None where none of them could be counted."""

    type: str
    custom: bool
    ops: tuple[tuple[int, int], ...]
    macs: int | None


def op_types(opened: OpenedModel) -> tuple[TypeShare, ...]:
    """The op types of a model, those with most ops first; ``ops`` lists them as (subgraph, op)."""
    members: dict[tuple[str, bool], list[tuple[int, int]]] = {}
    for graph in opened.model.subgraphs:
        for op in graph.ops:
            members.setdefault((op.type, op.custom), []).append((graph.index, op.index))
    shares = []
    for (op_type, custom), ops in members.items():
        counted = [macs for graph, op in ops if (macs := opened.costs.ops[graph][op].macs) is not None]
        shares.append(TypeShare(op_type, custom, tuple(ops), sum(counted) if counted else None))
    return tuple(sorted(shares, key=lambda share: (-len(share.ops), share.type)))


def byte_size(tensor: Tensor, shape: tuple[int, ...] | None) -> int | None:
    """Bytes of a tensor at ``shape``, packed types rounded up; None for unknown shapes and types without a size."""
    if shape is None or any(size < 0 for size in shape):
        return None
    return stored_size(tensor.type, prod(shape))


def _users(graph: Subgraph, links: Links) -> Column:
    return Column(
        "Used by",
        lambda row: links.users[row] or None,
        lambda row: _op_words(graph, links.users[row]),
    )


def _op_words(graph: Subgraph, ops: Sequence[int], most: int = 4) -> str:
    shown = ", ".join(f"{clean(graph.ops[op].type)} #{op}" for op in ops[:most])
    return shown if len(ops) <= most else f"{shown} and {len(ops) - most:,} more"


def _word(title: str, value: Callable[[int], str]) -> Column:
    return Column(title, lambda row: value(row) or None, value)


def _name(name: Callable[[int], str], rows: int) -> Column:
    scope = common_scope(name(row) for row in range(rows))

    def text(row: int) -> str:
        return clean(name(row))

    return Column("Name", lambda row: text(row) or None, text, brief=lambda row: clean(brief_name(name(row), scope)))


def _number(title: str, value: Callable[[int], int | float | None], unit: Unit) -> Column:
    return Column(title, value, lambda row: _plain(value(row)), unit)


def _plain(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:.3f}" if isinstance(number, float) else str(number)


def _shapes(title: str, shapes: Callable[[int], list[Shape | None]]) -> Column:
    """Shapes sort by their dimensions, unknown ones before their like; other programs get them as 1x360x640x3."""

    def value(row: int) -> list[Shape] | None:
        return [shape or () for shape in shapes(row)] or None

    def text(row: int) -> str:
        return ", ".join(map(shape_text, shapes(row)))

    return Column(title, value, text, export=lambda row: text(row).replace("×", "x"))


def sorted_rows(table: Table, rows: Iterable[int], column: int, descending: bool = False) -> list[int]:
    """``rows`` ordered by a column, words without regard to case; rows without a value come last either way."""
    value = table.columns[column].value
    keyed: list[tuple[Any, int]] = []
    without: list[int] = []
    for row in rows:
        cell = value(row)
        if cell is None:
            without.append(row)
        else:
            keyed.append((cell.casefold() if isinstance(cell, str) else cell, row))
    keyed.sort(key=_first, reverse=descending)
    return [row for _, row in keyed] + without


def _first(pair: tuple[Any, int]) -> Any:
    return pair[0]


def tsv(table: Table, rows: Iterable[int]) -> str:
    """Rows as tab-separated text with a heading line, numbers unformatted; tabs can't occur in a cell."""
    return "".join("\t".join(line) + "\n" for line in _lines(table, rows))


def write_csv(path: Path, table: Table, rows: Iterable[int]) -> None:
    """Write rows to a CSV file (RFC 4180, UTF-8) with a heading line, numbers unformatted.

    Raises ExportError where the file can't be written.
    """
    text = io.StringIO()
    csv.writer(text).writerows(_lines(table, rows))
    save_bytes(path, text.getvalue().encode(), "the table")


def _lines(table: Table, rows: Iterable[int]) -> Iterable[list[str]]:
    yield [column.heading for column in table.columns]
    for row in rows:
        yield [(column.export or column.text)(row) for column in table.columns]
