"""The time of each op as a table, and which ops its rows stand for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from maistudio.gui.document import Selected
from maistudio.gui.profile.words import ENGINE_NAMES
from maistudio.jobs.tables import Column, Table, Unit
from maistudio.tflite.kinds import OpKind, kind_of
from maistudio.tflite.links import brief_name, common_scope, op_name
from maistudio.tflite.model import Model
from maistudio.tflite.text import clean
from maistudio.timing.values import OpProfile, OpTime

INDICES_SHOWN = 6
SHARE = 3
"""The position of the column of shares, in which bars are drawn."""


def longest_first(profile: OpProfile, model: Model) -> tuple[OpTime, ...]:
    """The kernels of a profile, those that take most time first, without ops that the model does not have."""
    return tuple(sorted((_fitting(each, model) for each in profile.ops), key=lambda each: -each.us))


def op_time_table(ops: tuple[OpTime, ...], model: Model) -> Table:
    """A row for each of ``ops``, in their order."""
    names = [_name(each, model) for each in ops]
    scope = common_scope(name for name in names if name)

    def kind(row: int) -> OpKind:
        return kind_of_time(ops[row], model)

    return Table(
        (
            Column("#", lambda row: ops[row].indices or None, lambda row: indices_text(ops[row])),
            _word("Type", lambda row: clean(ops[row].type)),
            _number("Time", lambda row: ops[row].us, "us"),
            _number("% of time", lambda row: 100 * ops[row].share, "percent"),
            _number("GMAC/s", lambda row: ops[row].gmacs_per_s, "real"),
            _word("Executor", lambda row: ENGINE_NAMES[ops[row].executor]),
            _word("Kernels", lambda row: clean(", ".join(ops[row].kernels))),
            Column(
                "Name",
                lambda row: names[row] or None,
                lambda row: clean(names[row]),
                brief=lambda row: clean(brief_name(names[row], scope)),
            ),
            _number("Partition", lambda row: ops[row].partition, "count"),
        ),
        len(ops),
        kind,
    )


def kind_of_time(timed: OpTime, model: Model) -> OpKind:
    """The kind by which a kernel is coloured: that of the first of its ops."""
    if not timed.indices:
        return kind_of(timed.type)
    op = model.subgraphs[timed.subgraph].ops[timed.indices[0]]
    return kind_of(op.type, op.custom)


def indices_text(timed: OpTime) -> str:
    """The ops a kernel ran: "12", "4, 5, 6"; a dash for none."""
    shown = ", ".join(map(str, timed.indices[:INDICES_SHOWN]))
    more = len(timed.indices) - INDICES_SHOWN
    place = f"{shown} and {more} more" if more > 0 else shown or "–"
    return place if not timed.subgraph else f"{timed.subgraph}: {place}"


def selection_of(timed: OpTime) -> Selected | None:
    """What choosing a kernel selects: the first op it ran, None where it ran none of the file."""
    return Selected("op", timed.subgraph, timed.indices[0]) if timed.indices else None


def row_of(selected: Selected | None, ops: tuple[OpTime, ...]) -> int:
    """The row of the kernel that ran the selected op, -1 for none."""
    if selected is None or selected.kind != "op":
        return -1
    wanted = selected.subgraph, selected.index
    return next((row for row, each in enumerate(ops) if wanted[0] == each.subgraph and wanted[1] in each.indices), -1)


def _fitting(timed: OpTime, model: Model) -> OpTime:
    known = len(model.subgraphs[timed.subgraph].ops) if 0 <= timed.subgraph < len(model.subgraphs) else 0
    indices = tuple(index for index in timed.indices if 0 <= index < known)
    return timed if indices == timed.indices else replace(timed, indices=indices)


def _name(timed: OpTime, model: Model) -> str:
    if not timed.indices:
        return ""
    graph = model.subgraphs[timed.subgraph]
    return op_name(graph, graph.ops[timed.indices[-1]])  # of fused ops the last one makes the result


def _word(title: str, text: Callable[[int], str]) -> Column:
    return Column(title, lambda row: text(row) or None, text)


def _number(title: str, value: Callable[[int], Any], unit: Unit) -> Column:
    def text(row: int) -> str:
        number = value(row)
        return "" if number is None else f"{number:.3f}" if isinstance(number, float) else str(number)

    return Column(title, value, text, unit)
