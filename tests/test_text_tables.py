"""Tables of texts, aligned for a terminal and written for other programs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.jobs.text_tables import TextTable, aligned, as_latex, as_markdown

TABLE = TextTable(("Team", "PSNR"), (False, True), (("Z6", "30.03"), ("A longer name", "-")))


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert list(aligned(TABLE)) == [
        "Team            PSNR",
        "Z6             30.03",
        "A longer name      -",
    ]


def test_wide_characters_take_two_columns_and_combining_ones_none() -> None:
    rows = ("宽", "Ａ", "e\u0301", "c\u20dd", "\u200bz")
    table = TextTable(("A", "B"), (False, False), tuple((text, "x") for text in rows))
    assert list(aligned(table)) == ["A   B", "宽  x", "Ａ  x", "e\u0301   x", "c\u20dd   x", "\u200bz   x"]


def test_markdown_sets_numbers_to_the_right() -> None:
    assert list(as_markdown(TABLE))[:3] == ["| Team | PSNR |", "| --- | ---: |", "| Z6 | 30.03 |"]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8))
def test_no_cell_can_break_a_markdown_row(text: str) -> None:
    heading, _, row = as_markdown(TextTable((text, "x"), (False, False), ((text, "x"),)))
    assert heading == row
    assert row.replace("\\\\", "").replace("\\|", "").count("|") == 3


@pytest.mark.parametrize("mark", ["\\", "|", "*", "_", "`", "[", "<", "~"])
def test_what_means_something_to_markdown_is_escaped(mark: str) -> None:
    row = list(as_markdown(TextTable(("A",), (False,), ((f"1 {mark}b",),))))[2]
    assert row == f"| 1 \\{mark}b |"


def test_latex_has_the_rules_of_booktabs() -> None:
    assert list(as_latex(TABLE)) == [
        r"\begin{tabular}{lr}",
        r"\toprule",
        r"Team & PSNR \\",
        r"\midrule",
        r"Z6 & 30.03 \\",
        r"A longer name & - \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a_b", r"a\_b"),
        ("50 % & $1", r"50 \% \& \$1"),
        ("#{}", r"\#\{\}"),
        ("~^\\", r"\textasciitilde{}\textasciicircum{}\textbackslash{}"),
        ("> 10 min", r"\textgreater{} 10 min"),
        ("Δ PSNR", r"$\Delta$ PSNR"),
        ("2 < 3 × 4 · 5", r"2 \textless{} 3 $\times$ 4 $\cdot$ 5"),
        ("[1] | 2", r"{[}1] \textbar{} 2"),  # after a row's end, [1] would be its distance from the next
    ],
)
def test_what_means_something_to_latex_is_escaped(text: str, written: str) -> None:
    assert list(as_latex(TextTable((text,), (False,), ())))[2] == f"{written} \\\\"
