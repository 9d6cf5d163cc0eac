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
    table = TextTable(("A", "B"), (False, False), (("宽", "x"), ("e\u0301", "x")))
    assert list(aligned(table)) == ["A   B", "宽  x", "e\u0301   x"]


def test_markdown_sets_numbers_to_the_right() -> None:
    assert list(as_markdown(TABLE))[:3] == ["| Team | PSNR |", "| --- | ---: |", "| Z6 | 30.03 |"]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8))
def test_no_cell_can_break_a_markdown_row(text: str) -> None:
    row = list(as_markdown(TextTable(("A", "B"), (False, False), ((text, "x"),))))[2]
    kept = row.replace("\\\\", "").replace("\\|", "")
    assert kept.count("|") == 3


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
    ],
)
def test_what_means_something_to_latex_is_escaped(text: str, written: str) -> None:
    assert list(as_latex(TextTable((text,), (False,), ())))[2] == f"{written} \\\\"
