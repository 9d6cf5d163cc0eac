"""A table of texts for other programs and for a terminal: aligned, Markdown, LaTeX."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GAP = "  "
_MARKDOWN = "\\|*_`[<~"
"""What begins something else than text in a cell; a backslash before it takes that meaning."""
_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "[": "{[}",
    "|": r"\textbar{}",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    ">": r"\textgreater{}",
    "<": r"\textless{}",
    "Δ": r"$\Delta$",
    "×": r"$\times$",
    "·": r"$\cdot$",
}


@dataclass(frozen=True, slots=True)
class TextTable:
    """Headings and rows of single-line texts. ``numbers`` says of each column whether it is set flush right."""

    headings: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


def aligned(table: TextTable) -> Iterable[str]:
    """Lines with the columns under their headings."""
    widths = [max(map(_width, column)) for column in zip(table.headings, *table.rows, strict=True)]
    for row in (table.headings, *table.rows):
        cells = (_padded(*cell) for cell in zip(row, widths, table.numbers, strict=True))
        yield GAP.join(cells).rstrip()


def as_markdown(table: TextTable) -> Iterable[str]:
    """A GitHub table."""
    yield _markdown_row(map(_escaped, table.headings))
    yield _markdown_row("---:" if number else "---" for number in table.numbers)
    for row in table.rows:
        yield _markdown_row(map(_escaped, row))


def as_latex(table: TextTable) -> Iterable[str]:
    """A tabular with the rules of the package booktabs."""
    yield f"\\begin{{tabular}}{{{''.join('r' if number else 'l' for number in table.numbers)}}}"
    yield "\\toprule"
    yield _latex_row(table.headings)
    yield "\\midrule"
    yield from map(_latex_row, table.rows)
    yield "\\bottomrule"
    yield "\\end{tabular}"


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in _MARKDOWN else c for c in text)


def _markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _latex_row(cells: Sequence[str]) -> str:
    return f"{' & '.join(''.join(_LATEX.get(c, c) for c in cell) for cell in cells)} \\\\"


def _padded(text: str, width: int, number: bool) -> str:
    padding = " " * (width - _width(text))
    return padding + text if number else text + padding


def _width(text: str) -> int:
    """The columns that a text takes in a terminal: wide characters take two, combining ones none."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
