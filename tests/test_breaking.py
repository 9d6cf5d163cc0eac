"""Where long words may break over two lines."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.gui.breaking import BREAK, STRETCH, breakable, unbroken

texts = st.text(st.sampled_from("ab1 /_.-:\n"), max_size=120)


@given(texts)
def test_nothing_is_lost(text: str) -> None:
    assert unbroken(breakable(text)) == text


@given(texts)
def test_no_stretch_is_much_longer_than_a_line(text: str) -> None:
    assert max(map(len, re.split(rf"[\s{BREAK}]", breakable(text)))) < STRETCH + 4


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "tflite/delegates/nnapi/nnapi_delegate.cc:3356",
            ["tflite/", "delegates/", "nnapi/", "nnapi_", "delegate.cc:3356"],
        ),
        ("video super-resolution/denoising report", ["video super-", "resolution/", "denoising report"]),
        ("SplitOperationParser", ["SplitOperationParser"]),
        ("STRIDED_SLICE", ["STRIDED_SLICE"]),
        ("a_fairly_short_name.cc", ["a_", "fairly_", "short_", "name.cc"]),
        ("a_name.cc:12", ["a_name.cc:12"]),
        ("0.12345678901234", ["0.12345678901234"]),
        ("x" * 30, ["x" * 24, "x" * 6]),
        ("x" * 27, ["x" * 27]),
    ],
)
def test_words_break_where_their_parts_begin(text: str, parts: list[str]) -> None:
    assert breakable(text).split(BREAK) == parts
