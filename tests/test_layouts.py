"""Layout patterns: what they may say, what they match, and names in natural order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maistudio.challenges.folders import suffix_of
from maistudio.challenges.layouts import Layout, expression, filled, placeholders
from maistudio.errors import UsageError
from maistudio.imaging.natural_order import natural_key

REDS_INPUT = "{split}/{split}_sharp_bicubic/X4/{clip}/{frame}.png"
REDS_TRUTH = "{split}/{split}_sharp/{clip}/{frame}.png"


@pytest.mark.parametrize(
    ("input_pattern", "truth_pattern", "message"),
    [
        ("../lr/{scene}.png", None, r"\.\./lr/\{scene\}\.png must be folders and a file name with a slash between"),
        ("/lr/{scene}.png", None, "must be folders and a file name"),
        ("lr//{scene}.png", None, "must be folders and a file name"),
        ("./lr/{scene}.png", None, "must be folders and a file name"),
        ("lr\\{scene}.png", None, "must be folders and a file name"),
        ("", None, "must be folders and a file name"),
        ("{split}/lr/0001.png", None, "must have a placeholder such as {scene} in its file name"),
        ("{scene}.png", None, "must have a folder before its file name"),
        ("lr/{scene.png", None, "has braces that are no placeholder"),
        ("lr/{Scene}.png", None, "has braces that are no placeholder"),
        ("lr/{}.png", None, "has braces that are no placeholder"),
        ("lr/{scene}.txt", None, r"must end in a picture's suffix: \.bmp, \.jpg"),
        ("lr/{scene}.png", "hr/0001.png", "hr/0001.png must have a placeholder"),
        ("lr/{scene}.png", "../hr/{scene}.png", "must be folders and a file name"),
        ("lr/{scene}.png", "hr/{other}.png", "lr/{scene}.png and hr/{other}.png share no placeholder"),
    ],
)
def test_patterns_that_can_t_be_meant_are_refused(input_pattern: str, truth_pattern: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Layout("x", "X", input_pattern, truth_pattern)


def test_a_pattern_may_leave_the_suffix_open() -> None:
    assert Layout("x", "X", "lr/{scene}", "hr/{scene}").input == "lr/{scene}"


@pytest.mark.parametrize(
    ("input_pattern", "truth_pattern", "shorter"),
    [
        # Said again behind it: no need of the folder in front.
        (REDS_INPUT, REDS_TRUTH, [("{split}_sharp_bicubic/X4/{clip}/{frame}.png", "{split}_sharp/{clip}/{frame}.png")]),
        ("raw/{split}/a/{n}.png", "raw/{split}/b/{n}.png", [("{split}/a/{n}.png", "{split}/b/{n}.png")]),
        ("a/b/c/{n}.png", None, [("b/c/{n}.png", None), ("c/{n}.png", None)]),
        # The split is said nowhere else, in the input or in the truth.
        ("{split}/a/{n}.png", "{split}/b/{n}.png", []),
        ("{split}/{split}_a/{n}.png", "{split}/b/{n}.png", []),
        # Different folders.
        ("noisy/a/{n}.png", "sharp/a/{n}.png", []),
        # Nothing but placeholders would be left.
        ("raw/{split}/{n}.png", "raw/{split}/{n}.jpg", []),
        ("raw/{n}_in.png", "raw/{n}_out.png", []),
    ],
)
def test_leading_folders_that_say_nothing_may_be_left_out(
    input_pattern: str, truth_pattern: str | None, shorter: list[tuple[str, str | None]]
) -> None:
    layout = Layout("x", "X", input_pattern, truth_pattern)
    assert layout.tails() == ((input_pattern, truth_pattern), *shorter)


def test_a_placeholder_stands_for_the_same_text_everywhere() -> None:
    twice = expression("{split}_{split}_x", {})
    found = twice.fullmatch("a_b_a_b_x")
    assert found is not None
    assert found.groupdict() == {"split": "a_b"}
    assert twice.fullmatch("a_b_x") is None
    assert expression("{split}_HR", {"split": "train"}).fullmatch("valid_HR") is None
    assert expression("{split}_HR", {"split": "tr.in"}).fullmatch("train_HR") is None


@given(st.text(st.characters(exclude_characters="/"), min_size=1))
def test_a_placeholder_stands_for_any_text_without_a_slash(text: str) -> None:
    found = expression("x{scene}.y", {}).fullmatch(f"x{text}.y")
    assert found is not None
    assert found["scene"] == text


def test_a_placeholder_stands_for_something() -> None:
    assert expression("x{scene}.y", {}).fullmatch("x.y") is None


def test_a_pattern_is_filled_where_all_its_values_are_known() -> None:
    assert placeholders(REDS_INPUT) == ("split", "clip", "frame")
    assert filled(REDS_TRUTH, {"split": "val", "clip": "003", "frame": "7"}) == "val/val_sharp/003/7.png"
    assert filled(REDS_TRUTH, {"split": "val", "clip": "003"}) is None


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.PNG", ".png"),
        ("a.b.Jpeg", ".jpg"),
        ("a.tiff", ".tif"),
        ("a.", "."),
        ("a", ""),
        (".png", ""),
        ("", ""),
    ],
)
def test_a_suffix_is_what_follows_the_last_dot(name: str, suffix: str) -> None:
    assert suffix_of(name) == suffix


def test_names_sort_by_their_numbers() -> None:
    names = ["xa", "x10a", "x010", "x9", "x2", "x1y10", "x1y2", "10", "2", "02", "1"]
    assert sorted(names, key=natural_key) == names[::-1]


@given(st.lists(st.integers(0, 10**30), unique=True))
def test_numbers_of_any_size_sort_by_value(numbers: list[int]) -> None:
    assert sorted((f"f{number}" for number in numbers), key=natural_key) == [f"f{number}" for number in sorted(numbers)]


@given(st.text(), st.text())
def test_different_names_have_different_places(one: str, other: str) -> None:
    assert (natural_key(one) == natural_key(other)) == (one == other)
