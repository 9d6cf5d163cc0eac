"""The compatibility matrix as values: ops × targets, each cell a verdict, made off the interface thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from maistudio.gui.targets.words import RANK, WORST_FIRST
from maistudio.targets.values import OpReport, TargetReport, Verdict
from maistudio.tflite.links import op_name
from maistudio.tflite.model import Model
from maistudio.tflite.search import Entry, op_entries

RUNS = RANK[Verdict.RUNS]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: an op, or all ops of a type. ``ops`` are positions in the file's order over all subgraphs."""

    title: str
    ops: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows are the ops of all subgraphs in file order, columns the ``reports``.

    ``codes[column][row]`` is a verdict's place in ``WORST_FIRST``. ``worst[row]`` is the least of a row's codes.
    ``entries`` are what the search knows of each row. ``places[row]`` is (subgraph, op).
    ``firsts[subgraph]`` is its first row, and of one subgraph more the number of rows.
    """

    reports: tuple[TargetReport, ...]
    codes: tuple[bytes, ...]
    worst: bytes
    places: tuple[tuple[int, int], ...]
    types: tuple[str, ...]
    names: tuple[str, ...]
    entries: tuple[Entry, ...]
    by_type: tuple[Line, ...]
    firsts: tuple[int, ...]

    def op(self, row: int, column: int) -> OpReport:
        """One op on one target."""
        return self.reports[column].ops[row]

    def row_of(self, subgraph: int, index: int) -> int:
        """The row of an op, -1 where there is none."""
        if not 0 <= subgraph < len(self.firsts) - 1:
            return -1
        row = self.firsts[subgraph] + index
        return row if self.firsts[subgraph] <= row < self.firsts[subgraph + 1] else -1


def matrix_of(model: Model, reports: Sequence[TargetReport]) -> Matrix:
    """The matrix of these reports, all of them on every op of ``model`` in its order."""
    codes = tuple(bytes(map(_code, report.ops)) for report in reports)
    ops = [(graph, op) for graph in model.subgraphs for op in graph.ops]
    types = tuple(op.type for _, op in ops)
    members: dict[str, list[int]] = {}
    for row, kind in enumerate(types):
        members.setdefault(kind, []).append(row)
    lines = tuple(Line(kind, tuple(rows)) for kind, rows in members.items())
    return Matrix(
        tuple(reports),
        codes,
        bytes(map(min, zip(*codes, strict=True))) if codes else bytes([RUNS]) * len(ops),
        tuple((graph.index, op.index) for graph, op in ops),
        types,
        tuple(op_name(graph, op) for graph, op in ops),
        tuple(entry for graph in model.subgraphs for entry in op_entries(graph)),
        lines,
        tuple(accumulate((len(graph.ops) for graph in model.subgraphs), initial=0)),
    )


def _code(op: OpReport) -> int:
    # By the word itself: hashing an enum's member takes far longer.
    return _CODES[op.verdict.value]


_CODES = {verdict.value: place for verdict, place in RANK.items()}


def worst_code(matrix: Matrix, rows: Sequence[int], column: int) -> int:
    """The code that is told of several ops on one target."""
    codes = matrix.codes[column]
    return min(codes[row] for row in rows)


def verdict_of(code: int) -> Verdict:
    """The verdict behind a code."""
    return WORST_FIRST[code]
