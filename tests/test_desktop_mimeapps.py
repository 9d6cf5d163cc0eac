"""The user's default programs are changed for one type only, and changed back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.jobs.mimeapps import with_default, without_default

TYPE, ENTRY = "application/x-tflite", "maistudio.desktop"


def test_a_new_list_has_just_the_default() -> None:
    assert with_default("", TYPE, ENTRY) == "[Default Applications]\napplication/x-tflite=maistudio.desktop;\n"


def test_an_earlier_default_stays_as_second_choice() -> None:
    before = "[Default Applications]\napplication/x-tflite=netron.desktop\n"
    after = "[Default Applications]\napplication/x-tflite=maistudio.desktop;netron.desktop\n"
    assert with_default(before, TYPE, ENTRY) == after


def test_other_groups_are_left_alone() -> None:
    before = "[Added Associations]\napplication/x-tflite=netron.desktop;\n"
    assert with_default(before, TYPE, ENTRY).startswith(before)


def test_setting_the_default_twice_is_setting_it_once() -> None:
    once = with_default("[Default Applications]\ntext/plain=vim.desktop;\n", TYPE, ENTRY)
    assert with_default(once, TYPE, ENTRY) == once


@pytest.mark.parametrize("text", ["", "[Default Applications]\ntext/plain=vim.desktop;\n"])
def test_removing_what_was_not_set_changes_nothing(text: str) -> None:
    assert without_default(text, TYPE, ENTRY) == text


_keys = st.sampled_from(["text/plain", TYPE, "image/png", "# a comment"])
_values = st.sampled_from(["vim.desktop", "netron.desktop;", "a.desktop;b.desktop;"])
_lines = st.builds(lambda key, value: f"{key}={value}\n", _keys, _values)
_groups = st.builds(
    lambda name, lines: f"[{name}]\n" + "".join(lines),
    st.sampled_from(["Added Associations", "Default Applications", "Removed Associations"]),
    st.lists(_lines, min_size=1, max_size=4, unique_by=lambda line: line.partition("=")[0]),
)
_lists = st.lists(_groups, max_size=3, unique_by=lambda group: group.partition("\n")[0]).map("\n".join)


@given(_lists)
def test_removing_the_default_brings_the_list_back(text: str) -> None:
    assert without_default(with_default(text, TYPE, ENTRY), TYPE, ENTRY) == text


@pytest.mark.parametrize(
    "text",
    [
        "[Default Applications]\n",
        "[Default Applications]",
        "[Added Associations]\r\nimage/png=gimp.desktop;\r\n",
        "[Default Applications]\r\napplication/x-tflite=netron.desktop\r\n\r\n[Added Associations]\r\n",
        "[Default Applications]\r\napplication/x-tflite=netron.desktop",
        "no group, no end of line",
    ],
)
def test_the_ends_of_lines_come_back(text: str) -> None:
    assert without_default(with_default(text, TYPE, ENTRY), TYPE, ENTRY) == text


def test_lines_put_in_end_as_the_others_do() -> None:
    assert with_default("[Default Applications]\r\n", TYPE, ENTRY).replace("\r\n", "").isprintable()


_odd_lines = st.sampled_from(
    ["[Default Applications]", "[Added Associations]", f"{TYPE}=a;b", f" {TYPE} = a ; b;", "x", "", " ", "\ufeff"]
)
_odd_ends = st.sampled_from(["\n", "\r\n", "\n\n", "\r", "\x0b", "\x85", "\u2028", ""])
_odd_texts = st.lists(st.tuples(_odd_lines, _odd_ends).map("".join), max_size=6).map("".join)


@given(_odd_texts | st.text(max_size=50))
def test_any_text_comes_back(text: str) -> None:
    assert without_default(with_default(text, TYPE, ENTRY), TYPE, ENTRY) == text
