"""The compatibility matrix for a Qt view: sorted and filtered here, every cell worked out when it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from maistudio.gui.models.tips import tip_text
from maistudio.gui.targets.matrix import RUNS, Matrix, verdict_of, worst_code
from maistudio.gui.targets.words import MEANINGS, TARGET_WORDS, cell_words, in_words
from maistudio.jobs.tables import Column, Table
from maistudio.targets.values import OpReport, TargetReport, Verdict
from maistudio.tflite.search import filtered, parse
from maistudio.tflite.text import clean, elide_middle, plural

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_BOTTOM = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)

FIRST = 2
"""The column of the first target; before it stand the number and the type, after the last one the name."""
CELL_CHARACTERS = 300


class MatrixModel(QAbstractTableModel):
    """Rows are ops, or all ops of a type together where ``by_type``; those that pass the filters, in order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.matrix: Matrix | None = None
        self.by_type = False
        self.rows: list[tuple[int, ...]] = []
        self.numbers = QFont()
        self._filter = ""
        self._only_trouble = False
        self._sorted_by: tuple[int, bool] = (-1, False)
        self._signs: dict[tuple[int, int], tuple[int, bool, str]] = {}

    def show_matrix(self, matrix: Matrix | None) -> None:
        """Show another matrix, under the same filters and order."""
        self.matrix = matrix
        self._arrange()

    def set_by_type(self, by_type: bool) -> None:
        """Put all ops of a type into one row, or list each."""
        if by_type != self.by_type:
            self.by_type = by_type
            self._arrange()

    def set_filter(self, text: str) -> None:
        """Keep the ops that match every word of ``text``; see ``tflite.search``."""
        if text != self._filter:
            self._filter = text
            self._arrange()

    def set_only_trouble(self, only: bool) -> None:
        """Keep the ops that don't run on some target."""
        if only != self._only_trouble:
            self._only_trouble = only
            self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, targets by what is worst first; -1 for the file's order."""
        self._sorted_by = (column, order == Qt.SortOrder.DescendingOrder)
        self._arrange()

    def target_at(self, column: int) -> TargetReport | None:
        """The target of a column, None for one of words."""
        if self.matrix is None or not FIRST <= column < FIRST + len(self.matrix.reports):
            return None
        return self.matrix.reports[column - FIRST]

    def column_of(self, target: str) -> int:
        """The column of a target, -1 where there is none."""
        reports = self.matrix.reports if self.matrix is not None else ()
        return next((FIRST + place for place, each in enumerate(reports) if each.target == target), -1)

    def op_at(self, row: int, column: int) -> int:
        """Which op a cell speaks of: of several the first that its sign is of."""
        assert self.matrix is not None
        held = self.rows[row]
        if len(held) == 1 or self.target_at(column) is None:
            return held[0]
        codes = self.matrix.codes[column - FIRST]
        return min(held, key=codes.__getitem__)

    def row_of(self, op: int) -> int:
        """The row that an op is in, -1 where it is filtered out."""
        return next((row for row, held in enumerate(self.rows) if op in held), -1)

    def report_at(self, row: int, column: int) -> OpReport | None:
        """What a cell says, None for a cell of words."""
        if self.matrix is None or self.target_at(column) is None:
            return None
        return self.matrix.op(self.op_at(row, column), column - FIRST)

    def sign_at(self, row: int, column: int) -> tuple[int, bool, str]:
        """What is drawn in a target's cell: the verdict's code, whether it was proved, and how many ops it is of."""
        found = self._signs.get((row, column))
        if found is None:
            found = self._signs[row, column] = self._sign(row, column)
        return found

    def _sign(self, row: int, column: int) -> tuple[int, bool, str]:
        assert self.matrix is not None
        held, codes = self.rows[row], self.matrix.codes[column - FIRST]
        report = self.matrix.reports[column - FIRST]
        if len(held) == 1:
            return codes[held[0]], report.ops[held[0]].proof is not None, ""
        code = worst_code(self.matrix, held, column - FIRST)
        such = [op for op in held if codes[op] == code]
        return code, report.ops[such[0]].proof is not None, _short(len(such)) if len(such) < len(held) else ""

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if self.matrix is None or parent.isValid() else FIRST + len(self.matrix.reports) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.matrix is None:
            return None
        row, column = index.row(), index.column()
        if self.target_at(column) is not None:
            if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
                words = self.cell_text(row, column)
                return tip_text(words) if role == Qt.ItemDataRole.ToolTipRole else words
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return elide_middle(self._word(row, column), CELL_CHARACTERS)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if column else _RIGHT
        if role == Qt.ItemDataRole.FontRole:
            return None if column else self.numbers
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_text(self._word(row, column)) if column else ""
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.matrix is None or orientation != Qt.Orientation.Horizontal or section >= self.columnCount():
            return None
        report = self.target_at(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return report.target if report is not None else self._titles()[section if section < FIRST else -1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _BOTTOM
        if role == Qt.ItemDataRole.ToolTipRole and report is not None:
            return tip_text(f"{report.name}: {TARGET_WORDS[report.verdict].lower()}\n{report.summary}")
        return None

    def cell_text(self, row: int, column: int) -> str:
        """Everything a target's cell says."""
        report, op = self.target_at(column), self.report_at(row, column)
        assert report is not None
        assert op is not None
        held = self.rows[row]
        lines = [f"{clean(op.type)} #{op.index} on {report.name}", *cell_words(report, op)]
        if not op.reason and op.verdict is not Verdict.RUNS:
            lines[1] += f": {MEANINGS[op.verdict]}"
        if len(held) > 1:
            lines.append(self._counts(held, column))
        return "\n".join(map(clean, lines))

    def table(self, rows: Sequence[int], columns: Sequence[int]) -> Table:
        """These rows and columns as words, for copying and export."""
        held = [self.rows[row] for row in rows]
        return Table(tuple(self._column(column, held) for column in columns), len(held))

    def whole_table(self) -> Table:
        """All rows shown; of each target the verdict, the reason and who says so, in columns beside each other."""
        columns: list[Column] = []
        for column in range(self.columnCount()):
            columns.append(self._column(column, self.rows))
            if self.target_at(column) is not None:
                columns += self._why(column)
        return Table(tuple(columns), len(self.rows))

    def _why(self, column: int) -> tuple[Column, Column]:
        """Reasons and sources of a target's verdicts, of several ops the first that its verdict is of."""
        matrix, held = self.matrix, tuple(self.rows)
        assert matrix is not None
        target, codes = matrix.reports[column - FIRST], matrix.codes[column - FIRST]

        def op(place: int) -> OpReport:
            return target.ops[min(held[place], key=codes.__getitem__)]

        def reason(place: int) -> str:
            return clean(op(place).reason)

        def source(place: int) -> str:
            found = op(place)
            return clean(found.proof.by if found.proof is not None else found.rule.source)

        return Column(f"{target.target} reason", reason, reason), Column(f"{target.target} source", source, source)

    def _column(self, column: int, held: Sequence[tuple[int, ...]]) -> Column:
        matrix = self.matrix
        assert matrix is not None
        title = str(self.headerData(column, Qt.Orientation.Horizontal))
        if self.target_at(column) is None:
            by_type = self.by_type

            def word(place: int) -> str:
                return _word_of(matrix, held[place], column, by_type)

            return Column(title, word, word)

        def verdict(place: int) -> str:
            return verdict_of(worst_code(matrix, held[place], column - FIRST)).value

        return Column(title, verdict, verdict)

    def _counts(self, held: Sequence[int], column: int) -> str:
        """How many ops of a type have which verdict."""
        assert self.matrix is not None
        codes = self.matrix.codes[column - FIRST]
        counted = {code: sum(codes[op] == code for op in held) for code in sorted({codes[op] for op in held})}
        told = ", ".join(f"{count:,} {in_words(verdict_of(code))}" for code, count in counted.items())
        return f"Of {plural(len(held), 'op')} of this type: {told}"

    def _titles(self) -> tuple[str, str, str]:
        return ("Ops", "Type", "First") if self.by_type else ("#", "Type", "Name")

    def _word(self, row: int, column: int) -> str:
        assert self.matrix is not None
        return _word_of(self.matrix, self.rows[row], column, self.by_type)

    def _arrange(self) -> None:
        self.beginResetModel()
        self._signs.clear()
        self.rows = self._ordered(self._passing())
        self.endResetModel()

    def _passing(self) -> list[tuple[int, ...]]:
        matrix = self.matrix
        if matrix is None:
            return []
        kept = range(len(matrix.places))
        query = parse(self._filter)
        found: Sequence[int] = kept
        if query.words:
            found = [matrix.firsts[each.subgraph] + each.number for each in filtered(matrix.entries, query)]
        if self._only_trouble:
            found = [row for row in found if matrix.worst[row] != RUNS]
        if not self.by_type:
            return [(row,) for row in found]
        wanted = None if found is kept else frozenset(found)
        lines = (
            line.ops if wanted is None else tuple(op for op in line.ops if op in wanted) for line in matrix.by_type
        )
        return [line for line in lines if line]

    def _ordered(self, rows: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
        column, falling = self._sorted_by
        matrix = self.matrix
        if matrix is None or column < 0:
            return rows
        if self.target_at(column) is not None:
            place = column - FIRST
            return sorted(rows, key=lambda held: worst_code(matrix, held, place), reverse=falling)
        if not column:
            return sorted(
                rows, key=(lambda held: len(held)) if self.by_type else (lambda held: held[0]), reverse=falling
            )
        return sorted(rows, key=lambda held: _word_of(matrix, held, column, False).casefold(), reverse=falling)


def _short(count: int) -> str:
    return f"{count}" if count < 1000 else f"{count // 1000}k"


def _word_of(matrix: Matrix, held: Sequence[int], column: int, by_type: bool) -> str:
    """What a cell of words says of its ops."""
    first = held[0]
    if column == 1:
        return clean(matrix.types[first])
    subgraph, index = matrix.places[first]
    number = f"{index}" if not subgraph else f"{subgraph}: {index}"
    if column == 0:
        return f"{len(held):,}" if by_type else number
    return f"op {number}" if by_type else clean(matrix.names[first])
